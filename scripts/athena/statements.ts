import type { RecordedCall } from "../../tests/services/athena/faults.ts";

/** The statements of a run by the node that sent them, in their order; what belongs to no node stands under "". */
export type Statements = Map<string, string[]>;

/** What tsdbt sends otherwise on purpose: each is a row of docs/athena.md. */
const IMPROVEMENTS: { name: string; apply: (statements: string[]) => string[] }[] = [
  {
    name: "a Hive table is built beside the old one",
    apply: (statements) =>
      statements.map((sql) => (/table_type='hive'/.test(sql) ? sql.replace(/(create table "[^ ]*)__ha"/, '$1"') : sql)),
  },
];

/** Statements as both tools would send them, but for names that are new each time. */
export function statementsOf(calls: readonly RecordedCall[], schema: string): Statements {
  const byNode: Statements = new Map();
  let node = "";
  for (const { action, detail } of calls) {
    if (action !== "StartQueryExecution") continue;
    const comment = /^-- \/\* (.*?) \*\/\n/.exec(detail) ?? /^\s*\/\* (.*?) \*\/\n/.exec(detail);
    // DDL bears no comment: it belongs to the node whose statement came before it.
    if (comment) node = String((JSON.parse(comment[1]!) as { node_id?: string }).node_id ?? "");
    const sql = normalised(comment ? detail.slice(comment[0].length) : detail, schema);
    byNode.set(node, [...(byNode.get(node) ?? []), sql]);
  }
  return byNode;
}

/** The same statements as Python dbt would send them. */
export function withoutImprovements(statements: readonly string[]): string[] {
  return IMPROVEMENTS.reduce<string[]>((all, { apply }) => apply(all), [...statements]);
}

function normalised(sql: string, schema: string): string {
  return sql
    .replaceAll(schema, "SCHEMA")
    .replace(/[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/g, "UUID")
    .replace(/"data_scanned_in_bytes":\d+/g, '"data_scanned_in_bytes":N')
    .replace(/timestamp '\d{4}-[^']*'/gi, "timestamp 'T'")
    .replace(/--[^\n]*(?=\n|$)/g, " ")
    .replace(/\s+/g, " ")
    .replace(/ ?([(),;=]) ?/g, "$1")
    .replace(/;$/, "")
    .trim();
}
