/** The equation's densities between cells, smoothed and paired, where closed forms say what they are. */
import { describe, expect, test } from "vitest";
import { makePotential, unitSphereArea } from "../../src/model/potential.ts";
import { parseScenario, type ScenarioInput, type TestFunctionSpec } from "../../src/model/scenario.ts";
import { ballRule, type LimitFields, limitFields } from "../../src/oracle/limitFields.ts";
import { solveSmoluchowski } from "../../src/oracle/solve.ts";

const base = { particles: 100, Z: 3, alpha: { constant: 10 }, potential: "poly2" } as const;
const times = [0, 0.01];
const K = 2;

function scenarioOf(changes: Partial<ScenarioInput>) {
  return parseScenario({ ...base, ...changes, observe: { times, masses: K } });
}

const amplitude = 0.7;
const waves = 2;
const side = 1.5;
const scenarios = {
  homogeneous: scenarioOf({ domain: { torus: side } }),
  wave: scenarioOf({
    domain: { torus: side },
    initial: [{ mass: 1, density: { cosine: { axis: 1, amplitude, waves } } }],
  }),
  ball: scenarioOf({
    domain: { space: 8 },
    initial: [{ mass: 1, density: { gaussian: { centre: [0.3, -0.2, 0], sd: 0.3 } } }],
  }),
  "two axes": scenarioOf({
    domain: { torus: side },
    initial: [
      {
        mass: 1,
        density: {
          product: [
            { gaussian: { centre: 0.1, sd: 0.2 } },
            "uniform",
            { cosine: { amplitude: 0.5, waves: 1 } },
          ],
        },
      },
    ],
  }),
};

const fieldsOf = (name: keyof typeof scenarios): LimitFields => {
  const fields = limitFields(scenarios[name], times);
  if (fields === null) throw new Error(`The equation of "${name}" is not solved.`);
  return fields;
};

/** ∫ eta(z) g(z) dz over the unit ball of R^3 for g that depends on z along an axis and on the distance across. */
function overBall(g: (along: number, across: number) => number): number {
  const eta = makePotential("bump", 3);
  const n = 400;
  let sum = 0;
  for (let a = 0; a < n; a++) {
    const along = -1 + (2 * (a + 0.5)) / n;
    for (let b = 0; b < n; b++) {
      const across = (b + 0.5) / n;
      sum += across * eta.at(Math.hypot(along, across)) * g(along, across);
    }
  }
  return (sum * 2 * Math.PI * 2) / n / n;
}

test("the quadrature of these tests has the integral 1", () => {
  expect(overBall(() => 1)).toBeCloseTo(1, 5);
});

describe.each(Object.keys(scenarios) as (keyof typeof scenarios)[])("of the %s start", (name) => {
  const scenario = scenarios[name];
  const fields = fieldsOf(name);

  test("the pairing with 1 is Z times the fractions, at all times", () => {
    const { points } = solveSmoluchowski(scenario, times);
    for (const [k, { masses, count }] of points.entries()) {
      const paired = fields.paired(k, "constant");
      expect(paired.length).toBe(K + 1);
      for (const [row, fraction] of [...masses, count].entries()) {
        expect(paired[row]).toBeCloseTo(scenario.Z * fraction, 12);
      }
    }
    expect(fields.paired(0, "constant")[K]).toBeCloseTo(scenario.Z, 9);
    expect(fields.paired(1, "constant")[K]).toBeLessThan(0.99 * scenario.Z);
  });
});

describe("where nothing varies", () => {
  const fields = fieldsOf("homogeneous");

  test("smoothing changes nothing", () => {
    expect(fields.varying).toEqual([]);
    const [one, two, all] = fields.smoothed(0, 0.3)([0.1, 0.2, 0.3]);
    expect(one).toBeCloseTo(3 / side ** 3, 12);
    expect(two).toBe(0);
    expect(all).toBe(one);
  });

  test("a wave has the mean 0, a Gaussian its integral over R^3 per volume", () => {
    expect(fields.paired(1, { cosine: { axis: 0, waves: 3 } })[K]).toBeCloseTo(0, 12);
    const sd = 0.2;
    const expected = ((2 * Math.PI) ** 1.5 * sd ** 3 * 3) / side ** 3;
    expect(fields.paired(0, { gaussian: { centre: [0.1, 0.9, 3], sd } })[K]).toBeCloseTo(expected, 12);
  });
});

describe("a wave", () => {
  const fields = fieldsOf("wave");
  const turns = (2 * Math.PI * waves) / side;

  test("paired with its own cosine at time 0 is Z a / 2, and with others 0", () => {
    const own = fields.paired(0, { cosine: { axis: 1, waves } });
    expect(own[0]).toBeCloseTo((3 * amplitude) / 2, 9);
    expect(own[1]).toBe(0);
    expect(own[K]).toBe(own[0]);
    for (const J of [
      { cosine: { axis: 1, waves: 1 } },
      { cosine: { axis: 0, waves } },
    ] as TestFunctionSpec[]) {
      expect(fields.paired(0, J)[K]).toBeCloseTo(0, 9);
    }
  });

  test("paired with a Gaussian at time 0 is a Gaussian integral, around the torus", () => {
    const [at, sd] = [0.05, 0.12];
    const damped = amplitude * Math.exp(-0.5 * (turns * sd) ** 2) * Math.cos(turns * at);
    const expected = (3 / side ** 3) * (2 * Math.PI) ** 1.5 * sd ** 3 * (1 + damped);
    const paired = fields.paired(0, { gaussian: { centre: [1, at, 0.2], sd } });
    expect(paired[0] / expected).toBeCloseTo(1, 9);
  });

  test.each([0.1, 0.3])(
    "smoothed over %f at time 0 keeps its mean, and its amplitude times eta's transform",
    (width) => {
      expect(fields.varying).toEqual([1]);
      const transform = overBall((along) => Math.cos(turns * width * along));
      const smoothed = fields.smoothed(0, width);
      // Across the seam, and at no cell's middle.
      for (const x of [0, 0.001, 0.2, 0.377, 0.75, 1.4999]) {
        const exact = (3 / side ** 3) * (1 + amplitude * transform * Math.cos(turns * x));
        expect(Math.abs(smoothed([0.4, x, 1.1])[0] / exact - 1)).toBeLessThan(1e-3);
      }
    },
  );
});

describe("a Gaussian in a ball", () => {
  const fields = fieldsOf("ball");
  const [sd, centre] = [0.3, [0.3, -0.2, 0]];

  test("paired with a Gaussian off its centre at time 0 is a Gaussian integral", () => {
    const other = { centre: [0, 0.1, 0.4], sd: 0.2 };
    const wide = sd ** 2 + other.sd ** 2;
    const square = centre.reduce((sum, c, k) => sum + (c - other.centre[k]) ** 2, 0);
    const exact = 3 * (other.sd ** 2 / wide) ** 1.5 * Math.exp((-0.5 * square) / wide);
    expect(fields.paired(0, { gaussian: other })[0] / exact).toBeCloseTo(1, 4);
  });

  test("paired with a cosine at time 0 is its characteristic function", () => {
    const turns = (2 * Math.PI * 4) / 8;
    const exact = 3 * Math.exp(-0.5 * (turns * sd) ** 2) * Math.cos(turns * 0.3);
    expect(fields.paired(0, { cosine: { axis: 0, waves: 4 } })[0] / exact).toBeCloseTo(1, 4);
  });

  test("smoothed at time 0 is its convolution with eta, at the centre, beside it, and 0 far away", () => {
    const width = 0.25;
    const smoothed = fields.smoothed(0, width);
    const density = (r: number) => (3 * Math.exp(-0.5 * (r / sd) ** 2)) / (2 * Math.PI * sd * sd) ** 1.5;
    for (const away of [0, 0.1, 0.5]) {
      const exact = overBall((along, across) => density(Math.hypot(away + width * along, width * across)));
      for (const direction of [
        [1, 0, 0],
        [0, -1, 0],
        [0.6, 0, 0.8],
      ]) {
        const x = centre.map((c, k) => c + away * direction[k]);
        expect(Math.abs(smoothed(x)[0] / exact - 1)).toBeLessThan(3e-3);
      }
    }
    expect(smoothed([3.9, 0, 0])[K]).toBe(0);
  });
});

describe("two axes", () => {
  const fields = fieldsOf("two axes");

  test("paired with a cosine along either at time 0 has that law's harmonic, along the other nothing", () => {
    expect(fields.varying).toEqual([0, 2]);
    const paired = (axis: number) => fields.paired(0, { cosine: { axis, waves: 1 } })[0];
    const turns = (2 * Math.PI) / side;
    expect(paired(0)).toBeCloseTo(3 * Math.exp(-0.5 * (turns * 0.2) ** 2) * Math.cos(turns * 0.1), 9);
    expect(paired(1)).toBeCloseTo(0, 12);
    expect(paired(2)).toBeCloseTo((3 * 0.5) / 2, 9);
  });
});

describe.each([2, 3, 4, 5])("the rule for eta in dimension %i", (d) => {
  const rule = ballRule(d);
  const mean = (g: (z: number[]) => number) => rule.reduce((sum, { z, weight }) => sum + weight * g(z), 0);

  test("has the moments of eta", () => {
    const eta = makePotential("bump", d);
    const n = 2000;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const r = (i + 0.5) / n;
      square += (unitSphereArea(d) * r ** (d + 1) * eta.at(r)) / n;
    }
    expect(mean(() => 1)).toBeCloseTo(1, 12);
    for (let k = 0; k < d; k++) expect(mean((z) => z[k])).toBeCloseTo(0, 12);
    const measured = mean((z) => z.reduce((sum, x) => sum + x * x, 0));
    expect(Math.abs(measured / square - 1)).toBeLessThan(d === 5 ? 6e-3 : 1.5e-3);
  });
});
