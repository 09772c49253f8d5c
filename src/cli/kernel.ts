/** The kernel that --kernel names. */
import {
  type Kernel,
  type KernelName,
  kernelNames,
  kernels,
  powerKernel,
  tableKernel,
} from "../coalescent/kernels.ts";
import { UserError } from "../errors.ts";
import { maxTextLength } from "../model/load.ts";
import { loadText } from "../model/loadFile.ts";

/** The forms of the option, for help and complaints. */
export const kernelForms = `${kernelNames.join(", ")}, "power a,b" or "table FILE"`;

export interface ChosenKernel {
  /** As `coalesce` takes it. */
  kernel: KernelName | Kernel;
  /** K(n, m) as people write it. */
  formula: string;
}

/** @throws UserError for a text of no such form, or a table that cannot be read or is not square, symmetric and >= 0. */
export async function readKernel(text: string): Promise<ChosenKernel> {
  const name = kernelNames.find((known) => known === text);
  if (name !== undefined) return { kernel: name, formula: kernels[name].formula };
  const [, form, rest] = /^(power|table)\s+(.+)$/.exec(text.trim()) ?? [];
  if (form === "power") {
    const powers = numbersOf(rest);
    if (powers.length === 2 && powers.every((power) => Math.abs(power) <= 8)) {
      const [a, b] = powers;
      return { kernel: powerKernel(a, b), formula: `n^${a} m^${b} + n^${b} m^${a}` };
    }
    throw new UserError(
      `--kernel is "${text}", but after power must stand two numbers from -8 to 8, as in "power 0.5,0.5".`,
    );
  }
  if (form === "table") {
    return { kernel: tableKernel(await readTable(rest)), formula: `the table in ${rest}` };
  }
  throw new UserError(`--kernel is "${text}", but must be ${kernelForms}.`);
}

/** One row of numbers a line, apart by blanks or commas. */
async function readTable(path: string): Promise<number[][]> {
  const what = "a square symmetric table of numbers that are not negative, one row a line";
  const rows = (await loadText(path, what, maxTextLength))
    .split("\n")
    .map(numbersOf)
    .filter((row) => row.length > 0);
  const bad = (reason: string) => new UserError(`${path} must be ${what}, but ${reason}.`);
  if (rows.length === 0) throw bad("it is empty");
  for (const [n, row] of rows.entries()) {
    if (row.length !== rows.length) {
      throw bad(
        `row ${n + 1} has ${row.length} of the ${rows.length} numbers that ${rows.length} rows ask for`,
      );
    }
    for (const [m, value] of row.entries()) {
      if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
        throw bad(`entry ${m + 1} of row ${n + 1} is ${value}`);
      if (value !== rows[m][n])
        throw bad(`K(${n + 1}, ${m + 1}) is ${value} and K(${m + 1}, ${n + 1}) is ${rows[m][n]}`);
    }
  }
  return rows;
}

const numbersOf = (text: string) =>
  text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map(Number);
