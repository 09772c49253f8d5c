/** How dilute a colloid is, in words. Pure functions. */
import type { Physical } from "../model/physical.ts";
import { formatDuration, formatShort } from "./table.ts";

/** As far as it is told; see `Dilution`. */
export interface ToldDilution {
  diffusivity: number;
  contact: number;
  volumeFraction: number;
  spacing: number;
  halfTime: number | null;
  excess: number;
}

/** One fact a line. */
export function describeDilution(
  { temperature, viscosity, monomerRadius, concentration, fractalDimension, sticking }: Physical,
  { diffusivity, contact, volumeFraction, spacing, halfTime, excess }: ToldDilution,
): string {
  const kind = sticking === 1 ? "on contact" : `${formatShort(100 * sticking)} % of the rate on contact`;
  const fractal = fractalDimension === 3 ? "" : `, fractal dimension ${fractalDimension}`;
  const lines = [
    `${temperature} K, ${viscosity} Pa s, monomers of radius ${monomerRadius} m${fractal}, ${powers(concentration)} particles per m^3, ${kind}`,
    `d = ${formatShort(diffusivity)} µm^2/s by Stokes and Einstein; contact at ${formatShort(contact)} µm; volume fraction ${formatShort(volumeFraction)}; mean spacing ${formatShort(spacing)} times the contact distance`,
  ];
  if (halfTime !== null) {
    lines.push(
      `Smoluchowski's half-time is ${formatShort(halfTime)} s${halfTime < 60 ? "" : ` (${formatDuration(halfTime)})`}; ${excessInWords(excess)}`,
    );
  }
  return lines.join("\n");
}

/** 1e15 for 1000000000000000. */
const powers = (x: number) => (x < 1e6 ? String(x) : x.toExponential().replace("e+", "e"));

function excessInWords(excess: number): string {
  const size = `${Number((100 * Math.abs(excess)).toPrecision(2))} % ${excess < 0 ? "fewer" : "more"}`;
  const reliable = Math.abs(excess) < 0.1;
  return `by then ${size} particles are left than in the infinitely dilute limit, to leading order${reliable ? "" : ", which says little where it is so much"}`;
}
