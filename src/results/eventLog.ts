/** The event log as a Parquet file. */
import type { ParquetWriter } from "hyparquet-writer";
import { latticeSide } from "../model/multirate.ts";
import { type ClockSegment, tickOf } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { replay } from "../observe/genealogy.ts";

/** Rows written at a time, a row group each: what is held twice. */
export const eventsAtATime = 2 ** 16;

type Columns = Parameters<ParquetWriter["write"]>[0]["columnData"];

/**
 * Writes a row for each event, in order of replica and time: masses before the event, places in the scenario's lengths. Of an annihilating pair the
 * "survivor" is the one with the lower id, and vanishes too.
 */
export async function writeEvents(
  path: string,
  system: System,
  events: Uint32Array,
  clock: readonly ClockSegment[][],
): Promise<void> {
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const { dimension, dt, side, open } = system;
  const width = 5 + dimension;
  const total = events.length / width;
  const { before } = replay(system, events);
  const group = (from: number, length: number): Columns => {
    const integers = (name: string, of: (e: number) => number) =>
      ({
        name,
        type: "INT32",
        data: Int32Array.from({ length }, (_, k) => of(from + k)),
        nullable: false,
      }) as const;
    const numbers = (name: string, of: (e: number) => number) =>
      ({
        name,
        type: "DOUBLE",
        data: Float64Array.from({ length }, (_, k) => of(from + k)),
        nullable: false,
      }) as const;
    const word = (e: number, k: number) => events[e * width + k];
    const steps = BigInt64Array.from({ length }, (_, k) => BigInt(word(from + k, 1)));
    return [
      integers("replica", (e) => word(e, 0)),
      numbers("time", (e) => tickOf(clock[word(e, 0)], word(e, 1) + word(e, 2) * 2 ** -32) * dt),
      { name: "step", type: "INT64", data: steps, nullable: false },
      integers("survivor", (e) => word(e, 3)),
      integers("vanished", (e) => word(e, 4)),
      integers("survivor_mass", (e) => before[2 * e]),
      integers("vanished_mass", (e) => before[2 * e + 1]),
      ...Array.from({ length: dimension }, (_, k) =>
        numbers(`x${k}`, (e) => (word(e, 5 + k) / latticeSide - (open ? 0.5 : 0)) * side),
      ),
    ];
  };
  const schema = schemaFromColumnData({ columnData: group(0, 0) });
  const file = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: "coagula" });
  for (let from = 0; from < total; from += eventsAtATime) {
    const length = Math.min(eventsAtATime, total - from);
    await file.write({ columnData: group(from, length), rowGroupSize: length });
  }
  await file.finish();
}
