import type { Grid } from "./grid.ts";
import { heatWeights } from "./heatWeights.ts";

/** An axis along which the density varies. */
export interface Axis {
  /** Which coordinate of the scenario it is, from 0. */
  coordinate: number;
  /** Where it begins, and its length, after which it repeats itself. */
  from: number;
  length: number;
}

export interface BoxGrid extends Grid {
  axes: readonly Axis[];
  /** Cells along each axis; the last axis varies fastest. */
  count: number;
  /** The middle of cell i along an axis. */
  middle(axis: Axis, i: number): number;
}

/**
 * The periodic box spanned by one to three axes, with `count` cells along each.
 *
 * @param section The volume of the scenario's domain in the directions in which nothing varies.
 */
export function makeBoxGrid(axes: readonly Axis[], count: number, section: number): BoxGrid {
  const cells = count ** axes.length;
  const volume = axes.reduce((product, { length }) => (product * length) / count, section);
  const line = new Float64Array(2 * count + 4);
  // Many masses spread alike, and every step spreads each of them three times.
  const known = new Map<number, Float64Array>();
  const weightsOf = (s: number) => {
    let weights = known.get(s);
    if (weights === undefined) {
      if (known.size > 1000) known.clear();
      weights = heatWeights(s, count);
      known.set(s, weights);
    }
    return weights;
  };
  return {
    axes,
    count,
    volumes: new Float64Array(cells).fill(volume),
    middle: ({ from, length }, i) => from + ((i + 0.5) * length) / count,
    diffuse(spread, field, out) {
      let source = field;
      for (const [k, { length }] of axes.entries()) {
        const weights = weightsOf(spread * (count / length) ** 2);
        convolveAlong(source, out, count, count ** (axes.length - 1 - k), weights, line);
        source = out;
      }
    },
  };
}

/** Convolves every line of `count` cells, `stride` apart, with symmetric weights; `line` is room for one with its surroundings. */
function convolveAlong(
  field: Float64Array,
  out: Float64Array,
  count: number,
  stride: number,
  weights: Float64Array,
  line: Float64Array,
): void {
  const reach = weights.length - 1;
  const centre = weights[0];
  for (let first = 0; first < field.length; first++) {
    // One cell of each line has the coordinate 0 along it.
    if (Math.floor(first / stride) % count !== 0) {
      first += stride * (count - 1) - 1;
      continue;
    }
    for (let i = 0, c = first; i < count; i++, c += stride) line[reach + i] = field[c];
    for (let i = 0; i < reach; i++) {
      line[i] = line[count + i];
      line[reach + count + i] = line[reach + i];
    }
    // Four sums at a time do not wait for each other. Those past the end of the line are not used.
    for (let i = 0, c = first; i < count; i += 4, c += 4 * stride) {
      const at = reach + i;
      let sum0 = centre * line[at];
      let sum1 = centre * line[at + 1];
      let sum2 = centre * line[at + 2];
      let sum3 = centre * line[at + 3];
      for (let k = 1; k <= reach; k++) {
        const weight = weights[k];
        sum0 += weight * (line[at - k] + line[at + k]);
        sum1 += weight * (line[at + 1 - k] + line[at + 1 + k]);
        sum2 += weight * (line[at + 2 - k] + line[at + 2 + k]);
        sum3 += weight * (line[at + 3 - k] + line[at + 3 + k]);
      }
      out[c] = sum0;
      if (i + 1 < count) out[c + stride] = sum1;
      if (i + 2 < count) out[c + 2 * stride] = sum2;
      if (i + 3 < count) out[c + 3 * stride] = sum3;
    }
  }
}
