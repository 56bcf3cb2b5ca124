import { PyFloat } from "../../jinja/runtime/values.ts";
import { entriesOf, pyRepr, pyStr } from "../python-text.ts";
import { isColor } from "./colors.ts";
import { type Dict, isDict } from "./dicts.ts";
import type { Field } from "./fields.ts";
import { ConfigProblem } from "./problem.ts";

/**
 * A value as the config keeps it: strings made of numbers, hooks made of strings …
 * @throws ConfigProblem with dbt's words where the type does not allow it.
 */
export function coerce(className: string, key: string, field: Field, value: unknown): unknown {
  const type = field.type;
  if (typeof type === "object") {
    if (value === null && type.optional) return null;
    if (typeof value === "string" && type.values.includes(value)) return value;
    throw invalid(className, key, type.name, value);
  }
  switch (type) {
    case "any":
      return value;
    case "bool":
      if (typeof value === "boolean") return value;
      throw new ConfigProblem(`${pyRepr(value)} is not of type 'boolean'`, [key]);
    case "optionalBool":
      if (typeof value === "boolean" || value === null) return value;
      throw new ConfigProblem(`${pyRepr(value)} is not valid under any of the given schemas`, [key]);
    case "string":
      return pyStr(value);
    case "optionalString":
      return value === null ? null : pyStr(value);
    case "optionalInt":
      return value === null ? null : integer(className, key, value);
    case "strings":
      return strings(value);
    case "stringList":
      if (value === null) throw invalid(className, key, "List[str]", value);
      return strings(value);
    case "stringOrStrings":
      if (value === null || typeof value === "string") return value;
      if (Array.isArray(value)) return value.map(pyStr);
      return isDict(value) ? Object.keys(value) : pyStr(value);
    case "dict":
      if (isDict(value)) return value;
      throw invalid(className, key, "Dict[str, Any]", value);
    case "grants":
      if (isDict(value)) return value;
      throw invalid(className, key, "Dict[str, Any]", value);
    case "hooks":
      return hooks(className, key, value);
    case "docs":
      return docs(key, value);
    case "contract":
      return contract(key, value);
    case "versionPointer":
      return versionPointer(className, key, value);
    case "snapshotNames":
      return snapshotNames(className, key, value);
    case "buildAfter":
      return buildAfter(className, key, value);
    case "freshness":
      return freshness(className, key, value);
  }
}

function invalid(className: string, key: string, type: string, value: unknown): ConfigProblem {
  const attribute = key.replaceAll("-", "_");
  return new ConfigProblem(
    `Field "${attribute}" of type ${type} in ${className} has invalid value ${pyRepr(value)}`,
    [key],
    false,
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(pyStr) : [pyStr(value)];
}

function integer(className: string, key: string, value: unknown): unknown {
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "bigint") return value;
  if (value instanceof PyFloat) return value.value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" && /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value)) return Number(value.replaceAll("_", ""));
  throw invalid(className, key, "Optional[int]", value);
}

/** A hook as written: SQL, JSON text of a mapping, or a mapping. */
export function hookDict(value: unknown): Dict {
  if (isDict(value)) return value;
  if (typeof value !== "string") {
    const name =
      value === null ? "NoneType" : Array.isArray(value) ? "list" : typeof value === "number" ? "int" : "bool";
    throw new ConfigProblem(`the JSON object must be str, bytes or bytearray, not ${name}`, [], false);
  }
  if (!/^\s*[[{"\dtfnNI-]/.test(value)) return { sql: value };
  try {
    return JSON.parse(value) as Dict;
  } catch {
    return { sql: value };
  }
}

function hooks(className: string, key: string, value: unknown): unknown[] {
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    const hook = hookDict(item);
    if (!isDict(hook) || !("sql" in hook)) throw invalid(className, key, "List[Hook]", items);
    const transaction = hook.transaction ?? true;
    const index = hook.index ?? null;
    return { sql: pyStr(hook.sql), transaction: transaction === true, index: typeof index === "number" ? index : null };
  });
}

function docs(key: string, value: unknown): Dict {
  const given = value as Dict;
  const show = given.show ?? true;
  if (typeof show !== "boolean") throw new ConfigProblem(`${pyRepr(show)} is not of type 'boolean'`, [key, "show"]);
  const color = given.node_color ?? null;
  if (color !== null && !(typeof color === "string" && isColor(color))) {
    throw new ConfigProblem(
      `Invalid color name for docs.node_color: ${pyStr(color)}. It is neither a valid HTML color name nor a valid HEX code.`,
    );
  }
  return { show, node_color: color };
}

function contract(key: string, value: unknown): Dict {
  const given = value as Dict;
  const out: Dict = { enforced: given.enforced ?? false, alias_types: given.alias_types ?? true };
  for (const [name, flag] of Object.entries(out)) {
    if (typeof flag !== "boolean") throw new ConfigProblem(`${pyRepr(flag)} is not of type 'boolean'`, [key, name]);
  }
  return out;
}

function versionPointer(className: string, key: string, value: unknown): Dict {
  if (typeof value === "boolean") return { enabled: value, alias: null };
  if (!isDict(value)) throw invalid(className, key, "LatestVersionPointer", value);
  const enabled = value.enabled ?? null;
  if (enabled !== null && typeof enabled !== "boolean")
    throw new ConfigProblem(`${pyRepr(enabled)} is not valid under any of the given schemas`, [key, "enabled"]);
  return { enabled, alias: value.alias === undefined || value.alias === null ? null : pyStr(value.alias) };
}

const SNAPSHOT_NAMES = ["dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"];

function snapshotNames(className: string, key: string, value: unknown): Dict {
  if (!isDict(value)) throw invalid(className, key, "SnapshotMetaColumnNames", value);
  const out: Dict = {};
  for (const name of SNAPSHOT_NAMES) {
    const given = value[name] ?? null;
    out[name] = given === null ? null : pyStr(given);
  }
  return out;
}

const PERIODS = ["minute", "hour", "day"];

/** A model's `freshness.build_after`; any other freshness on a model says nothing. */
function buildAfter(className: string, key: string, value: unknown): Dict | null {
  if (!isDict(value) || !("build_after" in value)) return null;
  const given = value.build_after;
  if (!isDict(given)) throw invalid(className, key, "Optional[ModelFreshness]", value);
  const count = given.count ?? null;
  const period = given.period ?? null;
  const updatesOn = given.updates_on ?? "any";
  const known = (period === null || PERIODS.includes(period as string)) && ["any", "all"].includes(updatesOn as string);
  if (!known) throw invalid(className, key, "Optional[ModelFreshness]", value);
  if (period !== null && count === null)
    throw new ConfigProblem("`freshness.build_after` must have a value for `count` if a `period` is provided");
  if (count !== null && period === null)
    throw new ConfigProblem("`freshness.build_after` must have a value for `period` if a `count` is provided");
  const extra = Object.fromEntries([...entriesOf(value)].filter(([k]) => k !== "build_after")) as Dict;
  return { ...extra, build_after: { ...given, count, period, updates_on: updatesOn } };
}

/** A source's freshness with every key present, or null. */
export function freshness(className: string, key: string, value: unknown): Dict | null {
  if (value === null || value === undefined) return null;
  if (!isDict(value)) throw invalid(className, key, "Optional[FreshnessThreshold]", value);
  const filter = value.filter ?? null;
  return {
    warn_after: time(className, key, value, "warn_after"),
    error_after: time(className, key, value, "error_after"),
    filter: filter === null ? null : pyStr(filter),
  };
}

function time(className: string, key: string, threshold: Dict, name: string): Dict | null {
  if (!(name in threshold)) return { count: null, period: null };
  const value = threshold[name];
  if (value === null || value === undefined) return null;
  const bad = () => invalid(className, key, "Optional[FreshnessThreshold]", threshold);
  if (!isDict(value)) throw bad();
  let count = value.count ?? null;
  if (typeof count === "string") count = /^\s*[+-]?\d+\s*$/.test(count) ? Number(count) : Number.NaN;
  if (count instanceof PyFloat) count = count.value;
  if (count !== null && (typeof count !== "number" || Number.isNaN(count))) throw bad();
  const period = value.period ?? null;
  if (period !== null && !PERIODS.includes(period as string)) throw bad();
  return { count: count === null ? null : Math.trunc(count as number), period };
}

/** Checks that concern several keys at once. @throws ConfigProblem */
export function checkWhole(className: string, config: Dict): void {
  if (className === "TestConfig") {
    checkTest(config);
    return;
  }
  if (className === "SeedConfig" && config.materialized && config.materialized !== "seed")
    throw new ConfigProblem("A seed must have a materialized value of 'seed'");
  const contractConfig = config.contract as { enforced?: unknown } | undefined;
  if (
    contractConfig?.enforced === true &&
    config.materialized === "incremental" &&
    config.on_schema_change !== "append_new_columns" &&
    config.on_schema_change !== "fail"
  ) {
    throw new ConfigProblem(
      `Invalid value for on_schema_change: ${pyStr(config.on_schema_change)}. Models materialized as incremental with ` +
        "contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'",
    );
  }
}

const STORED_AS: { [value: string]: string | null } = { true: "table", false: "ephemeral", null: null };

function checkTest(config: Dict): void {
  if (config.severity && !/^(?:warn|error)$/i.test(config.severity as string))
    throw new ConfigProblem(`Severity must be either 'warn' or 'error'. Got '${config.severity as string}'`);
  if (config.materialized && config.materialized !== "test")
    throw new ConfigProblem("A test must have a materialized value of 'test'");
  if (config.store_failures_as === null) config.store_failures_as = STORED_AS[String(config.store_failures)] ?? null;
  else config.store_failures = config.store_failures_as !== "ephemeral";
}
