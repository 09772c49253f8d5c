/** What commands that write no folder print with `--json`. */
import * as z from "zod";

const text = z.string();
const real = z.number();
const count = z.int().nonnegative();
const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);
const realOrNull = orNull(real);
const countOrInfinity = z.union([count, z.literal("infinity")]);
const digest = text.regex(/^[0-9a-f]{64}$/);
const estimate = z.strictObject({ mean: real, se: realOrNull });

/** Of a colloid in SI units. */
export const dilution = z.strictObject({
  diffusivity: real.describe("Of particles of the mean mass at the start, µm^2/s."),
  contact: real.describe("The distance of two centres at contact, µm."),
  volumeFraction: real.describe("Share of the volume that the monomers fill."),
  spacing: real.describe("Mean spacing of the particles over the contact distance."),
  halfTime: realOrNull.describe("Smoluchowski's, s; null where nothing sticks."),
  excess: real.describe(
    "Relative difference of the particles left at that time from the dilute limit, to leading order.",
  ),
});

export const checkPrinted = z.strictObject({
  name: text,
  hypotheses: z.array(
    z.strictObject({
      set: z.enum(["setting", "original", "survey", "uniqueness", "mass"]),
      name: text,
      source: text.describe("S is Hammond's survey, P Hammond and Rezakhanlou."),
      holds: z.union([z.boolean(), z.literal("unknown")]),
      why: text,
      witness: z.record(text, z.union([real, text])).exactOptional(),
    }),
  ),
  coverage: z.strictObject({ original: z.boolean(), survey: z.boolean(), unique: z.boolean() }),
  eps: real,
  // What is not finite is null in JSON: alpha where pairs react on contact.
  beta: realOrNull,
  alpha: realOrNull,
  conclusion: text,
  dilution: dilution.exactOptional(),
});

const particle = orNull(z.strictObject({ mass: count, place: z.array(real) }));

export const verifyPrinted = z.strictObject({
  equal: z.boolean().describe("Whether both engines took the same trajectory in every case."),
  adapter: text,
  cases: z.array(z.strictObject({ name: text, cpu: digest, gpu: digest })),
  difference: orNull(
    z.strictObject({ step: count, replica: count, particle: count, cpu: particle, gpu: particle }),
  )
    .exactOptional()
    .describe("The first one, where there is one and it was found."),
});

const finiteTime = z.strictObject({
  time: real,
  tau: real.describe("D t / eps^2."),
  rate: real,
  rateErrorEstimate: real,
  u: z.array(real).describe("At the distances, in their order."),
  errorEstimate: real,
});

/** Of one pair, or with --pairs of all. */
export const betaPrinted = z.union([
  z.strictObject({
    beta: realOrNull,
    naive: realOrNull,
    capacityLimit: realOrNull,
    scatteringLength: realOrNull,
    u0: realOrNull,
    errorEstimate: realOrNull,
    u: z.array(z.strictObject({ r: real, u: real })).exactOptional(),
    finiteTime: z.array(finiteTime).exactOptional(),
  }),
  z.strictObject({
    masses: count,
    beta: z.array(z.array(realOrNull)).exactOptional(),
    out: text.exactOptional(),
  }),
]);

const coalescentValue = { mean: real, se: realOrNull, expected: realOrNull, limit: realOrNull };

export const coalescentPrinted = z.strictObject({
  kernel: text,
  blocks: count,
  replicas: count,
  seed: text,
  seconds: real,
  observations: z.array(
    z.strictObject({
      time: real,
      count: z.strictObject(coalescentValue),
      masses: z.array(z.strictObject({ mass: count, ...coalescentValue })),
      secondMoment: z.strictObject(coalescentValue),
      largest: z.strictObject(coalescentValue),
      lostMass: realOrNull.describe("That the Smoluchowski equation has lost beyond its cutoff."),
    }),
  ),
});

export const kingmanPrinted = z.strictObject({
  blocks: countOrInfinity,
  moments: z.array(
    z.strictObject({
      time: real,
      mean: realOrNull.describe("Null where it is infinite."),
      variance: realOrNull,
      law: z.array(real).exactOptional().describe("P(1), P(2), ..."),
    }),
  ),
});

const kingman = z.strictObject({
  clock: real,
  mean: realOrNull,
  variance: realOrNull,
  test: orNull(z.strictObject({ statistic: real, degrees: count, p: real })),
});

export const walkersPrinted = z.strictObject({
  dimension: count,
  side: countOrInfinity,
  start: z.enum(["sites", "uniform", "origin"]),
  walkers: z.union([count, text.regex(/^e\^/)]),
  rate: z.union([real, z.literal("infinity")]),
  cox: z.boolean(),
  replicas: count,
  seed: text,
  seconds: real,
  observations: z.array(
    z.strictObject({
      time: real,
      count: estimate,
      variance: realOrNull,
      occupied: estimate,
      density: orNull(estimate),
      meanField: realOrNull,
      rateShare: orNull(estimate),
      spread: realOrNull,
      limit: orNull(kingman),
      atSide: orNull(kingman),
    }),
  ),
});

export const clustersPrinted = z.strictObject({
  dimension: count,
  blocks: count,
  side: count,
  pairs: count,
  chains: count,
  seed: text,
  seconds: real,
  clusters: z.array(
    z.strictObject({
      mass: count,
      diffusivity: estimate,
      exact: realOrNull,
      radius: estimate,
      gyration: estimate,
    }),
  ),
  powers: z
    .array(z.strictObject({ from: count, to: count, diffusivity: estimate, radius: estimate }))
    .describe("Of the mass, from one to the next."),
  scenario: z.record(text, z.unknown()).describe("Which coagula run takes."),
  observations: z.array(
    z.strictObject({
      time: real.describe("In units of side^2 mean times of a walker's clock."),
      count: estimate,
      pairs: estimate,
      limit: orNull(z.strictObject({ count: real, pairs: real })),
    }),
  ),
});

export const doctorPrinted = z.strictObject({
  ok: z.boolean(),
  version: text,
  commit: orNull(text),
  node: text,
  platform: text,
  adapters: z.array(text),
  adapter: orNull(z.strictObject({ name: text, driver: text, software: z.boolean() })),
  limits: z.record(text, real).exactOptional(),
  features: z.array(text).exactOptional(),
  largestParticles: z.record(text, real).exactOptional(),
  selfTest: z.strictObject({ equal: z.boolean(), cpu: digest, gpu: digest }).exactOptional(),
  missing: z.array(text),
  advice: text,
});
