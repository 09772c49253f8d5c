/**
 * The public API of coagula, and nothing else.
 *
 * @module coagula
 */

export {
  type CoalescentObservation,
  type CoalescentValue,
  type CoalesceOptions,
  coalesce,
} from "./coalesce.ts";
export { type Kernel, type KernelName, kernelNames, powerKernel, tableKernel } from "./coalescent/kernels.ts";
export { type KingmanMoments, kingmanLaw, kingmanMoments } from "./coalescent/kingman.ts";
export {
  type CoalescentProblem,
  type CoalescentState,
  marcusLushnikov,
} from "./coalescent/marcusLushnikov.ts";
export type { Chunk } from "./converge/chunk.ts";
export type {
  Convergence,
  ConvergenceLevel,
  ConvergenceObservation,
  NaiveVerdict,
} from "./converge/conclusion.ts";
export { type ConvergeOptions, type ConvergeProgress, converge } from "./converge/converge.ts";
export type { PowerLaw } from "./converge/powerLaw.ts";
export type { Snapshot } from "./engine.ts";
export { UserError } from "./errors.ts";
export type { AdapterInfo } from "./gpu/device.ts";
export type { ClockSegment } from "./model/pace.ts";
export { makePotential, type Potential, type PotentialSpec, potentialNames } from "./model/potential.ts";
export {
  type PhysicalScenarioInput,
  parseScenario,
  type Scenario,
  type ScenarioInput,
  scenarioJsonSchema,
} from "./model/scenario.ts";
export {
  makeSpatialPotential,
  type SpatialPotential,
  type SpatialSpec,
  type Triple,
} from "./model/spatialPotential.ts";
export type { Observables } from "./observe/observables.ts";
export { type PairProblem, type PairSolution, solvePair } from "./oracle/beta.ts";
export { type Dilution, dilutionOf } from "./oracle/dilution.ts";
export { type FiniteTimeSolution, solveFiniteTime } from "./oracle/finiteTime.ts";
export { checkHypotheses, type HypothesisReport } from "./oracle/hypotheses/check.ts";
export type { Coverage } from "./oracle/hypotheses/conclusion.ts";
export type { Hypothesis, HypothesisSet } from "./oracle/hypotheses/hypothesis.ts";
export { type LimitPoint, limitOf } from "./oracle/limit.ts";
export { betaTable, type MassRate, macroscopicRate, type RateProblem } from "./oracle/rates.ts";
export type { LimitRate } from "./oracle/scenarioRate.ts";
export { type HomogeneousProblem, type HomogeneousState, homogeneousLimit } from "./oracle/smoluchowski.ts";
export type { EquationSolution, Profile, SolutionPoint, SolveOptions } from "./oracle/solution.ts";
export { solveEquation, solveSmoluchowski } from "./oracle/solve.ts";
export { type SpatialProblem, type SpatialSolution, solveSpatialPair } from "./oracle/spatialBeta.ts";
export { type TestFunction, type WeakResidual, weakResiduals } from "./oracle/weakForm.ts";
export type { EngineChoice, Place, PlaceOptions } from "./place.ts";
export {
  type Compared,
  type Observation,
  type SimulateOptions,
  type Simulation,
  type SimulationResult,
  simulate,
} from "./simulate.ts";
export {
  type ClusterMeasurement,
  type ClusterScenarioOptions,
  clusterPowers,
  clusterScenario,
  type LocalPowers,
  type MeasureClustersOptions,
  measureClusters,
  type StickObservation,
  type StickOptions,
  stick,
} from "./stick.ts";
export type { Comparison, ObservedRun, Statement, StatementFigure } from "./theorem/statement.ts";
export { statementsOf } from "./theorem/statements.ts";
export { version } from "./version.generated.ts";
export { type KingmanComparison, type WalkersObservation, type WalkOptions, walk } from "./walk.ts";
export type { ChiSquareTest } from "./walkers/chiSquare.ts";
export {
  coalescingWalkers,
  type WalkerStart,
  type WalkersProblem,
  type WalkersState,
} from "./walkers/coalescingWalkers.ts";
export { iteratedLogarithm, type WalkerNumber } from "./walkers/fromOneSite.ts";
export { meetingRate, returnTime, torusReturnTime } from "./walkers/meeting.ts";
