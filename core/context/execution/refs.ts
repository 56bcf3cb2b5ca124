import type { RelationSource } from "../../../adapters/adapter.ts";
import type { Relation, RelationClass } from "../../../adapters/relation.ts";
import { ephemeralRelation } from "../../../adapters/relation-create.ts";
import type { TsdbtError } from "../../errors.ts";
import { nodeInfo, unpinnedRef } from "../../events/messages/index.ts";
import { PyDict } from "../../jinja/index.ts";
import { type Kwargs, PyCallable } from "../../jinja/runtime/values.ts";
import { compareVersions, type Found, versionText } from "../../manifest/lookups.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import type { Node, SourceDefinition } from "../../manifest/resources.ts";
import { typeName } from "../../python/support.ts";
import { type Described, MetricReference, templateError } from "../shared/index.ts";
import type { ExecutionEnvironment } from "./environment.ts";
import { eventTimeFilter } from "./event-time.ts";

/** Who says `ref` or `source`. */
export interface Asking extends Described {
  package_name: string;
  group?: string | null;
  depends_on?: { nodes?: string[]; macros?: string[] };
}

export interface ResolverOptions {
  /** A macro run by itself may name any node, but no ephemeral one. */
  operation: boolean;
  /** Told of each ephemeral model that is named: it becomes a CTE. */
  onEphemeral(node: Node): void;
  /** Whether a relation stands in the warehouse, asked with `--defer` alone. */
  exists(relation: Relation): Promise<boolean>;
  /** In a unit test: the rows that stand in for a resource. */
  inputOf?: ((uniqueId: string) => Node | undefined) | undefined;
}

/** `ref(...)` while a node runs: the relation of the node it names. */
export function createRef(env: ExecutionEnvironment, asking: Asking, options: ResolverOptions): PyCallable {
  return new PyCallable("ref", (args, kwargs) => {
    const { name, packageName, version } = refArguments(args, kwargs, asking);
    const found = env.lookups.resolveRef(asking, name, packageName, version);
    if (!found || found.disabled) {
      throw notFound(asking, "node", name, {
        packageName,
        version,
        found,
        hint: didYouMean(name, env.lookups.refNames()),
      });
    }
    const { node } = found;
    if (options.inputOf) {
      const input = options.inputOf(node.unique_id);
      if (!input) throw notFound(asking, "node", name, { packageName, version, found: null, hint: GIVE_INPUT });
      options.onEphemeral(input);
      return ephemeral(env, input);
    }
    checkAccess(env, asking, node);
    if (!version && node.version !== null && node.version !== undefined) tellOfNewerVersion(env, asking, node);
    if (!options.operation && !isInline(asking) && !asking.depends_on?.nodes?.includes(node.unique_id)) {
      throw undeclared(asking, name, packageName, version);
    }
    const limit = env.config.flags.empty ? 0 : null;
    const filter = eventTimeFilter(env, asking, node);
    if (node.resource_type === "model" && node.config.materialized === "ephemeral") {
      if (options.operation) {
        throw templateError(
          "TD3014",
          `Operations can not ref() ephemeral nodes, but ${node.name} is ephemeral`,
          asking,
        );
      }
      options.onEphemeral(node);
      return ephemeral(env, node).replace({ limit, eventTimeFilter: filter });
    }
    const source = asking.resource_type === "test" ? env.audited.get(node.unique_id) : undefined;
    const relation = env.adapter
      .relationOf(source ?? (node as unknown as RelationSource))
      .replace({ limit, eventTimeFilter: filter });
    const deferred = env.deferred.get(node.unique_id);
    if (!deferred || source) return relation;
    const elsewhere = env.adapter.relationOf(deferred).replace({ limit, eventTimeFilter: filter });
    if (env.config.flags.favor_state && !env.selected.has(node.unique_id)) return elsewhere;
    return options.exists(relation).then((exists) => (exists ? relation : elsewhere));
  });
}

/** Says where a version newer than the latest one waits: a `ref` without a version will come to mean it. */
function tellOfNewerVersion(env: ExecutionEnvironment, asking: Asking, node: Node): void {
  if (!env.manifest.nodes.has(asking.unique_id)) return;
  let newest = node.latest_version as string | number;
  for (const other of env.manifest.nodes.values()) {
    if (other.resource_type !== "model" || other.name !== node.name || other.version === null) continue;
    if (compareVersions(other.version as string | number, newest) > 0) newest = other.version as string | number;
  }
  if (newest === node.latest_version) return;
  const { name, package_name: packageName } = node;
  const ref = { name, packageName, version: versionText(node.version), newest: versionText(newest) };
  env.events.emit(unpinnedRef(asking.name, ref, nodeInfo(asking as unknown as Node)));
}

/** What stands for an ephemeral model in SQL: the name of its CTE. */
function ephemeral(env: ExecutionEnvironment, node: Node): Relation {
  const kind = env.adapter.createRelation({}).constructor as unknown as RelationClass;
  return ephemeralRelation(kind, node.$cte ?? node.alias);
}

const GIVE_INPUT = "Add it to the unit test's `given`.";

/** `source(...)` while a node runs: the relation of the source table it names. */
export function createSource(
  env: ExecutionEnvironment,
  asking: Asking,
  options?: Pick<ResolverOptions, "onEphemeral" | "inputOf">,
): PyCallable {
  return new PyCallable("source", (args) => {
    if (args.length !== 2) {
      throw templateError("TD3015", `source() takes exactly two arguments (${args.length} given)`, asking);
    }
    const [sourceName, tableName] = args;
    if (typeof sourceName !== "string") throw notString(asking, "source name (first)", "source", sourceName);
    if (typeof tableName !== "string") throw notString(asking, "table name (second)", "source", tableName);
    const found = env.lookups.resolveSource(asking, sourceName, tableName);
    const name = `${sourceName}.${tableName}`;
    if (!found || found.disabled) {
      throw notFound(asking, "source", name, { found, hint: didYouMean(name, env.lookups.sourceNames()) });
    }
    if (options?.inputOf) {
      const input = options.inputOf(found.node.unique_id);
      if (!input) throw notFound(asking, "source", name, { found: null, hint: GIVE_INPUT });
      options.onEphemeral(input);
      return ephemeral(env, input);
    }
    return sourceRelation(env, found.node).replace({
      limit: env.config.flags.empty ? 0 : null,
      eventTimeFilter: eventTimeFilter(env, asking, found.node),
    });
  });
}

/** The relation of a source: the project's quoting does not count for it. */
export function sourceRelation(env: ExecutionEnvironment, source: SourceDefinition) {
  const given = (source.quoting ?? {}) as { [part: string]: boolean | null | undefined };
  const { database, schema, identifier } = env.adapter.defaultQuoting;
  const quoting = {
    database: given.database ?? database,
    schema: given.schema ?? schema,
    identifier: given.identifier ?? identifier,
  };
  return env.adapter.relationOf({ ...(source as unknown as RelationSource), quoting });
}

/** `metric(...)`: the metric, whose name is printed. */
export function createMetricResolver(env: ExecutionEnvironment, asking: Asking): PyCallable {
  return new PyCallable("metric", (args) => {
    const [first, second] = args;
    const name = String(args.length > 1 ? second : first);
    const packageName = args.length > 1 ? String(first) : null;
    const found = env.lookups.resolveMetric(asking, name, packageName);
    if (!found || found.disabled) throw notFound(asking, "metric", name, { packageName, found });
    return new MetricReference(found.node.name, found.node.package_name, found.node);
  });
}

/** `function(...)`: the relation of a user-defined function. */
export function createFunctionResolver(env: ExecutionEnvironment, asking: Asking): PyCallable {
  return new PyCallable("function", (args) => {
    const [first, second] = args;
    const name = String(args.length > 1 ? second : first);
    const packageName = args.length > 1 ? String(first) : null;
    const found = env.lookups.resolveFunction(asking, name, packageName);
    if (!found || found.disabled) throw notFound(asking, "function", name, { packageName, found });
    return env.adapter.relationOf(found.node as unknown as RelationSource).replace({ type: "function" });
  });
}

type Version = string | number | null;

function refArguments(args: unknown[], kwargs: Kwargs, asking: Asking) {
  if (args.length < 1 || args.length > 2) {
    throw templateError("TD3010", `ref() takes at most two arguments (${args.length} given)`, asking);
  }
  const [name, packageName] = args.length === 1 ? [args[0], null] : [args[1], args[0]];
  const version = kwargs?.get("version") || kwargs?.get("v") || null;
  if (typeof name !== "string") throw notString(asking, "name", "ref", name);
  if (packageName !== null && typeof packageName !== "string") {
    throw templateError(
      "TD3011",
      `The package argument to ref() must be a string or None, got <class '${typeName(packageName)}'>`,
      asking,
    );
  }
  if (version instanceof PyDict || Array.isArray(version)) {
    throw templateError(
      "TD3011",
      `The version argument to ref() must be a string, int, float, or None - got <class '${typeName(version)}'>`,
      asking,
    );
  }
  return { name, packageName: packageName as string | null, version: version as Version };
}

function notString(asking: Asking, which: string, fn: string, value: unknown): TsdbtError {
  const message = `The ${which} argument to ${fn}() must be a string, got <class '${typeName(value)}'>`;
  return templateError("TD3011", message, asking);
}

function notFound(
  asking: Asking,
  kind: string,
  name: string,
  about: {
    packageName?: string | null;
    version?: Version;
    found: Found<unknown> | null;
    hint?: string | undefined;
  },
): TsdbtError {
  const type = asking.resource_type.replace(/(?:^|_)[a-z]/g, (start) => start.toUpperCase());
  const version = about.version ? `with version '${about.version}' ` : "";
  const pkg = about.packageName ? `in package or project '${about.packageName}' ` : "";
  const reason = about.found?.disabled ? "is disabled" : "was not found";
  return templateError(
    "TD3012",
    `${type} '${asking.unique_id}' (${asking.original_file_path}) depends on a ${kind} named '${name}' ` +
      `${version}${pkg}which ${reason}`,
    asking,
    "Compilation Error",
    about.hint,
  );
}

function undeclared(asking: Asking, name: string, packageName: string | null, version: Version): TsdbtError {
  const args = [packageName, name].filter((part) => part !== null).map((part) => `'${part}'`);
  const kwargs = version ? `,version='${version}'` : "";
  return templateError(
    "TD3013",
    `dbt was unable to infer all dependencies for the model "${asking.name}".\n` +
      "This typically happens when ref() is placed within a conditional block.\n\n" +
      `To fix this, add the following hint to the top of the model "${asking.name}":\n\n` +
      `-- depends_on: {{ ref(${args.join(", ")}${kwargs}) }}`,
    asking,
  );
}

/** A private model may be named in its group alone, a protected one in its package where access is restricted. */
function checkAccess(env: ExecutionEnvironment, asking: Asking, target: Node): void {
  if (
    target.resource_type !== "model" ||
    asking.resource_type === "sql_operation" ||
    asking.resource_type === "macro"
  ) {
    return;
  }
  const foreign = asking.package_name !== target.package_name;
  const restricted = foreign && (env.config.packages.get(target.package_name)?.restrictAccess ?? false);
  const refuse = (scope: string, scopeType: string): never => {
    throw templateError(
      "TD3016",
      `Node ${asking.unique_id} attempted to reference node ${target.unique_id}, which is not allowed because the ` +
        `referenced node is ${target.access} to the '${scope}' ${scopeType}.`,
      asking,
      "Parsing Error",
    );
  };
  if (target.access === "private" && (!asking.group || asking.group !== target.group || restricted)) {
    refuse(String(target.group ?? ""), "group");
  }
  if (target.access === "protected" && restricted) refuse(target.package_name, "package");
}

/** SQL given on the command line is not in the graph, so it declares nothing. */
function isInline(asking: Asking): boolean {
  return asking.resource_type === "sql_operation";
}
