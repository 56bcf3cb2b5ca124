import type { SourceFile } from "../../project/files.ts";
import { TsdbtError } from "../errors.ts";
import type { Checksum, JsonObject, Node, NodeConfig, ResourceType } from "../manifest/resources.ts";
import { ConfigProblem, type Dict, deepMerged, isDict } from "./config/index.ts";
import { nodeError } from "./errors.ts";
import { pyStr } from "./python-text.ts";
import { behaviour, type ParseState } from "./state.ts";

export interface NewNode {
  resourceType: ResourceType;
  packageName: string;
  name: string;
  uniqueId: string;
  /** dbt's `path`: relative to its folder, made up for generic tests and hooks. */
  path: string;
  originalPath: string;
  fqn: string[];
  rawCode: string;
  checksum: Checksum;
  language?: "sql" | "python" | "javascript";
  tags?: string[];
  description?: string;
  /** The absolute root of its package, for excerpts. */
  file?: SourceFile;
}

const NO_CONTRACT = Object.freeze({ enforced: false, alias_types: true, checksum: null });

/** A node with dbt's keys in dbt's order, its config still to come ({@link applyConfig}). */
export function createNode(state: ParseState, given: NewNode): Node {
  const { credentials } = state.config.profile;
  if (given.resourceType === "seed") return createSeed(state, given);
  // One literal: keys that are added later cost more, and there are tens of thousands of nodes.
  const node: Dict = {
    database: credentials.database,
    schema: credentials.schema,
    name: given.name,
    resource_type: given.resourceType,
    package_name: given.packageName,
    path: given.path,
    original_file_path: given.originalPath,
    unique_id: given.uniqueId,
    fqn: given.fqn,
    alias: given.name,
    checksum: given.checksum,
    config: {},
    tags: given.tags ?? [],
    description: given.description ?? "",
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: state.createdAt,
    config_call_dict: {},
    unrendered_config_call_dict: {},
    relation_name: null,
    raw_code: given.rawCode,
    doc_blocks: [],
    language: given.language ?? "sql",
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    compiled_path: null,
    contract: { ...NO_CONTRACT },
  };
  if (given.resourceType === "model") {
    node.access = "protected";
    node.constraints = [];
    node.version = null;
    node.latest_version = null;
    node.deprecation_date = null;
    node.primary_key = [];
    node.time_spine = null;
  }
  return node as unknown as Node;
}

/** A seed has no code, and other keys than the rest, in another order. */
function createSeed(state: ParseState, given: NewNode): Node {
  const {
    language: _language,
    compiled_path: _path,
    contract: _contract,
    refs,
    sources,
    metrics,
    functions,
    depends_on,
    ...node
  } = createNode(state, { ...given, resourceType: "analysis" });
  return {
    ...node,
    resource_type: "seed",
    root_path: null,
    depends_on,
    refs,
    sources,
    metrics,
    functions,
  } as unknown as Node;
}

/** What the project's files say of a node's config, before its own file is read. @throws TsdbtError */
export function initialConfig(state: ParseState, node: Node): NodeConfig {
  const { resource_type: resourceType, fqn, package_name: packageName } = node;
  try {
    return state.configs.rendered({ resourceType, fqn, packageName }) as NodeConfig;
  } catch (error) {
    throw configError(state, node, error);
  }
}

export interface ConfigInput {
  /** From a properties file, rendered. */
  patch?: Dict;
  /** The same as written. */
  unrenderedPatch?: Dict;
}

/**
 * Works out a node's config from all places and sets what follows from it: tags, meta, group, access, docs, contract,
 * database, schema, alias and the relation's name. Called once when the node's own file is read and again when a
 * properties file speaks of it; the second time what the first had set stays where nothing replaces it.
 * @throws TsdbtError
 */
export function applyConfig(state: ParseState, node: Node, input: ConfigInput = {}): void {
  const isPython = node.resource_type === "model" && node.language === "python";
  const patch =
    isPython && input.patch?.materialized === undefined ? { ...input.patch, materialized: "table" } : input.patch;
  const request = {
    resourceType: node.resource_type,
    fqn: node.fqn,
    packageName: node.package_name,
    patch,
    call: node.config_call_dict as Dict,
  };
  let config: Dict;
  try {
    config = state.configs.rendered(request);
  } catch (error) {
    throw configError(state, node, error);
  }
  for (const tag of config.tags as string[]) if (!node.tags.includes(tag)) node.tags.push(tag);
  if (hasKeys(config.meta)) node.meta = config.meta as JsonObject;
  if (config.group) node.group = config.group as string;
  if (node.resource_type === "model") node.access = config.access as string;
  if (isDict(config.docs)) node.docs = { ...config.docs } as Node["docs"];
  if (node.contract && isDict(config.contract)) {
    node.contract = { ...(config.contract as { enforced: boolean; alias_types: boolean }), checksum: null };
  }
  node.unrendered_config = unrendered(state, node, patch, input.unrenderedPatch) as JsonObject;
  const before = node.config as Dict;
  const merged: Dict = { ...config };
  for (const key of Object.keys(before))
    if (merged[key] === undefined || merged[key] === null) merged[key] = before[key];
  node.config = merged as NodeConfig;
  applyNames(state, node, config);
}

function unrendered(state: ParseState, node: Node, patch: Dict | undefined, asWritten: Dict | undefined): Dict {
  const more = behaviour(state.config, "state_modified_compare_more_unrendered_values");
  const written = node.unrendered_config_call_dict as Dict;
  const call = more && hasKeys(written) ? written : (node.config_call_dict as Dict);
  const unrenderedPatch = more && asWritten ? deepMerged(patch ?? {}, asWritten) : patch;
  return state.configs.unrendered({
    resourceType: node.resource_type,
    fqn: node.fqn,
    packageName: node.package_name,
    patch: unrenderedPatch,
    call,
  });
}

const REFABLE: ReadonlySet<string> = new Set(["model", "seed", "snapshot"]);

/** Whether a table or view of the node will exist: tests have one only when they store failures. */
export function isRelational(state: ParseState, node: Node): boolean {
  if (REFABLE.has(node.resource_type) || node.resource_type === "function") return true;
  if (node.resource_type !== "test") return false;
  return Boolean((node.config as Dict).store_failures) || state.config.flags.store_failures === true;
}

/** Database, schema, alias and relation name, from the `generate_…_name` macros. */
function applyNames(state: ParseState, node: Node, config: Dict): void {
  const { names } = state;
  node.database = names.database(node, textOf(config.database));
  const schema = names.schema(node, textOf(config.schema));
  if (schema === null) {
    const message = `Node '${node.unique_id}' has a schema set to None as a result of a generate_schema_name call.`;
    if (behaviour(state.config, "require_valid_schema_from_generate_schema_name")) {
      throw new TsdbtError(
        "TD4401",
        "Parsing Error",
        `${message}\nPlease set a valid schema name, or preserve the legacy behavior by setting the behavior flag ` +
          "'require_valid_schema_from_generate_schema_name' to True.",
        { file: node.original_file_path },
      );
    }
    state.warnings.deprecate("GenerateSchemaNameNullValueDeprecation", `${message} Please set a valid schema name.`, {
      resource_unique_id: node.unique_id,
    });
  }
  node.schema = schema as string;
  node.alias = names.alias(node, textOf(config.alias)) as string;
  if (node.resource_type === "snapshot") {
    if (config.target_database) node.database = pyStr(config.target_database);
    if (config.target_schema) node.schema = pyStr(config.target_schema);
  }
  const isEphemeral = REFABLE.has(node.resource_type) && node.config.materialized === "ephemeral";
  node.relation_name = isRelational(state, node) && !isEphemeral ? names.relation(node) : null;
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : pyStr(value);
}

function hasKeys(value: unknown): boolean {
  if (!isDict(value)) return false;
  for (const _ in value) return true;
  return false;
}

/** A config that cannot be, told of the node. */
export function configError(state: ParseState, node: Node, error: unknown): unknown {
  if (!(error instanceof ConfigProblem)) return error;
  const key = error.path[0];
  const hint = typeof key === "string" ? `check \`${key}\` in its config` : undefined;
  return nodeError(state, node, "TD4402", "Parsing Error", error.text, hint, typeof key === "string" ? key : undefined);
}
