/** Tables of numbers as CSV: a line of titles, then a line for each row; nothing between two commas where there is no number. */

export interface Table {
  columns: readonly string[];
  rows: Iterable<readonly (number | string | null)[]>;
}

/** Rows of text at a time: enough to write fast, little to hold. */
const rowsAtATime = 4096;

export function* toCsv({ columns, rows }: Table): Iterable<string> {
  yield `${columns.join(",")}\n`;
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(
      row
        .map((cell) => cell ?? "")
        .map(quoted)
        .join(","),
    );
    if (lines.length === rowsAtATime) {
      yield `${lines.join("\n")}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
}

function quoted(cell: number | string): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows of a table of numbers and plain words, by column; null where there is nothing. */
export function fromCsv(text: string): Record<string, number | string | null>[] {
  const [head, ...lines] = text.trimEnd().split("\n");
  const columns = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, k) => [column, parsed(cells[k] ?? "")]));
  });
}

function parsed(cell: string): number | string | null {
  if (cell === "") return null;
  const x = Number(cell);
  return Number.isNaN(x) ? cell : x;
}
