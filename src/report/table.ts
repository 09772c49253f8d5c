// Numbers and tables for people to read in a terminal. Pure functions.

export interface Column {
  readonly title: string;
  /** Left unless told; numbers read best at the right. */
  readonly align?: "left" | "right";
}

/** Columns of numbers. */
export const rightColumns = (titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, align: "right" }));

/** Titles, a rule and the rows, in columns as wide as their widest cell, two blanks apart; no newline at the end. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(...[title, ...rows.map((row) => row[i])].map(width)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => {
        const padding = " ".repeat(widths[i] - width(cell));
        return columns[i].align === "right" ? padding + cell : cell + padding;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((n) => "-".repeat(n)).join("  ");
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join("\n");
}

/** Columns that a text takes in a terminal, for letters, digits and signs of one column each. */
function width(text: string): number {
  return [...text].length;
}

/**
 * A mean with two digits of its standard error in units of its last ones, 0.4321(12) for 0.4321 ± 0.0012; with four
 * significant digits and no error where there is none.
 */
export function formatWithError(mean: number, se: number | null): string {
  if (se === null || se === 0 || !Number.isFinite(se) || !Number.isFinite(mean)) return formatNumber(mean);

  // Rounding comes first: 0.000996 is 0.0010 to two digits, one place further left than its exponent says.
  const [digits, seExponent] = se.toExponential(1).split("e");
  const error = digits.replace(".", "");
  const lastPlace = Number(seExponent) - 1;
  const exponent = Math.max(exponentOf(mean), Number(seExponent));

  if (lastPlace <= 0 && exponent >= -4) return `${fixed(mean, -lastPlace)}(${error})`;
  return `${fixed(mean / 10 ** exponent, exponent - lastPlace)}(${error})e${exponent}`;
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const exponent = exponentOf(value);
  if (exponent >= -4 && exponent < 6) return fixed(value, Math.max(0, 3 - exponent));
  return value.toExponential(3).replace("e+", "e");
}

/** The power of ten of a number's first digit. */
function exponentOf(value: number): number {
  return value === 0 ? Number.NEGATIVE_INFINITY : Number(value.toExponential().split("e")[1]);
}

/** `toFixed` without its "-0.00". */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** A difference in standard errors, "-1.2 s.e."; empty where there is no error to tell it by. */
export function inStandardErrors(difference: number, se: number | null): string {
  if (se === null || se === 0) return "";
  const errors = difference / se;
  return `${errors < 0 ? "-" : "+"}${Math.abs(errors).toFixed(1)} s.e.`;
}

/** "430 ms", "12.3 s", "2 min 05 s", "3 h 07 min", "2 d 03 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  if (seconds < 0.9995) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const units: [string, number][] = [
    ["d", 86400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ];
  const larger = units.findIndex(([, size], i) => seconds >= size - (units[i + 1]?.[1] ?? 1) / 2);
  const [[major, majorSize], [minor, minorSize]] = units.slice(larger, larger + 2);
  const total = Math.round(seconds / minorSize);
  const perMajor = majorSize / minorSize;
  return `${Math.floor(total / perMajor)} ${major} ${String(total % perMajor).padStart(2, "0")} ${minor}`;
}

/** A count to three digits: "950", "1.2 M", "12.3 k". */
export function formatCount(n: number): string {
  const prefixes = ["", "k", "M", "G", "T", "P"];
  const rounded = Number(n.toPrecision(3));
  const thousands = Math.floor(Math.log10(Math.abs(rounded)) / 3);
  if (!Number.isFinite(n) || !(thousands > 0)) return String(rounded);
  const prefix = Math.min(thousands, prefixes.length - 1);
  return `${Number((rounded / 1000 ** prefix).toPrecision(3))} ${prefixes[prefix]}`;
}

/** A number to four digits, as short as it can be written. */
export const formatShort = (x: number) => String(Number(x.toPrecision(4)));
