import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { checkScenario, parseScenario, scenarioJsonSchema } from "../../src/model/scenario.ts";

const least = { particles: 100, Z: 10, alpha: { constant: 50 }, observe: { times: [0.1] } };

const firstLight = {
  name: "first light",
  model: "coagulation",
  dimension: 3,
  domain: { torus: 1 },
  particles: 10000,
  Z: 10,
  initial: [{ mass: 1, weight: 1, density: "uniform" }],
  diffusion: { power: { scale: 1, exponent: -0.3333333333333333 } },
  alpha: { sum: { scale: 10, exponent: 0.5 } },
  potential: "poly2",
  scaling: 1,
  observe: { times: [0.002, 0.006, 0.02], masses: 5 },
  replicas: 64,
  seed: 1,
  engine: { kind: "uniform", step: 0.05 },
};

/** Every form a value can take, in some scenarios beside `firstLight`. */
const varied = [
  firstLight,
  { ...least, alpha: "contact", radius: { power: { scale: 0.5, exponent: 0.5 } } },
  { ...least, radius: { table: [1, 1.3, 1.5] }, scaling: 0.75 },
  {
    ...least,
    description: "cosines and tables",
    $schema: "./scenario.schema.json",
    model: "annihilation",
    dimension: 2,
    initial: [
      { mass: 1, density: { cosine: { axis: 1, amplitude: -0.5, waves: 3 } } },
      { mass: 2, weight: 0.5, density: { product: ["uniform", { cosine: { amplitude: 1 } }] } },
      { mass: 2, density: { product: [{ table: [0, 1, 2] }, { gaussian: { centre: 0.5, sd: 0.1 } }] } },
      { mass: 7, density: { gaussian: { centre: [0, 0.75], sd: 0.1 } } },
    ],
    diffusion: { table: [1, 0.5] },
    alpha: {
      table: [
        [1, 2],
        [2, 0],
      ],
    },
    potential: {
      radial: [
        [0, 1],
        [0.5, 2],
        [1, 0],
      ],
    },
    observe: { times: [0, 1e-3, 1] },
    seed: "0xDeadBeef01234567",
    engine: "uniform",
  },
  {
    ...least,
    dimension: 4,
    domain: { space: 8 },
    initial: [{ mass: 1, density: { gaussian: { centre: [-4, 0, 0, 3.5], sd: 1 } } }],
    diffusion: { constant: 2 },
    alpha: { product: { scale: 0, exponent: 8 } },
    potential: "shellq",
  },
];

/** The lines of the UserError that the value raises. */
function complaints(value: unknown): string[] {
  try {
    parseScenario(value);
  } catch (error) {
    if (error instanceof UserError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("parseScenario", () => {
  it("takes the first scenario as it stands", () => {
    expect(parseScenario(firstLight)).toEqual(firstLight);
  });

  it("fills in every default", () => {
    expect(parseScenario(least)).toEqual({
      name: "scenario",
      model: "coagulation",
      dimension: 3,
      domain: { torus: 1 },
      particles: 100,
      Z: 10,
      initial: [{ mass: 1, weight: 1, density: "uniform" }],
      diffusion: { constant: 1 },
      alpha: { constant: 50 },
      potential: "indicator",
      scaling: 1,
      observe: { times: [0.1], masses: 5 },
      replicas: 1,
      seed: 1,
      engine: { kind: "multirate", step: 0.008, crowd: 0.3 },
    });
  });

  it("takes every form of every key, and its own output unchanged", () => {
    for (const value of varied) {
      const copy = structuredClone(value);
      const scenario = parseScenario(value);
      expect(value).toEqual(copy);
      expect(parseScenario(scenario)).toEqual(scenario);
      expect(scenario).not.toHaveProperty("$schema");
    }
  });

  it("takes a bare engine name for that engine's defaults", () => {
    expect(parseScenario({ ...least, engine: "uniform" }).engine).toEqual({ kind: "uniform", step: 0.025 });
    expect(parseScenario({ ...least, engine: { kind: "uniform" } }).engine.step).toBe(0.025);
    expect(parseScenario({ ...least, engine: "multirate" }).engine).toEqual({
      kind: "multirate",
      step: 0.008,
      crowd: 0.3,
    });
  });

  it("turns -0 into 0", () => {
    const { observe, seed } = parseScenario({ ...least, observe: { times: [-0, 1] }, seed: -0 });
    expect(observe.times[0]).toBe(0);
    expect(seed).toBe(0);
  });

  it("keeps what every default gives apart from call to call", () => {
    parseScenario(least).initial.push({ mass: 2, weight: 1, density: "uniform" });
    expect(parseScenario(least).initial).toHaveLength(1);
  });
});

const keys =
  "name, description, model, dimension, domain, particles, Z, initial, diffusion, alpha, potential, radius, scaling, fragmentation, observe, replicas, seed, physical, engine";
const seedMust = 'an integer from 0 to 9007199254740991 or a string of "0x" and 1 to 16 hexadecimal digits';
const forms = 'must be "uniform" or a map with exactly one of the keys cosine, gaussian, product, pair';

/** A list of initial laws with one density, for the tables below. */
const start = (density: unknown) => ({ initial: [{ mass: 1, density }] });
const inSpace = (density: unknown) => ({ domain: { space: 2 }, ...start(density) });

describe("a bad scenario gets one sentence with the key, the value and what is allowed", () => {
  const cases: [change: object, sentence: string][] = [
    [{ particles: -5 }, "particles is -5, but must be an integer from 1 to 134217728."],
    [{ particles: 1.5 }, "particles is 1.5, but must be an integer from 1 to 134217728."],
    [{ particles: 1e300 }, "particles is 1e+300, but must be an integer from 1 to 134217728."],
    [{ particles: "100" }, 'particles is "100", but must be an integer from 1 to 134217728.'],
    [{ particles: null }, "particles is null, but must be an integer from 1 to 134217728."],
    [
      { particles: 2 ** 27, initial: [{ mass: 1 }, { mass: 64 }] },
      "particles is 134217728, but must be at most 33554431, so that the total mass, at 64 each, stays below 2^31.",
    ],
    [{ Z: undefined }, "Z is missing; it must be a positive number."],
    [{ Z: 0 }, "Z is 0, but must be a positive number."],
    [{ Z: Number.NaN }, "Z is NaN, but must be a positive number."],
    [{ Z: Number.POSITIVE_INFINITY }, "Z is Infinity, but must be a positive number."],
    [{ Z: 10n }, "Z is 10n, but must be a positive number."],
    [{ Z: "x".repeat(100) }, `Z is "${"x".repeat(56)}..., but must be a positive number.`],
    [{ name: "" }, 'name is "", but must be a string of 1 to 100 characters.'],
    [{ description: 1 }, "description is 1, but must be a string."],
    [{ model: "annihilate" }, 'model is "annihilate", but must be "coagulation" or "annihilation".'],
    [{ dimension: 6 }, "dimension is 6, but must be an integer from 2 to 5."],
    [{ zz: 1 }, `unknown key "zz"; allowed here: ${keys}.`],
    [{ repliacs: 1 }, `unknown key "repliacs" (did you mean "replicas"?); allowed here: ${keys}.`],
    [{ constructor: 1 }, `unknown key "constructor"; allowed here: ${keys}.`],
    [JSON.parse('{ "__proto__": { "Z": 1 } }'), `unknown key "__proto__"; allowed here: ${keys}.`],
    [{ domain: {} }, "domain is {}, but must be a map with exactly one of the keys torus, space."],
    [
      { domain: { torus: 1, space: 2 } },
      'domain is {"torus":1,"space":2}, but must be a map with exactly one of the keys torus, space.',
    ],
    [
      { domain: { tours: 1 } },
      'unknown key "tours" in domain (did you mean "torus"?); allowed here: torus, space.',
    ],
    [{ domain: "torus" }, 'domain is "torus", but must be a map with exactly one of the keys torus, space.'],
    [{ domain: { torus: 0 } }, "domain.torus is 0, but must be a positive number."],
    [{ domain: { torus: undefined } }, "domain.torus is missing; it must be a positive number."],
    [
      { initial: [] },
      "initial is [], but must be a list of 1 to 1000 maps with the keys mass, spread, weight, density.",
    ],
    [{ initial: [3] }, "initial[0] is 3, but must be a map with the keys mass, spread, weight, density."],
    [{ initial: [{}] }, "initial[0].mass is missing; it must be an integer from 1 to 1048576."],
    [{ initial: [{ mass: 1, weight: -1 }] }, "initial[0].weight is -1, but must be a positive number."],
    [
      {
        initial: [
          { mass: 1, weight: 1e308 },
          { mass: 2, weight: 1e308 },
        ],
      },
      'initial is [{"mass":1,"weight":1e+308},{"mass":2,"weight":1e+308}], but must be a list whose weights have a finite sum.',
    ],
    [start("unifrom"), `initial[0].density is "unifrom", but ${forms}.`],
    [start(7), `initial[0].density is 7, but ${forms}.`],
    [
      start({ cosines: 1 }),
      'unknown key "cosines" in initial[0].density (did you mean "cosine"?); allowed here: cosine, gaussian, product, pair.',
    ],
    [
      start({ cosine: { axis: 3, amplitude: 1 } }),
      "initial[0].density.cosine.axis is 3, but must be an integer from 0 to 2, as the dimension is 3.",
    ],
    [
      start({ cosine: { axis: 0, amplitude: 2 } }),
      "initial[0].density.cosine.amplitude is 2, but must be a number from -1 to 1.",
    ],
    [
      start({ cosine: { axis: 0, amplitud: 1 } }),
      'unknown key "amplitud" in initial[0].density.cosine (did you mean "amplitude"?); allowed here: axis, amplitude, waves.',
    ],
    [
      start({ gaussian: { centre: [0, 0], sd: 1 } }),
      "initial[0].density.gaussian.centre is [0,0], but must be a list of 3 numbers in the domain's [0, 1).",
    ],
    [
      start({ gaussian: { centre: [0, 0, 1], sd: 1 } }),
      "initial[0].density.gaussian.centre is [0,0,1], but must be a list of 3 numbers in the domain's [0, 1).",
    ],
    [
      start({ product: ["uniform", "uniform"] }),
      'initial[0].density.product is ["uniform","uniform"], but must be a list of 3 densities, one per dimension.',
    ],
    [
      start({ product: ["uniform", "uniform", { table: [0, 0] }] }),
      "initial[0].density.product[2].table is [0,0], but must be a list of numbers with a positive finite sum.",
    ],
    [
      start({ product: ["uniform", "uniform", { gaussian: { centre: -1, sd: 1 } }] }),
      "initial[0].density.product[2].gaussian.centre is -1, but must be a number in the domain's [0, 1).",
    ],
    [
      start({ product: ["uniform", "uniform", "cosine"] }),
      'initial[0].density.product[2] is "cosine", but must be "uniform" or a map with exactly one of the keys cosine, gaussian, table.',
    ],
    [
      { domain: { space: 1 } },
      'initial[0].density is "uniform", but must be a map with exactly one of the keys gaussian, product, pair, as the domain is a space.',
    ],
    [
      inSpace({ cosine: { axis: 0, amplitude: 1 } }),
      'initial[0].density is {"cosine":{"axis":0,"amplitude":1,"waves":1}}, but must be a map with exactly one of the keys gaussian, product, pair, as the domain is a space.',
    ],
    [
      inSpace({ product: [{ table: [1] }, "uniform", { table: [1] }] }),
      'initial[0].density.product[1] is "uniform", but must be a map with exactly one of the keys gaussian, table, as the domain is a space.',
    ],
    [
      inSpace({ gaussian: { centre: [0, 0, 1], sd: 1 } }),
      "initial[0].density.gaussian.centre is [0,0,1], but must be a list of 3 numbers in the domain's [-1, 1).",
    ],
    [{ diffusion: { constant: 0 } }, "diffusion.constant is 0, but must be a positive number."],
    [{ diffusion: { table: [1, -1] } }, "diffusion.table[1] is -1, but must be a positive number."],
    [
      { diffusion: { table: [] } },
      "diffusion.table is [], but must be a list of 1 to 4096 positive numbers.",
    ],
    [
      { diffusion: { power: { scale: 1, exponent: 9 } } },
      "diffusion.power.exponent is 9, but must be a number from -8 to 8.",
    ],
    [
      { diffusion: { power: { scale: 1e300, exponent: 8 } } },
      'diffusion.power is {"scale":1e+300,"exponent":8}, but must be positive and finite for masses up to 100.',
    ],
    [
      { alpha: undefined },
      'alpha is missing; it must be "contact" or a map with exactly one of the keys constant, sum, product, table.',
    ],
    [
      { alpha: 50 },
      'alpha is 50, but must be "contact" or a map with exactly one of the keys constant, sum, product, table.',
    ],
    [
      { alpha: "contact", potential: "bump" },
      'potential is "bump", but must be left out, as alpha is contact.',
    ],
    [{ alpha: "contact", scaling: 0.5 }, "scaling is 0.5, but must be 1, as alpha is contact."],
    [{ dimension: 2, scaling: 0.5 }, "scaling is 0.5, but must be 1, as the dimension is 2."],
    [{ scaling: 0 }, "scaling is 0, but must be a number above 0 and at most 1."],
    [{ radius: 2 }, "radius is 2, but must be a map with exactly one of the keys constant, power, table."],
    [
      { particles: 1e6, radius: { power: { scale: 1e300, exponent: 8 } } },
      'radius.power is {"scale":1e+300,"exponent":8}, but must be positive and finite for masses up to 1000000.',
    ],
    [
      { radius: { constant: 1 }, observe: { times: [1], pairs: {} } },
      'observe.pairs is {"masses":2,"slabs":1}, but must be left out unless all pairs react at a finite rate within eps: no alpha: contact, radius or scaling.',
    ],
    [{ alpha: { constant: -1 } }, "alpha.constant is -1, but must be a number that is not negative."],
    [
      { alpha: { constant: Number.NEGATIVE_INFINITY } },
      "alpha.constant is -Infinity, but must be a number that is not negative.",
    ],
    [
      { alpha: { product: { scale: 1 } } },
      "alpha.product.exponent is missing; it must be a number from -8 to 8.",
    ],
    [
      { alpha: { product: { scale: 1e300, exponent: 8 } } },
      'alpha.product is {"scale":1e+300,"exponent":8}, but must be finite for masses up to 100.',
    ],
    [
      { alpha: { sum: { scale: 1.7e308, exponent: 0 } } },
      'alpha.sum is {"scale":1.7e+308,"exponent":0}, but must be finite for masses up to 100.',
    ],
    [
      {
        alpha: {
          table: [
            [1, 2],
            [3, 4],
          ],
        },
      },
      "alpha.table is [[1,2],[3,4]], but must be a square symmetric table: row n, column m equal to row m, column n.",
    ],
    [
      { alpha: { table: [[1, 2], [2]] } },
      "alpha.table is [[1,2],[2]], but must be a square symmetric table: row n, column m equal to row m, column n.",
    ],
    [{ alpha: { table: [[-1]] } }, "alpha.table[0][0] is -1, but must be a number that is not negative."],
    [
      { potential: "ploy2" },
      'potential is "ploy2", but must be one of indicator, bump, poly1, poly2, cone, shell, shellq, or { radial: [[r, V], ...] }.',
    ],
    [
      { potential: { radail: [] } },
      'unknown key "radail" in potential (did you mean "radial"?); allowed here: radial.',
    ],
    [
      { potential: { radial: [[0, 1]] } },
      "potential.radial is [[0,1]], but must be a list of 2 to 4096 pairs [r, V].",
    ],
    [
      {
        potential: {
          radial: [
            [0, 1],
            [0, 2],
          ],
        },
      },
      "potential.radial is [[0,1],[0,2]], but must be a list of pairs [r, V] whose r increase strictly.",
    ],
    [
      {
        potential: {
          radial: [
            [0, 1],
            [2, 0],
          ],
        },
      },
      "potential.radial[1][0] is 2, but must be a number from 0 to 1.",
    ],
    [
      {
        potential: {
          radial: [
            [0, 0],
            [1, 0],
          ],
        },
      },
      "potential.radial is [[0,0],[1,0]], but must be a list of pairs [r, V] whose V have a positive finite sum.",
    ],
    [{ potential: { radial: [[0, 0], [1]] } }, "potential.radial[1] is [1], but must be a pair [r, V]."],
    [{ observe: {} }, "observe.times is missing; it must be a list of 1 to 10000 times."],
    [
      { observe: { times: [2, 1] } },
      "observe.times is [2,1], but must be a list of strictly increasing times.",
    ],
    [{ observe: { times: [-1] } }, "observe.times[0] is -1, but must be a number that is not negative."],
    [{ observe: { times: [1], masses: 65 } }, "observe.masses is 65, but must be an integer from 1 to 64."],
    [
      { observe: { times: [1], mases: 3 } },
      'unknown key "mases" in observe (did you mean "masses"?); allowed here: times, masses, massWidth, ghosts, densities, testFunctions, pairs.',
    ],
    [{ observe: { times: [1], ghosts: 1 } }, "observe.ghosts is 1, but must be true or false."],
    [
      { observe: { times: [1], ghosts: true } },
      "observe.ghosts is true, but must be false, as the model is coagulation: only who annihilates becomes a ghost.",
    ],
    [
      {
        model: "annihilation",
        domain: { space: 8 },
        ...start({ gaussian: { centre: [0, 0, 0], sd: 1 } }),
        observe: { times: [1], ghosts: true },
      },
      "observe.ghosts is true, but must be false, as the domain is a space: ghosts live on a torus.",
    ],
    [
      { observe: { times: [1], densities: { width: 0.6 } } },
      "observe.densities.width is 0.6, but must be at most 0.5, half the side.",
    ],
    [
      { observe: { times: [1], densities: { width: 0.2, side: 0.5 } } },
      "observe.densities.side is 0.5, but must be left out on a torus, which the grid spans.",
    ],
    [
      {
        domain: { space: 4 },
        initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd: 0.1 } } }],
        observe: { times: [1], densities: { width: 0.2, side: 5 } },
      },
      "observe.densities.side is 5, but must be at most 4, the side of the space.",
    ],
    [
      { observe: { times: [1, 2], masses: 3, densities: { width: 0.2, points: 103 } }, replicas: 4 },
      "observe.densities.points is 103, but must be at most 101, so that points^3 at 2 times for 4 kinds of mass in 4 replicas are at most 2^25 numbers.",
    ],
    [
      { observe: { times: [1], densities: { points: 8 } } },
      "observe.densities.width is missing; it must be a positive number.",
    ],
    [
      { observe: { times: [1], densities: { width: 0.2, points: 257 } } },
      "observe.densities.points is 257, but must be an integer from 1 to 256.",
    ],
    [
      { observe: { times: [1], testFunctions: ["constant", { cosine: { axis: 3 } }] } },
      "observe.testFunctions[1].cosine.axis is 3, but must be an integer from 0 to 2, as the dimension is 3.",
    ],
    [
      { observe: { times: [1], testFunctions: [{ gaussian: { centre: [0, 0], sd: 0.1 } }] } },
      "observe.testFunctions[0].gaussian.centre is [0,0], but must be a list of 3 numbers.",
    ],
    [
      { observe: { times: [1], testFunctions: [{ gaussian: { centre: [0, 0, 0], sd: 0 } }] } },
      "observe.testFunctions[0].gaussian.sd is 0, but must be a positive number.",
    ],
    [
      { observe: { times: [1], testFunctions: ["sine"] } },
      'observe.testFunctions[0] is "sine", but must be "constant" or a map with exactly one of the keys cosine, gaussian.',
    ],
    [
      { observe: { times: [1], testFunctions: [] } },
      "observe.testFunctions is [], but must be a list of 1 to 16 test functions.",
    ],
    [{ replicas: 0 }, "replicas is 0, but must be an integer from 1 to 65536."],
    [
      { particles: 2 ** 27, replicas: 9 },
      "replicas is 9, but must be at most 8, so that replicas of 134217728 particles have at most 2^30 in all.",
    ],
    [{ seed: -1 }, `seed is -1, but must be ${seedMust}.`],
    [{ seed: 2 ** 53 }, `seed is 9007199254740992, but must be ${seedMust}.`],
    [{ seed: "0x" }, `seed is "0x", but must be ${seedMust}.`],
    [{ seed: "0x12345678901234567" }, `seed is "0x12345678901234567", but must be ${seedMust}.`],
    [{ seed: true }, `seed is true, but must be ${seedMust}.`],
    [
      { engine: "warp" },
      'engine is "warp", but must be "uniform", "multirate" or a map with the keys kind, step and, for multirate, k, crowd.',
    ],
    [{ engine: { kind: "multirate", k: 0.5 } }, "engine.k is 0.5, but must be a number from 1 to 8."],
    [
      { engine: { kind: "multirate", crowd: 0 } },
      "engine.crowd is 0, but must be a number above 0 and at most 1.",
    ],
    [{ engine: { kind: "warp" } }, 'engine.kind is "warp", but must be "uniform" or "multirate".'],
    [{ engine: {} }, 'engine.kind is missing; it must be "uniform" or "multirate".'],
    [
      { engine: { kind: "uniform", step: 2 } },
      "engine.step is 2, but must be a number above 0 and at most 1.",
    ],
    [
      { engine: { kind: "uniform", steps: 1 } },
      'unknown key "steps" in engine (did you mean "step"?); allowed here: kind, step.',
    ],
  ];
  it.each(cases)("%o", (change, sentence) => {
    // A spread would set the prototype instead of the key `__proto__`.
    const value = Object.defineProperties({ ...least }, Object.getOwnPropertyDescriptors(change));
    expect(complaints(value)).toEqual([sentence]);
  });

  it.each([[3], [null], [[]], ["x"], [undefined]])("no map at all: %o", (value) => {
    expect(complaints(value)).toHaveLength(1);
    expect(complaints(value)[0]).toContain(`must be a map with the keys ${keys}.`);
  });

  it("and a sentence for each problem, up to twenty", () => {
    expect(complaints({ ...least, Z: -1, replicas: 0, zz: 1 })).toHaveLength(3);
    const times = Array.from({ length: 25 }, () => -1);
    const lines = complaints({ ...least, observe: { times } });
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe("There are 6 more problems.");
  });

  it("and nothing is written to any prototype", () => {
    complaints(
      JSON.parse('{ "__proto__": { "polluted": 1 }, "domain": { "__proto__": { "polluted": 1 } } }'),
    );
    expect({}).not.toHaveProperty("polluted");
  });
});

/** The paths of every value inside a value. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

/** A copy of `value` with what lies at `path` replaced, or removed where `change` is undefined. */
function changedAt(value: unknown, path: string[], change: unknown): unknown {
  if (path.length === 0) return change;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const [key, ...rest] = path;
  if (rest.length === 0 && change === undefined) delete copy[key];
  else copy[key] = changedAt(copy[key], rest, change);
  return copy;
}

const anyChange = fc.oneof(
  fc.constant(undefined),
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1, 2, 5, 2 ** 53, 1e308, "uniform", "", [], {}, [[]], null, true),
  fc.jsonValue(),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
);
const mutated = fc.constantFrom(...varied).chain((valid) =>
  fc
    .array(fc.tuple(fc.constantFrom(...pathsIn(valid)), anyChange), { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce<unknown>((value, [path, change]) => {
        try {
          return changedAt(value, path, change);
        } catch {
          return value; // An earlier change has taken the place of what this one would change.
        }
      }, valid),
    ),
);

describe("for any change of a good scenario", () => {
  it("the outcome is a scenario that parses to itself, or sentences", () => {
    fc.assert(
      fc.property(mutated, (value) => {
        const result = checkScenario(value);
        if ("scenario" in result) {
          expect(parseScenario(result.scenario)).toEqual(result.scenario);
          expect(parseScenario(JSON.parse(JSON.stringify(result.scenario)))).toEqual(result.scenario);
          return;
        }
        const lines = complaints(value);
        expect(lines).toEqual(result.problems.map(({ sentence }) => sentence));
        expect(lines.length).toBeGreaterThan(0);
        for (const line of lines) expect(line).toMatch(/^.+ (must be|allowed here: |more problems).*\.$/);
        expect(new Set(lines).size).toBe(lines.length);
      }),
      { numRuns: 1000 },
    );
  });
});

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  [key: string]: unknown;
}

/** Every schema inside a JSON Schema with the name it stands under. */
function* properties(schema: unknown): Generator<[string, JsonSchema]> {
  if (typeof schema !== "object" || schema === null) return;
  const { properties: own = {}, default: _, ...rest } = schema as JsonSchema;
  for (const [name, inner] of Object.entries(own)) {
    yield [name, inner];
    yield* properties(inner);
  }
  for (const inner of Object.values(rest)) yield* properties(inner);
}

describe("scenarioJsonSchema", () => {
  const schema = scenarioJsonSchema() as JsonSchema;

  it("is a draft-7 schema with an id and a title, complete in itself", () => {
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(schema.$id).toBeTypeOf("string");
    expect(schema.title).toBeTypeOf("string");
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(JSON.stringify(schema)).not.toContain("$ref");
  });

  it("has every key, requires those without a default, Z and alpha unless physical sets them, and allows no other", () => {
    expect(Object.keys(schema.properties ?? {})).toEqual(["$schema", ...keys.split(", ")]);
    expect(schema.required).toEqual(["particles", "observe"]);
    expect(schema.anyOf).toEqual([{ required: ["Z", "alpha"] }, { required: ["physical"] }]);
    expect(schema.additionalProperties).toBe(false);
  });

  it("describes every key at every depth", () => {
    const all = [...properties(schema)];
    for (const [name, inner] of all) expect(inner.description, name).toMatch(/^.{3,}\.$/);
    const names = new Set(all.map(([name]) => name));
    for (const scenario of varied) {
      for (const path of pathsIn(scenario)) {
        const key = path.at(-1);
        if (key !== undefined && !/^\d+$/.test(key)) expect(names).toContain(key);
      }
    }
  });
});
