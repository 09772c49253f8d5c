/** What is asked of a solution of the Smoluchowski equation, and what it tells. */
import type { LimitRate } from "./scenarioRate.ts";

export interface SolveOptions {
  /** The rate of a pair; "recipe" unless given. */
  rate?: LimitRate;
  /**
   * Share of the mass that may pass the cutoff; and a step in time may have an error of ten times as much by the estimate of second
   * order, which errs on the safe side. Unless given 1e-6 for a homogeneous system, 1e-5 where one coordinate matters, else 1e-4.
   */
  tolerance?: number;
  /** Along each axis along which the density varies, or shells of a ball; chosen unless given. */
  cells?: number;
  /** The heaviest mass followed one by one; found by doubling unless given. */
  cutoff?: number;
  /** The last cutoff tried by doubling where the system is not homogeneous; 512 unless given. */
  mostMasses?: number;
  /** Declines to solve where more coordinates matter; 3, the most that can be, unless given. */
  mostAxes?: number;
  /** Times at which the densities in space are wanted, increasing; none unless given. */
  profileTimes?: readonly number[];
}

/** Integrals over space at one time. */
export interface SolutionPoint {
  time: number;
  /** Particles of all masses, as a fraction of those at the start. */
  count: number;
  /** Particles of mass 1, 2, ..., as many as the scenario observes, likewise. */
  masses: number[];
  /** Share of the mass beyond the cutoff. */
  lostMass: number;
}

/** The densities in space at one time. */
export interface Profile {
  time: number;
  /** densities[n - 1][cell], in particles times their weight per volume: the f_n of the equation. */
  densities: Float64Array[];
}

export interface EquationSolution {
  method: "homogeneous" | "sections" | "planar" | "two axes" | "three axes" | "radial";
  rate: LimitRate;
  /** Along each axis or radius; null for a homogeneous system. */
  cells: number | null;
  cutoff: number;
  /** Share of the mass that was allowed to pass the cutoff. */
  tolerance: number;
  /** A gel takes mass: what passes the cutoff hardly changes as it doubles. Null where a given cutoff leaves that open. */
  gel: boolean | null;
  /** Steps in time; null for a homogeneous system. */
  steps: number | null;
  points: SolutionPoint[];
  /**
   * The largest difference of a count or a fraction from a solution of half the cells and about twice the steps' length: an estimate of
   * the error, on the safe side; of sections of the mass from half of them. Null for a homogeneous system of single masses, whose error is below 1e-9 beside what passed the cutoff.
   */
  error: number | null;
  profiles: Profile[];
  /** The coordinates that matter: "x0", "x1", ..., or "r", the distance from the centre. */
  coordinates: string[];
  /** The places of a profile's cells along each of them; the last varies fastest. */
  places: Float64Array[];
  /** The volumes of a profile's cells. */
  volumes: Float64Array;
}
