/**
 * Solves A x = b for a symmetric A >= 1 by conjugate gradients, beginning at `x` and writing there.
 *
 * @param apply Writes A times its first argument into its second.
 * @param tolerance Of |b - A x|^2.
 * @returns 2 <b, x> - <x, A x>: below <b, A^-1 b>, by no more than the tolerance, since A >= 1.
 * @throws Error where that takes more than 1000 iterations.
 */
export function conjugateGradients(
  apply: (x: Float64Array, out: Float64Array) => void,
  b: Float64Array,
  x: Float64Array,
  tolerance: number,
): number {
  const image = new Float64Array(b.length);
  apply(x, image);
  const residual = b.map((value, i) => value - image[i]);
  const direction = residual.slice();
  let square = dot(residual, residual);
  for (let iteration = 0; square > tolerance; iteration++) {
    if (iteration === 1000)
      throw new Error(`conjugate gradients stopped at a residual of ${Math.sqrt(square)}`);
    apply(direction, image);
    const length = square / dot(direction, image);
    for (let i = 0; i < x.length; i++) {
      x[i] += length * direction[i];
      residual[i] -= length * image[i];
    }
    const next = dot(residual, residual);
    for (let i = 0; i < x.length; i++) direction[i] = residual[i] + (next / square) * direction[i];
    square = next;
  }
  return dot(b, x) + dot(residual, x);
}

/** The sum of products. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
