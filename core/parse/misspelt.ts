import { placeInProject } from "../../project/dbt-project.ts";
import type { ErrorDetails } from "../errors.ts";
import { typoOf } from "../manifest/nearest.ts";
import { configClassOf, type Dict, isDict } from "./config/index.ts";
import type { SchemaFile } from "./schema/file.ts";
import type { KeyPath } from "./schema/shape.ts";
import type { ParseState } from "./state.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const FILE = words(
  "version models seeds snapshots sources macros analyses exposures metrics semantic_models saved_queries functions " +
    "data_tests groups unit_tests anchors catalogs",
);
const COMMON = "name description columns data_tests tests config meta docs";
const COLUMN = words(
  "name description meta data_type constraints docs config data_tests tests quote tags granularity dimension entity",
);
/** Lists whose entries dbt takes with any key, and what is known of them. */
const LISTS: { readonly [list: string]: { type: string; keys: ReadonlySet<string> } } = {
  models: {
    type: "model",
    keys: words(
      `${COMMON} access constraints group versions latest_version deprecation_date time_spine semantic_model metrics ` +
        "primary_entity agg_time_dimension derived_semantics",
    ),
  },
  seeds: { type: "seed", keys: words(COMMON) },
  snapshots: { type: "snapshot", keys: words(`${COMMON} relation`) },
  analyses: { type: "analysis", keys: words(COMMON) },
};

/**
 * Warns of keys of a properties file that look like a known one misspelt. dbt keeps what it does not know, so that a
 * `descripton` describes nothing and nobody is told.
 */
export function warnMisspelt(state: ParseState, schema: SchemaFile): void {
  if (schema.file.packageName !== state.config.project.name) return;
  const check = (dict: Dict, known: ReadonlySet<string>, path: KeyPath, of: string): void => {
    for (const key in dict) {
      if (known.has(key)) continue;
      const meant = typoOf(key, known);
      if (meant) say(state, schema.place([...path, key], "key"), key, of, meant);
    }
  };
  check(schema.data, FILE, [], "properties files");
  for (const list in LISTS) {
    const { type, keys } = LISTS[list]!;
    const entries: unknown = schema.data[list];
    if (!Array.isArray(entries)) continue;
    const configs = configKeys(type);
    entries.forEach((entry: unknown, i) => {
      if (!isDict(entry)) return;
      check(entry, keys, [list, i], list);
      if (isDict(entry.config)) check(entry.config, configs, [list, i, "config"], `the config of ${list}`);
      if (!Array.isArray(entry.columns)) return;
      entry.columns.forEach((column: unknown, j) => {
        if (isDict(column)) check(column, COLUMN, [list, i, "columns", j], "columns");
      });
    });
  }
}

const SECTIONS = { models: "model", seeds: "seed", snapshots: "snapshot", sources: "source" } as const;

/** {@link warnMisspelt} for the configs of dbt_project.yml. */
export function warnMisspeltConfigs(state: ParseState): void {
  const { project } = state.config;
  for (const [section, type] of Object.entries(SECTIONS)) {
    const known = configKeys(type);
    const visit = (level: Dict, path: KeyPath): void => {
      for (const [key, value] of Object.entries(level)) {
        const name = key.startsWith("+") ? key.slice(1) : key;
        if (!key.startsWith("+") && isDict(value)) visit(value, [...path, key]);
        else if (!known.has(name)) {
          const meant = typoOf(name, known);
          if (meant) say(state, placeInProject(project, [...path, key]), key, `the config of ${section}`, meant);
        }
      }
    };
    visit((project.configs[section as keyof typeof SECTIONS]?.unrendered ?? {}) as Dict, [section]);
  }
}

const configKeysOf = new Map<string, ReadonlySet<string>>();

function configKeys(type: string): ReadonlySet<string> {
  let known = configKeysOf.get(type);
  if (!known) {
    const fields = [...configClassOf(type).fields.keys()];
    known = new Set([...fields, ...fields.map((name) => name.replaceAll("-", "_"))]);
    configKeysOf.set(type, known);
  }
  return known;
}

function say(state: ParseState, { file, span }: ErrorDetails, key: string, of: string, meant: string): void {
  const where = span ? `${file}:${span.line}:${span.column}` : file;
  state.warnings.say(`[WARNING]: ${where}: '${key}' is unknown to ${of}: did you mean '${meant}'?`);
}
