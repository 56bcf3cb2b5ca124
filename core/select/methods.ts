/** What each method of the grammar finds: https://docs.getdbt.com/reference/node-selection/methods */
import { TsdbtError } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import { summariesOf } from "../manifest/lazy-map.ts";
import { compareVersions } from "../manifest/lookups.ts";
import { isEnabled } from "../manifest/maps.ts";
import type { GraphResource, Manifest } from "../manifest/resources.ts";
import type { ConstraintSupport } from "./contract-changes.ts";
import { fnmatch } from "./fnmatch.ts";
import { fqnMatcher } from "./fqn.ts";
import { pathMatcher } from "./path.ts";
import type { Criterion, MethodName } from "./spec.ts";

/** What a method may look at. */
export interface MethodContext {
  manifest: Manifest;
  projectRoot: string;
  /** How the engine holds constraints, and who is told of contracts that are broken. */
  contracts?: { support: ConstraintSupport; emit(event: NewEvent): void } | undefined;
  /** Seeds that are larger have no checksum of their rows. */
  maximumSeedSizeMib?: number | undefined;
}

type Search = (context: MethodContext, value: string, args: string[], criterion: Criterion) => Iterable<string>;

/** The resources as methods see them: any field may be missing. */
interface Loose {
  unique_id: string;
  resource_type: string;
  name: string;
  package_name: string;
  original_file_path: string;
  fqn?: string[];
  tags?: unknown;
  access?: string;
  source_name?: string;
  patch_path?: string | null;
  version?: string | number | null;
  latest_version?: string | number | null;
  test_metadata?: { name: string };
  config?: { [key: string]: unknown };
}

function* from(maps: Iterable<ReadonlyMap<string, GraphResource>>): Generator<Loose> {
  for (const map of maps) {
    for (const resource of summariesOf(map)) {
      if (isEnabled(resource)) yield resource as unknown as Loose;
    }
  }
}

function all(context: MethodContext): Generator<Loose> {
  const { manifest: m } = context;
  return from([
    m.nodes,
    m.sources,
    m.exposures,
    m.metrics,
    m.unit_tests,
    m.semantic_models,
    m.saved_queries,
    m.functions,
  ]);
}

function* idsWhere(resources: Iterable<Loose>, test: (resource: Loose) => boolean): Generator<string> {
  for (const resource of resources) if (test(resource)) yield resource.unique_id;
}

/** `exposure:`, `metric:` and their like: a name, or package and name. */
function named(
  map: "exposures" | "metrics" | "semantic_models" | "saved_queries" | "unit_tests",
  type: string,
  plural: string,
): Search {
  return (context, value) => {
    const parts = value.split(".");
    if (parts.length > 2) {
      const owner = type === "unit_test" ? "unit_test_package_name" : `${type}_package`;
      const said =
        `Invalid ${type.replaceAll("_", " ")} selector value "${value}". ` +
        `${plural} must be of the form \${${type}_name} or \${${owner}.${type}_name}`;
      throw new TsdbtError("TD4004", "Runtime Error", said);
    }
    const [packageName, name] = parts.length === 2 ? parts : ["*", parts[0]];
    const resources = from([context.manifest[map] as ReadonlyMap<string, GraphResource>]);
    return idsWhere(resources, (r) => fnmatch(r.package_name, packageName!) && fnmatch(r.name, name!));
  };
}

const RESOURCE_TYPES = new Set([
  "model",
  "analysis",
  "test",
  "snapshot",
  "operation",
  "seed",
  "rpc",
  "sql operation",
  "doc",
  "source",
  "macro",
  "exposure",
  "metric",
  "group",
  "saved_query",
  "semantic_model",
  "unit_test",
  "fixture",
  "function",
]);

/** The methods that need nothing but the manifest; `state`, `result`, `source_status` and `selector` are elsewhere. */
export const SEARCHES: { [name in MethodName]?: Search } = {
  fqn(context, value) {
    const m = context.manifest;
    const maps = [m.nodes, m.exposures, m.metrics, m.unit_tests, m.semantic_models, m.saved_queries, m.functions];
    const matches = fqnMatcher(value);
    return idsWhere(from(maps), (r) => {
      const versioned = r.resource_type === "model" && r.version !== null && r.version !== undefined;
      return matches(r.fqn ?? [], versioned);
    });
  },

  tag(context, value) {
    return idsWhere(all(context), (r) => {
      const tags = r.tags ?? (r.resource_type === "unit_test" ? r.config?.tags : undefined);
      const list = typeof tags === "string" ? [tags] : Array.isArray(tags) ? (tags as string[]) : [];
      return list.some((tag) => fnmatch(tag, value));
    });
  },

  group(context, value) {
    return idsWhere(from([context.manifest.nodes, context.manifest.metrics]), (r) => {
      const group = r.config?.group;
      return typeof group === "string" && group !== "" && fnmatch(group, value);
    });
  },

  access(context, value) {
    return idsWhere(from([context.manifest.nodes]), (r) => r.resource_type === "model" && r.access === value);
  },

  source(context, value) {
    const parts = value.split(".");
    if (parts.length > 3) {
      const said =
        `Invalid source selector value "${value}". Sources must be of the form \`\${source_name}\`, ` +
        `\`\${source_name}.\${target_name}\`, or \`\${package_name}.\${source_name}.\${target_name}`;
      throw new TsdbtError("TD4004", "Runtime Error", said);
    }
    const [packageName, source, table] =
      parts.length === 3 ? parts : parts.length === 2 ? ["*", ...parts] : ["*", parts[0]!, "*"];
    return idsWhere(
      from([context.manifest.sources]),
      (r) => fnmatch(r.package_name, packageName!) && fnmatch(r.source_name ?? "", source!) && fnmatch(r.name, table!),
    );
  },

  exposure: named("exposures", "exposure", "Exposures"),
  metric: named("metrics", "metric", "Metrics"),
  semantic_model: named("semantic_models", "semantic_model", "Semantic models"),
  saved_query: named("saved_queries", "saved_query", "Saved queries"),
  unit_test: named("unit_tests", "unit_test", "Saved queries"),

  path(context, value) {
    const matches = pathMatcher(value, context.projectRoot, context.manifest.metadata.project_name);
    return idsWhere(all(context), (r) => {
      const patch = typeof r.patch_path === "string" ? r.patch_path.split("://")[1] : undefined;
      return matches.file(r.original_file_path, r.package_name) || (!!patch && matches.exact(patch, r.package_name));
    });
  },

  file(context, value) {
    return idsWhere(all(context), (r) => {
      const name = r.original_file_path.slice(r.original_file_path.lastIndexOf("/") + 1);
      const dot = name.lastIndexOf(".");
      return fnmatch(name, value) || (dot > 0 && fnmatch(name.slice(0, dot), value));
    });
  },

  package(context, value) {
    const wanted = value === "this" ? context.manifest.metadata.project_name : value;
    return idsWhere(all(context), (r) => fnmatch(r.package_name, wanted));
  },

  config(context, value, args, criterion) {
    const matches = configMatcher(criterion.value ?? value, args);
    return idsWhere(from([context.manifest.nodes, context.manifest.sources]), (r) =>
      matches(r.config as { [key: string]: unknown } | undefined),
    );
  },

  resource_type(context, value) {
    if (!RESOURCE_TYPES.has(value)) {
      throw new TsdbtError("TD4004", "Runtime Error", `Invalid resource_type selector "${value}"`, {
        hint: `the types are ${[...RESOURCE_TYPES].join(", ")}`,
      });
    }
    return idsWhere(all(context), (r) => r.resource_type === value);
  },

  test_name(context, value) {
    return idsWhere(from([context.manifest.nodes, context.manifest.unit_tests]), (r) =>
      r.resource_type === "unit_test"
        ? fnmatch(r.name, value)
        : r.resource_type === "test" && r.test_metadata !== undefined && fnmatch(r.test_metadata.name, value),
    );
  },

  test_type(context, value) {
    const wanted = testKinds(value);
    if (!wanted) {
      throw new TsdbtError(
        "TD4004",
        "Runtime Error",
        `Invalid test type selector ${value}: expected "generic", "singular", "unit", or "data"`,
      );
    }
    return idsWhere(from([context.manifest.nodes, context.manifest.unit_tests]), (r) => {
      if (r.resource_type === "unit_test") return wanted.includes("unit");
      return r.resource_type === "test" && wanted.includes(r.test_metadata ? "generic" : "singular");
    });
  },

  version(context, value) {
    if (!["latest", "prerelease", "old", "none"].includes(value)) {
      throw new TsdbtError(
        "TD4004",
        "Runtime Error",
        `Invalid version type selector ${value}: expected one of: "latest", "prerelease", "old", or "none"`,
      );
    }
    return idsWhere(from([context.manifest.nodes]), (r) => {
      if (r.resource_type !== "model") return false;
      const version = r.version ?? null;
      if (value === "none") return version === null;
      if (version === null || r.latest_version === null || r.latest_version === undefined) return false;
      if (value === "latest") return version === r.latest_version;
      const order = compareVersions(version, r.latest_version);
      return value === "old" ? order < 0 : order > 0;
    });
  },
};

/** dbt takes any part of the words `data`, `singular` and `unit`. */
function testKinds(value: string): string[] | null {
  if (value === "generic" || value === "schema") return ["generic"];
  if ("data".includes(value)) return ["generic", "singular"];
  if ("singular".includes(value)) return ["singular"];
  return "unit".includes(value) ? ["unit"] : null;
}

/** `config.meta.owner:data`: the value at a path of the config; a list matches by any member, true and false by their names. */
function configMatcher(wanted: unknown, path: string[]): (config: { [key: string]: unknown } | undefined) => boolean {
  const word = typeof wanted === "boolean" ? String(wanted) : typeof wanted === "string" ? wanted.toLowerCase() : null;
  const anyCase = path.length === 1 && path[0] === "severity";
  const equal = (value: unknown) => {
    if (value === true || value === false) return value === wanted || word === String(value);
    if (anyCase && typeof value === "string" && typeof wanted === "string") return value.toLowerCase() === word;
    return value === wanted;
  };
  return (config) => {
    let value: unknown = config;
    for (const key of path) {
      if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
      if (!Object.hasOwn(value, key)) return false;
      value = (value as { [key: string]: unknown })[key];
    }
    return Array.isArray(value) ? value.some(equal) : equal(value);
  };
}
