import type { Artifacts, CatalogTable, Resource } from "./artifacts.ts";
import type { Freshness, JsonObject, SiteBody, SiteColumn } from "./format.ts";
import { without } from "./plain.ts";

interface ManifestColumn {
  name: string;
  description?: string;
  data_type?: string | null;
  tags?: string[];
  meta?: JsonObject;
  constraints?: { type: string; expression?: string | null }[];
}

type Pair = [label: string, value: string];

/** What the page of a resource shows; fields without anything to say are left out. */
export function bodyOf(resource: Resource, artifacts: Artifacts, sourceResults: SourceResults): SiteBody {
  const { catalog } = artifacts;
  const table = catalog?.nodes?.[resource.unique_id] ?? catalog?.sources?.[resource.unique_id];
  const r = resource as Resource & { [field: string]: never };
  const owner = (r.owner ?? config(r).owner) as { name?: string; email?: string | string[] } | undefined;
  return without({
    description: text(r.description),
    raw: text(r.macro_sql) || text(r.raw_code),
    compiled: text(r.compiled_code),
    language: r.language === "python" ? "python" : undefined,
    relation: text(r.relation_name),
    columns: columnsOf(r, table),
    macros: ((r.depends_on as { macros?: string[] } | undefined)?.macros ?? []) as string[],
    config: without(config(r)),
    meta: (r.meta ?? {}) as JsonObject,
    facts: factsOf(r, table),
    stats: statsOf(table),
    arguments: r.resource_type === "macro" ? argumentsOf(r) : undefined,
    owner: owner && { name: text(owner.name), email: text(owner.email) },
    url: text(r.url),
    unitTest: r.resource_type === "unit_test" ? unitTest(r) : undefined,
    freshness: r.resource_type === "source" ? freshnessOf(r, sourceResults) : undefined,
  });
}

/** Columns of the manifest with what the warehouse knows, and those it alone knows, in its order. */
export function columnsOf(resource: Resource, table: CatalogTable | undefined): SiteColumn[] {
  const own = Object.values((resource.columns ?? {}) as { [name: string]: ManifestColumn });
  const real = Object.values(table?.columns ?? {}).sort((a, b) => a.index - b.index);
  const left = new Map(own.map((column) => [column.name.toLowerCase(), column]));
  const merged = real.map((column) => {
    const said = left.get(column.name.toLowerCase());
    left.delete(column.name.toLowerCase());
    return columnOf(column.name, column.type, said, column.comment);
  });
  return [
    ...merged,
    ...[...left.values()].map((column) => columnOf(column.name, column.data_type ?? "", column, null)),
  ];
}

function columnOf(name: string, type: string, said: ManifestColumn | undefined, comment: string | null): SiteColumn {
  const constraints = (said?.constraints ?? []).map(({ type, expression }) =>
    [type, expression].filter(Boolean).join(" "),
  );
  return {
    name,
    type,
    description: said?.description || comment || "",
    ...without({ tags: said?.tags, meta: said?.meta, constraints }),
  };
}

function factsOf(r: Resource, table: CatalogTable | undefined): Pair[] {
  const settings = config(r);
  const contract = settings.contract as { enforced?: boolean } | undefined;
  const facts: [string, unknown][] = [
    ["Materialized", r.resource_type === "test" ? "" : settings.materialized],
    ["Type", r.type ?? table?.metadata?.type],
    ["Maturity", r.maturity],
    ["Label", r.label],
    ["Owner", table?.metadata?.owner],
    ["Loader", r.loader],
    ["Access", r.resource_type === "model" ? r.access : ""],
    ["Group", settings.group ?? r.group],
    ["Version", r.version],
    ["Contract", contract?.enforced ? "enforced" : ""],
    ["Severity", r.resource_type === "test" ? settings.severity : ""],
    ["Language", r.language === "python" ? "Python" : ""],
    ["Relation", r.relation_name],
    ["Expression", r.resource_type === "metric" ? JSON.stringify(without((r.type_params ?? {}) as JsonObject)) : ""],
  ];
  return facts.map(([label, value]): Pair => [label, text(value)]).filter(([, value]) => value !== "");
}

function statsOf(table: CatalogTable | undefined): Pair[] {
  return Object.values(table?.stats ?? {})
    .filter(({ id, include }) => id !== "has_stats" && include === true)
    .map(({ label, value }) => [label, text(value)]);
}

function argumentsOf(r: Resource): SiteBody["arguments"] {
  const list = (r.arguments ?? []) as { name?: string; type?: string | null; description?: string }[];
  return list.map(({ name, type, description }) => ({
    name: text(name),
    type: text(type),
    description: text(description),
  }));
}

function unitTest({ model, given, expect, overrides }: Resource): JsonObject {
  return without({ model, given, expect, overrides } as JsonObject);
}

/** The results of `source freshness`, by source. */
export type SourceResults = ReadonlyMap<string, NonNullable<Artifacts["sources"]>["results"][number]>;

interface Period {
  count: number | null;
  period: string | null;
}

function freshnessOf(r: Resource, results: SourceResults): Freshness | undefined {
  const wanted = r.freshness as { warn_after?: Period; error_after?: Period } | null | undefined;
  const result = results.get(r.unique_id);
  const said = (period: Period | undefined) => (period?.count ? `${period.count} ${period.period}` : "");
  const [warnAfter, errorAfter] = [said(wanted?.warn_after), said(wanted?.error_after)];
  if (!warnAfter && !errorAfter && !result) return undefined;
  return {
    warnAfter,
    errorAfter,
    field: text(r.loaded_at_field),
    status: result?.status ?? "",
    maxLoadedAt: result?.max_loaded_at ?? "",
    checkedAt: result?.snapshotted_at ?? "",
    age: result?.max_loaded_at_time_ago_in_s ?? null,
  };
}

function config(r: Resource): JsonObject {
  return (r.config ?? {}) as JsonObject;
}

/** A value of an artifact as text, whatever it is; nothing for null. */
export function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value)
    ? value.map(text).join(", ")
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}
