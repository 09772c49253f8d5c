import { gaussLegendre } from "../exact/quadrature.ts";
import type { Potential } from "../model/potential.ts";
import type { Part, SpatialPotential, SpatialTable } from "../model/spatialPotential.ts";

/**
 * The Fourier transform ∫ V(x) cos(k x) dx of a V on R^3 at k = step * m, for all integer m in [-half, half)^3.
 *
 * @returns Entry (i * n + j) * n + l with n = 2 * half, where i = m_0 mod n and so on: 1 for m = 0.
 */
export function transformOnLattice(potential: SpatialPotential, step: number, half: number): Float64Array {
  const result = new Float64Array((2 * half) ** 3);
  if ("table" in potential) addTable(potential.table, step, half, result);
  else for (const part of potential.parts) addPart(part, step, half, result);
  return result;
}

/** The m of an index of a lattice of 2 * half. */
const signed = (i: number, half: number) => (i < half ? i : i - 2 * half);

function addPart(
  { shape, semiAxes, at, weight }: Part,
  step: number,
  half: number,
  result: Float64Array,
): void {
  const n = 2 * half;
  const squares = semiAxes.map((axis) =>
    Float64Array.from({ length: n }, (_, i) => (axis * step * signed(i, half)) ** 2),
  );
  const phases = at.map((x) => Float64Array.from({ length: n }, (_, i) => x * step * signed(i, half)));
  const centred = at.every((x) => x === 0);
  const farthest = Math.sqrt(squares[0][half] + squares[1][half] + squares[2][half]);
  const transform = radialTransform(shape, farthest);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const square = squares[0][i] + squares[1][j];
      const phase = phases[0][i] + phases[1][j];
      for (let l = 0, place = (i * n + j) * n; l < n; l++, place++) {
        const value = weight * transform(Math.sqrt(square + squares[2][l]));
        result[place] += centred ? value : value * Math.cos(phase + phases[2][l]);
      }
    }
  }
}

/** Between samples of this distance a transform of a V on the unit ball is a polynomial of degree 7, to some 1e-12. */
const SAMPLE = 1 / 8;
const POINTS = 8;

/** kappa -> 4 pi ∫ V(r) sin(kappa r) / (kappa r) r^2 dr, for kappa from 0 to `farthest`. */
function radialTransform({ breaks, onPiece }: Potential, farthest: number): (kappa: number) => number {
  // Panels short enough for the fastest wave.
  const radii: number[] = [];
  const weights: number[] = [];
  for (let piece = 0; piece + 1 < breaks.length; piece++) {
    const width = breaks[piece + 1] - breaks[piece];
    const rule = width * Math.max(1, farthest / 8) > 0.1 ? LONG : SHORT;
    const panels = Math.ceil((width * farthest) / 16) + 1;
    for (let panel = 0; panel < panels; panel++) {
      for (let g = 0; g < rule.nodes.length; g++) {
        const r = breaks[piece] + (width * (panel + rule.nodes[g])) / panels;
        radii.push(r);
        weights.push(((4 * Math.PI * width * rule.weights[g]) / panels) * onPiece(piece, r) * r);
      }
    }
  }
  const at = (kappa: number) => {
    let sum = 0;
    for (let g = 0; g < radii.length; g++) {
      const wave = kappa * radii[g];
      sum += weights[g] * radii[g] * (wave === 0 ? 1 : Math.sin(wave) / wave);
    }
    return sum;
  };
  const samples = Float64Array.from({ length: Math.ceil(farthest / SAMPLE) + POINTS }, (_, i) =>
    at((i - POINTS / 2) * SAMPLE),
  );
  return (kappa) => {
    const x = kappa / SAMPLE + POINTS / 2;
    const first = Math.floor(x) - POINTS / 2 + 1;
    let above = 0;
    let below = 0;
    for (let i = 0; i < POINTS; i++) {
      const gap = x - first - i;
      if (gap === 0) return samples[first + i];
      const weight = BINOMIALS[i] / gap;
      above += weight * samples[first + i];
      below += weight;
    }
    return above / below;
  };
}
const LONG = gaussLegendre(24);
const SHORT = gaussLegendre(8);
/** Barycentric weights of equidistant points. */
const BINOMIALS = [1, -7, 21, -35, 35, -21, 7, -1];

/**
 * A table's interpolant without waves beyond those that its points can tell apart: its transform is the sum
 * over the points, axis by axis, and 0 beyond.
 */
function addTable(
  { points, spacing, values }: SpatialTable,
  step: number,
  half: number,
  result: Float64Array,
): void {
  const n = 2 * half;
  const waves = Array.from({ length: n }, (_, i) => step * signed(i, half));
  const known = waves.map((k) => Math.abs(k) * spacing < Math.PI);
  const phase = (i: number, p: number) => waves[i] * spacing * (p - (points - 1) / 2);
  const cosines = waves.map((_, i) => Float64Array.from({ length: points }, (_, p) => Math.cos(phase(i, p))));
  const sines = waves.map((_, i) => Float64Array.from({ length: points }, (_, p) => Math.sin(phase(i, p))));

  // Over the last axis, then the middle one, then the first; the whole is real, since V is even.
  const last = { re: new Float64Array(points * points * n), im: new Float64Array(points * points * n) };
  for (let line = 0; line < points * points; line++) {
    for (let l = 0; l < n; l++) {
      if (!known[l]) continue;
      let re = 0;
      let im = 0;
      for (let p = 0; p < points; p++) {
        re += values[line * points + p] * cosines[l][p];
        im += values[line * points + p] * sines[l][p];
      }
      last.re[line * n + l] = re;
      last.im[line * n + l] = im;
    }
  }
  const middle = { re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let p = 0; p < points; p++) {
    for (let j = 0; j < n; j++) {
      if (!known[j]) continue;
      const re = middle.re.subarray(j * n, j * n + n).fill(0);
      const im = middle.im.subarray(j * n, j * n + n).fill(0);
      for (let o = 0; o < points; o++) {
        const from = (p * points + o) * n;
        for (let l = 0; l < n; l++) {
          re[l] += cosines[j][o] * last.re[from + l] - sines[j][o] * last.im[from + l];
          im[l] += cosines[j][o] * last.im[from + l] + sines[j][o] * last.re[from + l];
        }
      }
    }
    for (let i = 0; i < n; i++) {
      if (!known[i]) continue;
      const c = cosines[i][p];
      const s = sines[i][p];
      for (let jl = 0; jl < n * n; jl++) result[i * n * n + jl] += c * middle.re[jl] - s * middle.im[jl];
    }
  }
}
