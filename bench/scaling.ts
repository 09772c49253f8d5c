/**
 * The question: how does the wall time of a macroscopic unit of time grow with N, at N eps = Z, and with 1 / eps, at the same N?
 *
 * Annihilation in the unit 3-torus, V the indicator, alpha = 10, Z = 1 and all defaults, for so short a time that few particles have vanished.
 */
import { parseScenario } from "../src/model/scenario.ts";
import { makeSystem, type System } from "../src/model/system.ts";
import type { StatementFigure } from "../src/theorem/statement.ts";
import type { Contender } from "./contenders.ts";
import { type Spread, spreadOf, timeRun } from "./timing.ts";

export interface ScalingPoint {
  engine: string;
  step: "uniform" | "multirate";
  /** What changes along the points. */
  along: "N" | "1/eps";
  particles: number;
  eps: number;
  /** Of wall time for a macroscopic unit of time. */
  secondsPerTime: Spread;
  repeats: number;
}

export interface ScalingExponent {
  engine: string;
  step: ScalingPoint["step"];
  along: ScalingPoint["along"];
  /** Least squares through the logarithms of the medians, and its standard error. */
  exponent: number;
  se: number;
}

const sizes = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
const strengths = [1, 0.1, 0.01, 0.001, 0.0001];
const fewParticles = 1000;

/** Macroscopic time of a run: less for more particles, so that it takes a second or a few. Of uniform steps it takes 20 million moves. */
const timeOf = {
  uniform: (n: number) => 2.5e5 / n ** 3,
  multirate: (n: number) => Math.min(0.05, 0.004 * (10_000 / n) ** (5 / 3)),
};

export async function* measureScaling(
  { name: engine, create }: Contender,
  repeats: number,
): AsyncGenerator<ScalingPoint> {
  const runs = [
    ...sizes.map((particles) => ({ step: "uniform" as const, along: "N" as const, particles, Z: 1 })),
    ...sizes.map((particles) => ({ step: "multirate" as const, along: "N" as const, particles, Z: 1 })),
    ...strengths.map((Z) => ({
      ...{ step: "multirate" as const, along: "1/eps" as const, particles: fewParticles, Z },
    })),
  ];
  for (const { step, along, particles, Z } of runs) {
    const time = timeOf[step](particles);
    const system = systemOf(particles, Z, step, time);
    const seconds: number[] = [];
    // The first compiles: it does not count.
    for (let repeat = 0; repeat <= repeats; repeat++) {
      const run = await timeRun(system, create);
      if (repeat > 0) seconds.push(run.seconds / time);
    }
    yield { engine, step, along, particles, eps: system.eps, secondsPerTime: spreadOf(seconds), repeats };
  }
}

function systemOf(particles: number, Z: number, step: "uniform" | "multirate", time: number): System {
  return makeSystem(
    parseScenario({
      ...{ model: "annihilation", particles, Z, alpha: { constant: 10 }, engine: step },
      observe: { times: [time] },
    }),
  );
}

/** One for each engine, step and direction. */
export function exponentsOf(points: readonly ScalingPoint[]): ScalingExponent[] {
  return lines(points).map((line) => {
    const [{ engine, step, along }] = line;
    const [xs, ys] = [line.map((point) => Math.log(xOf(point))), line.map((point) => Math.log(yOf(point)))];
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    const [x0, y0] = [mean(xs), mean(ys)];
    const spread = xs.reduce((sum, x) => sum + (x - x0) ** 2, 0);
    const exponent = xs.reduce((sum, x, k) => sum + (x - x0) * (ys[k] - y0), 0) / spread;
    const rest = xs.reduce((sum, x, k) => sum + (ys[k] - y0 - exponent * (x - x0)) ** 2, 0);
    return { engine, step, along, exponent, se: Math.sqrt(rest / (xs.length - 2) / spread) };
  });
}

const xOf = ({ along, particles, eps }: ScalingPoint) => (along === "N" ? particles : 1 / eps);
const yOf = ({ secondsPerTime }: ScalingPoint) => secondsPerTime.median;

function lines(points: readonly ScalingPoint[]): ScalingPoint[][] {
  const keyOf = ({ engine, step, along }: ScalingPoint) => `${engine}, ${step}, ${along}`;
  return [...new Set(points.map(keyOf))].map((key) => points.filter((point) => keyOf(point) === key));
}

/** Both steps against N, with straight lines of the orders 3 and 5/3 through their largest. */
export function scalingFigure(points: readonly ScalingPoint[]): StatementFigure {
  const ofSize = lines(points).filter(([{ along }]) => along === "N");
  const order = { uniform: 3, multirate: 5 / 3 };
  return {
    title: "Wall time of a macroscopic unit of time",
    subtitle: "Annihilation at N eps = 1; lines: N^3 and N^(5/3) through the largest N",
    x: { title: "N", type: "log" },
    y: { title: "seconds per unit of time", type: "log" },
    series: ofSize.flatMap((line) => {
      const [{ engine, step }] = line;
      const last = line[line.length - 1];
      const straight = line.map((point) => ({
        x: xOf(point),
        y: yOf(last) * (xOf(point) / xOf(last)) ** order[step],
      }));
      const name = `${engine}, ${step}`;
      return [
        { name, kind: "points" as const, data: line.map((point) => ({ x: xOf(point), y: yOf(point) })) },
        { name, kind: "line" as const, data: straight },
      ];
    }),
  };
}
