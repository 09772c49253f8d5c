/** A complex number: its real and its imaginary part. */
export type Complex = readonly [re: number, im: number];

export const scaled = ([a, b]: Complex, factor: number): Complex => [a * factor, b * factor];

export const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];

export const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];

export function over([a, b]: Complex, [c, d]: Complex): Complex {
  const size = c * c + d * d;
  return [(a * c + b * d) / size, (b * c - a * d) / size];
}

export const expOf = ([a, b]: Complex): Complex => [Math.exp(a) * Math.cos(b), Math.exp(a) * Math.sin(b)];
