/** The SQL dialects whose lineage is read. */
export type LineageDialect = "duckdb" | "clickhouse" | "trino";

/** How a column comes from its sources; docs/column-lineage.md says what each means. */
export type ColumnKind = "direct" | "derived" | "aggregate" | "constant" | "unknown";

/** What is known of a type, as far as comparing values of it goes. */
export type TypeClass = "number" | "text" | "time" | "boolean";

/** A column that a value is taken from. */
export interface ColumnSource {
  /** The id of an upstream relation, or the name of a table that none of them is, as the SQL writes it. */
  relation: string;
  column: string;
}

/** One column that a query yields. */
export interface ColumnLineage {
  name: string;
  kind: ColumnKind;
  sources: ColumnSource[];
  /** Why nothing can be said: only where the kind is `unknown`. */
  reason?: string;
  type?: TypeClass;
}

/** A table that a query may read, and what is known of it. */
export interface UpstreamRelation {
  id: string;
  database: string | null;
  schema: string | null;
  name: string;
  /** It stands in the SQL as this CTE: an ephemeral model. */
  cte?: string;
  /** It stands in the SQL as this file, read by a function or by its name in quotes: a source of files. */
  file?: string;
  columns: readonly { name: string; type?: TypeClass }[];
  /** Whether `columns` are all it has. */
  complete: boolean;
}

/** A star over a relation whose columns are not all known. */
export interface OpenStar {
  /** Null where it is no table: a function, a pivot. */
  relation: string | null;
  reason: string;
}

/** Something in the SQL that no warehouse would take, where all that is needed to say so is known. */
export interface SqlProblem {
  kind: "missing-column" | "missing-relation" | "join-types" | "unused-relation";
  message: string;
  /** What is at fault: a column, the name before its dot, or the id of the relation that goes unused. */
  name: string;
  hint?: string;
  /** Where it stands in the SQL, in characters; null where it stands nowhere in particular. */
  start: number | null;
  end: number | null;
}

/** What a query yields. */
export interface QueryLineage {
  columns: ColumnLineage[];
  open: OpenStar[];
  problems: SqlProblem[];
  /** The SQL could not be read. */
  error?: string;
}
