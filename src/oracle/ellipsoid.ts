/** Capacity of the ellipsoid with these semi-axes in R^3: 4 pi / R_F(a^2, b^2, c^2); 4 pi for the unit ball. */
export function ellipsoidCapacity([a, b, c]: readonly number[]): number {
  return (4 * Math.PI) / carlsonRF(a * a, b * b, c * c);
}

/**
 * Carlson's R_F(x, y, z) = 1/2 ∫_0^inf ((t+x)(t+y)(t+z))^(-1/2) dt for positive x, y, z, by his duplication
 * theorem (Numer. Algorithms 10, 1995), to rounding.
 */
export function carlsonRF(x: number, y: number, z: number): number {
  const mean = (x + y + z) / 3;
  const X = 1 - x / mean;
  const Y = 1 - y / mean;
  const Z = -X - Y;
  if (Math.max(Math.abs(X), Math.abs(Y), Math.abs(Z)) < 2e-3) {
    const e2 = X * Y - Z * Z;
    const e3 = X * Y * Z;
    return (1 - e2 / 10 + e3 / 14 + (e2 * e2) / 24 - (3 * e2 * e3) / 44) / Math.sqrt(mean);
  }
  const lambda = Math.sqrt(x * y) + Math.sqrt(y * z) + Math.sqrt(z * x);
  return carlsonRF((x + lambda) / 4, (y + lambda) / 4, (z + lambda) / 4);
}
