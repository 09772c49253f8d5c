import { type Grid, makeGrid } from "../grid.ts";
import { cell_count } from "./cell_count.ts";
import { cell_scan } from "./cell_scan.ts";
import { cell_scatter } from "./cell_scatter.ts";
import type { Particles } from "./particles.ts";

/** Particles by cell: order[start[c] .. start[c + 1]) are those in cell c of the grid. */
export class CellList {
  grid: Grid;
  start: Uint32Array;
  readonly order: Uint32Array;
  readonly #cell: Uint32Array;
  #count: Uint32Array;
  #next: Uint32Array;

  constructor(dimension: number, particles: number, reach: number) {
    this.order = new Uint32Array(particles);
    this.#cell = new Uint32Array(particles);
    this.grid = makeGrid(dimension, particles, reach);
    this.#count = new Uint32Array(this.grid.cells);
    this.start = new Uint32Array(this.grid.cells + 1);
    this.#next = new Uint32Array(this.grid.cells + 1);
  }

  /** Lists the living, on a grid for searches up to `reach` lattice units, refitted when they have become few or the reach another. */
  list(particles: Particles, reach: number): void {
    const { living } = particles;
    const wanted = makeGrid(this.grid.bits.length, living, reach);
    if (wanted.cells * 2 < this.grid.cells || wanted.cells > this.grid.cells) this.#fit(wanted);
    cell_count(particles, this.grid.bits, this.#cell, this.#count);
    cell_scan(this.#count, this.start);
    cell_scatter(this.#cell, living, this.start, this.#next, this.order);
  }

  #fit(grid: Grid): void {
    this.grid = grid;
    this.#count = new Uint32Array(grid.cells);
    this.start = new Uint32Array(grid.cells + 1);
    this.#next = new Uint32Array(grid.cells + 1);
  }
}
