/**
 * What a scenario is: the keys a user writes, their defaults, and the sentences that answer a bad one.
 *
 * The zod schema below is the one source of the type `Scenario`, of the checks and of the JSON Schema that editors
 * complete from. What hangs on several keys at once is in `crossProblems`.
 */
import * as z from "zod";
import { UserError } from "../errors.ts";
import { between, choice, integer, list, map, nonNegative, number, oneOf, positive } from "./forms.ts";
import { heaviestOf } from "./massSpread.ts";
import { type PhysicalKeys, physicalKeys } from "./physical.ts";
import { potentialNames } from "./potential.ts";
import { badValue, firstOf, type Problem, problemsIn, valueAt } from "./problems.ts";

const uniform = z.literal("uniform", '"uniform"');

const amplitude = between(-1, 1).describe("a of 1 + a cos(2 pi waves x / side).");
const waves = integer(1, 64).default(1).describe("Whole waves along the side.");
const sd = positive().describe("Standard deviation of each coordinate, a length.");

const lineDensity = z
  .union(
    [
      uniform,
      oneOf({
        cosine: map({ amplitude, waves }).describe("1 + a cos(2 pi waves x / side); torus only."),
        gaussian: map({ centre: number().describe("Its mean, a place."), sd }).describe(
          "A Gaussian, wrapped around the torus.",
        ),
        table: list(nonNegative(), 1, 4096, "numbers that are not negative and not all zero")
          .refine(positiveSum, "a list of numbers with a positive finite sum")
          .describe("Piecewise constant over the side, cells of equal length; any scale."),
      }),
    ],
    '"uniform" or a map with exactly one of the keys cosine, gaussian, table',
  )
  .describe("The law of one coordinate.");

const density = z
  .union(
    [
      uniform,
      oneOf({
        cosine: map({
          axis: integer(0, 4).describe("The coordinate it varies along, from 0."),
          amplitude,
          waves,
        }).describe("1 + a cos(2 pi waves x[axis] / side); torus only."),
        gaussian: map({
          centre: list(number(), 2, 5, "numbers").describe("Its mean, one number per dimension."),
          sd,
        }).describe("A round Gaussian, wrapped around the torus."),
        product: list(lineDensity, 2, 5, "one-dimensional densities").describe(
          "Independent coordinates: one density per dimension.",
        ),
        pair: map({
          apart: list(nonNegative(), 1, 1000, "distances").describe(
            "In units of eps, along the first axis; replicas take them in turn.",
          ),
        }).describe("Two particles and no more: one in the middle of the domain, one so far from it."),
      }),
    ],
    '"uniform" or a map with exactly one of the keys cosine, gaussian, product, pair',
  )
  .describe("Where particles of this mass start: uniform, cosine, gaussian, product or pair.");

const exponent = between(-8, 8).describe("The power of the mass.");
const scale = nonNegative().describe("The factor in front.");

const alphaForm = oneOf({
  contact: z.literal(true, "true").describe("Infinite: a hard core."),
  constant: nonNegative().describe("alpha(n, m), the same for every pair."),
  sum: map({ scale, exponent }).describe("alpha(n, m) = scale (n^exponent + m^exponent)."),
  product: map({ scale, exponent }).describe("alpha(n, m) = scale (n m)^exponent."),
  table: list(
    list(nonNegative(), 1, 1024, "numbers that are not negative"),
    1,
    1024,
    "rows, square, symmetric and not negative",
  )
    .refine(isSymmetric, "a square symmetric table: row n, column m equal to row m, column n")
    .describe("alpha(n, m) by row n and column m; masses beyond it use its last row or column."),
});

/** A positive law of the mass: d(m), r(m). */
const massLawOf = (name: string) =>
  oneOf({
    constant: positive().describe(`${name}(m), the same for every mass.`),
    power: map({ scale: positive().describe(`${name}(1).`), exponent }).describe(
      `${name}(m) = scale m^exponent.`,
    ),
    table: list(positive(), 1, 4096, "positive numbers").describe(
      `${name}(1), ${name}(2), ...; masses beyond it use its last entry.`,
    ),
  });

const initialLaw = map({
  mass: integer(1, 2 ** 20).describe("Their mass at the start; with a spread its mean."),
  spread: choice(["exponential", "uniform"])
    .exactOptional()
    .describe(
      "How masses vary: exponential, or uniform from half the mean to one and a half; left out: not at all.",
    ),
  weight: positive()
    .default(1)
    .describe("Their share of the total density Z, relative to the other entries."),
  density: density.default("uniform"),
}).describe("One mass present at the start.");

const stickingMust = "a number from 0 to 0.98, or 1 for contact";

const physical = map({
  temperature: between(1, 1e4).describe("T, in K."),
  viscosity: between(1e-7, 1e5).describe("mu of the fluid, in Pa s."),
  monomerRadius: between(1e-10, 1e-3).describe("r_1, the radius of a particle of mass 1, in m."),
  concentration: between(1, 1e27).describe("n_0, particles of all masses at the start, in 1/m^3."),
  fractalDimension: between(1, 3).default(3).describe("D_f: the radius of mass m is r_1 m^(1/D_f)."),
  sticking: number(stickingMust)
    .refine((share) => (share >= 0 && share <= 0.98) || share === 1, stickingMust)
    .default(1)
    .describe("The rate over that of pairs that coagulate on contact; 1 over the stability ratio."),
}).describe(
  "A colloid in SI units, instead of dimension, domain, Z, diffusion, alpha, potential, radius and scaling: then lengths are in micrometres, times in seconds.",
);

/** D dt / eps^2 of a uniform step unless a scenario says otherwise. */
export const uniformStepDefault = 0.025;

const engine = z.discriminatedUnion(
  "kind",
  [
    map({
      kind: uniform.describe("Every particle makes every step."),
      step: number("a number above 0 and at most 1")
        .positive()
        .max(1)
        .default(uniformStepDefault)
        .describe("D dt / eps^2 for the pair that moves fastest, D = d(n) + d(m)."),
    }),
    map({
      kind: z
        .literal("multirate", '"multirate"')
        .describe("Long steps for the isolated, short ones for close clusters."),
      step: number("a number above 0 and at most 1")
        .positive()
        .max(1)
        .default(0.008)
        .describe(
          "The finest sub-step as D dt / eps^2 for the pair that moves fastest; shorter where pairs react faster than they move.",
        ),
      k: between(1, 8)
        .exactOptional()
        .describe(
          "Standard deviations of a pair's relative move that fit into its gap: sets how many encounters are missed. By default enough for fewer than 1e-4 of all.",
        ),
      crowd: number("a number above 0 and at most 1")
        .positive()
        .max(1)
        .default(0.3)
        .describe("Others expected within the isolation radius. Larger: longer steps, larger clusters."),
    }),
  ],
  '"uniform" or "multirate"',
);

const densities = map({
  width: positive().describe("delta, the radius of eta_delta, a length; at most half the side."),
  points: integer(1, 256).default(16).describe("Grid points along each axis."),
  side: positive()
    .exactOptional()
    .describe("Of the cube around 0 that the grid spans, in a space; its whole side unless given."),
}).describe("Candidate densities f^{eps,delta} on a grid (Hammond's survey (4.2)).");

const testFunction = z
  .union(
    [
      z.literal("constant", '"constant"'),
      oneOf({
        cosine: map({
          axis: integer(0, 4).describe("The coordinate it varies along, from 0."),
          waves,
        }).describe("cos(2 pi waves x[axis] / side)."),
        gaussian: map({
          centre: list(number(), 2, 5, "numbers").describe("Where it is 1, one number per dimension."),
          sd: positive().describe("Its standard deviation, a length."),
        }).describe("exp(-|x - centre|^2 / (2 sd^2)), summed over the images around the torus."),
      }),
    ],
    '"constant" or a map with exactly one of the keys cosine, gaussian',
  )
  .describe("J(x): constant (which is 1), cosine or gaussian.");

const seedMust = `an integer from 0 to ${Number.MAX_SAFE_INTEGER} or a string of "0x" and 1 to 16 hexadecimal digits`;

const slabsMust = "1, 2, 4, 8, 16, 32 or 64";

/** Of what a user may write; `parseScenario` also checks what hangs on several keys at once. */
export const scenarioSchema = map({
  $schema: z.string("a string").exactOptional().describe("Where editors find this schema; not read."),
  name: z
    .string("a string of 1 to 100 characters")
    .min(1)
    .max(100)
    .default("scenario")
    .describe("A short name, used in tables, plots and folders."),
  description: z.string("a string").exactOptional().describe("What it is for, in your words."),
  model: choice(["coagulation", "annihilation"])
    .default("coagulation")
    .describe("What a pair that meets does: merge into one particle, or vanish both."),
  dimension: integer(2, 5).default(3).describe("Of space, 2 to 5."),
  domain: oneOf({
    torus: positive().describe("The periodic box [0, side)^d; its side."),
    space: positive().describe("R^d in the box [-side/2, side/2)^d, which no particle may leave; its side."),
  })
    .default({ torus: 1 })
    .describe("Where the particles live: { torus: side } or { space: side }."),
  particles: integer(1, 2 ** 27).describe(
    "N, the number of particles of one replica at the start; eps follows from N and Z.",
  ),
  Z: positive().describe("The total initial density: N eps^(d-2) = Z, in the plane N / |log eps| = Z."),
  initial: list(initialLaw, 1, 1000, "maps with the keys mass, spread, weight, density")
    .refine(
      (laws) => Number.isFinite(sum(laws.map((law) => law.weight))),
      "a list whose weights have a finite sum",
    )
    .default([{ mass: 1, weight: 1, density: "uniform" }])
    .describe("The masses present at the start, their shares and their densities."),
  diffusion: massLawOf("d")
    .default({ constant: 1 })
    .describe("d(m): each coordinate gains variance 2 d(m) t in time t."),
  alpha: z
    .union(
      [z.literal("contact", '"contact"').transform(() => ({ contact: true as const })), alphaForm],
      '"contact" or a map with exactly one of the keys constant, sum, product, table',
    )
    .describe(
      "alpha(n, m): a pair reacts at rate alpha eps^-2 V((x - y) / eps); contact: the moment its distance reaches its range.",
    ),
  potential: z
    .union(
      [
        choice(potentialNames),
        oneOf({
          radial: list(
            z.tuple(
              [between(0, 1).describe("r, in units of eps."), nonNegative().describe("V at r.")],
              "a pair [r, V]",
            ),
            2,
            4096,
            "pairs [r, V]",
          )
            .refine(
              (points) => isIncreasing(points.map(([r]) => r)),
              "a list of pairs [r, V] whose r increase strictly",
            )
            .refine(
              (points) => positiveSum(points.map(([, v]) => v)),
              "a list of pairs [r, V] whose V have a positive finite sum",
            )
            .describe(
              "Points [r, V], r increasing in [0, 1], any scale; linear between, level before the first, 0 after the last.",
            ),
        }),
      ],
      `one of ${potentialNames.join(", ")}, or { radial: [[r, V], ...] }`,
    )
    .default("indicator")
    .describe("V, a radial shape on the unit ball, scaled to integral 1."),
  radius: massLawOf("r")
    .exactOptional()
    .describe(
      "r(m): a pair interacts within (r(n) + r(m)) eps, at rate alpha ((r(n) + r(m)) eps)^-2 V; left out: within eps, whatever the masses.",
    ),
  scaling: number("a number above 0 and at most 1")
    .positive()
    .max(1)
    .default(1)
    .describe("b: a pair interacts within eps^b, at rate alpha eps^(d (1 - b) - 2) V((x - y) / eps^b)."),
  fragmentation: map({
    weights: list(positive(), 2, 64, "positive numbers").describe(
      "w(1), ..., w(K): densities w(m) z^m, for any z, are in equilibrium; nobody becomes heavier than K.",
    ),
  })
    .exactOptional()
    .describe(
      "Particles split as they coagulate, in reverse (Hammond's survey §8.3.4); left out: they do not.",
    ),
  observe: map({
    times: list(nonNegative(), 1, 10000, "times")
      .refine(isIncreasing, "a list of strictly increasing times")
      .describe("When to look, strictly increasing; the run ends at the last."),
    masses: integer(1, 64).default(5).describe("Report the densities of masses 1, 2, ... up to this one."),
    massWidth: integer(1, 2 ** 24)
      .exactOptional()
      .describe("Instead of single masses report classes so wide: up to this mass, up to twice this, ..."),
    ghosts: z
      .boolean("true or false")
      .exactOptional()
      .describe("Whether particles that have annihilated go on, marked and without effect."),
    densities: densities.exactOptional(),
    testFunctions: list(testFunction, 1, 16, "test functions")
      .exactOptional()
      .describe("J(x) that the empirical measures are paired with (Hammond's survey (1.11))."),
    pairs: map({
      masses: integer(1, 16)
        .default(2)
        .describe("Tell apart pairs of the masses 1, 2, ... up to this one, and of all above."),
      slabs: number(slabsMust)
        .refine((slabs) => [1, 2, 4, 8, 16, 32, 64].includes(slabs), slabsMust)
        .default(1)
        .describe("Equal parts of the side along the first axis; a power of two."),
      widths: list(positive(), 1, 8, "lengths")
        .exactOptional()
        .describe(
          "delta of the candidate densities whose products are compared with the hazards, on a torus.",
        ),
    })
      .exactOptional()
      .describe("Sum up the hazards of pairs, and the time that pairs live at each distance."),
  }).describe("What is measured and when."),
  replicas: integer(1, 65536).default(1).describe("Independent copies of the whole system."),
  seed: z
    .union(
      [integer(0, Number.MAX_SAFE_INTEGER, seedMust), z.string(seedMust).regex(/^0x[0-9a-fA-F]{1,16}$/)],
      seedMust,
    )
    .default(1)
    .describe("64 bits that fix the whole run; above 2^53 - 1 as a quoted hexadecimal string."),
  physical: physical.exactOptional(),
  engine: z
    .union(
      [choice(["uniform", "multirate"]).transform((kind) => engine.parse({ kind })), engine],
      '"uniform", "multirate" or a map with the keys kind, step and, for multirate, k, crowd',
    )
    .prefault("multirate")
    .describe("How it is computed; a bare kind takes that kind's defaults."),
});

/** A scenario as a user may write it: keys with a default may be left out. */
export interface ScenarioInput extends z.input<typeof scenarioSchema> {}

/** A scenario in SI units, without the keys that `physical` sets. */
export type PhysicalScenarioInput = Omit<ScenarioInput, keyof PhysicalKeys | "physical"> & {
  physical: NonNullable<ScenarioInput["physical"]>;
};

/**
 * A checked scenario, every default filled in. Lengths and times are in the user's own units. `BigInt(seed)` is the
 * seed's 64 bits, however it was written.
 */
export type Scenario = Omit<z.output<typeof scenarioSchema>, "$schema">;

export type Domain = Scenario["domain"];
export type InitialLaw = Scenario["initial"][number];
export type Density = z.output<typeof density>;
/** The law of one coordinate, in a `product` density. */
export type LineDensity = z.output<typeof lineDensity>;
export type TestFunctionSpec = z.output<typeof testFunction>;
export type Diffusion = Scenario["diffusion"];
export type Alpha = Scenario["alpha"];
export type Engine = z.output<typeof engine>;

/** Whether all pairs react at a finite rate within eps, as in Hammond's survey §1.3. */
export const isPlain = ({ alpha, radius, scaling }: Scenario): boolean =>
  !("contact" in alpha) && radius === undefined && scaling === 1;

/** The distances at which pairs start, where they do; else null. */
export function pairStart({ initial }: Pick<Scenario, "initial">): { apart: number[] } | null {
  const pairs = initial.flatMap(({ density }) =>
    density !== "uniform" && "pair" in density ? density.pair : [],
  );
  return pairs[0] ?? null;
}

/**
 * The scenario in a value from YAML, JSON or a program, with defaults filled in; the value itself is left alone.
 * Throws a UserError with a sentence (and a line) for each problem.
 */
export function parseScenario(value: unknown): Scenario {
  const result = checkScenario(value);
  if ("scenario" in result) return result.scenario;
  throw new UserError(result.problems.map(({ sentence }) => sentence).join("\n"));
}

/** As `parseScenario`, for callers who can tell where in a file a path lies. There is at least one problem. */
export function checkScenario(value: unknown): { scenario: Scenario } | { problems: Problem[] } {
  const { whole, doubled } = withPhysicalKeys(value);
  const result = scenarioSchema.safeParse(whole);
  if (!result.success) {
    return { problems: firstOf([...doubled, ...problemsIn(result.error, value, "the scenario")]) };
  }
  const { $schema, ...scenario } = result.data;
  const problems = [...doubled, ...crossProblems(scenario)];
  return problems.length > 0 ? { problems: firstOf(problems) } : { scenario };
}

/**
 * A value with the keys that its `physical` sets, and a problem for each that it has otherwise. A scenario that has been checked has them already, so it stays
 * as it is.
 */
function withPhysicalKeys(value: unknown): { whole: unknown; doubled: Problem[] } {
  const asWritten = { whole: value, doubled: [] };
  if (typeof value !== "object" || value === null || !("physical" in value)) return asWritten;
  const known = z.object({ physical, particles: scenarioSchema.shape.particles }).safeParse(value);
  // What is wrong with these keys is told by the schema; the others are not missing.
  const example = { temperature: 300, viscosity: 1e-3, monomerRadius: 1e-6, concentration: 1e12 };
  const { physical: given, particles } = known.data ?? { physical: physical.parse(example), particles: 1 };
  const set: Record<string, unknown> = physicalKeys(given, particles);
  const differs = ([key, own]: [string, unknown]) =>
    key in set && JSON.stringify(own) !== JSON.stringify(set[key]);
  const doubled = known.success ? Object.entries(value).filter(differs) : [];
  return {
    whole: { ...value, ...set },
    doubled: doubled.map(([key, own]) => badValue([key], own, "left out, as physical sets it")),
  };
}

/**
 * The scenario with so many particles, and so at another eps: Z, the domain and the laws of the masses stay. A colloid in SI units is one no more: its monomers
 * would be smaller and more, in a fluid as much more viscous.
 */
export function atParticles({ physical, ...scenario }: Scenario, particles: number): Scenario {
  return { ...scenario, particles };
}

/** The scenario as it would be with this number written as `particles`: a colloid in SI units is in a larger box then. */
export function withParticles(scenario: Scenario, particles: number): Scenario {
  const { physical } = scenario;
  if (physical === undefined) return { ...scenario, particles };
  const set = physicalKeys(physical, scenario.particles);
  const own = Object.entries(scenario).filter(([key]) => !(key in set));
  return parseScenario({ ...Object.fromEntries(own), particles });
}

/** The JSON Schema (draft 7) of what a user may write, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const {
    $schema,
    required = [],
    ...rest
  } = z.toJSONSchema(scenarioSchema, { target: "draft-7", io: "input" });
  // Where `physical` is given, it sets these.
  const either = required.filter((key) => ["Z", "alpha"].includes(key));
  return {
    $schema,
    $id: "urn:coagula:scenario",
    title: "coagula scenario",
    description: "A system of coagulating or annihilating Brownian particles, for `coagula run`.",
    ...rest,
    required: required.filter((key) => !either.includes(key)),
    anyOf: [{ required: either }, { required: ["physical"] }],
  };
}

/** What can only be judged from several keys of a well-formed scenario together. */
function crossProblems(scenario: Scenario): Problem[] {
  const { dimension, particles, replicas, initial, diffusion, alpha, radius, scaling } = scenario;
  const problems: Problem[] = initial.flatMap((law, i) => densityProblems(scenario, law.density, i));
  const mustBe = (must: string, ...path: Problem["path"]) =>
    problems.push(badValue(path, valueAt(scenario, path), must));

  const heaviest = Math.max(...initial.map(heaviestOf));
  const totalMass = particles * heaviest;
  if (totalMass >= 2 ** 31) {
    const most = Math.ceil(2 ** 31 / heaviest) - 1;
    mustBe(`at most ${most}, so that the total mass, at ${heaviest} each, stays below 2^31`, "particles");
  }
  if (particles * replicas > 2 ** 30) {
    const most = Math.floor(2 ** 30 / particles);
    mustBe(
      `at most ${most}, so that replicas of ${particles} particles have at most 2^30 in all`,
      "replicas",
    );
  }

  // A power is monotone: what holds at the lightest and at the heaviest mass there can be holds between them.
  const heavy = (exponent: number) => totalMass ** exponent;
  const peak = (exponent: number) => Math.max(1, heavy(exponent));
  const finite = `finite for masses up to ${totalMass}`;
  if ("power" in diffusion && !isRate(diffusion.power.scale * heavy(diffusion.power.exponent))) {
    mustBe(`positive and ${finite}`, "diffusion", "power");
  }
  if ("contact" in alpha) {
    if (scenario.potential !== "indicator") mustBe("left out, as alpha is contact", "potential");
    if (scaling !== 1) mustBe("1, as alpha is contact", "scaling");
  } else if ("sum" in alpha && alpha.sum.scale * 2 * peak(alpha.sum.exponent) === Infinity) {
    mustBe(finite, "alpha", "sum");
  } else if ("product" in alpha && alpha.product.scale * peak(2 * alpha.product.exponent) === Infinity) {
    mustBe(finite, "alpha", "product");
  }
  if (
    radius !== undefined &&
    "power" in radius &&
    !isRate(radius.power.scale * heavy(radius.power.exponent))
  ) {
    mustBe(`positive and ${finite}`, "radius", "power");
  }
  if (scaling !== 1 && dimension === 2) mustBe("1, as the dimension is 2", "scaling");
  if (pairStart(scenario) !== null) {
    if (particles !== 2) mustBe("2, as they start as a pair", "particles");
    if (initial.length !== 1) mustBe("a list of one entry, as it is a pair", "initial");
    if (initial[0].spread !== undefined) mustBe("left out, as it is a pair", "initial", 0, "spread");
  }
  return [...problems, ...fragmentationProblems(scenario), ...observeProblems(scenario)];
}

/** What the reverse of a coagulation is known for. */
function fragmentationProblems(scenario: Scenario): Problem[] {
  const { fragmentation, model, domain, engine, potential, initial, observe } = scenario;
  if (fragmentation === undefined) return [];
  const needs = "as particles split (fragmentation)";
  const rules: [wrong: boolean, must: string, path: Problem["path"]][] = [
    [model !== "coagulation", `"coagulation", ${needs}`, ["model"]],
    ["space" in domain, `a torus, ${needs}`, ["domain"]],
    [engine.kind !== "uniform", `uniform, ${needs}`, ["engine"]],
    ["contact" in scenario.alpha, `finite, ${needs}`, ["alpha"]],
    [potential !== "indicator", `"indicator", ${needs}`, ["potential"]],
    [scenario.radius !== undefined, `left out, ${needs}`, ["radius"]],
    [scenario.scaling !== 1, `1, ${needs}`, ["scaling"]],
    [
      initial.some(({ mass, spread }) => mass !== 1 || spread !== undefined),
      `all of mass 1, ${needs}`,
      ["initial"],
    ],
    [
      pairStart(scenario) !== null,
      `uniform, cosine, gaussian or product, ${needs}`,
      ["initial", 0, "density"],
    ],
    [observe.pairs !== undefined, `left out, ${needs}`, ["observe", "pairs"]],
  ];
  return rules
    .filter(([wrong]) => wrong)
    .map(([, must, path]) => badValue(path, valueAt(scenario, path), must));
}

/** Numbers that the candidate densities of a run may take, 8 bytes each. */
const mostDensityNumbers = 2 ** 25;

/** The side over the smallest width of candidate densities whose products are wanted. */
const mostPointsAlong = 32;

/** Particles of a replica whose pairs' hazards, in units of 2^-40, are below 2^64. */
const mostPaired = 2 ** 22;

function observeProblems(scenario: Scenario): Problem[] {
  const { model, observe, domain, dimension, particles, replicas } = scenario;
  const { densities, pairs, testFunctions = [], ghosts, times, masses, massWidth } = observe;
  const problems: Problem[] = [];
  const side = "space" in domain ? domain.space : domain.torus;
  const at = (value: unknown, must: string, ...path: Problem["path"]) =>
    problems.push(badValue(["observe", ...path], value, must));
  if (ghosts === true && model !== "annihilation") {
    at(ghosts, "false, as the model is coagulation: only who annihilates becomes a ghost", "ghosts");
  } else if (ghosts === true && "space" in domain) {
    at(ghosts, "false, as the domain is a space: ghosts live on a torus", "ghosts");
  }
  if (densities !== undefined) {
    const { width, points, side: span } = densities;
    if (width > side / 2) at(width, `at most ${side / 2}, half the side`, "densities", "width");
    if (span !== undefined && "torus" in domain) {
      at(span, "left out on a torus, which the grid spans", "densities", "side");
    } else if (span !== undefined && span > side) {
      at(span, `at most ${side}, the side of the space`, "densities", "side");
    }
    const each = replicas * times.length * (masses + 1);
    if (each * points ** dimension > mostDensityNumbers) {
      const most = Math.floor((mostDensityNumbers / each) ** (1 / dimension));
      const must = `at most ${most}, so that points^${dimension} at ${times.length} times for ${masses + 1} kinds of mass in ${replicas} replicas are at most 2^25 numbers`;
      at(points, must, "densities", "points");
    }
  }
  if (pairs !== undefined && !isPlain(scenario)) {
    at(
      pairs,
      "left out unless all pairs react at a finite rate within eps: no alpha: contact, radius or scaling",
      "pairs",
    );
  }
  if (
    massWidth !== undefined &&
    massWidth > 1 &&
    (pairs !== undefined || scenario.fragmentation !== undefined)
  ) {
    const what = pairs !== undefined ? "observe.pairs tells single masses apart" : "particles split";
    at(massWidth, `left out, as ${what}`, "massWidth");
  }
  if (pairs !== undefined && particles > mostPaired) {
    const must = `at most ${mostPaired} where observe.pairs sums up over pairs`;
    problems.push(badValue(["particles"], particles, must));
  }
  if (pairs?.widths !== undefined) {
    if ("space" in domain) at(pairs.widths, "left out, as the domain is a space", "pairs", "widths");
    const fits = (width: number) => width <= side / 2 && width >= side / mostPointsAlong;
    const wrong = pairs.widths.findIndex((width) => !fits(width));
    const must = `from ${side / mostPointsAlong} to ${side / 2}, half the side`;
    if (wrong >= 0) at(pairs.widths[wrong], must, "pairs", "widths", wrong);
    if (pairs.masses > masses) at(pairs.masses, `at most observe.masses, ${masses}`, "pairs", "masses");
  }
  for (const [i, J] of testFunctions.entries()) {
    if (J === "constant") continue;
    const path = ["testFunctions", i];
    if ("cosine" in J && J.cosine.axis >= dimension) {
      const must = `an integer from 0 to ${dimension - 1}, as the dimension is ${dimension}`;
      at(J.cosine.axis, must, ...path, "cosine", "axis");
    }
    if ("gaussian" in J && J.gaussian.centre.length !== dimension) {
      at(J.gaussian.centre, `a list of ${dimension} numbers`, ...path, "gaussian", "centre");
    }
  }
  return problems;
}

/** Whether the density of entry `i` of `initial` fits the dimension and the domain. */
function densityProblems({ dimension, domain }: Scenario, density: Density, i: number): Problem[] {
  const start = ["initial", i, "density"];
  const inSpace = "space" in domain;
  const [low, high] = "space" in domain ? [-domain.space / 2, domain.space / 2] : [0, domain.torus];
  const isPlace = (x: number) => low <= x && x < high;
  // There is no uniform law on R^d.
  const inSpaceMust = (keys: string) =>
    `a map with exactly one of the keys ${keys}, as the domain is a space`;

  if (inSpace && (density === "uniform" || "cosine" in density)) {
    return [badValue(start, density, inSpaceMust("gaussian, product, pair"))];
  }
  if (density === "uniform" || "pair" in density) return [];
  if ("cosine" in density) {
    const { axis } = density.cosine;
    if (axis < dimension) return [];
    const must = `an integer from 0 to ${dimension - 1}, as the dimension is ${dimension}`;
    return [badValue([...start, "cosine", "axis"], axis, must)];
  }
  if ("gaussian" in density) {
    const { centre } = density.gaussian;
    if (centre.length === dimension && centre.every(isPlace)) return [];
    const must = `a list of ${dimension} numbers in the domain's [${low}, ${high})`;
    return [badValue([...start, "gaussian", "centre"], centre, must)];
  }
  if (density.product.length !== dimension) {
    const must = `a list of ${dimension} densities, one per dimension`;
    return [badValue([...start, "product"], density.product, must)];
  }
  return density.product.flatMap((line, axis) => {
    const path = [...start, "product", axis];
    if (inSpace && (line === "uniform" || "cosine" in line)) {
      return [badValue(path, line, inSpaceMust("gaussian, table"))];
    }
    if (line === "uniform" || !("gaussian" in line) || isPlace(line.gaussian.centre)) return [];
    const must = `a number in the domain's [${low}, ${high})`;
    return [badValue([...path, "gaussian", "centre"], line.gaussian.centre, must)];
  });
}

const isRate = (x: number) => 0 < x && x < Infinity;

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function positiveSum(values: number[]): boolean {
  return isRate(sum(values));
}

function isIncreasing(values: number[]): boolean {
  return values.every((x, i) => i === 0 || x > values[i - 1]);
}

function isSymmetric(rows: number[][]): boolean {
  return rows.every((row, n) => row.length === rows.length && row.every((x, m) => x === rows[m][n]));
}
