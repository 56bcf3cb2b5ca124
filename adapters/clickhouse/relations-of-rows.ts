import type { Relation, RelationType } from "../relation.ts";
import type { ClickHouseAdapter } from "./adapter.ts";
import { ClickHouseRelation, type ClickHouseRelationFields, dictsOf } from "./relation.ts";
import { engineExchanges } from "./session.ts";

const TYPES: readonly string[] = ["materialized_view", "view", "dictionary"];

/** Rows of name, schema, type, the database's engine, views that write to it, what its refreshing is, and how many of a cluster have it. */
export async function relationsOfRows(adapter: ClickHouseAdapter, rows: readonly unknown[][]): Promise<Relation[]> {
  const exchanges = rows.length > 0 && (await adapter.supportsExchange());
  const cluster = adapter.credentials.cluster !== "";
  return rows.map(([name, schema, kind, engine, views, refreshable, append, onCluster]) => {
    const type = TYPES.includes(String(kind)) ? (kind as RelationType) : "table";
    return new ClickHouseRelation({
      ...ClickHouseRelation.defaults,
      path: { database: "", schema: String(schema), identifier: String(name) },
      type,
      canExchange: exchanges && type === "table" && engineExchanges(String(engine)),
      canOnCluster: (cluster || Number(onCluster ?? 0) >= 1) && engine !== "Replicated",
      mvsPointingToIt: typeof views === "string" ? dictsOf(JSON.parse(views)) : [],
      isRefreshable: Number(refreshable ?? 0) > 0,
      refreshableAppend: Number(append ?? 0) > 0,
    } as ClickHouseRelationFields);
  });
}
