import { posix } from "node:path";
import type { NodeConnection } from "../context/execution/connection.ts";
import type { ExecutionEnvironment } from "../context/execution/environment.ts";
import { type UnitTestInputs, unitTestSubstitutes } from "../context/execution/unit-test.ts";
import { ParseTemplates } from "../context/parse/index.ts";
import { templateError } from "../context/shared/index.ts";
import { TsdbtError } from "../errors.ts";
import { toPython } from "../jinja/index.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { versionText } from "../manifest/lookups.ts";
import type { JsonObject, Node, NodeConfig, RefArgs, SourceDefinition, UnitTest } from "../manifest/resources.ts";
import { NODE_CONFIG } from "../parse/config/fields.ts";
import { parseRefOrSource } from "../parse/static.ts";
import { Compiler } from "./compile-node.ts";

/** The node that runs a unit test: the tested model's code over the given rows, its config the expected ones. */
export async function compileUnitTest(
  env: ExecutionEnvironment,
  test: UnitTest,
  options: { connection: NodeConnection; threadId: string },
): Promise<Node> {
  const tested = env.manifest.nodes.get(test.depends_on.nodes[0] as string) as Node;
  const node = unitTestNode(test, tested);
  const inputs = inputsOf(env, test, tested, node);
  node.depends_on.nodes = [...inputs.byId.values()].map((input) => input.unique_id);
  for (const id of tested.depends_on.nodes) if (env.manifest.functions.has(id)) node.depends_on.nodes.push(id);
  // Of its own: its inputs have the unique ids of what they stand for.
  const substitutes = unitTestSubstitutes(env, test, inputs);
  await new Compiler(env).compile(node, { ...options, substitutes, codeFile: tested.original_file_path });
  return node;
}

/** A unit test's name, with the version of the model where it has one. */
export function unitTestName(test: UnitTest): string {
  return test.version === null ? test.name : `${test.name}_v${versionText(test.version)}`;
}

function unitTestNode(test: UnitTest, tested: Node): Node {
  const name = unitTestName(test);
  const { rows, format } = test.expect as { rows: unknown; format: string };
  const expected =
    format === "sql" ? { expected_rows: [], expected_sql: rows } : { expected_rows: rows, expected_sql: null };
  return {
    ...generated(test, name, posix.join(posix.dirname(test.original_file_path), `${name}.sql`)),
    resource_type: "unit_test",
    package_name: test.package_name,
    unique_id: test.unique_id,
    fqn: test.unique_id.split("."),
    database: tested.database,
    schema: tested.schema,
    alias: name,
    raw_code: tested.raw_code,
    config: config({ materialized: "unit", ...expected }),
    refs: tested.refs,
    sources: tested.sources,
  } as unknown as Node;
}

/** What a node made for a unit test has in common with others of that kind. */
function generated(test: UnitTest, name: string, path: string) {
  return {
    name,
    path,
    original_file_path: test.original_file_path,
    checksum: { name: "none", checksum: "" },
    tags: [],
    description: "",
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: test.created_at,
    relation_name: null,
    doc_blocks: [],
    language: "sql",
    refs: [] as unknown[],
    sources: [] as unknown[],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    compiled_path: null,
    contract: { enforced: false, alias_types: true, checksum: null },
  };
}

function config(own: { [key: string]: unknown }): NodeConfig {
  const initial = Object.fromEntries([...NODE_CONFIG.fields].map(([key, field]) => [key, field.initial]));
  return { ...initial, ...own } as NodeConfig;
}

/** A node of each input's rows: an ephemeral model, so that it becomes a CTE of the tested model. */
function inputsOf(env: ExecutionEnvironment, test: UnitTest, tested: Node, node: Node): UnitTestInputs {
  const byId = new Map<string, Node>();
  let self: Node | null = null;
  for (const given of test.given as { input: string; rows: unknown; format: string }[]) {
    const original = originalOf(env, test, tested, given.input, node);
    const input = inputNode(test, original, given);
    byId.set(original.unique_id, input);
    if (original === tested) self = input;
  }
  return { byId, self };
}

function inputNode(test: UnitTest, original: Node | SourceDefinition, given: { rows: unknown; format: string }): Node {
  const { name, package_name: packageName } = original;
  const source = original.resource_type === "source" ? (original as SourceDefinition) : null;
  const { version = null, latest_version = null } = original as Node;
  const cte = source && `${source.source_name}__${name}`;
  return {
    ...generated(test, name, `${name}.sql`),
    resource_type: "model",
    package_name: packageName,
    unique_id: `model.${packageName}.${cte ?? name}`,
    fqn: original.fqn,
    database: original.database,
    schema: original.schema,
    alias: source ? source.identifier : (original as Node).alias,
    raw_code: fixtureCode(given),
    config: config({ materialized: "ephemeral" }),
    version,
    latest_version,
    ...(cte ? { $cte: cte } : {}),
  } as unknown as Node;
}

function fixtureCode({ rows, format }: { rows: unknown; format: string }): string {
  return format === "sql" ? String(rows) : `{{ get_fixture_sql(${pyRepr(toPython(rows as JsonObject[]))}, None) }}`;
}

/** The node or source that an input such as `ref('orders')`, `source('shop', 'raw')` or `this` names. */
function originalOf(
  env: ExecutionEnvironment,
  test: UnitTest,
  tested: Node,
  input: string,
  node: Node,
): Node | SourceDefinition {
  if (input.trim() === "this") return tested;
  const named = parseRefOrSource(input) ?? renderedReference(env, node, input);
  if (!named) {
    throw templateError(
      "TD3091",
      `Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: '${input}'.`,
      node,
      "Parsing Error",
    );
  }
  const found = Array.isArray(named)
    ? env.lookups.sourceAnywhere(named[0], named[1])
    : nodeNamed(env, env.lookups.refId(named.name, named.package, named.version));
  if (found) return found;
  throw templateError(
    "TD3092",
    `Unit test '${test.name}' had an input (${input}) which was not found in the manifest.`,
    node,
    "Parsing Error",
  );
}

/**
 * What an input names that the project's own `ref` or `source` macro has to read: `ref('orders', layer='gold')`. Only where
 * the flag `support_custom_ref_kwargs` is set.
 */
function renderedReference(
  env: ExecutionEnvironment,
  node: Node,
  input: string,
): RefArgs | [string, string] | undefined {
  if (env.config.flags.support_custom_ref_kwargs !== true) return undefined;
  const asking = { ...node, refs: [], sources: [], depends_on: { macros: [], nodes: [] } } as Node;
  const templates = new ParseTemplates({
    config: env.config,
    adapter: env.adapter,
    events: env.events,
    macros: env.macros,
  });
  try {
    templates.render(
      templates.rendering(asking, () => {}),
      `{{ ${input} }}`,
    );
  } catch (error) {
    if (error instanceof TsdbtError) return undefined;
    throw error;
  }
  return asking.refs?.[0] ?? (asking.sources?.[0] as [string, string] | undefined);
}

function nodeNamed(env: ExecutionEnvironment, id: string | null): Node | undefined {
  return id === null ? undefined : env.manifest.nodes.get(id);
}
