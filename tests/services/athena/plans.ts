/**
 * What a statement of Athena's is on Trino and Glue: queries go through as they are, CREATE TABLE AS gets Trino's properties,
 * Hive's DDL is done in Glue, Iceberg's in Trino.
 */
import { type GlueCall, type GlueTable, glueTable, isIceberg, tableInput } from "./glue-client.ts";
import { columnsOf, hiveType, parseCreateTable, propertiesOf, trinoType } from "./hive-ddl.ts";
import { bareStatement, closing, commaParts, leadingName, quoted, unquoted } from "./sql-text.ts";
import { HIVE_CATALOG, ICEBERG_CATALOG } from "./trino.ts";
import { runStatement, type StatementOptions, TrinoError, type TrinoResult } from "./trino-client.ts";

/** What a statement may use while it runs. */
export interface Surroundings {
  trino: string;
  glue: GlueCall;
  /** Whether there is an object under a location. */
  occupied(location: string): Promise<boolean>;
  catalog: string;
  schema: string;
  /** Where a table goes that names no place of its own. */
  defaultLocation: string;
  prepared: { [name: string]: string };
  onUri(uri: string): void;
}

/** Rows, or the lines of text that utilities answer with. */
export type Outcome = TrinoResult | { lines: string[] };

export interface Plan {
  type: "DDL" | "DML" | "UTILITY";
  subtype: string;
  run(at: Surroundings): Promise<Outcome>;
}

const DONE: Outcome = { lines: [] };

/** A failure in Athena's words: `NAME: message`. */
export class StatementError extends Error {
  readonly errorName: string;
  constructor(errorName: string, message: string) {
    super(message);
    this.errorName = errorName;
  }
}

type Rule = [
  pattern: RegExp,
  type: Plan["type"],
  subtype: string,
  run: (rest: string, at: Surroundings) => Promise<Outcome>,
];

/** By the first words of the statement; what stands behind them is handed on. */
const RULES: Rule[] = [
  [/^create\s+(?:schema|database)\s+/i, "DDL", "CREATE_DATABASE", createSchema],
  [/^drop\s+(?:schema|database)\s+/i, "DDL", "DROP_DATABASE", dropSchema],
  [/^insert\s+into\s+/i, "DML", "INSERT", insert],
  [/^create\s+external\s+table\s+/i, "DDL", "CREATE_TABLE", createTable],
  [/^create\s+table\s+(?=(?:if\s+not\s+exists\s+)?[^\s(]+\s*\()/i, "DDL", "CREATE_TABLE", createTable],
  [/^create\s+table\s+/i, "DDL", "CREATE_TABLE_AS_SELECT", createTableAs],
  [/^create\s+(?=(?:or\s+replace\s+)?view\s)/i, "DDL", "CREATE_VIEW", createView],
  [/^drop\s+table\s+/i, "DDL", "DROP_TABLE", dropTable],
  [/^drop\s+view\s+/i, "DDL", "DROP_VIEW", dropView],
  [/^alter\s+(?:table|view)\s+/i, "DDL", "ALTER_TABLE", alterTable],
  [/^msck\s+repair\s+table\s+/i, "DDL", "MSCK_REPAIR_TABLE", repairTable],
  [/^optimize\s+/i, "DDL", "OPTIMIZE", optimize],
  [/^vacuum\s+/i, "DDL", "VACUUM", vacuum],
  [/^show\s+partitions\s+/i, "UTILITY", "SHOW_PARTITIONS", showPartitions],
  [/^show\s+(?:tables|views)\s*/i, "UTILITY", "SHOW_TABLES", showTables],
];

/** Statements that Trino takes as they are. */
const AS_THEY_ARE: [RegExp, Plan["type"], string][] = [
  [/^merge\s/i, "DML", "MERGE"],
  [/^update\s/i, "DML", "UPDATE"],
  [/^delete\s/i, "DML", "DELETE"],
  [/^explain\s/i, "UTILITY", "EXPLAIN"],
  [/^(?:show|describe|desc)\s/i, "UTILITY", "SHOW"],
  [/^execute\s/i, "DML", "EXECUTE"],
  [/^(?:select|with|table|values|\()/i, "DML", "SELECT"],
];

/** What is to be done for a statement; null for one that Athena does not have. */
export function planOf(sql: string): Plan | null {
  const text = bareStatement(sql);
  for (const [pattern, type, subtype, run] of RULES) {
    const match = pattern.exec(text);
    if (match) return { type, subtype, run: (at) => run(text.slice(match[0].length), at) };
  }
  for (const [pattern, type, subtype] of AS_THEY_ARE) {
    if (pattern.test(text)) return { type, subtype, run: (at) => trino(text, at) };
  }
  return null;
}

function trino(sql: string, at: Surroundings, session: StatementOptions["session"] = {}): Promise<TrinoResult> {
  const { catalog, schema, prepared, onUri } = at;
  return runStatement(at.trino, sql, { catalog, schema, session, prepared, onUri });
}

function place(parts: string[], at: Surroundings): { schema: string; name: string } {
  const lower = parts.map((part) => part.toLowerCase());
  return { schema: lower.at(-2) ?? at.schema, name: lower.at(-1)! };
}

function inCatalog(catalog: string, { schema, name }: { schema: string; name: string }): string {
  return [catalog, schema, name].map(quoted).join(".");
}

async function createSchema(rest: string, at: Surroundings): Promise<Outcome> {
  const lenient = /^if\s+not\s+exists\s+/i.exec(rest);
  const { parts, rest: tail } = leadingName(lenient ? rest.slice(lenient[0].length) : rest);
  const location = /location\s+('[^']*')/i.exec(tail);
  try {
    const Name = parts.at(-1)!.toLowerCase();
    await at.glue("CreateDatabase", {
      DatabaseInput: { Name, ...(location && { LocationUri: unquoted(location[1]!) }) },
    });
  } catch (error) {
    if (!lenient || (error as { code?: string }).code !== "AlreadyExistsException") throw error;
  }
  return DONE;
}

async function dropSchema(rest: string, at: Surroundings): Promise<Outcome> {
  const lenient = /^if\s+exists\s+/i.exec(rest);
  const { parts, rest: tail } = leadingName(lenient ? rest.slice(lenient[0].length) : rest);
  const schema = parts.at(-1)!.toLowerCase();
  let tables: GlueTable[];
  try {
    tables = await tablesOf(at.glue, schema);
    await at.glue("GetDatabase", { Name: schema });
  } catch (error) {
    if ((error as { code?: string }).code !== "EntityNotFoundException") throw error;
    if (lenient) return DONE;
    throw new StatementError("SCHEMA_NOT_FOUND", `Schema '${schema}' does not exist`);
  }
  if (tables.length > 0 && !/cascade/i.test(tail)) {
    throw new StatementError("FAILED", `SemanticException Database ${schema} is not empty. One or more tables exist.`);
  }
  for (const table of tables) {
    if (isIceberg(table)) await trino(`drop table ${inCatalog(ICEBERG_CATALOG, { schema, name: table.Name })}`, at);
    else await at.glue("DeleteTable", { DatabaseName: schema, Name: table.Name });
  }
  await at.glue("DeleteDatabase", { Name: schema });
  return DONE;
}

async function tablesOf(glue: GlueCall, schema: string): Promise<GlueTable[]> {
  const tables: GlueTable[] = [];
  let NextToken: unknown;
  do {
    const page = await glue("GetTables", { DatabaseName: schema, ...(NextToken ? { NextToken } : {}) });
    tables.push(...(page.TableList as GlueTable[]));
    NextToken = page.NextToken;
  } while (NextToken);
  return tables;
}

async function createTable(rest: string, at: Surroundings): Promise<Outcome> {
  const made = parseCreateTable(rest);
  const { schema, name } = place(made.name, at);
  if (await glueTable(at.glue, schema, name)) {
    if (made.ifNotExists) return DONE;
    throw new StatementError("FAILED", `AlreadyExistsException: Table ${name} already exists.`);
  }
  if (made.location === null)
    throw new StatementError("FAILED", "SemanticException: No location specified for the table");
  if (made.properties.table_type?.toLowerCase() === "iceberg") {
    const columns = made.columns.map(({ Name, Type }) => `${quoted(Name)} ${trinoType(Type)}`);
    const options = [`location = '${made.location.replace(/\/$/, "")}'`];
    if (made.partitions.length > 0) {
      options.push(
        `partitioning = array[${made.partitions.map((part) => `'${part.replaceAll("`", "")}'`).join(", ")}]`,
      );
    }
    await trino(
      `create table ${inCatalog(ICEBERG_CATALOG, { schema, name })} (${columns.join(", ")}) with (${options.join(", ")})`,
      at,
    );
    return DONE;
  }
  await at.glue("CreateTable", { DatabaseName: schema, TableInput: { ...made.table, Name: name } });
  return DONE;
}

/** Properties of CREATE TABLE AS: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html */
async function createTableAs(rest: string, at: Surroundings): Promise<Outcome> {
  const lenient = /^if\s+not\s+exists\s+/i.exec(rest);
  const { parts, rest: behind } = leadingName(lenient ? rest.slice(lenient[0].length) : rest);
  const target = place(parts, at);
  const given = new Map<string, string>();
  let query = behind;
  const open = /^with\s*\(/i.exec(behind);
  if (open) {
    const end = closing(behind, open[0].length - 1);
    for (const part of commaParts(behind.slice(open[0].length, end - 1))) {
      const equals = part.indexOf("=");
      given.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
    }
    query = behind.slice(end).trimStart();
  }
  query = bareStatement(query.replace(/^as\b/i, ""));
  const text = (name: string) => (given.has(name) ? unquoted(given.get(name)!) : undefined);
  if (lenient && (await glueTable(at.glue, target.schema, target.name))) return DONE;
  const iceberg = text("table_type")?.toLowerCase() === "iceberg";
  const options: string[] = [];
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined) options.push(`${name} = ${value}`);
  };
  put("format", `'${(text("format") ?? "parquet").toUpperCase()}'`);
  const session: { [name: string]: string } = {};
  const codec = text("write_compression")?.toUpperCase();
  // What ORC calls ZLIB is GZIP to Trino.
  if (codec) session[`${iceberg ? ICEBERG_CATALOG : HIVE_CATALOG}.compression_codec`] = codec.replace("ZLIB", "GZIP");
  if (iceberg) {
    if (text("is_external") !== "false") throw new StatementError("NOT_SUPPORTED", "Iceberg tables cannot be external");
    const location = text("location");
    if (location === undefined)
      throw new StatementError("INVALID_TABLE_PROPERTY", "location is missing for an Iceberg table");
    put("location", `'${location.replace(/\/$/, "")}'`);
    put("partitioning", given.get("partitioning"));
    return trino(
      `create table ${inCatalog(ICEBERG_CATALOG, target)} with (${options.join(", ")}) as ${query}`,
      at,
      session,
    );
  }
  const location = `${(text("external_location") ?? `${at.defaultLocation}/${target.name}`).replace(/\/$/, "")}/`;
  if (await at.occupied(location)) {
    throw new StatementError(
      "HIVE_PATH_ALREADY_EXISTS",
      `Target directory for table '${target.schema}.${target.name}' already exists: ${location}. You may need to manually clean the data at location '${location}' before retrying. Athena will not delete data in your account.`,
    );
  }
  put("external_location", `'${location}'`);
  put("partitioned_by", given.get("partitioned_by"));
  put("bucketed_by", given.get("bucketed_by"));
  put("bucket_count", given.get("bucket_count"));
  put("textfile_field_separator", given.get("field_delimiter"));
  return trino(`create table ${inCatalog(HIVE_CATALOG, target)} with (${options.join(", ")}) as ${query}`, at, session);
}

/** Athena makes values those of the columns that they go to, where Trino only widens them. */
async function insert(rest: string, at: Surroundings): Promise<Outcome> {
  try {
    return await trino(`insert into ${rest}`, at);
  } catch (error) {
    const types = /mismatched column types: Table: \[(.*?)\], Query:/.exec((error as Error).message);
    if (!types) throw error;
    const { rest: behind } = leadingName(rest);
    const target = rest.slice(0, rest.length - behind.length);
    const names = behind.startsWith("(") ? behind.slice(0, closing(behind, 0)) : "";
    const columns = commaParts(types[1]!).map((type, i) => ({ name: `_c${i}`, type }));
    const casts = columns.map(({ name, type }) => `cast(${name} as ${type})`).join(", ");
    const from = `(${behind.slice(names.length)}) as t (${columns.map(({ name }) => name).join(", ")})`;
    return trino(`insert into ${target} ${names} select ${casts} from ${from}`, at);
  }
}

/** Glue is told a view's columns by Athena, but not by Trino. */
async function createView(rest: string, at: Surroundings): Promise<Outcome> {
  const { parts } = leadingName(rest.replace(/^(?:or\s+replace\s+)?view\s+/i, ""));
  await trino(`create ${rest}`, at);
  const { schema, name } = place(parts, at);
  const { rows } = await trino(`describe ${inCatalog(HIVE_CATALOG, { schema, name })}`, at);
  const table = await glueTable(at.glue, schema, name);
  const Columns = rows.map((row) => ({ Name: String(row[0]), Type: hiveType(String(row[1])) }));
  if (table) await update(at, schema, { ...table, StorageDescriptor: { ...table.StorageDescriptor, Columns } });
  return DONE;
}

async function dropTable(rest: string, at: Surroundings): Promise<Outcome> {
  const lenient = /^if\s+exists\s+/i.exec(rest);
  const target = place(leadingName(lenient ? rest.slice(lenient[0].length) : rest).parts, at);
  const table = await glueTable(at.glue, target.schema, target.name);
  if (!table) {
    if (lenient) return DONE;
    throw new StatementError("FAILED", `SemanticException [Error 10001]: Table not found ${target.name}`);
  }
  if (isIceberg(table)) await trino(`drop table ${inCatalog(ICEBERG_CATALOG, target)}`, at);
  else await at.glue("DeleteTable", { DatabaseName: target.schema, Name: target.name });
  return DONE;
}

async function dropView(rest: string, at: Surroundings): Promise<Outcome> {
  const lenient = /^if\s+exists\s+/i.exec(rest);
  const target = place(leadingName(lenient ? rest.slice(lenient[0].length) : rest).parts, at);
  await trino(`drop view ${lenient ? "if exists " : ""}${inCatalog(HIVE_CATALOG, target)}`, at);
  return DONE;
}

async function alterTable(rest: string, at: Surroundings): Promise<Outcome> {
  const { parts, rest: behind } = leadingName(rest);
  const target = place(parts, at);
  const table = await glueTable(at.glue, target.schema, target.name);
  if (!table) throw new StatementError("FAILED", `SemanticException [Error 10001]: Table not found ${target.name}`);
  const change = behind.trim();
  const match = (pattern: RegExp) => pattern.exec(change);
  const properties = match(/^set\s+tblproperties\s*\(([\s\S]*)\)$/i);
  if (properties) {
    const Parameters = { ...table.Parameters, ...propertiesOf(properties[1]!) };
    await update(at, target.schema, { ...table, Parameters });
    return DONE;
  }
  if (isIceberg(table)) return alterIceberg(change, target, at);
  const columns = table.StorageDescriptor?.Columns ?? [];
  const withColumns = (Columns: typeof columns) =>
    update(at, target.schema, { ...table, StorageDescriptor: { ...table.StorageDescriptor, Columns } });
  const added = match(/^add\s+columns\s*\(([\s\S]*)\)$/i);
  if (added) await withColumns([...columns, ...columnsOf(added[1]!)]);
  const replaced = match(/^replace\s+columns\s*\(([\s\S]*)\)$/i);
  if (replaced) await withColumns(columnsOf(replaced[1]!));
  const location = match(/^set\s+location\s+('[^']*')$/i);
  if (location) {
    const StorageDescriptor = { ...table.StorageDescriptor, Location: unquoted(location[1]!) };
    await update(at, target.schema, { ...table, StorageDescriptor });
  }
  const partition = match(/^(add|drop)\s+(?:if\s+(?:not\s+)?exists\s+)?(partition[\s\S]*)$/i);
  if (partition) await alterPartitions(partition[1]!.toLowerCase() === "add", partition[2]!, table, at, target.schema);
  if (added || replaced || location || partition) return DONE;
  throw new StatementError("FAILED", `ParseException: cannot recognize input near '${change.slice(0, 40)}'`);
}

async function update(at: Surroundings, DatabaseName: string, table: GlueTable): Promise<void> {
  await at.glue("UpdateTable", { DatabaseName, TableInput: tableInput(table) });
}

async function alterPartitions(
  add: boolean,
  text: string,
  table: GlueTable,
  at: Surroundings,
  DatabaseName: string,
): Promise<void> {
  const one = /partition\s*\(([^)]*)\)(?:\s*location\s*('[^']*'))?/gi;
  for (const [, spec, location] of text.matchAll(one)) {
    const pairs = Object.entries(propertiesOf(spec!.replaceAll("`", "")));
    const Values = (table.PartitionKeys ?? []).map(({ Name }) => pairs.find(([key]) => key === Name)?.[1] ?? "");
    const PartitionInput = {
      Values,
      StorageDescriptor: {
        ...table.StorageDescriptor,
        Location: location
          ? unquoted(location)
          : `${table.StorageDescriptor?.Location?.replace(/\/$/, "")}/${pairs.map((pair) => pair.join("=")).join("/")}/`,
      },
    };
    const input = { DatabaseName, TableName: table.Name };
    if (add) await at.glue("CreatePartition", { ...input, PartitionInput }).catch(ignoreExisting);
    else await at.glue("DeletePartition", { ...input, PartitionValues: Values });
  }
}

function ignoreExisting(error: unknown): { [key: string]: unknown } {
  if ((error as { code?: string }).code === "AlreadyExistsException") return {};
  throw error;
}

async function alterIceberg(
  change: string,
  target: { schema: string; name: string },
  at: Surroundings,
): Promise<Outcome> {
  const table = inCatalog(ICEBERG_CATALOG, target);
  const run = (sql: string) => trino(`alter table ${table} ${sql}`, at);
  const renamed = /^rename\s+to\s+(.*)$/is.exec(change);
  if (renamed) {
    await run(`rename to ${inCatalog(ICEBERG_CATALOG, place(leadingName(renamed[1]!).parts, at))}`);
    return DONE;
  }
  const added = /^add\s+columns\s*\(([\s\S]*)\)$/i.exec(change);
  if (added) {
    for (const { Name, Type } of columnsOf(added[1]!)) await run(`add column ${quoted(Name)} ${trinoType(Type)}`);
    return DONE;
  }
  const dropped = /^drop\s+columns?\s+(.*)$/is.exec(change);
  if (dropped) {
    await run(`drop column ${quoted(leadingName(dropped[1]!).parts[0]!)}`);
    return DONE;
  }
  const changed = /^change\s+(?:column\s+)?(.*)$/is.exec(change);
  if (changed) {
    const { parts, rest } = leadingName(changed[1]!);
    const [to] = columnsOf(rest);
    if (parts[0] !== to!.Name) await run(`rename column ${quoted(parts[0]!)} to ${quoted(to!.Name)}`);
    else await run(`alter column ${quoted(to!.Name)} set data type ${trinoType(to!.Type)}`);
    return DONE;
  }
  throw new StatementError("FAILED", `ParseException: cannot recognize input near '${change.slice(0, 40)}'`);
}

async function repairTable(rest: string, at: Surroundings): Promise<Outcome> {
  const { schema, name } = place(leadingName(rest).parts, at);
  const args = [`schema_name => '${schema}'`, `table_name => '${name}'`, "mode => 'ADD'"].join(", ");
  await trino(`call ${HIVE_CATALOG}.system.sync_partition_metadata(${args})`, at);
  return DONE;
}

async function optimize(rest: string, at: Surroundings): Promise<Outcome> {
  const { parts, rest: behind } = leadingName(rest);
  const match = /^rewrite\s+data\s+using\s+bin_pack\s*(where[\s\S]*)?$/i.exec(behind.trim());
  if (!match)
    throw new StatementError(
      "SYNTAX_ERROR",
      `mismatched input '${behind.trim().split(/\s/)[0]}'. Expecting: 'REWRITE'`,
    );
  await trino(`alter table ${inCatalog(ICEBERG_CATALOG, place(parts, at))} execute optimize ${match[1] ?? ""}`, at);
  return DONE;
}

async function vacuum(rest: string, at: Surroundings): Promise<Outcome> {
  const table = inCatalog(ICEBERG_CATALOG, place(leadingName(rest).parts, at));
  await trino(`alter table ${table} execute expire_snapshots(retention_threshold => '5d')`, at);
  await trino(`alter table ${table} execute remove_orphan_files(retention_threshold => '5d')`, at);
  return DONE;
}

async function showPartitions(rest: string, at: Surroundings): Promise<Outcome> {
  const { schema, name } = place(leadingName(rest).parts, at);
  const table = inCatalog(HIVE_CATALOG, { schema, name: `${name}$partitions` });
  const { columns, rows } = await trino(`select * from ${table} order by 1`, at);
  return { lines: rows.map((row) => columns.map((column, i) => `${column.name}=${row[i]}`).join("/")) };
}

async function showTables(rest: string, at: Surroundings): Promise<Outcome> {
  const inSchema = /^(?:in|from)\s+/i.exec(rest);
  const schema = inSchema ? leadingName(rest.slice(inSchema[0].length)).parts.at(-1)! : at.schema;
  return { lines: (await tablesOf(at.glue, schema)).map((table) => table.Name).sort() };
}

/** A failure as Athena reports it in StateChangeReason. */
export function reasonOf(error: unknown): { name: string; reason: string } {
  if (error instanceof TrinoError || error instanceof StatementError) {
    return {
      name: error.errorName,
      reason: error.errorName === "FAILED" ? `FAILED: ${error.message}` : `${error.errorName}: ${error.message}`,
    };
  }
  const { code, message } = error as { code?: string; message: string };
  if (error instanceof SyntaxError) return { name: "SYNTAX_ERROR", reason: `SYNTAX_ERROR: ${message}` };
  return { name: code ?? "GENERIC_INTERNAL_ERROR", reason: `FAILED: ${code ? `${code}: ` : ""}${message}` };
}
