/** All statements of the papers that can be measured, each from what the runs have observed for it. */
import { pairStart, type Scenario } from "../model/scenario.ts";
import { candidateDensities } from "./candidateDensities.ts";
import { collisionBound } from "./collisionBound.ts";
import { concentration } from "./concentration.ts";
import { displacedPairs } from "./displacedPairs.ts";
import { empiricalMeasures } from "./empiricalMeasures.ts";
import { equilibrium, hasEquilibrium } from "./equilibrium.ts";
import { ghosts } from "./ghosts.ts";
import { hasGhosts, hasOnePair } from "./onePair.ts";
import { repulsion } from "./repulsion.ts";
import type { ObservedRun, Statement } from "./statement.ts";
import { stosszahlansatz } from "./stosszahlansatz.ts";
import { survival } from "./survival.ts";
import { twoParticles } from "./twoParticles.ts";
import { hasWeakerScaling, weakerScalings } from "./weakerScalings.ts";

/** Null where the runs did not observe what it takes. */
type Measure = (runs: readonly ObservedRun[]) => Statement | null;

const measures: readonly Measure[] = [
  candidateDensities,
  empiricalMeasures,
  stosszahlansatz,
  repulsion,
  displacedPairs,
  collisionBound,
  concentration,
  ghosts,
  survival,
  twoParticles,
  weakerScalings,
  equilibrium,
];

/** What a scenario may ask for, each enough for a statement, and how one says so. */
const requests: readonly { words: string; isMadeBy: (scenario: Scenario) => boolean }[] = [
  { words: "observe.densities", isMadeBy: ({ observe }) => observe.densities !== undefined },
  { words: "observe.testFunctions", isMadeBy: ({ observe }) => observe.testFunctions !== undefined },
  { words: "observe.pairs", isMadeBy: ({ observe }) => observe.pairs !== undefined },
  { words: "observe.ghosts with an even start of one mass in d >= 3", isMadeBy: hasGhosts },
  {
    words: "the start density pair in d >= 3",
    isMadeBy: (scenario) => pairStart(scenario) !== null && hasOnePair(scenario),
  },
  {
    words: "a scaling below 1 with an even start on a torus and one rate for all pairs",
    isMadeBy: hasWeakerScaling,
  },
  { words: "fragmentation with an even start", isMadeBy: hasEquilibrium },
];

/** What a scenario may ask for, so that statements are measured. */
export const requestWords = requests.map(({ words }) => words);

/** Whether any statement will be measured: told before anything is simulated. */
export function asksForStatements(scenario: Scenario): boolean {
  return requests.some(({ isMadeBy }) => isMadeBy(scenario));
}

/**
 * The statements that these runs of one scenario, at increasing N, tell of; or at several scalings, which one statement is about, each at
 * increasing N.
 */
export function statementsOf(runs: readonly ObservedRun[]): Statement[] {
  const isOneScaling = runs.every(
    ({ system }) => system.scenario.scaling === runs[0].system.scenario.scaling,
  );
  return (isOneScaling ? measures : [weakerScalings]).flatMap((measure) => {
    const statement = measure(runs);
    return statement === null ? [] : measured(statement);
  });
}

/** Without the ratios to nothing, where runs were too few or too short to have seen any; nothing if no row is left. */
function measured(statement: Statement): Statement[] {
  const { figure } = statement;
  const rows = statement.rows.filter(({ mean }) => Number.isFinite(mean));
  const series = figure?.series.map((each) => ({
    ...each,
    data: each.data.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
  }));
  return rows.length === 0 ? [] : [{ ...statement, rows, figure: figure && { ...figure, series: series! } }];
}
