import { expect, test } from "vitest";
import { fromCsv, toCsv } from "../../src/results/table.ts";

const textOf = (...table: Parameters<typeof toCsv>) => [...toCsv(...table)].join("");

test("a table as CSV has a line for each row, nothing for null, quotes where they are needed, and every digit of a number", () => {
  const rows = [
    [1 / 3, null, "all"],
    [-1e-300, 2, 'a "b", c'],
  ];
  expect(textOf({ columns: ["x", "y", "what"], rows })).toBe(
    'x,y,what\n0.3333333333333333,,all\n-1e-300,2,"a ""b"", c"\n',
  );
});

test("numbers and plain words come back from CSV as they were, many rows too", () => {
  const rows = Array.from({ length: 10000 }, (_, k) => [k / 7, k % 3 === 0 ? null : -k, k % 2 ? "all" : 5]);
  const back = fromCsv(textOf({ columns: ["x", "y", "mass"], rows }));
  expect(back.map(({ x, y, mass }) => [x, y, mass])).toEqual(rows);
  expect(fromCsv(textOf({ columns: ["x", "y"], rows: [] }))).toEqual([]);
});
