/** The manifests in deploy/kubernetes, against the schemas that Kubernetes publishes and against the command line they call. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Job } from "kubernetes-models/batch/v1/Job";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../support/cli.ts";

const manifest = (name: string) => parse(readFileSync(join(root, "deploy/kubernetes", name), "utf8"));

describe("the schema", () => {
  test.each([
    ["sweep.yaml", Job],
    ["merge.yaml", Job],
    ["claim.yaml", PersistentVolumeClaim],
  ])("takes %s", (name, Kind) => {
    const value = manifest(name);
    const kind = new Kind(value);
    expect([value.apiVersion, value.kind]).toEqual([kind.apiVersion, kind.kind]);
    expect(() => kind.validate()).not.toThrow();
  });

  test("takes not everything", () => {
    const value = manifest("sweep.yaml");
    value.spec.completions = "8";
    expect(() => new Job(value).validate()).toThrow(/completions must be integer/);
  });
});

test("the sweep is an Indexed Job whose pods play the shards 1 to n, one each", () => {
  const { spec } = manifest("sweep.yaml");
  expect(spec.completionMode).toBe("Indexed");
  const [{ command }] = spec.template.spec.containers;
  expect(command.at(-1)).toBe(
    `exec coagula run /data/sweep --shard "$((JOB_COMPLETION_INDEX + 1))/${spec.completions}"`,
  );
  // Only with this may a pod's failure be judged by its exit code, as for 2, which no new try can mend.
  expect(spec.template.spec.restartPolicy).toBe("Never");
  expect(spec.podFailurePolicy.rules[1]).toEqual({
    action: "FailJob",
    onExitCodes: { containerName: spec.template.spec.containers[0].name, operator: "In", values: [2] },
  });
});
