import { describe, test } from "vitest";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { caseOf } from "../../src/verify/cases.ts";
import { expectStandardNormal, openEngine } from "./support.ts";

const particles = 30000;
const masses = [1, 8, 5000];

/** d(m) = m^(-1/3), nobody reacts, and steps so short that nobody comes around the torus. */
function freeSystem(dimension: number, steps: number, seed: number): System {
  const eps = 1e-3;
  const Z = dimension === 2 ? particles / -Math.log(eps) : particles * eps ** (dimension - 2);
  const { scenario } = caseOf("free", {
    dimension,
    particles,
    Z,
    initial: masses.map((mass) => ({ mass })),
    diffusion: { power: { scale: 1, exponent: -1 / 3 } },
    alpha: { constant: 0 },
    seed,
    steps,
  });
  return makeSystem(scenario);
}

interface Walk {
  dimension: number;
  /**
   * What one step does to each coordinate, in standard deviations sqrt(2 d(m) dt): one array for each of the
   * steps.
   */
  moves: Float64Array[];
  /** The same of all steps together, of which there may be more. */
  whole: Float64Array;
  mass: Uint32Array;
}

/** Plays `watched` steps one by one, then the rest. */
async function walk(dimension: number, watched: number, steps: number, seed: number): Promise<Walk> {
  const system = freeSystem(dimension, steps, seed);
  const { place: start, mass } = makeStart(system, 0);
  const engine = await openEngine(system);
  const unit = system.side / 2 ** 32;
  const scaled = (from: Uint32Array, to: Uint32Array, dt: number) =>
    Float64Array.from(to, (x, at) => {
      const variance = 2 * mass[Math.floor(at / dimension)] ** (-1 / 3) * dt;
      return (((x - from[at]) | 0) * unit) / Math.sqrt(variance);
    });

  const moves: Float64Array[] = [];
  let before = start;
  for (let step = 1; step <= watched; step++) {
    await engine.advance(step);
    const { place } = await engine.snapshot();
    moves.push(scaled(before, place, system.dt));
    before = place;
  }
  await engine.advance(steps);
  const whole = scaled(start, (await engine.snapshot()).place, steps * system.dt);
  return { dimension, moves, whole, mass };
}

/** Sum of independent terms of mean 0 and this variance, over its standard deviation. */
function score(terms: Iterable<number>, variance: number): number {
  let [sum, n] = [0, 0];
  for (const term of terms) {
    sum += term;
    n++;
  }
  return sum / Math.sqrt(n * variance);
}

function* products(x: Float64Array, y: Float64Array, of = (x: number, y: number) => x * y) {
  for (let at = 0; at < x.length; at++) yield of(x[at], y[at]);
}

/** For standard normals: z^2 - 1 has variance 2. */
const excess = (z: number) => z * z - 1;

/**
 * Seeds 12 to 30. With tens of thousands of terms in every sum, the normal law's error is far below the
 * false-alarm rate.
 */
describe("free motion (stochastic)", () => {
  // A variance of d t instead of 2 d t is off by 35 standard deviations, the d of another mass by more, one
  // wrong by 10 percent by 7.
  test.each([2, 3, 5])(
    "the mean squared displacement after 100 steps is 2 d(m) t, d = %i",
    async (dimension) => {
      const { whole, mass } = await walk(dimension, 0, 100, 10 + dimension);
      const scores = masses
        .flatMap((m) =>
          Array.from({ length: dimension }, (_, axis) => {
            const z = Array.from(mass.keys(), (i) => whole[dimension * i + axis]).filter(
              (_, i) => mass[i] === m,
            );
            return [
              [`mean, mass ${m}, axis ${axis}`, score(z, 1)],
              [`square, mass ${m}, axis ${axis}`, score(z.map(excess), 2)],
            ] as const;
          }),
        )
        .flat();
      expectStandardNormal(Object.fromEntries(scores));
    },
  );

  // Words used twice, for two axes, steps or particles, would make one of the correlations one: hundreds of
  // standard deviations.
  test.each([2, 3, 5])(
    "coordinates, successive steps and neighbours are independent, d = %i",
    async (dimension) => {
      const { moves } = await walk(dimension, 8, 8, 20 + dimension);
      const scores: Record<string, number> = {};
      const compare = (
        name: string,
        x: (move: number) => Float64Array,
        y: (move: number) => Float64Array,
        n: number,
      ) => {
        const all = (of: (x: number, y: number) => number) =>
          Array.from({ length: n }, (_, k) => Array.from(products(x(k), y(k), of))).flat();
        scores[name] = score(
          all((x, y) => x * y),
          1,
        );
        scores[`${name}, squares`] = score(
          all((x, y) => excess(x) * excess(y)),
          4,
        );
      };
      const axis = (move: number, k: number) => moves[move].filter((_, at) => at % dimension === k);
      for (let k = 0; k < dimension; k++) {
        for (let l = 0; l < k; l++)
          compare(
            `axes ${l} and ${k}`,
            (m) => axis(m, k),
            (m) => axis(m, l),
            moves.length,
          );
      }
      for (const lag of [1, 2])
        compare(
          `${lag} steps apart`,
          (m) => moves[m],
          (m) => moves[m + lag],
          moves.length - lag,
        );
      compare(
        "neighbours",
        (m) => moves[m].subarray(dimension),
        (m) => moves[m].subarray(0, -dimension),
        moves.length,
      );
      expectStandardNormal(scores);
    },
  );

  // Uniform steps of the right variance have a fourth moment of 1.8 instead of 3, a sum of four uniform ones
  // 2.7.
  test("one step has a Gaussian's moments up to the fourth", async () => {
    const { moves } = await walk(3, 12, 12, 30);
    const all = moves.flatMap((move) => Array.from(move));
    expectStandardNormal({
      first: score(all, 1),
      second: score(all.map(excess), 2),
      third: score(
        all.map((z) => z ** 3),
        15,
      ),
      fourth: score(
        all.map((z) => z ** 4 - 3),
        96,
      ),
    });
  });
});
