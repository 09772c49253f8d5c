/** Somebody else's reader of Parquet. */
import { DuckDBInstance } from "@duckdb/node-api";

/** The rows that a query gives, as JSON has them. */
export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJson() as Record<string, unknown>[];
}
