import type { TableMetadata } from "@aws-sdk/client-athena";
import type { Table as GlueTable } from "@aws-sdk/client-glue";
import { Table } from "../../core/agate/table.ts";
import type { Relation } from "../relation.ts";
import type { AthenaAdapter } from "./adapter.ts";
import { isCurrent, kindOf } from "./glue.ts";

const NAMES = [
  ...["table_database", "table_schema", "table_name", "table_type", "table_comment"],
  ...["column_name", "column_index", "column_type", "column_comment"],
];

/** Tables and columns of whole schemas, for `docs generate`. */
export async function catalogOfSchemas(
  adapter: AthenaAdapter,
  database: string | null,
  schemas: readonly string[],
): Promise<Table> {
  const { type } = await adapter.glue.catalogOf(database);
  const rows: unknown[][] = [];
  for (const schema of schemas) {
    if (type === "GLUE") {
      for (const table of (await adapter.glue.tables(database, schema)) ?? []) rows.push(...rowsOf(table, database));
    } else {
      for (const table of await metadataOf(adapter, database ?? "", schema)) {
        rows.push(...rowsOf(asGlueTable(table, schema), database));
      }
    }
  }
  return Table.fromRows(NAMES, rows);
}

/** The same of single relations. */
export async function catalogOfRelations(adapter: AthenaAdapter, relations: readonly Relation[]): Promise<Table> {
  const rows: unknown[][] = [];
  for (const relation of relations) {
    const table = await adapter.glue.table(relation);
    if (table) rows.push(...rowsOf(table, relation.database));
  }
  return Table.fromRows(NAMES, rows);
}

function rowsOf(table: GlueTable, database: string | null): unknown[][] {
  // No comment is null, as agate makes it.
  const comment = (table.Parameters?.comment ?? table.Description) || null;
  const named = [database, table.DatabaseName ?? "", table.Name ?? "", kindOf(table), comment];
  const columns = [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
  return columns
    .map((column, index) => ({ column, row: [...named, column.Name, index, column.Type, column.Comment || null] }))
    .filter(({ column }) => isCurrent(column))
    .map(({ row }) => row);
}

/** Tables of a catalog that is not Glue's, as Athena tells of them. */
async function metadataOf(adapter: AthenaAdapter, catalog: string, schema: string): Promise<TableMetadata[]> {
  const { ListTableMetadataCommand } = await import("./clients/athena.ts");
  const client = await adapter.aws.athena();
  const tables: TableMetadata[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListTableMetadataCommand({
      CatalogName: catalog,
      DatabaseName: schema,
      MaxResults: 50,
      ...(NextToken && { NextToken }),
    });
    const page = await adapter.aws.guarded("ListTableMetadata", () => client.send(command));
    tables.push(...(page.TableMetadataList ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return tables;
}

function asGlueTable(
  { Name, TableType, Columns, PartitionKeys, Parameters }: TableMetadata,
  schema: string,
): GlueTable {
  return {
    Name,
    DatabaseName: schema,
    TableType,
    PartitionKeys,
    Parameters,
    StorageDescriptor: { Columns: Columns ?? [] },
  };
}
