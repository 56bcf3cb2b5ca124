import type { DataObject } from "../../project/types.ts";
import { TsdbtError } from "../errors.ts";
import { findCycle } from "../manifest/cycles.ts";
import { graphResources } from "../manifest/maps.ts";
import type { Node } from "../manifest/resources.ts";
import { type Dict, isDict } from "./config/index.ts";
import { duplicateResource } from "./duplicates.ts";
import { placeOf, resourceError, type Told } from "./errors.ts";
import { checkMicrobatch, warnOfMicrobatch } from "./microbatch.ts";
import { isRelational } from "./nodes.ts";
import { pyRepr } from "./python-text.ts";
import { behaviour, type ParseState } from "./state.ts";

/** What can only be checked once everything is known. @throws TsdbtError */
export function checkProject(state: ParseState): void {
  checkGroups(state);
  for (const node of state.manifest.nodes.values()) {
    if (node.resource_type === "model") checkModel(state, node);
    else if (node.resource_type === "snapshot") checkSnapshot(state, node);
  }
  checkNames(state);
  checkUniqueness(state);
  warnUnusedConfig(state);
  warnOfMicrobatch(state);
  checkCycles(state);
}

function checkGroups(state: ParseState): void {
  const { manifest } = state;
  const names = [...manifest.groups.values()].map((group) => group.name).sort();
  const known = new Set(names);
  const resources = [
    ...manifest.metrics.values(),
    ...manifest.semantic_models.values(),
    ...manifest.saved_queries.values(),
    ...manifest.nodes.values(),
  ];
  for (const resource of resources) {
    const group = (resource as { group?: string | null }).group;
    if (!group || known.has(group)) continue;
    const message = `Invalid group '${group}', expected one of ${pyRepr(names)}`;
    throw resourceError(
      state,
      resource as Node,
      "TD4020",
      "Parsing Error",
      message,
      "define it under `groups:`",
      group,
    );
  }
}

function checkModel(state: ParseState, node: Node): void {
  if (node.access === "public" && node.config.materialized === "ephemeral") {
    throw resourceError(
      state,
      node,
      "TD4021",
      "Parsing Error",
      `Node ${node.unique_id} with 'ephemeral' materialization has an invalid value (public) for the access field`,
      "an ephemeral model cannot be public",
      "ephemeral",
    );
  }
  const config = node.config as Dict;
  if (config.materialized === "incremental" && config.incremental_strategy === "microbatch")
    checkMicrobatch(state, node, config);
}

function checkSnapshot(state: ParseState, node: Node): void {
  const config = node.config as Dict;
  const fail = (message: string, hint?: string) => resourceError(state, node, "TD4023", "Parsing Error", message, hint);
  if (!config.strategy || !hasItems(config.unique_key)) {
    const missing = config.strategy ? "unique_key" : "strategy";
    throw fail(
      "Snapshots must be configured with a 'strategy' and 'unique_key'.",
      `add \`${missing}\` to the snapshot's config`,
    );
  }
  if (config.strategy === "check") {
    if (!hasItems(config.check_cols))
      throw fail(
        "A snapshot configured with the check strategy must specify a check_cols configuration.",
        "add `check_cols: all` or a list of columns",
      );
    if (typeof config.check_cols === "string" && config.check_cols !== "all")
      throw fail(
        `Invalid value for 'check_cols': ${config.check_cols}. Expected 'all' or a list of strings.`,
        `write check_cols: [${config.check_cols}]`,
      );
  } else if (config.strategy === "timestamp") {
    if (!config.updated_at)
      throw fail(
        "A snapshot configured with the timestamp strategy must specify an updated_at configuration.",
        "add `updated_at` to the snapshot's config",
      );
    if (hasItems(config.check_cols)) throw fail("A 'timestamp' snapshot should not have 'check_cols'");
  }
  if (config.materialized && config.materialized !== "snapshot")
    throw fail("A snapshot must have a materialized value of 'snapshot'");
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** https://docs.getdbt.com/reference/global-configs/behavior-changes#no-spaces-in-resource-names */
function checkNames(state: ParseState): void {
  const { nodes, sources, semantic_models } = state.manifest;
  const spaced = ({ name }: { name: string }) => name.includes(" ");
  refuseSpaces(state, [...nodes.values()].filter(spaced), "require_resource_names_without_spaces", "model");
  const bySource = new Map<string, Told>();
  for (const source of sources.values()) {
    const { source_name: name, package_name } = source;
    if (!bySource.has(name)) bySource.set(name, { ...source, name, unique_id: `source.${package_name}.${name}` });
  }
  const more = [...bySource.values(), ...semantic_models.values()].filter(spaced);
  refuseSpaces(state, more, "require_source_and_semantic_model_names_without_spaces", "resource");
}

function refuseSpaces(
  state: ParseState,
  bad: Told[],
  flag: "require_resource_names_without_spaces" | "require_source_and_semantic_model_names_without_spaces",
  word: string,
): void {
  if (bad.length === 0) return;
  if (behaviour(state.config, flag)) {
    const list = bad.map((node) => `  * '${node.unique_id}' (${node.original_file_path})`).join("\n");
    throw new TsdbtError(
      "TD4024",
      "Runtime Error",
      `Resource names cannot contain spaces:\n${list}\nPlease rename the invalid ${word}(s) so that their name(s) do not contain any spaces.`,
      { file: bad[0]!.original_file_path, ...placeOf(state, bad[0]!) },
    );
  }
  const debug = state.config.flags.debug === true;
  for (const { unique_id } of debug ? bad : bad.slice(0, 1)) {
    const message = `Found spaces in the name of \`${unique_id}\``;
    state.warnings.warn("SpacesInResourceNameDeprecation", "D014", message, { unique_id, level: "warn" });
  }
  state.warnings.deprecate(
    "ResourceNamesWithSpacesDeprecation",
    `Spaces found in ${bad.length} resource name(s). This is deprecated, and may lead to errors when using dbt. ${debug ? "" : "Run again with `--debug` to see them all. "}` +
      "For more information: https://docs.getdbt.com/reference/global-configs/legacy-behaviors",
    { count_invalid_names: bad.length, show_debug_hint: !debug, level: "warn" },
  );
}

/** No two resources may have one name, nor be one relation. */
function checkUniqueness(state: ParseState): void {
  const relations = new Map<string, Node>();
  const unversioned = new Map<string, Node>();
  const versioned = new Map<string, Node>();
  for (const node of state.manifest.nodes.values()) {
    if (!isRelational(state, node)) continue;
    const key = `${node.package_name}.${node.name}`;
    const isVersioned = node.resource_type === "model" && node.version !== null && node.version !== undefined;
    const known = unversioned.get(key);
    if (known && !isVersioned) {
      if (behaviour(state.config, "require_unique_project_resource_names")) throw duplicateResource(state, known, node);
      state.warnings.deprecate(
        "DuplicateNameDistinctNodeTypesDeprecation",
        `Found resources with the same name '${node.name}' in package '${node.package_name}': '${known.unique_id}' and ` +
          `'${node.unique_id}'. Please update one of the resources to have a unique name.`,
        {
          resource_name: node.name,
          package_name: node.package_name,
          unique_id1: known.unique_id,
          unique_id2: node.unique_id,
        },
      );
    }
    (isVersioned ? versioned : unversioned).set(key, node);
    const relation = node.relation_name ?? state.names.relation(node);
    const other = relations.get(relation);
    if (other) throw ambiguousAlias(state, other, node, relation);
    relations.set(relation, node);
  }
  for (const [key, node] of versioned) {
    const other = unversioned.get(key);
    if (!other) continue;
    throw resourceError(
      state,
      other,
      "TD4606",
      "Parsing Error",
      `dbt found versioned and unversioned models with the name "${node.name}".\n\n` +
        "Since these resources have the same name, dbt will be unable to find the correct resource\n" +
        `when looking for ref('${node.name}').\n\n` +
        "To fix this, change the name of the unversioned resource\n" +
        `${other.unique_id} (${other.original_file_path})\n` +
        `or add the unversioned model to the versions in ${node.patch_path ?? ""}`,
    );
  }
}

function ambiguousAlias(state: ParseState, first: Node, second: Node, relation: string): TsdbtError {
  return resourceError(
    state,
    second,
    "TD4607",
    "Compilation Error",
    `dbt found two resources with the database representation "${relation}".\n` +
      "dbt cannot create two resources with identical database representations. To fix this,\n" +
      "change the configuration of one of these resources:\n" +
      `- ${first.unique_id} (${first.original_file_path})\n- ${second.unique_id} (${second.original_file_path})`,
    "give one of them another `alias` or `schema`",
  );
}

const SECTIONS = [
  ["models", "model", "models"],
  ["seeds", "seed", "seeds"],
  ["snapshots", "snapshot", "snapshots"],
  ["sources", "source", "sources"],
  ["tests", "test", "data_tests"],
  ["unit_tests", "unit_test", "unit_tests"],
  ["metrics", "metric", "metrics"],
  ["semantic-models", "semantic_model", "semantic_models"],
  ["saved-queries", "saved_query", "saved_queries"],
  ["exposures", "exposure", "exposures"],
  ["functions", "function", "functions"],
] as const;

/** Warns of parts of dbt_project.yml that speak of no resource, most likely because of a misspelt folder. */
function warnUnusedConfig(state: ParseState): void {
  const { configs } = state.config.project;
  const unused: string[] = [];
  let fqns: Map<string, string[][]> | undefined;
  for (const [section, type, shown] of SECTIONS) {
    const paths = configPaths(configs[section]?.rendered ?? {});
    if (paths.length === 0) continue;
    fqns ??= fqnsByType(state);
    const known = [...(fqns.get(type) ?? []), ...(fqns.get("disabled") ?? [])];
    for (const path of paths) {
      if (!known.some((fqn) => path.length <= fqn.length && path.every((part, i) => fqn[i] === part)))
        unused.push([shown, ...path].join("."));
    }
  }
  if (unused.length === 0) return;
  state.warnings.warn(
    "UnusedResourceConfigPath",
    "I051",
    "Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\n" +
      `There are ${unused.length} unused configuration paths:\n${unused.map((path) => `- ${path}`).join("\n")}`,
    { unused_config_paths: unused },
  );
}

function fqnsByType(state: ParseState): Map<string, string[][]> {
  const out = new Map<string, string[][]>();
  const add = (type: string, fqn: string[]) => {
    const list = out.get(type);
    if (list) list.push(fqn);
    else out.set(type, [fqn]);
  };
  for (const resource of graphResources(state.manifest)) add(resource.resource_type, (resource as Node).fqn);
  for (const list of state.manifest.disabled.values())
    for (const resource of list) add("disabled", (resource as Node).fqn);
  return out;
}

/** The folders that a section of the project file says something about. */
function configPaths(config: DataObject): string[][] {
  const found = new Map<string, string[]>();
  const visit = (level: Dict, path: string[]) => {
    for (const [key, value] of Object.entries(level)) {
      if (isDict(value) && !key.startsWith("+")) visit(value, [...path, key]);
      else found.set(path.join("\0"), path);
    }
  };
  visit(config, []);
  return [...found.values()];
}

function checkCycles(state: ParseState): void {
  const cycle = findCycle(state.manifest);
  if (!cycle) return;
  const node = state.manifest.nodes.get(cycle[0]!);
  const next = cycle.at(-2);
  const message = `Found a cycle: ${cycle.join(" --> ")}`;
  if (!node) throw new TsdbtError("TD4013", "Compilation Error", message);
  const word = next?.split(".")[2];
  throw resourceError(
    state,
    node,
    "TD4013",
    "Compilation Error",
    message,
    "one of these must not depend on the other",
    word,
  );
}
