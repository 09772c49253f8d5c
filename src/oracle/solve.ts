/** The Smoluchowski equation of a scenario, solved: with its own estimate of the error. */
import { UserError } from "../errors.ts";
import { classWidth } from "../model/massClass.ts";
import { shareBelow } from "../model/massSpread.ts";
import type { Scenario } from "../model/scenario.ts";
import { diffusivity } from "../model/system.ts";
import { refuseLoss } from "./cutoff.ts";
import { geometryOf } from "./geometry.ts";
import { scenarioRate } from "./scenarioRate.ts";
import { continuousLimit } from "./sectional.ts";
import { homogeneousLimit } from "./smoluchowski.ts";
import type { EquationSolution, SolveOptions } from "./solution.ts";
import { LAST_SPATIAL, solveInSpace } from "./solveInSpace.ts";

/** The heaviest mass followed in a homogeneous system. */
const LAST_HOMOGENEOUS = 2048;
/** The equation is solved in at most so many coordinates. */
const MOST_AXES = 3;

/**
 * Solves the Smoluchowski equation of a scenario (Hammond's survey §1.2; for annihilation §3) up to the last of `times`: the ODE
 * where the start is homogeneous, else the PDE in the coordinates that matter. A generator that yields the fraction done
 * now and then, and returns the solution.
 *
 * @param times Increasing, from 0 on.
 * @throws UserError where more than three coordinates matter, or `cells` or `cutoff` cannot hold the solution.
 */
export function* solveEquation(
  scenario: Scenario,
  times: readonly number[],
  options: SolveOptions = {},
): Generator<number, EquationSolution> {
  const heaviest = Math.max(...scenario.initial.map(({ mass }) => mass));
  const least = isContinuous(scenario) ? 1 : Math.max(heaviest, heaviestTold(scenario));
  if (options.cutoff !== undefined && options.cutoff < least) {
    throw new UserError(
      `masses is ${options.cutoff}, but must be at least ${least}, the heaviest mass at the start or observed.`,
    );
  }
  const end = times[times.length - 1];
  // Only masses up to the cutoff count for how far anything spreads; few particles get much heavier than the first cutoff.
  const spreading = Array.from({ length: Math.max(16, least) }, (_, n) =>
    diffusivity(scenario.diffusion, n + 1),
  );
  const geometry = geometryOf(scenario, Math.max(...spreading), end);
  const axes = geometry.kind === "box" ? geometry.axes.length : 1;
  const { mostAxes = MOST_AXES, cutoff } = options;
  if (axes > mostAxes) {
    throw new UserError(
      `initial makes the densities depend on ${axes} coordinates, but the Smoluchowski equation is solved here for at most ${mostAxes}, or for Gaussians in space around one centre.`,
    );
  }
  if (scenario.fragmentation !== undefined) refuseSplitting(scenario, geometry.kind, options);
  const last = geometry.kind === "homogeneous" ? LAST_HOMOGENEOUS : LAST_SPATIAL;
  if (least > last) {
    throw new UserError(
      `initial has particles of mass ${heaviest}, but the Smoluchowski equation is solved for masses up to ${last}.`,
    );
  }
  const { tolerance = geometry.kind === "homogeneous" ? 1e-6 : axes === 1 ? 1e-5 : 1e-4 } = options;
  const inClasses = geometry.kind !== "homogeneous" && classWidth(scenario.observe) > 1;
  if (inClasses || isContinuous(scenario)) return solveContinuous(scenario, times, geometry.kind, options);
  const solution =
    geometry.kind === "homogeneous"
      ? solveHomogeneous(scenario, times, { ...options, tolerance })
      : yield* solveInSpace(scenario, geometry, times, { ...options, tolerance }, least);
  if (cutoff !== undefined) refuseLoss(cutoff, solution.points.at(-1)!.lostMass, tolerance, times);
  return solution;
}

/** Z is the number of particles times their weight; a density is that over the volume. */
const meanDensity = ({ Z, domain, dimension }: Scenario) =>
  Z / ("torus" in domain ? domain.torus : domain.space) ** dimension;

/** What a solution that does not depend on the place tells of places. */
const nowhere = () => ({ profiles: [], coordinates: [], places: [], volumes: new Float64Array(0) });

/** The heaviest mass that is told of. */
const heaviestTold = ({ observe }: Scenario) => observe.masses * classWidth(observe);

/** Whether masses vary like real ones at the start, or are more than can be followed one by one. */
const isContinuous = (scenario: Scenario) =>
  heaviestTold(scenario) > LAST_HOMOGENEOUS || scenario.initial.some(({ spread }) => spread !== undefined);

/** The continuous equation, whose sections resolve the classes. */
function solveContinuous(
  scenario: Scenario,
  times: readonly number[],
  kind: ReturnType<typeof geometryOf>["kind"],
  { rate = "recipe", cutoff, tolerance = 1e-4 }: SolveOptions,
): EquationSolution {
  const { initial, model, observe } = scenario;
  if (kind !== "homogeneous" || model === "annihilation" || cutoff !== undefined) {
    throw new UserError(
      "initial has masses that vary, or observe.massWidth makes classes of them, and then the Smoluchowski equation is solved here for coagulation from an even start only, without a choice of masses.",
    );
  }
  const density = meanDensity(scenario);
  const total = initial.reduce((sum, { weight }) => sum + weight, 0);
  const share = (of: (law: Scenario["initial"][number]) => number) =>
    (density * initial.reduce((sum, law) => sum + law.weight * of(law), 0)) / total;
  const whole = share(({ mass }) => mass);
  const solution = continuousLimit({
    below: (mass) => share((law) => shareBelow(law, mass)),
    ...{ whole, times, tolerance, beta: scenarioRate(scenario, rate) },
    ...{ width: classWidth(observe), classes: observe.masses },
  });
  if (solution === null) {
    throw new UserError(
      `observe.massWidth is ${classWidth(observe)}, so that more than ${tolerance} of the mass passes 512 classes, the most that the Smoluchowski equation is solved for; raise observe.massWidth or end earlier.`,
    );
  }
  return {
    ...{ method: "sections", rate, cells: null, cutoff: solution.cutoff, tolerance, gel: null, steps: null },
    points: solution.states.map((state) => ({
      time: state.time,
      count: state.total / density,
      masses: state.classes.map((f) => f / density),
      lostMass: state.lostMass / whole,
    })),
    error: solution.error / density,
    ...nowhere(),
  };
}

function refuseSplitting(
  { fragmentation }: Scenario,
  kind: ReturnType<typeof geometryOf>["kind"],
  { cutoff }: SolveOptions,
): void {
  const heaviest = fragmentation!.weights.length;
  if (kind !== "homogeneous") {
    throw new UserError(
      "initial makes the densities depend on the place, but with fragmentation the Smoluchowski equation is solved here for even starts only.",
    );
  }
  if (cutoff !== undefined && cutoff !== heaviest) {
    throw new UserError(
      `masses is ${cutoff}, but must be ${heaviest}: fragmentation.weights has so many, and nobody becomes heavier.`,
    );
  }
}

function solveHomogeneous(
  scenario: Scenario,
  times: readonly number[],
  { rate = "recipe", tolerance, cutoff }: SolveOptions & { tolerance: number },
): EquationSolution {
  const { initial, model, observe, fragmentation } = scenario;
  const density = meanDensity(scenario);
  const total = initial.reduce((sum, { weight }) => sum + weight, 0);
  const start = new Array<number>(Math.max(...initial.map(({ mass }) => mass))).fill(0);
  for (const { mass, weight } of initial) start[mass - 1] += (density * weight) / total;
  const whole = start.reduce((sum, f, n) => sum + (n + 1) * f, 0);
  const states = homogeneousLimit({
    model,
    initial: start,
    beta: scenarioRate(scenario, rate),
    times,
    masses: heaviestTold(scenario),
    tolerance,
    ...(fragmentation !== undefined && { weights: fragmentation.weights }),
    ...(cutoff !== undefined && { cutoff }),
  });
  const points = states.map(({ time, total, masses, lostMass }) => ({
    time,
    count: total / density,
    masses: Array.from({ length: observe.masses }, (_, k) => {
      const width = classWidth(observe);
      return masses.slice(k * width, (k + 1) * width).reduce((sum, f) => sum + f / density, 0);
    }),
    lostMass: lostMass / whole,
  }));
  const final = states[states.length - 1];
  return {
    method: "homogeneous",
    rate,
    cells: null,
    cutoff: final.cutoff,
    tolerance,
    // Where too much passes, only a gel ends the search before the last cutoff.
    gel: cutoff === undefined ? final.lostMass > tolerance * whole && final.cutoff < LAST_HOMOGENEOUS : null,
    steps: null,
    points,
    error: null,
    ...nowhere(),
  };
}

/** `solveEquation`, run to its end. */
export function solveSmoluchowski(
  scenario: Scenario,
  times: readonly number[],
  options: SolveOptions = {},
): EquationSolution {
  const work = solveEquation(scenario, times, options);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
