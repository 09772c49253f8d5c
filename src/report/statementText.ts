/** What an observed run tells people in a terminal. Pure functions. */
import type { Comparison, Statement } from "../theorem/statement.ts";
import { formatTable, formatWithError, inStandardErrors } from "./table.ts";

/** A statement's title, table and remark. */
export function describeStatement({ title, reference, rows, remark, key }: Statement): string {
  const hasNaive = rows.some(({ naive }) => naive !== undefined);
  const columns = [
    { title: "" },
    { title: "measured", align: "right" },
    { title: "theory", align: "right" },
    { title: "apart", align: "right" },
    ...(hasNaive ? [{ title: "naive guess", align: "right" } as const] : []),
  ] as const;
  const cells = (row: Comparison) => [
    row.what,
    formatWithError(row.mean, row.se),
    theoryOf(row),
    row.theory === null || row.bound ? "" : inStandardErrors(row.mean - row.theory, row.se),
    ...(hasNaive ? [row.naive === undefined ? "" : formatWithError(row.naive, null)] : []),
  ];
  return `${title} (${reference}; docs/theorem/${key}.md)\n\n${formatTable(columns, rows.map(cells))}\n\n${remark}`;
}

function theoryOf({ theory, bound }: Comparison): string {
  if (theory === null) return "";
  return `${bound ? "at most " : ""}${formatWithError(theory, null)}`;
}
