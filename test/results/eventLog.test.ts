/** events.parquet, read by DuckDB: what Python and R users would read it with, or something much like it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { openPlace } from "../../src/place.ts";
import { play } from "../../src/play.ts";
import { eventsAtATime, writeEvents } from "../../src/results/eventLog.ts";
import { freshFolder } from "../support/cli.ts";
import { query } from "../support/duckdb.ts";

async function written(system: System) {
  const played = await play(system, await openPlace({ engine: "cpu" }), { onCounts() {} });
  const path = join(freshFolder(), "events.parquet");
  await writeEvents(path, system, played.events, played.clock);
  return { ...played, path };
}

const systemOf = (changes: object) =>
  makeSystem(
    parseScenario({
      particles: 200,
      Z: 6,
      alpha: { constant: 50 },
      observe: { times: [0.01], masses: 3 },
      replicas: 3,
      ...changes,
    }),
  );

test("has a row for each event, in order, from which the masses at the end follow", async () => {
  const system = systemOf({});
  const { path, events, observables } = await written(system);
  const total = events.length / 8;
  expect(await query(`SELECT count(*)::INT AS n FROM '${path}'`)).toEqual([{ n: total }]);
  const columns = await query(`DESCRIBE SELECT * FROM '${path}'`);
  expect(columns.map(({ column_name, column_type }) => `${column_name} ${column_type}`)).toEqual([
    "replica INTEGER",
    "time DOUBLE",
    "step BIGINT",
    "survivor INTEGER",
    "vanished INTEGER",
    "survivor_mass INTEGER",
    "vanished_mass INTEGER",
    "x0 DOUBLE",
    "x1 DOUBLE",
    "x2 DOUBLE",
  ]);
  // Every coagulation of 1 and 1 makes a 2 and takes two 1s, and so on.
  const change = (m: number) =>
    `sum((survivor_mass + vanished_mass = ${m})::INT - (survivor_mass = ${m})::INT - (vanished_mass = ${m})::INT)::INT`;
  const [{ ones, twos }] = await query(`SELECT ${change(1)} AS ones, ${change(2)} AS twos FROM '${path}'`);
  const left = (m: number) =>
    [0, 1, 2].reduce((sum, replica) => sum + observables.counts[0][4 * replica + m - 1], 0);
  expect(Number(ones) + 600).toBe(left(1));
  expect(twos).toBe(left(2));
  const [order] = await query(`
    SELECT bool_and(replica > before OR (replica = before AND time >= earlier)) AS sorted,
           max(time) <= 0.0101 AND min(time) > 0 AND min(x0) >= 0 AND max(x2) < 1 AS within
    FROM (SELECT *, lag(replica, 1, 0) OVER () AS before, lag(time, 1, 0) OVER () AS earlier FROM '${path}')`);
  expect(order).toEqual({ sorted: true, within: true });
});

test("of a run without events is a table without rows", async () => {
  const { path } = await written(systemOf({ alpha: { constant: 0 } }));
  expect(await query(`SELECT count(*)::INT AS n FROM '${path}'`)).toEqual([{ n: 0 }]);
});

test("of more events than are held at a time is whole", async () => {
  const system = systemOf({ particles: 2 * eventsAtATime + 100, Z: 3000, replicas: 1 });
  // Neighbours of an even start, merged by hand.
  const events = new Uint32Array(8 * (eventsAtATime + 17));
  for (let e = 0; e < eventsAtATime + 17; e++) events.set([0, e, 0, 2 * e, 2 * e + 1, e, e, e], 8 * e);
  const path = join(freshFolder(), "events.parquet");
  await writeEvents(path, system, events, [[{ step: 0, tick: 0, ticks: 1, levels: 0 }]]);
  const sums = await query(
    `SELECT count(*)::INT AS n, sum(survivor)::BIGINT::VARCHAR AS survivors FROM '${path}'`,
  );
  const n = eventsAtATime + 17;
  expect(sums).toEqual([{ n, survivors: String(n * (n - 1)) }]);
});
