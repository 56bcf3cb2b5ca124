import type { TsdbtError } from "../errors.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { Exposure, Node, RefArgs, SemanticResource } from "../manifest/resources.ts";
import { resourceError } from "./errors.ts";
import { pyStr } from "./python-text.ts";
import { behaviour, type ParseState } from "./state.ts";

type Referring = (Node | Exposure) & { group?: string | null };

/** Turns what resources refer to by name into unique ids they depend on. @throws TsdbtError where there is no such thing */
export function linkReferences(state: ParseState): void {
  const { nodes, exposures, metrics, semantic_models, functions } = state.manifest;
  for (const node of nodes.values()) if (node.sources.length > 0) linkSources(state, node);
  for (const exposure of exposures.values()) linkSources(state, exposure);
  for (const node of nodes.values()) if (node.refs.length > 0) linkRefs(state, node);
  for (const exposure of exposures.values()) linkRefs(state, exposure);
  for (const resource of [...metrics.values(), ...semantic_models.values()]) linkRefs(state, resource as never);
  for (const model of semantic_models.values()) setRelation(state, model);
  for (const fn of functions.values()) {
    linkSources(state, fn);
    linkRefs(state, fn);
  }
}

/** What stands behind `metric(...)` and `function(...)`, and which metrics a saved query asks for. */
export function linkNamed(state: ParseState): void {
  const { manifest, lookups } = state;
  for (const query of manifest.saved_queries.values()) {
    const names = (query.query_params as { metrics?: unknown[] } | undefined)?.metrics ?? [];
    linkMetrics(
      state,
      query as never,
      names.map((name) => [String(name)]),
    );
  }
  for (const node of [...manifest.nodes.values(), ...manifest.exposures.values()])
    if (node.metrics.length > 0) linkMetrics(state, node, node.metrics);
  for (const node of [...manifest.nodes.values(), ...manifest.functions.values()]) {
    for (const args of node.functions) {
      const [name, pkg] = args.length === 1 ? [args[0]!, null] : [args[1]!, args[0]!];
      const found = lookups.resolveFunction(node, name, pkg);
      if (!found || found.disabled)
        missing(state, node, { kind: "function", name, packageName: pkg, disabled: found !== null });
      else addDependency(node, found.node.unique_id);
    }
  }
}

function linkMetrics(state: ParseState, node: Referring, metrics: string[][]): void {
  for (const args of metrics) {
    const [name, pkg] = args.length === 1 ? [args[0]!, null] : [args[1]!, args[0]!];
    const found = state.lookups.resolveMetric(node, name, pkg);
    if (!found || found.disabled)
      missing(state, node, { kind: "metric", name, packageName: pkg, disabled: found !== null });
    else addDependency(node, found.node.unique_id);
  }
}

/** As {@link linkReferences} for one node. */
export function linkNode(state: ParseState, node: Node): void {
  linkSources(state, node);
  linkRefs(state, node);
}

function linkSources(state: ParseState, node: Referring): void {
  for (const [source, table] of node.sources as [string, string][]) {
    const found = state.lookups.resolveSource(node, source, table);
    if (!found || found.disabled) {
      const name = `${source}.${table}`;
      missing(state, node, { kind: "source", name, packageName: null, disabled: found !== null, word: table });
    } else addDependency(node, found.node.unique_id);
  }
}

function linkRefs(state: ParseState, node: Referring): void {
  const restrict = behaviour(state.config, "require_ref_searches_node_package_before_root");
  for (const ref of node.refs) {
    const found = resolve(state, node, ref);
    if (!found || found.disabled) {
      missing(state, node, {
        kind: "node",
        name: ref.name,
        packageName: ref.package,
        version: ref.version,
        disabled: found !== null,
      });
      continue;
    }
    const target = found.node;
    checkAccess(state, node, target);
    const root = state.config.project.name;
    if (!restrict && node.package_name !== root && target.package_name === root && ref.package !== root) {
      state.warnings.warn(
        "PackageNodeDependsOnRootProjectNode",
        "I077",
        `The node '${node.name}'in package '${node.package_name}' depends on the root project node '${target.unique_id}'.` +
          "This may lead to unexpected cycles downstream. Please set the 'require_ref_searches_node_package_before_root' " +
          "behavior change flag to True to avoid this issue.For more information, see the documentation at " +
          "https://docs.getdbt.com/reference/global-configs/behavior-changes#package-ref-search-order",
        { node_name: node.name, package_name: node.package_name, root_project_unique_id: target.unique_id },
      );
    }
    addDependency(node, target.unique_id);
  }
}

function resolve(state: ParseState, node: Referring, ref: RefArgs) {
  try {
    return state.lookups.resolveRef(node, ref.name, ref.package, ref.version);
  } catch (error) {
    const { code, kind, message } = error as TsdbtError;
    if (code === undefined) throw error;
    throw resourceError(state, node, code, kind, message, undefined, ref.name);
  }
}

/** The relation a semantic model stands on. */
function setRelation(state: ParseState, model: SemanticResource): void {
  const id = (model.depends_on as unknown as { nodes: string[] }).nodes[0];
  const node = id === undefined ? undefined : state.manifest.nodes.get(id);
  if (!node) return;
  model.node_relation = {
    alias: node.alias,
    schema_name: node.schema,
    database: node.database,
    relation_name: node.relation_name,
  };
}

function addDependency(node: { depends_on: { nodes: string[] } }, id: string): void {
  if (!node.depends_on.nodes.includes(id)) node.depends_on.nodes.push(id);
}

interface Missing {
  kind: "node" | "source" | "metric" | "function";
  name: string;
  packageName: string | null;
  version?: string | number | null;
  disabled: boolean;
  /** What to look for in the file, where that is not the name. */
  word?: string;
}

/** Nothing of the name: a test is switched off with a warning, anything else cannot be built. */
function missing(state: ParseState, node: Referring, what: Missing): void {
  (node.config as { enabled: boolean }).enabled = false;
  const title = titled(node.resource_type);
  const told = `${title} '${node.unique_id}' (${node.original_file_path}) depends on a ${what.kind} named '${what.name}' `;
  const names = what.kind === "source" ? state.lookups.sourceNames() : state.lookups.refNames();
  const hint = what.disabled ? undefined : didYouMean(what.name, names);
  if (node.resource_type === "test") {
    const pkg = what.packageName ?? "";
    const data = {
      resource_type_title: title,
      unique_id: node.unique_id,
      original_file_path: node.original_file_path,
      target_kind: what.kind,
      target_name: what.name,
      target_package: pkg,
    };
    if (what.disabled) {
      if (what.kind === "node") return;
      const where = pkg === "" ? "" : `in package '${pkg}' `;
      state.warnings.warn("InvalidDisabledTargetInTestNode", "I050", `${told}${where}which is disabled`, data);
    } else {
      const message = `${told}in package '${pkg}' which was not found`;
      state.warnings.warn("NodeNotFoundOrDisabled", "I060", hint ? `${message} (${hint})` : message, {
        ...data,
        disabled: "None",
      });
    }
    return;
  }
  const version = what.version === null || what.version === undefined ? "" : `with version '${pyStr(what.version)}' `;
  const pkg = what.packageName === null ? "" : `in package or project '${what.packageName}' `;
  const reason = what.disabled ? "is disabled" : "was not found";
  throw resourceError(
    state,
    node,
    what.kind === "source" ? "TD4011" : "TD4010",
    "Compilation Error",
    `${told}${version}${pkg}which ${reason}`,
    hint ?? (what.disabled ? `enable it, or drop the reference to '${what.name}'` : undefined),
    what.word ?? what.name,
  );
}

/** Python's `str.title()` of a resource type. */
function titled(type: string): string {
  return type.replace(/[a-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/**
 * A private model may be referred to in its group alone, a protected one not from outside a package that restricts access.
 * https://docs.getdbt.com/docs/mesh/govern/model-access
 */
function checkAccess(state: ParseState, node: Referring, target: Node): void {
  if (target.resource_type !== "model") return;
  const foreign = node.package_name !== target.package_name;
  const restricted = foreign && (state.config.packages.get(target.package_name)?.restrictAccess ?? false);
  const refuse = (scope: string, scopeType: string): never => {
    throw resourceError(
      state,
      node,
      "TD4012",
      "Parsing Error",
      `Node ${node.unique_id} attempted to reference node ${target.unique_id}, which is not allowed because the referenced ` +
        `node is ${target.access} to the '${scope}' ${scopeType}.`,
      undefined,
      target.name,
    );
  };
  if (target.access === "private" && (!node.group || node.group !== target.group || restricted))
    refuse(target.group ?? "", "group");
  if (target.access === "protected" && restricted) refuse(target.package_name, "package");
}
