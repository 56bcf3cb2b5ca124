import type { AdapterSession } from "../adapter.ts";
import { rowsOf } from "../operations.ts";
import type { Relation } from "../relation.ts";
import { createRelation } from "../relation-create.ts";
import type { AthenaAdapter } from "./adapter.ts";
import { AthenaColumn } from "./column.ts";
import { isCurrent, kindOf } from "./glue.ts";
import { AthenaRelation, relationTypeOf } from "./relation.ts";

/** The relations of a schema as Glue has them; none where there is no such schema. Of another catalog, Athena is asked by SQL. */
export async function relationsIn(
  adapter: AthenaAdapter,
  session: AdapterSession,
  { database, schema }: Relation,
): Promise<Relation[]> {
  const { type } = await adapter.glue.catalogOf(database);
  if (type !== "GLUE") {
    const parts = { database, schema, identifier: "INFORMATION_SCHEMA", quotePolicy: adapter.quoting };
    const informationSchema = adapter.createRelation(parts).informationSchema("tables");
    const args = new Map<string, unknown>([
      ["information_schema", informationSchema],
      ["schema", schema],
    ]);
    return adapter.relationsOf(rowsOf(await session.callMacro("athena__list_relations_by_sql", [], args)));
  }
  const tables = (await adapter.glue.tables(database, schema ?? "")) ?? [];
  return tables.flatMap((table) => {
    if (table.TableType === undefined) return [];
    const relation = createRelation(AthenaRelation, {
      database,
      schema,
      identifier: table.Name ?? "",
      type: relationTypeOf(table.TableType),
    });
    const detailedTableType = table.Parameters?.table_type ?? "";
    return [relation.replace({ detailedTableType } as object)];
  });
}

/** The columns of a relation, partition keys last; none where it is not there. */
export async function columnsOf(adapter: AthenaAdapter, relation: Relation): Promise<AthenaColumn[]> {
  const table = await adapter.glue.table(relation);
  if (!table) return [];
  const kind = kindOf(table);
  const current = (table.StorageDescriptor?.Columns ?? []).filter(isCurrent);
  return [...current, ...(table.PartitionKeys ?? [])].map(
    ({ Name = "", Type = "" }) =>
      new AthenaColumn({ name: Name, dtype: Type, charSize: null, numericPrecision: null, numericScale: null }, kind),
  );
}
