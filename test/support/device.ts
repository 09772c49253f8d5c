import { type OpenDevice, openDawn, openDevice } from "../../src/gpu/device.ts";

/** Where invocations of a workgroup run one after another. */
export const onProcessor = process.env.COAGULA_TEST_ADAPTER === "processor";

/**
 * The device that tests run on: Dawn's best, and in the project "processor" of `vitest.config.ts` our own. Without one they fail, and are not skipped:
 * `npm test` installs an adapter where it may.
 */
export async function openForTests(): Promise<OpenDevice> {
  const adapter = process.env.COAGULA_TEST_ADAPTER;
  const open = await (adapter === undefined ? openDawn() : openDevice(adapter));
  if (open === null)
    throw new Error("These tests need a WebGPU adapter, and there is none; `npm test` says how to get one.");
  return open;
}
