import type { LineageDialect } from "./types.ts";

/** What names mean in a dialect. */
export interface DialectRules {
  name: LineageDialect;
  /** Names as they are compared. */
  fold(name: string): string;
  /** Where an alias of the select list may stand for its expression, and whether it hides a column of that name. */
  aliases: "everywhere, first" | "everywhere, last" | "order by";
  /** Whether a name that several tables have is the first one's. */
  leftmostWins: boolean;
  /** Names of columns that no table lists. */
  isPseudo(name: string): boolean;
  /** What a column is called that `select` gives no name, by its number from 0 and its SQL. */
  unnamed(index: number, sql: string | null): string;
  /** Columns of `values` without names, from 0. */
  valuesColumn(index: number): string;
}

const lower = (name: string): string => name.toLowerCase();
const DUCKDB_PSEUDO: ReadonlySet<string> = new Set(["rowid", "filename", "file_row_number", "file_index"]);

const DIALECTS: { readonly [name in LineageDialect]: DialectRules } = {
  duckdb: {
    name: "duckdb",
    fold: lower,
    aliases: "everywhere, last",
    leftmostWins: false,
    isPseudo: (name) => DUCKDB_PSEUDO.has(lower(name)),
    unnamed: (index, sql) => {
      const name = lower(sql ?? `col${index}`).replaceAll(") within group (order by", " order by");
      return name === "count(*)" ? "count_star()" : name.replace(/^percentile_(?=cont|disc)/, "quantile_");
    },
    valuesColumn: (index) => `col${index}`,
  },
  clickhouse: {
    name: "clickhouse",
    fold: (name) => name,
    aliases: "everywhere, first",
    leftmostWins: true,
    isPseudo: (name) => name.startsWith("_"),
    unnamed: (index, sql) =>
      sql === null ? `column${index + 1}` : sql === "count(*)" || sql === "COUNT(*)" ? "count()" : sql,
    valuesColumn: (index) => `c${index + 1}`,
  },
  trino: {
    name: "trino",
    fold: lower,
    aliases: "order by",
    leftmostWins: false,
    isPseudo: (name) => name.startsWith("$"),
    unnamed: (index) => `_col${index}`,
    valuesColumn: (index) => `_col${index}`,
  },
};

export const dialectRules = (dialect: LineageDialect): DialectRules => DIALECTS[dialect];

/** The dialect of an adapter; null where its SQL is not read. */
export function dialectOf(adapterType: string): LineageDialect | null {
  if (adapterType === "athena") return "trino";
  return Object.hasOwn(DIALECTS, adapterType) ? (adapterType as LineageDialect) : null;
}
