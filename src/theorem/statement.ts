/** What the papers state, beside what runs show of it: plain data, for tables, figures and JSON. */
import type { ClockSegment } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import type { Observables } from "../observe/observables.ts";

/** A run of the scenario at one N, with what it observed. */
export interface ObservedRun {
  system: System;
  /** Sorted; see `EventLog`. */
  events: Uint32Array;
  clock: ClockSegment[][];
  observables: Observables;
}

export interface Statement {
  /** Names its figure, and its page docs/theorem/<key>.md. */
  key: string;
  title: string;
  /** Where the papers say it. */
  reference: string;
  rows: Comparison[];
  /** What must be known to read the numbers: errors that remain, what was averaged. */
  remark: string;
  figure: StatementFigure | null;
}

export interface Comparison {
  what: string;
  mean: number;
  /** Standard error; null where there is none to tell. */
  se: number | null;
  /** What the statement says it is, or, where `bound`, at most is; null where it says no number. */
  theory: number | null;
  bound?: true;
  /** What the naive guess alpha ∫ V would say. */
  naive?: number;
}

export interface StatementFigure {
  title: string;
  subtitle: string;
  x: Axis;
  y: Axis;
  /** Points have bars of two standard errors. */
  series: {
    name: string;
    kind: "points" | "line" | "dashed";
    data: { x: number; y: number; se?: number | null }[];
  }[];
}

export interface Axis {
  title: string;
  type: "linear" | "log";
}
