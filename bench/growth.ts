/** Medians of the memory in the second and the last quarter of a time in minutes, and how far it grew between; bytes. */
export function growthOf(
  memory: readonly { minute: number; bytes: number }[],
  minutes: number,
): { before: number; after: number; bytes: number } {
  const between = (from: number, to: number) =>
    median(
      memory
        .filter(({ minute }) => minute >= from * minutes && minute <= to * minutes)
        .map(({ bytes }) => bytes),
    );
  const [before, after] = [between(1 / 4, 1 / 2), between(3 / 4, 1.1)];
  return { before, after, bytes: after - before };
}

/** NaN of nothing. */
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
