import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Report } from "./report.ts";

/**
 * Compares every table and view of the DuckDB files both tools left in their copies: columns, types and rows
 * (as multisets), leaving out `volatile` columns (`created_at`, or of one table: `orders.created_at`).
 */
export async function compareTables(
  report: Report,
  project: string,
  dbtDir: string,
  tsdbtDir: string,
  volatile: string[],
): Promise<void> {
  const files = readdirSync(dbtDir).filter((f) => f.endsWith(".duckdb"));
  for (const file of files) {
    if (!existsSync(join(tsdbtDir, file))) {
      report.group(() => report.check(`${project}: ${file}`, "there", "missing"));
      continue;
    }
    // the catalog keeps the file's own name, since views spell it out; so each file is read in an instance of its own
    const theirs = await readDatabase(join(dbtDir, file), dbtDir, volatile);
    const ours = await readDatabase(join(tsdbtDir, file), tsdbtDir, volatile);
    compareContents(report, project, theirs, ours);
  }
}

/** Kind, columns and rows of each table. */
export function compareContents(
  report: Report,
  project: string,
  theirs: Map<string, TableContents>,
  ours: Map<string, TableContents>,
): void {
  for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
    report.group(() => {
      const a = theirs.get(name);
      const b = ours.get(name);
      const place = `${project}: table ${name}`;
      if (!a || !b) return report.check(place, a ? "there" : "missing", b ? "there" : "missing");
      return [
        report.check(`${place} kind`, a.kind, b.kind),
        report.check(`${place} columns`, a.columns, b.columns),
        report.check(`${place} row count`, a.rows.length, b.rows.length),
        report.check(`${place} rows`, firstDifference(a.rows, b.rows), firstDifference(b.rows, a.rows)),
      ].every(Boolean);
    });
  }
}

/** A table's rows are a sorted list of texts. */
export interface TableContents {
  kind: string;
  columns: string[];
  rows: string[];
}

async function readDatabase(file: string, cwd: string, volatile: string[]): Promise<Map<string, TableContents>> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const tables = new Map<string, TableContents>();
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const list = await connection.runAndReadAll(
      "select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database() order by 1, 2",
    );
    for (const [schema, name, kind] of list.getRowsJson() as string[][]) {
      const qualified = `"${schema}"."${name}"`;
      const described = (await connection.runAndReadAll(`describe ${qualified}`)).getRowsJson() as string[][];
      const kept = described.filter(
        ([column]) => ![column!, `${name}.${column}`].some((place) => volatile.includes(place)),
      );
      const select = kept.map(([column]) => `"${column}"::varchar`).join(", ") || "1";
      const rows = (await connection.runAndReadAll(`select ${select} from ${qualified}`)).getRowsJson();
      tables.set(`${schema}.${name}`, {
        kind: kind!,
        columns: described.map(([column, type]) => `${column} ${type}`),
        rows: rows.map((row) => JSON.stringify(row)).sort(),
      });
    }
  } finally {
    process.chdir(before);
    connection.closeSync();
    instance.closeSync();
  }
  return tables;
}

/** The first rows of `a` that `b` lacks: what a reader needs to see, not the whole table. */
function firstDifference(a: string[], b: string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of b) counts.set(row, (counts.get(row) ?? 0) + 1);
  const missing: string[] = [];
  for (const row of a) {
    const left = counts.get(row) ?? 0;
    if (left > 0) counts.set(row, left - 1);
    else if (missing.push(row) === 3) break;
  }
  return missing;
}
