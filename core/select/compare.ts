/** What counts as a change of a resource, for `state:modified`. https://docs.getdbt.com/reference/node-selection/state-comparison-caveats */

/** A resource as artifacts hold it. */
export interface Resource {
  resource_type: string;
  unique_id: string;
  fqn?: string[];
  depends_on?: { nodes?: string[]; macros?: string[] };
  [key: string]: unknown;
}

type Compare = (before: Resource, now: Resource) => boolean;

const NODES = new Set(["model", "seed", "snapshot", "test", "analysis", "operation", "sql_operation", "function"]);
const isNode = (r: Resource) => NODES.has(r.resource_type);
const isGenericTest = (r: Resource) => r.resource_type === "test" && r.test_metadata != null;

/** Config keys of which a change alone is no change of the config: those that say where or how something is called. */
const NOT_CONFIG = new Set(["alias", "schema", "database", "tags", "group"]);
const NOT_CONFIG_OF: { [type: string]: ReadonlySet<string> } = {
  source: new Set(),
  exposure: new Set(),
  metric: new Set(["group"]),
  semantic_model: new Set(["group"]),
  saved_query: new Set(["group"]),
};
const TEST_CONFIG = [
  "severity",
  "where",
  "limit",
  "fail_calc",
  "warn_if",
  "error_if",
  "store_failures",
  "store_failures_as",
  "sql_header",
];

const keysSame =
  (...keys: string[]): Compare =>
  (before, now) =>
    keys.every((key) => deepEqual(before[key], now[key]));

const sameBody: Compare = (before, now) =>
  now.resource_type === "seed" ? deepEqual(before.checksum, now.checksum) : before.raw_code === now.raw_code;

const sameConfig: Compare = (before, now) => {
  const [old, own] = [mapping(before.unrendered_config), mapping(now.unrendered_config)];
  const left = NOT_CONFIG_OF[now.resource_type] ?? NOT_CONFIG;
  const keys =
    now.resource_type === "test"
      ? TEST_CONFIG
      : [...new Set([...Object.keys(own), ...Object.keys(old)])].filter((key) => !left.has(key));
  return keys.every((key) => key in own === key in old && deepEqual(own[key], old[key]));
};

const sameDescriptions: Compare = (before, now) => {
  const persist = mapping(mapping(now.config).persist_docs);
  if (persist.relation && before.description !== now.description) return false;
  if (!persist.columns) return true;
  const texts = (r: Resource) =>
    Object.entries(mapping(r.columns)).map(([name, column]) => [name, mapping(column).description]);
  return deepEqual(Object.fromEntries(texts(before)), Object.fromEntries(texts(now)));
};

const sameRelation: Compare = (before, now) => {
  if (now.resource_type === "source") {
    return keysSame("unrendered_database", "unrendered_schema", "identifier")(before, now);
  }
  const [old, own] = [mapping(before.unrendered_config), mapping(now.unrendered_config)];
  return ["database", "schema", "alias"].every((key) => deepEqual(old[key] ?? null, own[key] ?? null));
};

const sameContract: Compare = (before, now) => {
  if (now.resource_type !== "model") return true;
  const [old, own] = [mapping(before.contract), mapping(now.contract)];
  if (!old.enforced && !own.enforced) return true;
  return Boolean(old.enforced) === Boolean(own.enforced) && old.checksum === own.checksum;
};

/** The parts of `state:modified`, each with the resources that have it. */
export const comparers: { [part: string]: { same: Compare; applies(resource: Resource): boolean } } = {
  body: { same: sameBody, applies: isNode },
  configs: {
    same: sameConfig,
    applies: (r) =>
      isNode(r) || ["source", "exposure", "metric", "semantic_model", "saved_query"].includes(r.resource_type),
  },
  persisted_descriptions: { same: sameDescriptions, applies: isNode },
  relation: { same: sameRelation, applies: (r) => isNode(r) || r.resource_type === "source" },
  contract: { same: sameContract, applies: isNode },
};

const sameFqn = keysSame("fqn");

/** What of a function's overloads decides over what is made. */
function overloadsOf(resource: Resource): unknown[] {
  return ((resource.overloads ?? []) as { [key: string]: unknown }[]).map((overload) =>
    ["defined_in", "arguments", "returns", "raw_body"].map((key) => overload[key]),
  );
}

/** Whether nothing that matters has changed. A node that is new counts as changed, anything else that is new does not. */
export function sameContents(before: Resource | undefined, now: Resource): boolean {
  if (!before) return !isNode(now) && now.resource_type !== "unit_test";
  if (isGenericTest(now)) return sameConfig(before, now) && sameFqn(before, now);
  if (isNode(now)) {
    const same =
      sameBody(before, now) &&
      sameConfig(before, now) &&
      sameDescriptions(before, now) &&
      sameFqn(before, now) &&
      sameRelation(before, now) &&
      sameContract(before, now);
    if (!same) return false;
    if (now.resource_type === "model") return keysSame("latest_version", "access", "deprecation_date")(before, now);
    if (now.resource_type !== "function") return true;
    return keysSame("arguments", "returns")(before, now) && deepEqual(overloadsOf(before), overloadsOf(now));
  }
  switch (now.resource_type) {
    case "unit_test":
      return before.checksum === now.checksum;
    case "source":
      return (
        sameRelation(before, now) &&
        sameFqn(before, now) &&
        sameConfig(before, now) &&
        keysSame("quoting", "freshness", "loaded_at_field", "external")(before, now)
      );
    case "exposure": {
      const nodes = (r: Resource) => [...new Set(r.depends_on?.nodes ?? [])].sort();
      return (
        keysSame("fqn", "type", "owner", "maturity", "url", "description", "label")(before, now) &&
        deepEqual(nodes(before), nodes(now)) &&
        sameConfig(before, now)
      );
    }
    case "metric":
      return keysSame("type", "description", "label")(before, now) && sameConfig(before, now);
    case "semantic_model":
      return keysSame(
        "model",
        "description",
        "defaults",
        "entities",
        "dimensions",
        "measures",
        "config",
        "primary_entity",
        "group",
      )(before, now);
    case "saved_query":
      return (
        keysSame("query_params", "description", "label", "config", "group", "tags")(before, now) &&
        exportsSame(before, now)
      );
    default:
      return deepEqual(before, now);
  }
}

export function mapping(value: unknown): { [key: string]: unknown } {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as { [key: string]: unknown })
    : {};
}

/** Equality of JSON values: the order of keys does not matter, and a missing value is null. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return jsonOf(a) === jsonOf(b);
  const [x, y] = [jsonOf(a), jsonOf(b)];
  if (x !== a || y !== b) return deepEqual(x, y);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  const [o, p] = [mapping(a), mapping(b)];
  const keys = new Set([...Object.keys(o), ...Object.keys(p)]);
  return [...keys].every((key) => key.startsWith("$") || deepEqual(o[key], p[key]));
}

/** The value as it would be in a file. */
function jsonOf(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  const toJSON = value !== null && typeof value === "object" ? (value as { toJSON?: unknown }).toJSON : undefined;
  return typeof toJSON === "function" ? toJSON.call(value) : value;
}

/** Exports as they are written: the schema they end up in depends on the target. */
function exportsSame(before: Resource, now: Resource): boolean {
  const written = (resource: Resource) =>
    ((resource as { exports?: { name: string; unrendered_config: { [key: string]: unknown } }[] }).exports ?? []).map(
      ({ name, unrendered_config: { export_as, schema, alias } }) => [name, export_as, schema, alias],
    );
  return JSON.stringify(written(before)) === JSON.stringify(written(now));
}
