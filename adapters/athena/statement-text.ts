import type { StatementComment } from "../statement-log.ts";

/** Utilities and DDL that take no comment. */
const UNCOMMENTED = ["alter", "drop", "optimize", "vacuum", "msck"];

/** The statement with its comment, which stands on one line: Athena's DDL does not always know block comments. */
export function withComment(sql: string, comment: StatementComment | null): string {
  if (!comment?.text) return sql;
  const statement = sql.trimStart();
  const lower = statement.slice(0, 16).toLowerCase();
  if (UNCOMMENTED.some((word) => lower.startsWith(word))) return statement;
  const line = `-- /* ${comment.text.trim().replaceAll("\n", " ")} */`;
  if (!comment.append) return `${line}\n${statement}`;
  const text = statement.trimEnd();
  return text.endsWith(";") ? `${text.slice(0, -1)}\n${line};` : `${text}\n${line}`;
}

/** The statement as it is sent: utilities take no double quotes, DDL no empty lines within. */
export function prepared(sql: string): string {
  const start = sql.slice(0, 16).toUpperCase();
  if (/^(?:VACUUM|OPTIMIZE)/.test(start)) return sql.replaceAll('"', "").trim();
  return (/^(?:SELECT|WITH|INSERT)/.test(start) ? sql : sql.replaceAll("\n\n    ", "\n")).trim();
}

/** How many rows a statement changed and how many bytes it read, where the statement itself tells of another one. */
export function toldStatistics(sql: string): { rows: number; bytes: number } | undefined {
  if (!sql.includes("rowcount") || !sql.includes("data_scanned_in_bytes")) return undefined;
  const told = /\{(.*)\}/.exec(sql.toLowerCase().split("select").at(-1)!);
  if (!told) return undefined;
  try {
    const stats = JSON.parse(`{${told[1]}}`) as { rowcount?: number; data_scanned_in_bytes?: number };
    return { rows: stats.rowcount ?? -1, bytes: stats.data_scanned_in_bytes ?? 0 };
  } catch {
    return { rows: -1, bytes: 0 };
  }
}
