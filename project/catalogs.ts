import { join } from "node:path";
import * as z from "zod/mini";
import type { CatalogIntegration } from "../adapters/catalogs.ts";
import { nearest } from "../core/config/nearest.ts";
import { type RenderContext, renderData, rendererFor } from "./render.ts";
import { repr } from "./repr.ts";
import { errorAt, isObject, type KeyPath, readYamlFileIfAny, type YamlFile } from "./yaml-file.ts";

const FILE = "catalogs.yml";

/** For whom the file is read. */
export interface CatalogReader {
  adapterType: string;
  /** Types of catalogs that the adapter knows. */
  types: readonly string[];
  /** What the adapter calls formats of the second form of the file; undefined: it knows that form not. */
  tableFormats: { readonly [format: string]: string } | undefined;
  /** `flags: {use_catalogs_v2: true}`: the file has its second form. */
  isV2: boolean;
}

/**
 * The catalogs of a project's catalogs.yml, none where there is no such file. Throws with the place of what is amiss.
 * https://docs.getdbt.com/docs/mesh/iceberg/about-catalogs
 */
export async function loadCatalogs(
  root: string,
  reader: CatalogReader,
  context: RenderContext,
): Promise<CatalogIntegration[]> {
  const file = readYamlFileIfAny(join(root, FILE), FILE);
  if (!file) return [];
  if (file.data === null || file.data === "") throw wrong(file, [], `The file at ${file.path} is empty`);
  const render = await rendererFor([file.text], { ...context, secrets: true });
  const data = renderData(file, file.data, [], render);
  if (!isObject(data)) throw wrong(file, [], `catalogs.yml must be a mapping at the top level, got ${repr(data)}`);
  if (reader.isV2)
    onlyKeys(file, [], data, ["catalogs"], "Unknown top-level keys in catalogs.yml", "Only 'catalogs' is allowed");
  const listed = data.catalogs ?? [];
  if (!Array.isArray(listed))
    throw wrong(file, ["catalogs"], `'catalogs' in catalogs.yml must be a list, got ${repr(listed)}`);
  const read = reader.isV2 ? secondForm : firstForm;
  const found = listed.map((entry, i) =>
    checked(file, ["catalogs", i], read(file, ["catalogs", i], entry, reader), reader),
  );
  for (const [i, { name }] of found.entries()) {
    if (found.findIndex((other) => other.name === name) < i)
      throw wrong(file, ["catalogs", i, "name"], `Duplicate catalog name '${name}' in catalogs.yml`);
  }
  return found;
}

const text = z.optional(z.nullable(z.string()));
const INTEGRATION = z.object({
  name: z.string(),
  catalog_type: z.string(),
  catalog_name: text,
  table_format: text,
  file_format: text,
  external_volume: text,
  catalog_database: text,
  adapter_properties: z.optional(z.record(z.string(), z.unknown())),
});
const FIRST = z.object({
  name: z.string(),
  active_write_integration: text,
  write_integrations: z.optional(z.array(INTEGRATION)),
});

/** A catalog with several integrations, one of which is active. */
function firstForm(file: YamlFile, at: KeyPath, entry: unknown): CatalogIntegration {
  const { name, active_write_integration, write_integrations = [] } = parsed(file, at, FIRST, entry);
  const names = write_integrations.map((integration) => integration.name);
  const twice = names.find((each, i) => names.indexOf(each) < i);
  if (twice !== undefined)
    throw wrong(
      file,
      [...at, "write_integrations"],
      `Catalog '${name}' cannot have multiple 'write_integrations' with the same name: '${twice}'.`,
    );
  if (!active_write_integration && names.length !== 1)
    throw wrong(
      file,
      at,
      `Catalog '${name}' must specify an 'active_write_integration' when multiple 'write_integrations' are provided.`,
    );
  const active = write_integrations.find((each) => each.name === (active_write_integration ?? names[0]));
  if (!active)
    throw wrong(
      file,
      [...at, "active_write_integration"],
      `Catalog '${name}' must specify an 'active_write_integration' from its set of defined 'write_integrations': ` +
        `${repr(names)}. Got: '${active_write_integration}'.`,
    );
  return {
    name,
    catalogType: active.catalog_type.toLowerCase(),
    catalogName: active.name,
    tableFormat: active.table_format ?? null,
    fileFormat: active.file_format ?? null,
    externalVolume: active.external_volume ?? null,
    catalogDatabase: active.catalog_database ?? null,
  };
}

const FORMATS = ["default", "iceberg"];
const SECOND = z.object({
  name: z.string(),
  type: z.string(),
  table_format: z.string(),
  config: z.record(z.string(), z.nullable(z.record(z.string(), z.unknown()))),
});

/** A catalog with a block of settings for each adapter. */
function secondForm(file: YamlFile, at: KeyPath, entry: unknown, reader: CatalogReader): CatalogIntegration {
  const { adapterType, tableFormats } = reader;
  if (!tableFormats)
    throw wrong(
      file,
      at,
      `Adapter '${adapterType}' does not support catalogs.yml v2 yet. Use catalogs.yml v1 or upgrade to a supported adapter version.`,
      "take `use_catalogs_v2` out of the flags in dbt_project.yml",
    );
  const keys = ["name", "type", "table_format", "config"];
  if (isObject(entry as never))
    onlyKeys(
      file,
      at,
      entry as object,
      keys,
      "Unknown keys in catalog entry",
      `Allowed keys: ${repr([...keys].sort())}`,
    );
  const { name, type, table_format, config } = parsed(file, at, SECOND, entry);
  const format = table_format.toLowerCase();
  if (!FORMATS.includes(format))
    throw wrong(
      file,
      [...at, "table_format"],
      `Invalid table_format '${table_format}'. Must be one of ${repr(FORMATS)}`,
      hintFor(format, FORMATS),
    );
  const own = config[adapterType] ?? {};
  const textOf = (key: string) => (own[key] === undefined || own[key] === null ? null : String(own[key]));
  return {
    name: name.trim(),
    catalogType: type.toLowerCase(),
    catalogName: name.trim(),
    tableFormat: tableFormats[format]!,
    fileFormat: textOf("file_format"),
    externalVolume: textOf("external_volume"),
    catalogDatabase: textOf("catalog_database"),
  };
}

function checked(file: YamlFile, at: KeyPath, found: CatalogIntegration, { types }: CatalogReader): CatalogIntegration {
  if (types.includes(found.catalogType)) return found;
  const message = `Catalog type is not supported.\nReceived: ${found.catalogType}\nExpected one of: ${types.join(", ")}`;
  throw wrong(file, at, message, hintFor(found.catalogType, types));
}

function parsed<T>(file: YamlFile, at: KeyPath, schema: z.ZodMiniType<T>, entry: unknown): T {
  const result = schema.safeParse(entry);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []) as (string | number)[];
  throw wrong(file, [...at, ...path], `${[...at, ...path].join(".")}: ${issue?.message}`);
}

function onlyKeys(
  file: YamlFile,
  at: KeyPath,
  given: object,
  known: readonly string[],
  message: string,
  allowed: string,
): void {
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw wrong(file, [...at, unknown[0]!], `${message}: ${repr(unknown)}. ${allowed}`, hintFor(unknown[0]!, known));
}

function hintFor(written: string, known: readonly string[]): string | undefined {
  const close = nearest(written, known);
  return close && `did you mean \`${close}\`?`;
}

function wrong(file: YamlFile, at: KeyPath, message: string, hint?: string) {
  return errorAt(file, at, { code: "TD2530", message, ...(hint && { hint }) });
}
