import { contentsChecksum, type SourceFile } from "../../project/files.ts";
import type { Project } from "../../project/types.ts";
import { TsdbtError } from "../errors.ts";
import type * as ast from "../jinja/ast.ts";
import { extractBlocks } from "../jinja/index.ts";
import type { JsonObject, Node } from "../manifest/resources.ts";
import { addNode } from "./add.ts";
import { addConfigCall, ConfigProblem, type Dict } from "./config/index.ts";
import { configSink } from "./config-calls.ts";
import { unexpectedBlocks } from "./deprecations.ts";
import { fileProblem } from "./errors.ts";
import { applyConfig, configError, createNode, initialConfig } from "./nodes.ts";
import { fqnPrefix, nameOfFile, withoutExtension } from "./paths.ts";
import { readPythonModel } from "./python-models.ts";
import { behaviour, type ParseState, projectOf } from "./state.ts";
import { extractStatic, type StaticResult } from "./static.ts";

/** The kinds of files that are one node each. */
const READERS = {
  model: readModel,
  analysis: readAnalysis,
  singular_test: readSingularTest,
  seed: readSeed,
} as const;

type NodeKind = keyof typeof READERS;

export function isNodeKind(kind: SourceFile["kind"]): kind is NodeKind {
  return Object.hasOwn(READERS, kind);
}

/** Makes the node of a file and puts it where it belongs. @throws TsdbtError */
export function parseNodeFile(state: ParseState, file: SourceFile): void {
  addNode(state, readNodeFile(state, file));
}

/** The node of a file, as far as the file and the project's configuration say. @throws TsdbtError */
export function readNodeFile(state: ParseState, file: SourceFile): Node {
  return READERS[file.kind as NodeKind](state, file);
}

function readModel(state: ParseState, file: SourceFile): Node {
  const node = nodeOfFile(state, file, "model");
  if (file.path.endsWith(".py")) {
    node.language = "python";
    readPythonModel(state, node);
    applyConfig(state, node);
  } else readSql(state, node, state.config.flags.static_parser !== false);
  return node;
}

/** https://docs.getdbt.com/docs/build/analyses */
function readAnalysis(state: ParseState, file: SourceFile): Node {
  const corrected = behaviour(state.config, "require_corrected_analysis_fqns");
  const node = nodeOfFile(state, file, "analysis", corrected ? file.relativePath : `analysis/${file.relativePath}`);
  readSql(state, node);
  return node;
}

/** https://docs.getdbt.com/docs/build/data-tests#singular-data-tests */
function readSingularTest(state: ParseState, file: SourceFile): Node {
  const name = fileName(state, file);
  const slash = file.relativePath.lastIndexOf("/");
  const folder = slash < 0 ? "" : file.relativePath.slice(0, slash + 1);
  const node = nodeOfFile(state, file, "test", `${folder}${name}.sql`);
  readSql(state, node);
  return node;
}

/** A seed's rows are read when it is loaded. */
function readSeed(state: ParseState, file: SourceFile): Node {
  const node = nodeOfFile(state, file, "seed");
  node.raw_code = "";
  node.root_path = projectOf(state, file.packageName).root;
  applyConfig(state, node);
  renderHooks(state, node);
  refuseReferences(node);
  return node;
}

/** A function's file: kept as parsed. */
export function parseFunction(state: ParseState, file: SourceFile): void {
  const node = nodeOfFile(state, file, "function");
  if (file.path.endsWith(".py")) node.language = "python";
  else if (file.path.endsWith(".js")) node.language = "javascript";
  const extra = node as Node & Dict;
  extra.returns = { data_type: "INVALID_TYPE" };
  extra.arguments = [];
  extra.overloads = [];
  readSql(state, node);
  const { functions } = state.manifest;
  if (!node.config.enabled || functions.has(node.unique_id)) addNode(state, node);
  else functions.set(node.unique_id, node);
}

/** The snapshot blocks of a file. https://docs.getdbt.com/reference/snapshot-configs */
export function parseSnapshots(state: ParseState, file: SourceFile): void {
  let blocks: ReturnType<typeof extractBlocks>;
  try {
    blocks = extractBlocks(file.contents, ["snapshot"], { onUnexpected: unexpectedBlocks(state, file.relativePath) });
  } catch (error) {
    throw fileProblem(file, error, "TD4551");
  }
  for (const block of blocks) {
    const name = block.blockName ?? "";
    const node = createNode(state, {
      resourceType: "snapshot",
      packageName: file.packageName,
      name,
      uniqueId: `snapshot.${file.packageName}.${name}`,
      path: file.relativePath,
      originalPath: file.path,
      fqn: [file.packageName, ...withoutExtension(file.relativePath).split("/"), name],
      rawCode: block.contents,
      checksum: file.checksum,
    });
    node.$origin = { $root: `${file.packageName}://${file.path}`, $line: block.span.line };
    readSql(state, node);
    addNode(state, node);
  }
}

/** The `on-run-start` and `on-run-end` of a project file. */
export function parseHooks(state: ParseState, project: Project): void {
  const hooks: [string, string[]][] = [
    ["on-run-start", project.onRunStart],
    ["on-run-end", project.onRunEnd],
  ];
  const checksum = hooks.some(([, list]) => list.length > 0) ? contentsChecksum(project.source) : undefined;
  for (const [kind, list] of hooks) {
    list.forEach((sql, index) => {
      const name = `${project.name}-${kind}-${index}`;
      const node = createNode(state, {
        resourceType: "operation",
        packageName: project.name,
        name,
        uniqueId: `operation.${project.name}.${name}`,
        path: `hooks/${name}.sql`,
        originalPath: "./dbt_project.yml",
        fqn: [project.name, "hooks", name],
        rawCode: sql,
        checksum: checksum!,
        tags: [kind],
      });
      node.index = index;
      readSql(state, node);
      addNode(state, node);
    });
  }
}

function fileName(state: ParseState, file: SourceFile): string {
  return nameOfFile(file.relativePath, behaviour(state.config, "allow_jinja_file_extensions"));
}

function nodeOfFile(
  state: ParseState,
  file: SourceFile,
  resourceType: "model" | "analysis" | "test" | "seed" | "function",
  path = file.relativePath,
): Node {
  const name = fileName(state, file);
  return createNode(state, {
    resourceType,
    packageName: file.packageName,
    name,
    uniqueId: `${resourceType}.${file.packageName}.${name}`,
    path,
    originalPath: file.path,
    fqn: [...fqnPrefix(file.packageName, path), name],
    rawCode: file.contents,
    checksum: file.checksum,
  });
}

/** Finds what a node's SQL refers to and configures: from its text where that is plain, else by rendering it. */
function readSql(state: ParseState, node: Node, isModel = false): void {
  const mayBePlain = state.shortcuts && !redefinesBuiltins(state, node.package_name);
  const found = mayBePlain ? extractStatic(node.raw_code) : undefined;
  if (isModel) {
    state.times.info.static_analysis_path_count++;
    if (found) state.times.info.static_analysis_parsed_path_count++;
  }
  // Other resources than models are always rendered by dbt, which shows in how their own config is written down.
  if (found && (found.configs.length === 0 || isModel)) takeStatic(state, node, found);
  else {
    const template = /\{[{%#]|[#}%]\}/.test(node.raw_code) ? state.templates.parse(node.raw_code, node) : undefined;
    if (template) collect(state, node, template);
    applyConfig(state, node);
    renderHooks(state, node);
  }
}

function collect(state: ParseState, node: Node, template: ast.Template): void {
  const config = () => initialConfig(state, node);
  const rendering = () => state.templates.rendering(node, configSink(state, node, template), { config });
  if (!state.shortcuts) return void state.templates.render(rendering(), template);
  state.templates.collect(rendering(), template, () => {
    for (const list of [node.refs, node.sources, node.metrics, node.functions, node.depends_on.macros]) list.length = 0;
    node.config_call_dict = {};
    node.unrendered_config_call_dict = {};
    return rendering();
  });
}

function takeStatic(state: ParseState, node: Node, found: StaticResult): void {
  const calls: Dict = {};
  try {
    for (const [key, value] of found.configs) addConfigCall(calls, { [key]: value });
  } catch (error) {
    throw error instanceof ConfigProblem ? configError(state, node, error) : error;
  }
  node.config_call_dict = calls as JsonObject;
  applyConfig(state, node);
  for (const [key, value] of found.configs) (node.unrendered_config as Dict)[key] = value;
  renderHooks(state, node);
  node.refs.push(...found.refs);
  node.sources.push(...found.sources);
}

const builtinsRedefined = new WeakMap<ParseState, Map<string, boolean>>();

/** Whether a package or the root project has macros named `ref`, `source` or `config`, which hide dbt's. */
function redefinesBuiltins(state: ParseState, packageName: string): boolean {
  let known = builtinsRedefined.get(state);
  if (!known) {
    known = new Map();
    builtinsRedefined.set(state, known);
  }
  let answer = known.get(packageName);
  if (answer === undefined) {
    const packages = [packageName, state.config.project.name];
    answer = packages.some((pkg) => ["ref", "source", "config"].some((name) => state.macros.ofPackage(pkg)?.has(name)));
    known.set(packageName, answer);
  }
  return answer;
}

/** Hooks may refer to nodes too. */
export function renderHooks(state: ParseState, node: Node): void {
  if (node.resource_type === "test") return;
  const { config } = node as unknown as { config: { [key: string]: { sql: string }[] | undefined } };
  const hooks = [...(config["pre-hook"] ?? []), ...(config["post-hook"] ?? [])];
  if (!hooks.some((hook) => hook.sql.includes("{"))) return;
  const rendering = state.templates.rendering(node, configSink(state, node));
  for (const hook of hooks) state.templates.renderShared(rendering, hook.sql);
}

function refuseReferences(node: Node): void {
  if (node.refs.length + node.sources.length + node.metrics.length === 0) return;
  const { config } = node as unknown as { config: { [key: string]: { sql: string }[] | undefined } };
  const lines = [
    ...(config["pre-hook"] ?? []).map((hook) => `- pre_hook: "${hook.sql}"`),
    ...(config["post-hook"] ?? []).map((hook) => `- post_hook: "${hook.sql}"`),
  ];
  throw new TsdbtError(
    "TD4552",
    "Parsing Error",
    "Seeds cannot depend on other nodes. dbt detected a seed with a pre- or post-hook\n" +
      "that calls 'ref', 'source', or 'metric', either directly or indirectly via other macros.\n\n" +
      `Error raised for '${node.unique_id}', which has these hooks defined: \n${lines.join("\n")}`,
    { nodeId: node.unique_id, file: node.original_file_path },
  );
}
