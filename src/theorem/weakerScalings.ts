/** The weaker scalings (Hammond's survey §3.4): range eps^b, and the naive rate in the limit for b < 1, the recipe's at b = 1. */
import { pow } from "../exact/elementary.ts";
import { startsAtOneMass } from "../model/massSpread.ts";
import { pairStart, type Scenario } from "../model/scenario.ts";
import type { System } from "../model/system.ts";
import type { Estimate } from "../observe/statistics.ts";
import { type PairProblem, reducedRate } from "../oracle/beta.ts";
import { correctionAt } from "../oracle/correction.ts";
import { isHomogeneous } from "../oracle/geometry.ts";
import { formatShort } from "../report/table.ts";
import { meanRate, observedAt, pairOf } from "./onePair.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";
import { densityOf, growth, survivors } from "./survivors.ts";

/** A run with what its particles left tell of a pair's rate. */
interface Measured {
  system: System;
  rate: Estimate;
  theory: number;
}

/** Whether the scenario has a weaker scaling and its particles left tell of a single rate: all pairs have the same. */
export const hasWeakerScaling = (scenario: Scenario) => scenario.scaling < 1 && hasOneRate(scenario);

/** Annihilation of one mass, or coagulation where neither alpha nor d depends on it; from an even start on a torus, in d >= 3. */
function hasOneRate(scenario: Scenario): boolean {
  const { model, dimension, domain, initial, alpha, diffusion, radius, observe } = scenario;
  const oneMass = startsAtOneMass(initial);
  const alike = model === "annihilation" || ("constant" in alpha && "constant" in diffusion);
  const evenly = "torus" in domain && pairStart(scenario) === null && isHomogeneous(scenario);
  const reacts = !("contact" in alpha) && radius === undefined && observe.times.at(-1)! > 0;
  return dimension > 2 && oneMass && alike && evenly && reacts;
}

/** Where a run has a weaker scaling; runs may differ in N and in b. */
export function weakerScalings(runs: readonly ObservedRun[]): Statement | null {
  const [{ system }] = runs;
  if (!runs.some((run) => hasWeakerScaling(run.system.scenario)) || !hasOneRate(system.scenario)) return null;
  const { alpha } = pairIn(system);
  const measured = runs.map((run): Measured => {
    const rate = rateOf(run);
    return { system: run.system, rate, theory: rateInTheory(run) };
  });
  const rows = measured.map(
    ({ system: { scenario, particles }, rate, theory }): Comparison => ({
      what: `rate at b = ${scenario.scaling}, N = ${particles}`,
      ...rate,
      theory,
      naive: alpha,
    }),
  );
  return {
    key: "weaker-scalings",
    title: "In a weaker scaling the limit has the naive rate",
    reference: "S §3.4",
    rows,
    remark:
      "A pair interacts within eps^b. The rate is the growth of 1 / h_N over Z times the time, from the start to the end; theory is that of two particles at this eps over this time, " +
      `${system.dimension === 3 ? "with the leading correction for all others, for ranges well below their spacing" : "without a correction for all others"}; it tends to the naive alpha = ${formatShort(alpha)} ` +
      `for b < 1 and to beta = ${formatShort(lateRate(system, 1))} of the recipe at b = 1, the slower the nearer b is to 1: like eps^((d-2)(1-b)).`,
    figure: figureOf(measured),
  };
}

function pairIn(system: System): PairProblem {
  const [{ mass }] = system.scenario.initial;
  return pairOf(system, mass, mass);
}

/**
 * At this eps, with e = eps^((d-2)(1-b)), a range of eps^b and strength alpha eps^(d(1-b)-2) are those of a range of 1 with alpha e, and rates, over
 * eps^(d-2), are its rates over e: so two particles' rate in the long run is D f(alpha e / D) / e, beta = D f(alpha / D) being the recipe's.
 */
function scaledPair(system: System, b: number): { pair: PairProblem; e: number } {
  const pair = pairIn(system);
  const e = pow(system.eps, (system.dimension - 2) * (1 - b));
  return { pair: { ...pair, alpha: pair.alpha * e }, e };
}

/** Of two particles alone, in the long run. */
function lateRate(system: System, b: number): number {
  const { pair, e } = scaledPair(system, b);
  return (pair.D * reducedRate(pair.potential, pair.alpha / pair.D)) / e;
}

/** Of two particles alone, in the mean from time 0, when it is alpha, to this time. */
function rateUntil(system: System, b: number, time: number): number {
  const { pair, e } = scaledPair(system, b);
  return meanRate(pair, 0, (pair.D * time) / pow(system.eps, 2 * b)) / e;
}

/** How often 1 / h grows by a pair's rate: an annihilation takes two, a coagulation one. */
const takenOfTwo = ({ scenario }: System) => (scenario.model === "annihilation" ? 1 : 1 / 2);

function rateOf(run: ObservedRun): Estimate {
  const { system } = run;
  const end = system.observeAt.length - 1;
  const left = survivors(run, end);
  const scale = takenOfTwo(system) * densityOf(run) * observedAt(system)[end];
  return growth(
    left.map(() => 1),
    left,
    scale,
  );
}

/**
 * What `rateOf` should find: what two particles do, and in d = 3 what all others change in it to leading order. The leading correction holds a pair's
 * first moments for those of a point that absorbs, beta^2 eps / (4 pi D sqrt(pi D t)), which for a wide range would be too much.
 */
function rateInTheory(run: ObservedRun): number {
  const { system } = run;
  const { scenario, side, eps, dimension } = system;
  const time = observedAt(system).at(-1)!;
  const alone = rateUntil(system, scenario.scaling, time);
  if (dimension !== 3) return alone;
  const beta = lateRate(system, scenario.scaling);
  const { D } = pairIn(system);
  const scale = takenOfTwo(system) * densityOf(run) * time;
  const { model, Z } = scenario;
  const shift = eps * correctionAt({ model, beta, D, Z, side }, time);
  const corrected = (1 / (1 / (1 + beta * scale) + shift) - 1) / scale;
  const firstMoments = (2 * beta * beta * eps) / (4 * Math.PI * D * Math.sqrt(Math.PI * D * time));
  return corrected - beta - firstMoments + alone;
}

function figureOf(measured: readonly Measured[]): StatementFigure {
  const [{ system }] = measured;
  const sizes = [...new Set(measured.map(({ system }) => system.particles))];
  const from = Math.min(...measured.map(({ system }) => system.scenario.scaling)) / 1.5;
  const level = (y: number) => [from, 1].map((x) => ({ x, y }));
  const { alpha } = pairIn(system);
  const series = sizes.flatMap((particles) => {
    const ofSize = measured.filter((one) => one.system.particles === particles);
    const name = `N = ${particles}, eps = ${formatShort(ofSize[0].system.eps)}`;
    const curve = Array.from({ length: 81 }, (_, k) => {
      const b = from + ((1 - from) * k) / 80;
      return { x: b, y: lateRate(ofSize[0].system, b) };
    });
    return [
      {
        name,
        kind: "points" as const,
        data: ofSize.map(({ system, rate }) => ({ x: system.scenario.scaling, y: rate.mean, se: rate.se })),
      },
      { name, kind: "line" as const, data: curve },
    ];
  });
  return {
    title: "From the naive rate to the recipe's",
    subtitle:
      "Rate of a pair that interacts within eps^b; bars of two standard errors; lines: two particles alone, in the long run",
    x: { title: "b", type: "linear" },
    y: { title: "rate", type: "linear" },
    series: [
      ...series,
      { name: "naive: α ∫ V, the limit for b < 1", kind: "dashed", data: level(alpha) },
      { name: "β, the limit at b = 1", kind: "dashed", data: level(lateRate(system, 1)) },
    ],
  };
}
