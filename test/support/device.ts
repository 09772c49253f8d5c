import { type OpenDevice, openDevice } from "../../src/gpu/device.ts";

/** The device that tests run on. Without one they fail, and are not skipped: `npm test` installs an adapter where it may. */
export async function openForTests(): Promise<OpenDevice> {
  const open = await openDevice();
  if (open === null)
    throw new Error("These tests need a WebGPU adapter, and there is none; see coagula doctor.");
  return open;
}
