/** The public API of coagula, and nothing else. */
export { UserError } from "./errors.ts";
export type { AdapterInfo } from "./gpu/device.ts";
export { makePotential, type Potential, type PotentialSpec, potentialNames } from "./model/potential.ts";
export { parseScenario, type Scenario, type ScenarioInput, scenarioJsonSchema } from "./model/scenario.ts";
export { type PairProblem, type PairSolution, solvePair } from "./oracle/beta.ts";
export { type LimitPoint, limitOf } from "./oracle/limit.ts";
export {
  type Compared,
  type EngineChoice,
  type Observation,
  type Place,
  type SimulateOptions,
  type Simulation,
  type SimulationResult,
  simulate,
} from "./simulate.ts";
export { version } from "./version.generated.ts";
