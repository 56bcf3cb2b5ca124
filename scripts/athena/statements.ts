import type { RecordedCall } from "../../tests/services/athena/faults.ts";

/** The statements of a run by the node that sent them, in their order; what belongs to no node stands under "". */
export type Statements = Map<string, string[]>;

/** A Hive table is built beside the old one, also where dbt drops that first; dbt drops it in a full refresh of a table with `ha` too. */
const BESIDE = /__ha(?=__tmp_not_partitioned|")/g;

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

/** Whether a statement is the one that Python dbt sends, but for what tsdbt does otherwise on purpose (docs/athena.md). */
export function isSameStatement(ours: string | undefined, theirs: string | undefined): boolean {
  return ours === theirs || ours?.replace(BESIDE, "") === theirs;
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
    .replace(/\bset "/gi, 'set"')
    .replace(/;$/, "")
    .trim();
}
