/** An expanded plan as a file: all that a machine must know to play any of its shards. */
import * as z from "zod";
import { UserError } from "../errors.ts";
import { checkScenario } from "../model/scenario.ts";
import { version } from "../version.generated.ts";
import { type PlannedRun, type Shard, shardsOf } from "./plan.ts";

/** Changes whenever the meaning of the file does. */
const format = 1;

const sweepShape = z.strictObject({
  format: z.literal(format),
  coagula: z.string(),
  runs: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]+$/),
        scenario: z.unknown(),
        replicasPerShard: z.int().min(1),
      }),
    )
    .min(1),
});

export const sweepText = (runs: readonly PlannedRun[]): string =>
  `${JSON.stringify({ format, coagula: version, runs }, null, 1)}\n`;

/** The runs in such a text. `path` is only for messages: throws a UserError for any other text, or one by another version. */
export function parseSweep(text: string, path: string): PlannedRun[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {}
  const parsed = sweepShape.safeParse(value);
  if (!parsed.success)
    throw new UserError(`${path} must be a sweep that coagula sweep has written, but is not.`);
  const { coagula, runs } = parsed.data;
  if (coagula !== version) {
    throw new UserError(`${path} is by coagula ${coagula}, and this is ${version}; expand the plan again.`);
  }
  return runs.map(({ scenario, ...run }) => {
    const checked = checkScenario(scenario);
    if ("scenario" in checked) return { ...run, scenario: checked.scenario };
    throw new UserError(`${path}: ${checked.problems[0].sentence}`);
  });
}

/** Shard number i of n, as `--shard i/n` names it. Throws a UserError unless the sweep has n shards and i is one of them. */
export function shardAt(runs: readonly PlannedRun[], { index, count }: ShardNumber): Shard {
  const shards = shardsOf(runs);
  if (shards.length !== count) {
    throw new UserError(`shard is ${index}/${count}, but the sweep has ${shards.length} shards.`);
  }
  return shards[index - 1];
}

/** From 1 to `count`. */
export interface ShardNumber {
  index: number;
  count: number;
}
