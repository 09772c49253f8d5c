import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pieces } from "../../src/processor/memory.ts";

interface Piece {
  at: number;
  bytes: number;
}

describe("pieces of a memory", () => {
  test("are zero, apart from each other and from what is reserved, whatever was given back before", () => {
    const action = fc.record({ bytes: fc.integer({ min: 0, max: 5000 }), giveBack: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const pieces = new Pieces(100);
        const held: Piece[] = [];
        for (const { bytes, giveBack } of actions) {
          if (giveBack < held.length) {
            const [{ at, bytes }] = held.splice(giveBack, 1);
            pieces.giveBack(at, bytes);
          }
          const at = pieces.take(bytes)!;
          expect(at).toBeGreaterThanOrEqual(100);
          for (const other of held) {
            expect(at + bytes <= other.at || other.at + other.bytes <= at).toBe(true);
          }
          const words = new Uint8Array(pieces.memory.buffer, at, bytes);
          expect(words.every((byte) => byte === 0)).toBe(true);
          words.fill(0xee);
          held.push({ at, bytes });
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("that are given back are given out again: a memory that is taken and left again and again does not grow", () => {
    const pieces = new Pieces(0);
    const take = () => [3000, 70_000, 500].map((bytes) => ({ at: pieces.take(bytes)!, bytes }));
    const leave = (some: Piece[]) => {
      for (const { at, bytes } of some) pieces.giveBack(at, bytes);
    };
    leave(take());
    const before = pieces.memory.buffer.byteLength;
    for (let round = 0; round < 100; round++) leave(take().reverse());
    expect(pieces.memory.buffer.byteLength).toBe(before);
    expect(pieces.take(73_000)).not.toBeNull();
    expect(pieces.memory.buffer.byteLength).toBe(before);
  });

  test("are none where 32 bits can address no more", () => {
    expect(new Pieces(64).take(2 ** 32)).toBeNull();
  });
});
