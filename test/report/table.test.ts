import { expect, test } from "vitest";
import {
  formatCount,
  formatDuration,
  formatTable,
  formatWithError,
  inStandardErrors,
} from "../../src/report/table.ts";

test("a table is as wide as its widest cells", () => {
  const columns = [{ title: "time" }, { title: "density", align: "right" as const }, { title: "note" }];
  const rows = [
    ["0.002", "0.4321(12)", ""],
    ["0.02", "0.1", "± 2 s.e."],
  ];
  expect(formatTable(columns, rows)).toBe(
    [
      "time      density  note",
      "-----  ----------  --------",
      "0.002  0.4321(12)",
      "0.02          0.1  ± 2 s.e.",
    ].join("\n"),
  );
  expect(formatTable(columns, [])).toBe("time  density  note\n----  -------  ----");
});

test.each([
  [0.4321, 0.0012, "0.4321(12)"],
  [0.4321, null, "0.4321"],
  [0.4321, 0, "0.4321"],
  [1, 0.000996, "1.0000(10)"],
  [-0.00001, 0.0012, "0.0000(12)"],
  [0, 0.0012, "0.0000(12)"],
  [0, 0.0000012, "0.0(12)e-6"],
  [0, null, "0"],
  [1.2e-7, 3e-9, "1.200(30)e-7"],
  [0.0004, 0.12, "0.00(12)"],
  [1234, 56, "1234(56)"],
  [123456, 1234, "1.235(12)e5"],
  [1234567, 12345, "1.235(12)e6"],
  [1234567, null, "1.235e6"],
  [1e-5, null, "1.000e-5"],
  [12345, null, "12345"],
  [Number.NaN, 0.1, "NaN"],
])("%s ± %s reads %s", (mean, se, text) => {
  expect(formatWithError(mean, se)).toBe(text);
});

test.each([
  [0, "0 ms"],
  [0.00032, "0.32 ms"],
  [0.43, "430 ms"],
  [0.9999, "1.0 s"],
  [12.34, "12.3 s"],
  [59.97, "1 min 00 s"],
  [125, "2 min 05 s"],
  [3599.8, "1 h 00 min"],
  [11220, "3 h 07 min"],
  [86399, "1 d 00 h"],
  [183600, "2 d 03 h"],
  [Number.POSITIVE_INFINITY, "unknown"],
])("%s seconds read %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0"],
  [950, "950"],
  [999.9, "1 k"],
  [1.2e6, "1.2 M"],
  [12345, "12.3 k"],
  [999999, "1 M"],
  [3.456e9, "3.46 G"],
  [0.5, "0.5"],
  [1e20, "100000 P"],
])("the count %s reads %s", (n, text) => {
  expect(formatCount(n)).toBe(text);
});

test("a difference reads in standard errors, where there are any", () => {
  expect(inStandardErrors(0.0025, 0.001)).toBe("+2.5 s.e.");
  expect(inStandardErrors(-3, 2)).toBe("-1.5 s.e.");
  expect(inStandardErrors(0, 2)).toBe("+0.0 s.e.");
  expect([inStandardErrors(1, 0), inStandardErrors(1, null)]).toEqual(["", ""]);
});
