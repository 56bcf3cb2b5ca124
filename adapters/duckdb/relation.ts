import { TsdbtError } from "../../core/errors.ts";
import { member } from "../../core/python/support.ts";
import type { RelationSource } from "../adapter.ts";
import { RELATION_DEFAULTS, Relation, type RelationFields } from "../relation.ts";
import { RELATION_MEMBERS } from "../relation-members.ts";

export interface DuckDBRelationFields extends RelationFields {
  /** A source that is a file or a function: what stands for its name in SQL. */
  readonly external: string | null;
}

/** DuckDB's relation: subqueries need no alias, and a source may be a file. */
export class DuckDBRelation extends Relation {
  static override readonly className = "DuckDBRelation";
  static override readonly defaults: DuckDBRelationFields = {
    ...RELATION_DEFAULTS,
    requireAlias: false,
    external: null,
  };
  static override readonly extraFields = { external: "external" };
  declare readonly fields: DuckDBRelationFields;

  /** The same relation, read from a file or a function. */
  withExternal(external: string): this {
    return this.replace({ external } as Partial<DuckDBRelationFields>);
  }
  protected override renderName(): string {
    return this.fields.external ?? super.renderName();
  }
  override attr(name: string): unknown {
    return name === "external" ? this.fields.external : member(RELATION_MEMBERS, this, name);
  }
}

/** Config keys of a source that are dbt's own, and not properties of the source. */
const CONFIG_KEYS = new Set([
  "enabled",
  "event_time",
  "freshness",
  "loaded_at_field",
  "loaded_at_query",
  "meta",
  "tags",
]);

/**
 * What a source's `external_location` (in `meta` or `config`) stands for: `data/{name}.parquet` is `'data/orders.parquet'`.
 * Null for a source without one. https://github.com/duckdb/dbt-duckdb#reading-from-external-files
 */
export function externalLocation(source: RelationSource): string | null {
  const values: { [name: string]: unknown } = {
    name: source.name ?? null,
    identifier: source.identifier ?? source.name ?? null,
    schema: source.schema,
    database: source.database,
    tags: source.tags ?? [],
    ...source.meta,
  };
  for (const [key, value] of Object.entries(source.config ?? {})) if (!CONFIG_KEYS.has(key)) values[key] = value;
  const template = values.external_location;
  if (values.plugin !== undefined) throw pluginSource(source, String(values.plugin));
  if (typeof template !== "string") return null;
  const location = fill(template, String(values.formatter ?? "newstyle"), values);
  return location.includes("(") || location.startsWith("'") ? location : `'${location}'`;
}

function pluginSource(source: RelationSource, plugin: string): TsdbtError {
  return new TsdbtError(
    "TD5201",
    "Compilation Error",
    `The source ${source.source_name ?? ""}.${source.name ?? ""} is loaded by the plugin '${plugin}', which needs Python.`,
    { hint: "Give the source an `external_location` that DuckDB reads itself, or attach the database in the profile." },
  );
}

const FORMATTERS: { readonly [name: string]: RegExp } = {
  newstyle: /\{\{|\}\}|\{([^{}:!]*)(?:[:!][^{}]*)?\}/g,
  oldstyle: /%%|%\(([^)]*)\)[sdrif]/g,
  template: /\$\$|\$\{([^}]*)\}|\$([A-Za-z_]\w*)/g,
};

function fill(template: string, formatter: string, values: { [name: string]: unknown }): string {
  const pattern = FORMATTERS[formatter];
  if (!pattern) {
    throw new TsdbtError(
      "TD5202",
      "Compilation Error",
      `Formatter ${formatter} not recognized. Must be one of 'newstyle', 'oldstyle', or 'template'.`,
    );
  }
  return template.replace(pattern, (whole, ...found: unknown[]) => {
    const name = found.slice(0, -2).find((group) => typeof group === "string") as string | undefined;
    if (name === undefined) return whole[0]!;
    if (Object.hasOwn(values, name)) return values[name] === null ? "None" : String(values[name]);
    throw new TsdbtError(
      "TD5203",
      "Compilation Error",
      `external_location '${template}' names '${name}', which the source does not have`,
      {
        hint: `It has: ${Object.keys(values).join(", ")}.`,
      },
    );
  });
}
