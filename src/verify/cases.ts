/** The scenarios on which `coagula verify` and the tests hold both engines to the same bits. */
import { parseScenario, type Scenario, type ScenarioInput } from "../model/scenario.ts";
import { makeSystem } from "../model/system.ts";

export interface VerifyCase {
  name: string;
  scenario: Scenario;
}

/** A scenario that ends after a given number of steps (uniform unless it says otherwise), and leaves out what does not matter for equality. */
export type CaseInput = Omit<ScenarioInput, "observe"> & {
  steps: number;
  /** Of `observe`. */
  pairs?: ScenarioInput["observe"]["pairs"];
};

/** Makes the scenario of a case; its last observation falls on the wanted step. */
export function caseOf(name: string, { steps, pairs, ...rest }: CaseInput): VerifyCase {
  const draft = parseScenario({
    engine: "uniform",
    ...rest,
    name,
    observe: { times: [0], masses: 4, ...(pairs && { pairs }) },
  });
  const { dt } = makeSystem(draft);
  const times = [Math.floor(steps / 2), steps]
    .filter((step, k, all) => step !== all[k - 1])
    .map((s) => s * dt);
  return { name, scenario: { ...draft, observe: { ...draft.observe, times } } };
}

const falling = { power: { scale: 1, exponent: -1 / 3 } };
const strong = { constant: 50 };
/** Everything reacts at once: partners by the dozen, and long chains of conflicts. */
const fierce = { constant: 1e6 };

export const verifyCases: readonly VerifyCase[] = [
  caseOf("one particle", { particles: 1, Z: 0.1, alpha: strong, steps: 50 }),
  caseOf("two particles", { particles: 2, Z: 0.3, alpha: strong, steps: 500 }),
  caseOf("two annihilate", { model: "annihilation", particles: 2, Z: 0.3, alpha: fierce, steps: 500 }),
  caseOf("63 particles", { particles: 63, Z: 8, alpha: strong, steps: 200 }),
  caseOf("64 particles", { particles: 64, Z: 8, alpha: strong, steps: 200 }),
  caseOf("65 particles", { particles: 65, Z: 8, alpha: strong, diffusion: falling, steps: 200 }),
  caseOf("1000 particles", {
    particles: 1000,
    Z: 20,
    alpha: { sum: { scale: 20, exponent: 0.5 } },
    diffusion: falling,
    potential: "poly2",
    replicas: 3,
    steps: 100,
  }),
  caseOf("1000 annihilate", { model: "annihilation", particles: 1000, Z: 20, alpha: strong, steps: 100 }),
  caseOf("few and far", { particles: 131072, Z: 1, alpha: strong, steps: 4 }),
  caseOf("131072 in reach", {
    particles: 131072,
    Z: 1500,
    alpha: { product: { scale: 30, exponent: 0.25 } },
    diffusion: falling,
    potential: "bump",
    steps: 4,
  }),
  caseOf("dense", { particles: 2000, Z: 300, alpha: strong, steps: 30 }),
  caseOf("dense and fierce", { particles: 3000, Z: 500, alpha: fierce, steps: 20 }),
  caseOf("dense annihilation", { model: "annihilation", particles: 3000, Z: 500, alpha: fierce, steps: 6 }),
  caseOf("all within reach of all", { particles: 300, Z: 60, alpha: fierce, replicas: 4, steps: 40 }),
  caseOf("the plane", { dimension: 2, particles: 1000, Z: 300, alpha: strong, potential: "cone", steps: 60 }),
  caseOf("the plane, dense", {
    dimension: 2,
    particles: 1000,
    Z: 500,
    alpha: fierce,
    diffusion: falling,
    steps: 30,
  }),
  caseOf("the plane, annihilation", {
    model: "annihilation",
    dimension: 2,
    particles: 500,
    Z: 150,
    alpha: strong,
    replicas: 2,
    steps: 60,
  }),
  caseOf("four dimensions", {
    dimension: 4,
    particles: 2000,
    Z: 40,
    alpha: strong,
    potential: "shell",
    steps: 60,
  }),
  caseOf("five dimensions", {
    dimension: 5,
    particles: 2000,
    Z: 12,
    alpha: fierce,
    potential: "shellq",
    steps: 30,
  }),
  caseOf("tables", {
    particles: 800,
    Z: 60,
    initial: [
      { mass: 1, weight: 2 },
      { mass: 3, weight: 1 },
    ],
    diffusion: { table: [1, 0.7, 0.5, 0.4] },
    alpha: {
      table: [
        [10, 20, 5],
        [20, 40, 0],
        [5, 0, 80],
      ],
    },
    potential: {
      radial: [
        [0, 0],
        [0.4, 1],
        [0.9, 0.2],
      ],
    },
    steps: 80,
  }),
  caseOf("heavy particles", {
    particles: 600,
    Z: 60,
    initial: [{ mass: 1 }, { mass: 900 }, { mass: 1000000, weight: 0.3 }],
    diffusion: falling,
    alpha: { sum: { scale: 30, exponent: 0.3 } },
    potential: "poly1",
    steps: 60,
  }),
  caseOf("a wave", {
    particles: 1000,
    Z: 30,
    initial: [
      { mass: 1, density: { cosine: { axis: 0, amplitude: 0.8 } } },
      { mass: 2, density: { gaussian: { centre: [0.5, 0.5, 0.99], sd: 0.1 } } },
    ],
    alpha: strong,
    seed: "0xfedcba9876543210",
    steps: 60,
  }),
  caseOf("open space", {
    domain: { space: 8 },
    particles: 1000,
    Z: 30,
    initial: [{ mass: 1, density: { gaussian: { centre: [0, 0.2, 0], sd: 0.2 } } }],
    alpha: strong,
    diffusion: falling,
    replicas: 2,
    steps: 60,
  }),
  caseOf("sums over pairs", {
    particles: 1000,
    Z: 60,
    alpha: strong,
    diffusion: falling,
    potential: "poly2",
    pairs: { masses: 2, slabs: 8 },
    replicas: 2,
    steps: 100,
  }),
  caseOf("multirate", { particles: 400, Z: 1, alpha: strong, engine: "multirate", replicas: 2, steps: 2e5 }),
  caseOf("multirate, sums over pairs", {
    particles: 300,
    Z: 2,
    alpha: strong,
    diffusion: falling,
    engine: "multirate",
    pairs: { masses: 3, slabs: 16 },
    replicas: 2,
    steps: 1e5,
  }),
  caseOf("multirate, annihilation", {
    model: "annihilation",
    particles: 1000,
    Z: 1,
    alpha: strong,
    engine: { kind: "multirate", k: 3 },
    steps: 2e5,
  }),
  caseOf("multirate, dense", {
    particles: 1000,
    Z: 100,
    alpha: strong,
    diffusion: falling,
    engine: { kind: "multirate", crowd: 1 },
    replicas: 3,
    steps: 400,
  }),
  caseOf("multirate, fierce", {
    particles: 300,
    Z: 20,
    alpha: fierce,
    potential: "cone",
    engine: "multirate",
    replicas: 2,
    steps: 3000,
  }),
  caseOf("multirate, down to one", {
    particles: 6,
    Z: 0.5,
    alpha: fierce,
    engine: "multirate",
    steps: 40000,
  }),
  caseOf("multirate, far apart in mobility", {
    particles: 500,
    Z: 5,
    initial: [{ mass: 1 }, { mass: 1000 }, { mass: 1000000, weight: 0.3 }],
    diffusion: { power: { scale: 1, exponent: -0.5 } },
    alpha: { sum: { scale: 30, exponent: 0.3 } },
    potential: "poly2",
    engine: "multirate",
    steps: 20000,
  }),
  caseOf("multirate in the plane", {
    dimension: 2,
    particles: 200,
    Z: 30,
    alpha: strong,
    engine: "multirate",
    steps: 40000,
  }),
  // They start within a few lattice units, 256 eps each.
  caseOf("multirate on a refined lattice", {
    particles: 16,
    Z: 16 * 2 ** -40,
    initial: [{ mass: 1, density: { gaussian: { centre: [0.5, 0.5, 0.5], sd: 3e-10 } } }],
    alpha: fierce,
    diffusion: falling,
    engine: { kind: "multirate", k: 2 },
    replicas: 12,
    steps: 2 ** 78,
  }),
  caseOf("multirate in the plane, on a refined lattice", {
    dimension: 2,
    particles: 20,
    Z: 0.5,
    alpha: strong,
    engine: { kind: "multirate", k: 2 },
    steps: 2 ** 119,
  }),
  caseOf("multirate in four dimensions", {
    dimension: 4,
    particles: 500,
    Z: 1,
    alpha: fierce,
    potential: "shellq",
    engine: "multirate",
    steps: 3000,
  }),
  caseOf("multirate in open space", {
    domain: { space: 8 },
    particles: 500,
    Z: 3,
    initial: [{ mass: 1, density: { gaussian: { centre: [0, 0.2, 0], sd: 0.2 } } }],
    alpha: strong,
    diffusion: falling,
    engine: "multirate",
    replicas: 2,
    steps: 3000,
  }),
  ...["uniform", "multirate"].flatMap((kind) => {
    const engine = kind as "uniform" | "multirate";
    return [
      caseOf(`contact, ${kind}`, {
        particles: 1000,
        Z: 20,
        alpha: "contact",
        diffusion: falling,
        engine,
        replicas: 2,
        steps: 200,
      }),
      caseOf(`radii, ${kind}`, {
        particles: 1000,
        Z: 12,
        initial: [{ mass: 1, weight: 5 }, { mass: 40 }],
        alpha: strong,
        diffusion: falling,
        potential: "poly2",
        radius: { power: { scale: 0.5, exponent: 1 / 3 } },
        engine,
        steps: 200,
      }),
    ];
  }),
  caseOf("masses that vary", {
    particles: 1000,
    Z: 20,
    initial: [
      { mass: 1024, spread: "exponential" },
      { mass: 5000, weight: 0.3, spread: "uniform" },
    ],
    alpha: strong,
    diffusion: { power: { scale: 10, exponent: -1 / 3 } },
    engine: "multirate",
    steps: 2000,
  }),
  caseOf("fragmentation", {
    particles: 1000,
    Z: 40,
    alpha: { sum: { scale: 20, exponent: 0.5 } },
    diffusion: falling,
    fragmentation: { weights: [10, 20, 5, 10, 8, 3] },
    replicas: 2,
    steps: 1000,
  }),
  caseOf("fragmentation in the plane", {
    dimension: 2,
    particles: 300,
    Z: 80,
    alpha: strong,
    fragmentation: { weights: [40, 40] },
    replicas: 3,
    steps: 300,
  }),
  caseOf("fragmentation in five dimensions", {
    dimension: 5,
    particles: 500,
    Z: 4,
    alpha: { constant: 200 },
    fragmentation: { weights: Array.from({ length: 64 }, () => 0.05) },
    steps: 200,
  }),
];
