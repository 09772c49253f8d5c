import { sha256 } from "@noble/hashes/sha2.js";
import type { Snapshot } from "../engine.ts";
import type { System } from "../model/system.ts";

/** Changes whenever the meaning of the hashed words does. */
const format = 2;

/**
 * SHA-256, as hexadecimal, of everything a run decided: its events in order and who is where, with what mass, at the end. Two runs
 * with equal digests took the same trajectory: a place at the end is the sum of all steps before it.
 */
export function digest(system: System, sortedEvents: Uint32Array, end: Snapshot): string {
  const { dimension, replicas, particles } = system;
  return hashOf(
    Uint32Array.of(format, dimension, replicas, particles, sortedEvents.length, end.id.length),
    sortedEvents,
    end.id,
    end.mass,
    end.place,
  );
}

/** SHA-256, as hexadecimal, of words one after the other. */
export function hashOf(...parts: readonly (Uint32Array | BigUint64Array)[]): string {
  const hash = sha256.create();
  for (const { buffer, byteOffset, byteLength } of parts) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
