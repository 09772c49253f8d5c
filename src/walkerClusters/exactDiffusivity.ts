import { conjugateGradients } from "../oracle/conjugateGradients.ts";
import { movesOf } from "./stickingWalkers.ts";

/** Masses whose shapes are few enough to be listed, by dimension: 760 of mass 6 in the plane, 3481 in space. */
export const heaviestExact = 6;

/** The exact values of one mass. */
export interface ExactCluster {
  /** Shapes up to translation: fixed polyominoes, polycubes. */
  shapes: number;
  /** d(m), in sites^2 per mean time of a clock. */
  diffusivity: number;
  /** Mean squared distance of the walkers from their centre. */
  squaredGyration: number;
}

type Shape = readonly (readonly number[])[];

/**
 * d(m) of a cluster of random walkers (Hammond's survey §2.6.2) without chance. Its shapes make up a Markov chain with as many ways from one to
 * another as back, so all are equally likely, and
 *
 *     d(m) = (1/2) Σ rate δ^2 - Σ b (-L)^-1 b,
 *
 * means over shapes, where δ is the shift of the centre along one axis by a move, b a shape's mean shift per time, and L the chain's generator
 * (Kipnis and Varadhan).
 */
export function exactDiffusivity(dimension: number, mass: number): ExactCluster {
  const moves = movesOf(dimension);
  const line: Shape = Array.from({ length: mass }, (_, walker) => [
    walker,
    ...new Array<number>(dimension - 1).fill(0),
  ]);
  const shapes: Shape[] = [line];
  const numbers = new Map([[keyOf(line), 0]]);
  /** By shape: where its moves lead, one entry for each at rate 1 / moves. */
  const targets: number[][] = [];
  const drift: number[] = [];
  let squares = 0;
  for (let k = 0; k < shapes.length; k++) {
    targets.push([]);
    drift.push(0);
    for (const [walker, place] of shapes[k].entries()) {
      for (const move of moves) {
        const next = shapes[k].with(
          walker,
          place.map((x, axis) => x + move[axis]),
        );
        if (!isAllowed(shapes[k], next, walker)) continue;
        const key = keyOf(next);
        if (!numbers.has(key)) {
          numbers.set(key, shapes.length);
          shapes.push(next);
        }
        targets[k].push(numbers.get(key)!);
        drift[k] += move[0] / mass / moves.length;
        squares += (move[0] / mass) ** 2 / moves.length;
      }
    }
  }
  const generator = (x: Float64Array, out: Float64Array) => {
    for (const [k, from] of targets.entries()) {
      out[k] = from.reduce((sum, to) => sum + x[k] - x[to], 0) / moves.length;
    }
  };
  const b = Float64Array.from(drift);
  const correlation = conjugateGradients(generator, b, new Float64Array(b.length), 1e-24);
  const gyration = shapes.reduce((sum, shape) => sum + squaredGyration(shape), 0);
  return {
    shapes: shapes.length,
    diffusivity: (squares / 2 - correlation) / shapes.length,
    squaredGyration: gyration / shapes.length,
  };
}

/** By the words of the survey: to an empty site, no falling apart without the walker, nor with it where it goes. */
function isAllowed(before: Shape, after: Shape, walker: number): boolean {
  const rest = before.filter((_, k) => k !== walker);
  const isEmpty = rest.every((place) => place.some((x, axis) => x !== after[walker][axis]));
  return isEmpty && isConnected(rest) && isConnected(after);
}

function isConnected(shape: Shape): boolean {
  const reached = shape.slice(0, 1);
  let left = shape.slice(1);
  for (const here of reached) {
    const isNear = (place: readonly number[]) =>
      place.reduce((sum, x, axis) => sum + Math.abs(x - here[axis]), 0) === 1;
    reached.push(...left.filter(isNear));
    left = left.filter((place) => !isNear(place));
  }
  return left.length === 0;
}

/** The same for all translations and all orders of the walkers. */
function keyOf(shape: Shape): string {
  const corner = shape[0].map((_, axis) => Math.min(...shape.map((place) => place[axis])));
  return shape
    .map((place) => place.map((x, axis) => x - corner[axis]).join())
    .sort()
    .join(" ");
}

function squaredGyration(shape: Shape): number {
  return shape[0].reduce((total, _, axis) => {
    const mean = shape.reduce((sum, place) => sum + place[axis], 0) / shape.length;
    return total + shape.reduce((sum, place) => sum + (place[axis] - mean) ** 2, 0) / shape.length;
  }, 0);
}
