/** All statements of the papers that can be measured, each from what the runs have observed for it. */
import { candidateDensities } from "./candidateDensities.ts";
import { collisionBound } from "./collisionBound.ts";
import { concentration } from "./concentration.ts";
import { displacedPairs } from "./displacedPairs.ts";
import { empiricalMeasures } from "./empiricalMeasures.ts";
import { ghosts } from "./ghosts.ts";
import { repulsion } from "./repulsion.ts";
import type { ObservedRun, Statement } from "./statement.ts";
import { stosszahlansatz } from "./stosszahlansatz.ts";
import { survival } from "./survival.ts";
import { twoParticles } from "./twoParticles.ts";

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
];

/** The statements that these runs of one scenario, at increasing N, tell of. */
export function statementsOf(runs: readonly ObservedRun[]): Statement[] {
  return measures.map((measure) => measure(runs)).filter((statement) => statement !== null);
}
