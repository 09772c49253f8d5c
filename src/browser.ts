/**
 * `coagula/browser`: all of coagula, without Node, and what a page needs to show a run while it goes.
 *
 * @module coagula/browser
 */
export type { Engine } from "./engine.ts";
export { type DeviceParticles, GpuEngine } from "./gpu/engine.ts";
export * from "./index.ts";
export { parseScenarioText } from "./model/load.ts";
export { makeSystem, type System } from "./model/system.ts";
export { type OpenPlace, openPlace } from "./place.ts";
export { type Played, type PlayOptions, play } from "./play.ts";
