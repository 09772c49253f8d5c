/** Means of radial functions, in units of the range, over shells and spheres of R^d, d >= 3. */
import { gaussLegendre, integrateOver } from "../exact/quadrature.ts";
import { type Potential, unitSphereArea } from "../model/potential.ts";

type Radial = (r: number) => number;

const rule = gaussLegendre(24);

/** ∫ f over the pieces between cuts, which lie in any order. */
function overPieces(f: Radial, from: number, to: number, cuts: readonly number[]): number {
  const ends = [from, ...cuts.filter((cut) => cut > from && cut < to).sort((a, b) => a - b), to];
  return ends.slice(1).reduce((sum, end, k) => sum + integrateOver(rule, ends[k], end, f), 0);
}

/** The mean of f over the shell; f may have a kink at the range. */
export function shellMean(f: Radial, from: number, to: number, dimension: number): number {
  const weight = (r: number) => r ** (dimension - 1);
  return overPieces((r) => weight(r) * f(r), from, to, [1]) / overPieces(weight, from, to, []);
}

/** The mean of V(x + z) factor(x + z) over |x| = r, as a function of r, for a z of this length. */
export function displaced(
  { breaks, radius, at }: Potential,
  factor: Radial,
  z: number,
  dimension: number,
): Radial {
  const value = (r: number) => at(r) * factor(r);
  const power = (dimension - 3) / 2;
  // The law of the cosine of an angle in R^d is (1 - c^2)^power / normal dc.
  const normal = unitSphereArea(dimension) / unitSphereArea(dimension - 1);
  return (r) => {
    if (Math.min(r, z) < 1e-9) return value(Math.max(r, z));
    const [nearest, farthest] = [Math.abs(r - z), Math.min(r + z, radius)];
    if (nearest >= farthest) return 0;
    const integrand = (there: number) => {
      const cosine = (there * there - r * r - z * z) / (2 * r * z);
      return value(there) * Math.max(0, 1 - cosine * cosine) ** power * there;
    };
    return overPieces(integrand, nearest, farthest, breaks) / (normal * r * z);
  };
}

/** ∫ V(x + z) factor(x + z) g(x) dx for a z of this length and radial functions that may have a kink at the range. */
export function displacedIntegral(V: Potential, factor: Radial, g: Radial, z: number): number {
  const { dimension, breaks } = V;
  const mean = displaced(V, factor, z, dimension);
  const area = unitSphereArea(dimension);
  const cuts = [1, ...breaks.flatMap((at) => [Math.abs(z - at), z + at])];
  return overPieces((r) => area * r ** (dimension - 1) * mean(r) * g(r), Math.max(0, z - 1), z + 1, cuts);
}
