import type { TsdbtError } from "../../errors.ts";
import type { JsonObject, SourceDefinition } from "../../manifest/resources.ts";
import { addDisabled, addNode } from "../add.ts";
import { ConfigProblem, type Dict, isDict } from "../config/index.ts";
import { duplicate } from "../duplicates.ts";
import { fqnPrefix } from "../paths.ts";
import type { ParseState } from "../state.ts";
import { parseGenericTest } from "../tests/generic.ts";
import { readColumns, readTests, unique } from "./columns.ts";
import { type Entry, onlyKeys, readingEntry } from "./entries.ts";
import { hasFreshness, mergeFreshness, readFreshness, type Threshold } from "./freshness.ts";
import { Shape, ShapeProblem } from "./shape.ts";

/** A table of a source as read, before other packages' overrides are applied. */
interface Unpatched {
  entry: Entry;
  /** Its place among the source's tables. */
  index: number;
  source: Dict;
  table: Dict;
  packageName: string;
  uniqueId: string;
  fqn: string[];
}

interface Override {
  entry: Entry;
  used: Set<string>;
}

const SOURCE_KEYS = [
  "name",
  "description",
  "meta",
  "database",
  "schema",
  "loader",
  "quoting",
  "freshness",
  "loaded_at_field",
  "loaded_at_query",
  "tables",
  "tags",
  "config",
];

/**
 * Gathers the sources of all properties files, then makes their definitions and tests once every override is known.
 * https://docs.getdbt.com/reference/source-properties
 */
export class SourceCollector {
  private readonly state: ParseState;
  private readonly tables = new Map<string, Unpatched>();
  private readonly overrides = new Map<string, Override>();

  constructor(state: ParseState) {
    this.state = state;
  }

  /** One entry of a `sources:` list. @throws TsdbtError */
  add(entry: Entry): void {
    if ("overrides" in entry.shape.data) this.addOverride(entry);
    else readingEntry(entry, () => this.addTables(entry));
  }

  private addOverride(entry: Entry): void {
    const { data } = entry.shape;
    const file = entry.schema.file.path;
    this.state.warnings.deprecate(
      "SourceOverrideDeprecation",
      `The source property \`overrides\` is deprecated but was found on source \`${entry.name}\` in file \`${file}\`. ` +
        "Instead, `enabled` should be used to disable the unwanted source.",
      { source_name: entry.name, file },
    );
    const key = `${String(data.overrides)}.${entry.name}`;
    const known = this.overrides.get(key);
    if (known) {
      const other = known.entry.schema.file.path;
      const fix =
        other === file
          ? `remove one of the sources entries for ${key} in this file:\n - ${file}\n`
          : `remove the sources entry for ${key} in one of these files:\n - ${file}\n${other}`;
      throw entry.schema.error(
        "TD4210",
        "Compilation Error",
        `dbt found two schema.yml entries for the same source named ${entry.name} in package ${String(data.overrides)}. ` +
          `Sources may only be overridden a single time. To fix this, ${fix}`,
        entry.shape.path,
      );
    }
    this.overrides.set(key, { entry, used: new Set() });
  }

  private addTables(entry: Entry): void {
    const { shape, schema } = entry;
    const name = shape.required("name");
    onlyKeys(shape, SOURCE_KEYS);
    checkLoadedAt(shape);
    shape.dict("quoting");
    const { packageName, path, relativePath } = schema.file;
    const list = shape.raw("tables") === null ? [] : shape.shapes("tables");
    list.forEach((table, index) => {
      const tableName = table.required("name");
      checkLoadedAt(table);
      table.dict("quoting");
      const uniqueId = `source.${packageName}.${name}.${tableName}`;
      const known = this.tables.get(uniqueId);
      if (known) throw duplicateSource(entry, table, known, path);
      this.tables.set(uniqueId, {
        entry,
        index,
        source: shape.data,
        table: table.data,
        packageName,
        uniqueId,
        fqn: [...fqnPrefix(packageName, relativePath), name, tableName],
      });
    });
  }

  /** Makes definitions and tests, and puts them into the manifest. @throws TsdbtError */
  finish(): void {
    const { manifest, warnings } = this.state;
    for (const unpatched of this.tables.values()) {
      const { entry } = unpatched;
      const patched = readingEntry(entry, () => this.patched(unpatched));
      this.makeTests(patched);
      const source = readingEntry(entry, () => this.define(patched));
      if (source.config.enabled) manifest.sources.set(source.unique_id, source);
      else addDisabled(this.state, source);
    }
    const unused = this.unusedOverrides();
    if (unused.length > 0) {
      warnings.warn(
        "UnusedTables",
        "I056",
        `During parsing, dbt encountered source overrides that had no target:\n${unused.join("\n")}\n`,
        { unused_tables: unused },
      );
    }
  }

  private patched(unpatched: Unpatched): Unpatched {
    const override = this.overrides.get(`${unpatched.packageName}.${String(unpatched.source.name)}`);
    if (!override) return unpatched;
    const { name: _name, overrides: _overrides, tables, ...source } = override.entry.shape.data;
    const tableName = unpatched.table.name;
    const table = Array.isArray(tables) ? tables.find((t) => isDict(t) && t.name === tableName) : undefined;
    override.used.add("");
    if (table) override.used.add(String(tableName));
    return {
      ...unpatched,
      source: { ...unpatched.source, ...source },
      table: table ? { ...unpatched.table, ...table } : unpatched.table,
    };
  }

  private unusedOverrides(): string[] {
    const lines: string[] = [];
    for (const [key, { entry, used }] of this.overrides) {
      const where = `(in ${entry.schema.file.path})`;
      if (used.size === 0) lines.push(`  - Source ${key} ${where}`);
      else {
        const tables = (Array.isArray(entry.shape.data.tables) ? entry.shape.data.tables : []) as Dict[];
        for (const table of tables.map((t) => String(t.name)).sort())
          if (!used.has(table)) lines.push(`  - Source table ${key}.${table} ${where}`);
      }
    }
    return lines;
  }

  private makeTests(unpatched: Unpatched): void {
    const { state } = this;
    const { entry, table, source, packageName } = unpatched;
    const shape = tableShape(unpatched);
    const sourceName = String(source.name);
    const target = {
      kind: "source" as const,
      name: `${sourceName}_${String(table.name)}`,
      source: { name: sourceName, table: String(table.name) },
      file: entry.schema.file.path,
      packageName,
    };
    const tags = [...tagsOf(source), ...tagsOf(table)];
    const quoteAll = quoting(source).column ?? quoting(table).column;
    const add = (test: unknown, path: (string | number)[], columnName: string | null, columnTags: string[]) => {
      const node = parseGenericTest(state, {
        schema: entry.schema,
        target,
        fileKey: `sources.${sourceName}`,
        test,
        path,
        tags: [...tags, ...columnTags],
        columnName,
        version: null,
      });
      addNode(state, node);
    };
    const { tests, columns } = readingEntry(entry, () => ({ tests: readTests(shape), columns: readColumns(shape) }));
    for (const { test, path } of tests) add(test, path, null, []);
    for (const column of columns) {
      const quoted = column.quote ?? quoteAll;
      const name = quoted ? state.adapter.quote(column.name) : column.name;
      for (const { test, path } of column.tests) add(test, path, name, column.tags);
    }
  }

  private define(unpatched: Unpatched): SourceDefinition {
    const { state } = this;
    const { entry, packageName, source, table } = unpatched;
    const sourceShape = new Shape(source, entry.shape.path);
    const shape = tableShape(unpatched);
    const sourceConfig = sourceShape.dict("config");
    const patch = this.configPatch(unpatched, sourceShape, shape);
    const request = { resourceType: "source", fqn: unpatched.fqn, packageName, patch };
    const config = this.config(entry, () => state.configs.rendered(request));
    const columns: SourceDefinition["columns"] = {};
    for (const column of readColumns(shape)) columns[column.name] = column.info;
    const definition = {
      database: sourceShape.optionalString("database") ?? state.config.profile.credentials.database,
      schema: sourceShape.optionalString("schema") ?? String(source.name),
      name: String(table.name),
      resource_type: "source",
      package_name: packageName,
      path: entry.schema.file.path,
      original_file_path: entry.schema.file.path,
      unique_id: unpatched.uniqueId,
      fqn: unpatched.fqn,
      source_name: String(source.name),
      source_description: sourceShape.string("description", ""),
      loader: sourceShape.string("loader", ""),
      identifier: shape.optionalString("identifier") ?? String(table.name),
      quoting: { ...quoting(source), ...set(quoting(table)) },
      loaded_at_field: config.loaded_at_field as string | null,
      loaded_at_query: config.loaded_at_query as string | null,
      freshness: config.freshness as SourceDefinition["freshness"],
      external: external(shape),
      description: shape.string("description", ""),
      columns,
      meta: config.meta as JsonObject,
      source_meta: {
        ...sourceShape.dict("meta"),
        ...(isDict(sourceConfig.meta) ? sourceConfig.meta : {}),
      } as JsonObject,
      tags: config.tags as string[],
      config: config as SourceDefinition["config"],
      patch_path: null,
      unrendered_config: state.configs.unrendered(request) as JsonObject,
      relation_name: "",
      created_at: state.createdAt,
      unrendered_database: textOrNull(entry.raw.database),
      unrendered_schema: textOrNull(entry.raw.schema),
      doc_blocks: [],
      $origin: { $root: entry.schema.id, $path: [...shape.path] },
    } as SourceDefinition;
    definition.relation_name = state.names.relation(definition);
    const noField = !definition.loaded_at_field && !definition.loaded_at_query;
    if (
      hasFreshness(definition.freshness as Threshold | null) &&
      noField &&
      !state.adapter.capabilities.tableLastModified
    ) {
      const message =
        "The configured adapter does not support metadata-based freshness. A loaded_at_field must be specified for " +
        `source '${definition.source_name}.${definition.name}'.`;
      state.warnings.warn("FreshnessConfigProblem", "I073", message, { msg: message });
    }
    return definition;
  }

  /** What source and table say together, as one layer of config. */
  private configPatch(unpatched: Unpatched, source: Shape, table: Shape): Dict {
    const sourceConfig = source.dict("config");
    const tableConfig = table.dict("config");
    const patch: Dict = { ...sourceConfig, ...tableConfig };
    const freshness = mergeFreshness([
      readFreshness(source.data, source.path),
      readFreshness(sourceConfig, [...source.path, "config"]),
      readFreshness(table.data, table.path),
      readFreshness(tableConfig, [...table.path, "config"]),
    ]);
    if (hasFreshness(freshness)) patch.freshness = freshness;
    else if (freshness === null) patch.freshness = null;
    else delete patch.freshness;
    const loadedAt = loadedAtOf(unpatched, source, table, sourceConfig, tableConfig);
    patch.loaded_at_field = loadedAt.field;
    patch.loaded_at_query = loadedAt.query;
    const meta = (value: unknown) => (isDict(value) ? value : {});
    patch.meta = {
      ...source.dict("meta"),
      ...meta(sourceConfig.meta),
      ...table.dict("meta"),
      ...meta(tableConfig.meta),
    };
    const tags = [
      ...source.strings("tags"),
      ...this.validTags(sourceConfig, String(source.data.name)),
      ...table.strings("tags"),
      ...this.validTags(tableConfig, String(table.data.name)),
    ];
    patch.tags = unique(tags).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return patch;
  }

  private validTags(config: Dict, name: string): string[] {
    const given = config.tags ?? [];
    const list = Array.isArray(given) ? given : [given];
    return list.filter((tag): tag is string => {
      if (typeof tag === "string") return true;
      const field = `\`config.tags\`: ${JSON.stringify(given)}`;
      this.state.warnings.warn("ValidationWarning", "I009", `Field ${field} is not valid for source (${name})`, {
        resource_type: "source",
        field_name: field,
        node_name: name,
      });
      return false;
    });
  }

  private config(entry: Entry, calculate: () => Dict): Dict {
    try {
      return calculate();
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw error;
      throw new ShapeProblem(`Invalid sources config: ${error.text}`, [...entry.shape.path, "config", ...error.path]);
    }
  }
}

function loadedAtOf(unpatched: Unpatched, source: Shape, table: Shape, sourceConfig: Dict, tableConfig: Dict) {
  const present = "loaded_at_field" in unpatched.table || Boolean(tableConfig.loaded_at_field);
  const fieldOf = (shape: Shape, config: Dict) =>
    shape.optionalString("loaded_at_field") || (config.loaded_at_field ?? null);
  const queryOf = (shape: Shape, config: Dict) =>
    shape.optionalString("loaded_at_query") || (config.loaded_at_query ?? null);
  const tableQuery = queryOf(table, tableConfig);
  if (present && tableQuery)
    throw new ShapeProblem(
      "Invalid source: Cannot specify both loaded_at_field and loaded_at_query at table level.",
      table.path,
    );
  if (fieldOf(source, sourceConfig) && queryOf(source, sourceConfig))
    throw new ShapeProblem(
      "Invalid source: Cannot specify both loaded_at_field and loaded_at_query at source level.",
      source.path,
    );
  const tableField = fieldOf(table, tableConfig);
  const field = present || tableField !== null ? tableField : fieldOf(source, sourceConfig);
  const query = tableQuery ?? (present ? null : queryOf(source, sourceConfig));
  return { field, query };
}

function tableShape(unpatched: Unpatched): Shape {
  return new Shape(unpatched.table, [...unpatched.entry.shape.path, "tables", unpatched.index]);
}

function checkLoadedAt(shape: Shape): void {
  if (shape.raw("loaded_at_field") === "")
    throw new ShapeProblem("loaded_at_field cannot be an empty string.", [...shape.path, "loaded_at_field"]);
}

function tagsOf(dict: Dict): string[] {
  return Array.isArray(dict.tags) ? (dict.tags as string[]) : [];
}

type Quoting = SourceDefinition["quoting"];

function quoting(dict: Dict): Quoting {
  const given = isDict(dict.quoting) ? dict.quoting : {};
  const part = (name: string) => (typeof given[name] === "boolean" ? given[name] : null);
  return { database: part("database"), schema: part("schema"), identifier: part("identifier"), column: part("column") };
}

function set(given: Quoting): Partial<Quoting> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

/** A table outside the warehouse, with the keys every one has and those that only packages know. */
function external(shape: Shape): JsonObject | null {
  const given = shape.optionalDict("external");
  if (given === null) return null;
  const { location = null, file_format = null, row_format = null, tbl_properties = null, partitions, ...extra } = given;
  const list = Array.isArray(partitions)
    ? partitions.map((item) => (isDict(item) ? { name: "", description: "", data_type: "", meta: {}, ...item } : item))
    : null;
  return { location, file_format, row_format, tbl_properties, partitions: list, ...extra } as JsonObject;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function duplicateSource(entry: Entry, table: Shape, known: Unpatched, path: string): TsdbtError {
  const name = `${String(known.source.name)}_${String(known.table.name)}`;
  const message = duplicate({
    plural: "sources",
    name,
    action: "looking for",
    formatted: `source("${String(known.source.name)}", "${String(known.table.name)}")`,
    first: { id: known.uniqueId, path },
    second: { id: known.uniqueId, path: known.entry.schema.file.path },
  });
  return entry.schema.error("TD4601", "Compilation Error", message, [...table.path, "name"]);
}
