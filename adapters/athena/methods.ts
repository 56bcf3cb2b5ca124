import { randomUUID } from "node:crypto";
import type { Table } from "../../core/agate/table.ts";
import { TsdbtError } from "../../core/errors.ts";
import { PyDict, toData, toPython } from "../../core/jinja/index.ts";
import { pyIterate } from "../../core/jinja/runtime/iterate.ts";
import { pyTruth } from "../../core/jinja/runtime/truth.ts";
import { Tuple } from "../../core/jinja/runtime/values.ts";
import type { AdapterSession } from "../adapter.ts";
import { BASE_METHODS } from "../base-methods.ts";
import { lookUp } from "../look-up.ts";
import { available, type Caller, FALSE, LIST, type MethodTable, NONE } from "../method-table.ts";
import { itemsOf } from "../operations.ts";
import type { Relation } from "../relation.ts";
import { checkSnapshotTarget } from "../snapshots.ts";
import type { AthenaAdapter } from "./adapter.ts";
import { catalogOfRelations, catalogOfSchemas } from "./catalog.ts";
import type { AthenaConnection } from "./connection.ts";
import { persistDocs } from "./docs.ts";
import { AthenaQueryError } from "./errors.ts";
import { isS3Tables, kindOf } from "./glue.ts";
import { grantsConfig, LakeFormation, tagsConfig } from "./lake-formation.ts";
import { bucketOf, partitionKeyInQuery, partitionValue } from "./partition-keys.ts";
import { cleanUpPartitions } from "./partitions.ts";
import { columnsOf, relationsIn } from "./relations.ts";
import { TableTypeObject } from "./table-type.ts";
import {
  announceClearing,
  exchangeTables,
  expireVersions,
  renameInGlue,
  replaceByRenaming,
  swapTables,
} from "./versions.ts";

/** What `adapter.*` has for Athena alone, or does otherwise than the base. */
export const ATHENA_METHODS: MethodTable<AthenaAdapter> = new Map([
  available<AthenaAdapter>("is_s3_tables_database(database)", (_caller, database: string | null) =>
    isS3Tables(database),
  ),
  available<AthenaAdapter>(
    "add_lf_tags_to_database(relation)",
    async ({ adapter }, relation: Relation) => {
      const tags = adapter.credentials.lfTagsDatabase;
      if (tags) await new LakeFormation(adapter.aws, relation).tagDatabase(tags);
      return null;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "add_lf_tags(relation, lf_tags_config)",
    async ({ adapter }, relation: Relation, config: unknown) => {
      const tags = tagsConfig(config);
      if (tags.enabled) await new LakeFormation(adapter.aws, relation).tagTable(tags);
      return null;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "apply_lf_grants(relation, lf_grants_config)",
    async ({ adapter }, relation: Relation, config: unknown) => {
      const grants = grantsConfig(config);
      if (!grants.data_cell_filters.enabled) return null;
      const { id = "" } = await adapter.glue.catalogOf(relation.database);
      await new LakeFormation(adapter.aws, relation).grant(id, grants);
      return null;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "is_work_group_output_location_enforced()",
    ({ adapter }) => adapter.workGroups.enforcesOutputLocation(),
    FALSE,
  ),
  available<AthenaAdapter>(
    "generate_s3_location(relation, s3_data_dir=None, s3_data_naming=None, s3_tmp_table_dir=None, external_location=None, is_temporary_table=False)",
    (
      { adapter },
      relation: Relation,
      dataDir: string | null,
      dataNaming: string | null,
      tmpTableDir: string | null,
      externalLocation: string | null,
      temporary: unknown,
    ) =>
      adapter.storage.locationFor(relation, {
        dataDir,
        dataNaming,
        tmpTableDir,
        externalLocation,
        temporary: pyTruth(temporary),
      }),
    NONE,
  ),
  available<AthenaAdapter>(
    "get_glue_table(relation)",
    async ({ adapter }, relation: Relation) => {
      const table = await adapter.glue.table(relation);
      return table ? PyDict.from({ Table: toPython(JSON.parse(JSON.stringify(table))) }) : null;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "get_glue_table_type(relation)",
    async ({ adapter }, relation: Relation) => {
      const table = await adapter.glue.table(relation);
      return table ? new TableTypeObject(kindOf(table)) : null;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "get_glue_table_location(relation)",
    ({ adapter }, relation: Relation) => adapter.glue.location(relation),
    NONE,
  ),
  available<AthenaAdapter>(
    "clean_up_partitions(relation, where_condition)",
    ({ adapter }, relation: Relation, where: unknown) =>
      nothing(cleanUpPartitions(adapter, relation, typeof where === "string" ? [where] : (itemsOf(where) as string[]))),
    NONE,
  ),
  available<AthenaAdapter>(
    "clean_up_table(relation)",
    ({ adapter }, relation: Relation) => nothing(adapter.storage.clearTable(relation)),
    NONE,
  ),
  available<AthenaAdapter>(
    "generate_unique_temporary_table_suffix(suffix_initial='__dbt_tmp')",
    (_caller, start: string) => `${start}_${randomUUID().replaceAll("-", "_")}`,
  ),
  available<AthenaAdapter>(
    "quote_seed_column(column, quote_config, quote_character=None)",
    (caller, column: string, config: unknown, character: string | null) => {
      const quoted = BASE_METHODS.get("quote_seed_column")!.run(caller, column, config) as string;
      return character && quoted !== column ? `${character}${column}${character}` : quoted;
    },
  ),
  available<AthenaAdapter>(
    "upload_seed_to_s3(relation, table, s3_data_dir=None, s3_data_naming=None, external_location=None, seed_s3_upload_args=None)",
    async (
      { adapter },
      relation: Relation,
      table: Table,
      dataDir: string | null,
      dataNaming: string | null,
      externalLocation: string | null,
      uploadArgs: unknown,
    ) => {
      const choice = { dataDir, dataNaming, tmpTableDir: null, externalLocation, temporary: false };
      const location = adapter.storage.locationFor(relation, choice);
      const more = uploadArgs instanceof PyDict ? (toData(uploadArgs) as { [key: string]: unknown }) : {};
      await adapter.storage.uploadSeed(location, relation.identifier ?? "", table, more);
      return location;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "delete_from_s3(s3_path)",
    ({ adapter }, path: string) => nothing(adapter.storage.clear(path)),
    NONE,
  ),
  available<AthenaAdapter>(
    "list_relations_without_caching(schema_relation)",
    (caller, schemaRelation: Relation) => relationsIn(caller.adapter, caller.session, schemaRelation),
    LIST,
  ),
  available<AthenaAdapter>(
    "announce_clearing(relation, target)",
    ({ adapter }, relation: Relation, target: Relation) => nothing(announceClearing(adapter, relation, target)),
    NONE,
  ),
  available<AthenaAdapter>(
    "swap_table(src_relation, target_relation)",
    ({ adapter }, source: Relation, target: Relation) => nothing(swapTables(adapter, source, target)),
    NONE,
  ),
  available<AthenaAdapter>(
    "replace_by_renaming(fresh, target, backup)",
    (caller, fresh: Relation, target: Relation, backup: Relation) =>
      nothing(replaceByRenaming(caller, { fresh, target, backup })),
    NONE,
  ),
  available<AthenaAdapter>(
    "exchange_glue_tables(one, other)",
    ({ adapter }, one: Relation, other: Relation) => nothing(exchangeTables(adapter, one, other)),
    NONE,
  ),
  available<AthenaAdapter>(
    "rename_in_glue(from_relation, to_relation)",
    ({ adapter }, from: Relation, to: Relation) => nothing(renameInGlue(adapter, from, to)),
    NONE,
  ),
  available<AthenaAdapter>(
    "expire_glue_table_versions(relation, to_keep, delete_s3)",
    ({ adapter, session }, relation: Relation, keep: unknown, deleteData: unknown) =>
      expireVersions(adapter, relation, Number(keep), {
        deleteData: pyTruth(deleteData),
        tell: (message) => tellLog(session, message),
      }),
    LIST,
  ),
  available<AthenaAdapter>(
    "persist_docs_to_glue(relation, model, persist_relation_docs=False, persist_column_docs=False, skip_archive_table_version=False)",
    (
      { adapter, session },
      relation: Relation,
      model: unknown,
      ofRelation: unknown,
      ofColumns: unknown,
      skipArchive: unknown,
    ) => {
      const project = session.projectConfig?.();
      return nothing(
        persistDocs(adapter, relation, model, {
          ofRelation: pyTruth(ofRelation),
          ofColumns: pyTruth(ofColumns),
          skipArchive: pyTruth(skipArchive),
          project: { name: lookUp(project, "project_name"), version: lookUp(project, "version") },
          warn: (message) => warn(session, message),
        }),
      );
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "list_schemas(database)",
    async ({ adapter }) => (await adapter.glue.databases()).map(({ Name }) => Name!),
    LIST,
  ),
  available<AthenaAdapter>(
    "check_schema_exists(database, schema)",
    async (caller, database: string | null, schema: string) => {
      const { type } = await caller.adapter.glue.catalogOf(database);
      if (type === "GLUE") return caller.adapter.glue.hasDatabase(database, schema);
      return BASE_METHODS.get("check_schema_exists")!.run(caller, database, schema);
    },
    FALSE,
  ),
  available<AthenaAdapter>(
    "get_columns_in_relation(relation)",
    ({ adapter }, relation: Relation) => columnsOf(adapter, relation),
    LIST,
  ),
  available<AthenaAdapter>(
    "delete_from_glue_catalog(relation)",
    async ({ adapter, session }, relation: Relation) => {
      await adapter.glue.deleteTable(relation);
      tellLog(session, `Deleted table from glue catalog: ${relation.render()}`);
      return null;
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "drop_glue_database(database_name, catalog_name='awsdatacatalog')",
    ({ adapter }, schema: string, catalog: string) => nothing(adapter.glue.deleteDatabase(catalog, schema)),
    NONE,
  ),
  available<AthenaAdapter>(
    "valid_snapshot_target(relation, column_names=None)",
    async (caller, relation: unknown, names: unknown) => {
      await checkSnapshotTarget(caller as unknown as Caller, relation, names);
      const columns = await columnsOf(caller.adapter, relation as Relation);
      if (!columns.some(({ name }) => name.toLowerCase() === "dbt_unique_key")) return null;
      throw new TsdbtError(
        "TD5465",
        "Compilation Error",
        "Look into 1.5 dbt-athena docs for the complete migration procedure",
        {
          hint:
            "The snapshot was made by dbt-athena before 1.5, whose columns were others (dbt_unique_key, dbt_snapshot_at). " +
            "Copy its rows into a table with dbt_updated_at, dbt_valid_from, dbt_valid_to and dbt_scd_id, without those " +
            "whose dbt_change_type is 'delete'.",
        },
      );
    },
    NONE,
  ),
  available<AthenaAdapter>("is_list(value)", (_caller, value: unknown) => Array.isArray(value)),
  available<AthenaAdapter>(
    "run_query_with_partitions_limit_catching(sql)",
    async ({ session }, sql: string) => {
      try {
        const { updateCount, scannedBytes } = await (await connectionOf(session)).quietly(
          sql,
          tellLog.bind(null, session),
        );
        return `{"rowcount":${updateCount},"data_scanned_in_bytes":${scannedBytes}}`;
      } catch (error) {
        if (error instanceof AthenaQueryError && error.message.includes("TOO_MANY_OPEN_PARTITIONS")) {
          return "TOO_MANY_OPEN_PARTITIONS";
        }
        throw error;
      }
    },
    NONE,
  ),
  available<AthenaAdapter>("format_partition_keys(partition_keys)", (_caller, keys: unknown) =>
    (itemsOf(keys) as string[]).map(partitionKeyInQuery).join(", "),
  ),
  available<AthenaAdapter>("format_one_partition_key(partition_key)", (_caller, key: string) =>
    partitionKeyInQuery(key),
  ),
  available<AthenaAdapter>("murmur3_hash(value, num_buckets)", (_caller, value: unknown, buckets: unknown) =>
    bucketOf(value, Number(buckets)),
  ),
  available<AthenaAdapter>(
    "format_value_for_partition(value, column_type)",
    (_caller, value: unknown, type: string) => new Tuple(partitionValue(value, type)),
  ),
  available<AthenaAdapter>(
    "run_operation_with_potential_multiple_runs(query, op)",
    async ({ session }, query: string, operation: string) => {
      for (;;) {
        try {
          await (await connectionOf(session)).quietly(query, tellLog.bind(null, session));
          return null;
        } catch (error) {
          const again = `ICEBERG_${operation.toUpperCase()}_MORE_RUNS_NEEDED`;
          if (!(error instanceof AthenaQueryError) || !error.message.includes(again)) throw error;
        }
      }
    },
    NONE,
  ),
  available<AthenaAdapter>(
    "glue_catalog(information_schema, schemas=None, relations=None)",
    ({ adapter }, informationSchema: Relation, schemas: unknown, relations: unknown) =>
      relations === null
        ? catalogOfSchemas(adapter, informationSchema.database, [...pyIterate(schemas)] as string[])
        : catalogOfRelations(adapter, [...pyIterate(relations)] as Relation[]),
    NONE,
  ),
]);

async function connectionOf(session: AdapterSession): Promise<AthenaConnection> {
  return (await session.connection()) as AthenaConnection;
}

async function nothing(work: Promise<unknown>): Promise<null> {
  await work;
  return null;
}

/** Tells the log what dbt-athena tells it. */
function tellLog(session: AdapterSession, text: string): void {
  const name = "dbt.adapters.athena.constants";
  const data = { name, base_msg: text, args: [] };
  session.emit?.({
    name: "AdapterEventDebug",
    code: "E001",
    level: "debug",
    message: `${name} adapter: ${text}`,
    data,
  });
}

function warn(session: AdapterSession, message: string): void {
  session.emit?.({ name: "AdapterEventWarning", code: "E003", level: "warn", message });
}
