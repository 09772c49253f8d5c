/** The scenario of the page: its text, and what the sliders change in it. */
import { parse, stringify } from "yaml";
import { interactionRange } from "../src/model/system.ts";

/** Small enough for a software adapter: something is seen to happen in seconds. */
export const firstText = `name: live
particles: 1024
Z: 10
diffusion: { power: { scale: 1, exponent: -0.3333 } }
alpha: { constant: 50 }
potential: poly2
observe: { times: [0.005, 0.02, 0.1], masses: 20 }
`;

export interface Settings {
  particles: number;
  eps: number;
  alpha: number;
}

const dimensionOf = ({ dimension = 3 }: { dimension?: number }) => dimension;

/** N eps^(d-2), in the plane N / |log eps|. */
export const ZOf = ({ particles, eps }: Settings, dimension: number): number =>
  Number(
    (dimension === 2 ? particles / Math.abs(Math.log(eps)) : particles * eps ** (dimension - 2)).toPrecision(
      4,
    ),
  );

/** The settings that a text has; alpha is null unless it is one number. Throws for what is no YAML. */
export function settingsOf(text: string): {
  particles: number;
  eps: number;
  alpha: number | null;
  dimension: number;
} {
  const { particles, Z, alpha, ...rest } = parse(text);
  const dimension = dimensionOf(rest);
  const eps = interactionRange(dimension, particles, Z);
  return { particles, eps, alpha: alpha?.constant ?? null, dimension };
}

/** The text with other settings. */
export function withSettings(text: string, { particles, eps, alpha }: Settings): string {
  const value = parse(text);
  const Z = ZOf({ particles, eps, alpha }, dimensionOf(value));
  const constant = value.alpha?.constant === undefined ? {} : { alpha: { constant: alpha } };
  return stringify({ ...value, particles, Z, ...constant });
}
