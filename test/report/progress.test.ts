import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress } from "../../src/report/progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A stream that remembers what was written to it. */
function recorder(properties: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { written, write: (text: string) => written.push(text), ...properties };
}

/** The lines that a terminal shows in the end. */
function screen(written: string[]) {
  const lines = written.join("").split("\n");
  return lines.map((line) => line.split("\r\x1b[K").at(-1));
}

test("a terminal's line is rewritten at most ten times a second and goes away in the end", () => {
  const stream = recorder({ isTTY: true, columns: 60 });
  const progress = createProgress("simulating", stream);
  for (let step = 0; step < 1000; step++) {
    progress.update(step / 1000, `step ${step}`);
    vi.advanceTimersByTime(5);
  }
  expect(stream.written.length).toBeGreaterThan(40);
  expect(stream.written.length).toBeLessThanOrEqual(50);
  expect(screen(stream.written)).toEqual(["simulating: 98 %, 100 ms left, step 980"]);
  progress.log("a replica overflowed");
  expect(screen(stream.written)).toEqual(["a replica overflowed", "simulating: 98 %, 100 ms left, step 980"]);
  progress.done();
  expect(screen(stream.written)).toEqual(["a replica overflowed", ""]);
});

test.each([0, 1, 20, undefined])("a terminal of %s columns never sees a line wrap", (columns) => {
  const stream = recorder({ isTTY: true, ...(columns === undefined ? {} : { columns }) });
  createProgress("simulating", stream).update(0.5, "x".repeat(200));
  expect(screen(stream.written)[0]?.length).toBe((columns || 80) - 1);
});

test("a log gets nothing for short work", () => {
  const stream = recorder();
  const progress = createProgress("simulating", stream);
  progress.update(0);
  vi.advanceTimersByTime(1900);
  progress.update(1);
  progress.done();
  expect(stream.written).toEqual([]);
});

test("a log gets a plain line every five seconds and a closing one", () => {
  const stream = recorder();
  const progress = createProgress("simulating", stream);
  for (let step = 0; step < 100; step++) {
    progress.update(step / 100);
    vi.advanceTimersByTime(100);
  }
  progress.log("hello");
  progress.done();
  expect(stream.written).toEqual([
    "simulating: 20 %, 8.0 s left\n",
    "simulating: 70 %, 3.0 s left\n",
    "hello\n",
    "simulating: done in 10.0 s\n",
  ]);
});

test("who knows better than the fraction how much time is left is believed, also that nobody knows", () => {
  const stream = recorder({ isTTY: true, columns: 80 });
  const progress = createProgress("studying", stream);
  vi.advanceTimersByTime(2000);
  progress.update(0.5, "N = 100", 70);
  expect(screen(stream.written)).toEqual(["studying: 50 %, 1 min 10 s left, N = 100"]);
  vi.advanceTimersByTime(2000);
  progress.update(0.5, "N = 100", null);
  expect(screen(stream.written)).toEqual(["studying: 50 %, N = 100"]);
});

test("a dumb terminal is a log, and a fraction out of range is no accident", () => {
  vi.stubEnv("TERM", "dumb");
  const stream = recorder({ isTTY: true, columns: 80 });
  const progress = createProgress("solving", stream);
  vi.advanceTimersByTime(2000);
  progress.update(Number.NaN);
  vi.advanceTimersByTime(5000);
  progress.update(1.2);
  expect(stream.written).toEqual(["solving: 0 %\n", "solving: 100 %\n"]);
});
