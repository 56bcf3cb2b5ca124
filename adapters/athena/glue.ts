import type { Column, Database, Table as GlueTable, Partition, TableVersion } from "@aws-sdk/client-glue";
import { TsdbtError } from "../../core/errors.ts";
import type { Relation } from "../relation.ts";
import type { Aws } from "./aws.ts";
import { isMissing } from "./errors.ts";
import { isPhysical, type TableKind } from "./relation.ts";

/** Where the metadata of a database of dbt's lies. */
export interface DataCatalog {
  name: string;
  /** GLUE, LAMBDA or HIVE. */
  type: string;
  /** Glue's id of it, where it is Glue's. */
  id: string | undefined;
}

/** Of S3's own tables: they keep their files themselves. */
const S3_TABLES = "s3tablescatalog/";

/** Whether a database is a bucket of S3 Tables. */
export function isS3Tables(database: string | null): boolean {
  return database?.toLowerCase().startsWith(S3_TABLES) ?? false;
}

/** The Glue catalog: tables, partitions and versions, and where tables lie as far as it was asked. */
export class Glue {
  private readonly aws: Aws;
  private readonly catalogs = new Map<string, Promise<DataCatalog>>();
  /** Locations of tables that are known, by {@link keyOf}. */
  readonly locations = new Map<string, string>();
  constructor(aws: Aws) {
    this.aws = aws;
  }

  /** The catalog of a database: the account's own one, or another that Athena knows by that name. */
  catalogOf(database: string | null): Promise<DataCatalog> {
    const name = database ?? "awsdatacatalog";
    let catalog = this.catalogs.get(name);
    if (!catalog) {
      catalog = this.findCatalog(name);
      this.catalogs.set(name, catalog);
      catalog.catch(() => this.catalogs.delete(name));
    }
    return catalog;
  }
  private async findCatalog(name: string): Promise<DataCatalog> {
    if (name.toLowerCase() === "awsdatacatalog") return { name, type: "GLUE", id: await this.aws.accountId() };
    if (isS3Tables(name)) return { name, type: "GLUE", id: `${await this.aws.accountId()}:${name}` };
    const { GetDataCatalogCommand } = await import("./clients/athena.ts");
    const client = await this.aws.athena();
    const { DataCatalog: found } = await this.aws.guarded("GetDataCatalog", () =>
      client.send(new GetDataCatalogCommand({ Name: name })),
    );
    return {
      name,
      type: found?.Type ?? "HIVE",
      id: found?.Type === "GLUE" ? found.Parameters?.["catalog-id"] : undefined,
    };
  }
  /** What names a table in calls of Glue. */
  async where(relation: Relation): Promise<{ CatalogId?: string; DatabaseName: string }> {
    const { id } = await this.catalogOf(relation.database);
    return { ...(id !== undefined && { CatalogId: id }), DatabaseName: relation.schema ?? "" };
  }

  /** A table; null where there is none. */
  async table(relation: Relation): Promise<GlueTable | null> {
    const { GetTableCommand } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const input = { ...(await this.where(relation)), Name: relation.identifier ?? "" };
    try {
      const { Table } = await this.aws.guarded("GetTable", () => client.send(new GetTableCommand(input)));
      if (Table) this.note(relation.database, Table);
      return Table ?? null;
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.locations.delete(keyOf(relation.database, relation.schema, relation.identifier));
      return null;
    }
  }
  /** The tables of a schema; null where there is no such schema. */
  async tables(database: string | null, schema: string): Promise<GlueTable[] | null> {
    const { paginateGetTables } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const { id } = await this.catalogOf(database);
    const input = { DatabaseName: schema, ...(id !== undefined && { CatalogId: id }) };
    try {
      return await this.aws.guarded("GetTables", async () => {
        const tables: GlueTable[] = [];
        for await (const page of paginateGetTables({ client }, input)) tables.push(...(page.TableList ?? []));
        for (const table of tables) this.note(database, table, schema);
        return tables;
      });
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
  private note(database: string | null, table: GlueTable, schema = table.DatabaseName ?? ""): void {
    const location = table.StorageDescriptor?.Location;
    const key = keyOf(database, schema, table.Name ?? "");
    if (location && table.TableType !== "VIRTUAL_VIEW") this.locations.set(key, location);
    else this.locations.delete(key);
  }
  /** Where a table's data lies; null for a view, or where there is no such table. */
  async location(relation: Relation): Promise<string | null> {
    const table = await this.table(relation);
    if (!table) return null;
    const kind = kindOf(table);
    if (!isPhysical(kind)) return null;
    const location = table.StorageDescriptor?.Location;
    if (location) return location;
    throw new TsdbtError(
      "TD5440",
      "Runtime Error",
      `Relation ${relation.render()} is of type '${kind}' which requires a location, but no location returned by Glue.`,
      { hint: "The table's entry in Glue is damaged: drop it in the Glue console." },
    );
  }
  /** Takes a table out of the catalog; its data stays. One that is not there is gone already. */
  async deleteTable(relation: Relation): Promise<void> {
    const { DeleteTableCommand } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const input = { ...(await this.where(relation)), Name: relation.identifier ?? "" };
    try {
      await this.aws.guarded("DeleteTable", () => client.send(new DeleteTableCommand(input)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    this.locations.delete(keyOf(relation.database, relation.schema, relation.identifier));
  }
  async updateTable(relation: Relation, table: GlueTable, skipArchive: boolean): Promise<void> {
    const { UpdateTableCommand } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const named = { ...table, Name: relation.identifier ?? undefined };
    const input = { ...(await this.where(relation)), TableInput: tableInput(named), SkipArchive: skipArchive };
    await this.aws.guarded("UpdateTable", () => client.send(new UpdateTableCommand(input)));
    this.note(relation.database, named, relation.schema ?? "");
  }

  async createTable(relation: Relation, table: GlueTable): Promise<void> {
    const { CreateTableCommand } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const input = {
      ...(await this.where(relation)),
      TableInput: tableInput({ ...table, Name: relation.identifier ?? "" }),
    };
    await this.aws.guarded("CreateTable", () => client.send(new CreateTableCommand(input)));
    this.note(relation.database, { ...table, Name: relation.identifier ?? "" }, relation.schema ?? "");
  }

  async databases(): Promise<Database[]> {
    const { paginateGetDatabases } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    return this.aws.guarded("GetDatabases", async () => {
      const databases: Database[] = [];
      for await (const page of paginateGetDatabases({ client }, {})) databases.push(...(page.DatabaseList ?? []));
      return databases;
    });
  }
  async hasDatabase(database: string | null, schema: string): Promise<boolean> {
    const { GetDatabaseCommand } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const { id } = await this.catalogOf(database);
    const input = { Name: schema, ...(id !== undefined && { CatalogId: id }) };
    try {
      await this.aws.guarded("GetDatabase", () => client.send(new GetDatabaseCommand(input)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
  async deleteDatabase(catalogName: string, schema: string): Promise<void> {
    const { DeleteDatabaseCommand } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const { id } = await this.catalogOf(catalogName);
    const input = { Name: schema, ...(id !== undefined && { CatalogId: id }) };
    await this.aws.guarded("DeleteDatabase", () => client.send(new DeleteDatabaseCommand(input)));
  }

  /** Partitions, page by page; those alone that an expression of Glue's describes. */
  async *partitions(relation: Relation, expression?: string): AsyncGenerator<Partition[]> {
    const { paginateGetPartitions } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const input = {
      ...(await this.where(relation)),
      TableName: relation.identifier ?? "",
      ...(expression !== undefined && { Expression: expression, ExcludeColumnSchema: true }),
    };
    const pages = paginateGetPartitions({ client }, input)[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.aws.guarded("GetPartitions", () => pages.next());
      if (done) return;
      yield value.Partitions ?? [];
    }
  }
  /** The versions of a table, the newest first. */
  async versions(relation: Relation): Promise<TableVersion[]> {
    const { paginateGetTableVersions } = await import("./clients/glue.ts");
    const client = await this.aws.glue();
    const input = { ...(await this.where(relation)), TableName: relation.identifier ?? "" };
    const versions = await this.aws.guarded("GetTableVersions", async () => {
      const all: TableVersion[] = [];
      for await (const page of paginateGetTableVersions({ client }, input)) all.push(...(page.TableVersions ?? []));
      return all;
    });
    const number = (version: TableVersion) => Number(version.Table?.VersionId ?? version.VersionId);
    return versions.sort((a, b) => number(b) - number(a));
  }
}

/** A relation's place in {@link Glue.locations}. */
export function keyOf(database: string | null, schema: string | null, identifier: string | null): string {
  return [database, schema, identifier].map((part) => (part ?? "").toLowerCase()).join("\0");
}

const KINDS: { readonly [glueType: string]: TableKind } = {
  EXTERNAL_TABLE: "table",
  // Of tables that federated queries see.
  EXTERNAL: "table",
  GOVERNED: "table",
  MANAGED_TABLE: "table",
  VIRTUAL_VIEW: "view",
  table: "table",
  view: "view",
  cte: "cte",
  materializedview: "materializedview",
};

/** What a table of Glue is. Throws a TsdbtError for a type that nobody knows. */
export function kindOf(table: GlueTable): TableKind {
  if (table.Parameters?.table_type?.toLowerCase() === "iceberg") return "iceberg_table";
  const kind = table.TableType === undefined ? undefined : KINDS[table.TableType];
  if (kind) return kind;
  const name = [table.CatalogId, table.DatabaseName, table.Name].filter(Boolean).join(".");
  const message = table.TableType
    ? `Table type ${table.TableType} is not supported for table ${name}`
    : `Table type cannot be None for table ${name}`;
  throw new TsdbtError("TD5441", "Runtime Error", message, {
    hint: `Types that can be read: ${Object.keys(KINDS).join(", ")}.`,
  });
}

/** Columns of Iceberg's former schemas stay in Glue, marked as such. */
export function isCurrent(column: Column): boolean {
  return column.Parameters?.["iceberg.field.current"] !== "false";
}

const INPUT_FIELDS = [
  ...["Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor"],
  ...[
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
    "TargetTable",
    "ViewDefinition",
  ],
];

/** The fields of a table that UpdateTable takes: GetTable answers more. */
function tableInput(table: GlueTable): GlueTable & { Name: string } {
  return Object.fromEntries(Object.entries(table).filter(([key]) => INPUT_FIELDS.includes(key))) as GlueTable & {
    Name: string;
  };
}

export function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
