import { hasJinja, plain } from "../../../project/render.ts";
import { MacroSubset, type RegisteredMacro } from "../../context/macros.ts";
import { TsdbtError } from "../../errors.ts";
import { type Data, toPython } from "../../jinja/index.ts";
import type { JsonObject, Node, RefArgs } from "../../manifest/resources.ts";
import { addConfigCall, type Dict, isDict } from "../config/index.ts";
import { configSink } from "../config-calls.ts";
import { applyConfig, createNode, initialConfig } from "../nodes.ts";
import { belowFirst, fqnPrefix } from "../paths.ts";
import { entriesOf, pyRepr } from "../python-text.ts";
import type { SchemaFile } from "../schema/file.ts";
import { behaviour, type ParseState } from "../state.ts";
import { parseRefOrSource } from "../static.ts";
import { type BuiltTest, buildTest, TestProblem, type TestTarget } from "./builder.ts";
import { testHash } from "./names.ts";

export interface GenericTestRequest {
  schema: SchemaFile;
  target: TestTarget;
  /** The properties file's list and the entry in it: `models.orders`. */
  fileKey: string;
  /** The test as written, and where in the file. */
  test: unknown;
  path: readonly (string | number)[];
  /** Of the column, or of a source and its table. */
  tags: string[];
  columnName: string | null;
  version: string | number | null;
}

/**
 * Makes the node of one generic test.
 * https://docs.getdbt.com/docs/build/data-tests#generic-data-tests
 * @throws TsdbtError at the test's place in the properties file
 */
export function parseGenericTest(state: ParseState, request: GenericTestRequest): Node {
  try {
    return makeTest(state, request);
  } catch (error) {
    throw placed(request, error);
  }
}

function makeTest(state: ParseState, request: GenericTestRequest): Node {
  const { schema, target } = request;
  const test = typeof request.test === "string" ? { [request.test]: {} } : request.test;
  const built = buildTest(test, target, {
    columnName: request.columnName,
    version: request.version,
    argumentsProperty: behaviour(state.config, "require_generic_test_arguments_property"),
    sqlHeaderAllowed: behaviour(state.config, "require_sql_header_in_test_configs"),
    warnings: state.warnings,
    render: (text, key) => renderConfigValue(state, request, text, key),
  });
  const metadata = { namespace: built.namespace, name: built.name, kwargs: built.args };
  const node = createNode(state, {
    resourceType: "test",
    packageName: target.packageName,
    name: built.fqnName,
    uniqueId: `test.${target.packageName}.${built.fqnName}.${testHash(built.fqnName, metadata)}`,
    path: `${built.compiledName}.sql`,
    originalPath: target.file,
    fqn: [...fqnPrefix(target.packageName, belowFirst(target.file)), built.fqnName],
    rawCode: built.rawCode,
    checksum: { name: "none", checksum: "" },
    tags: sortedTags([...request.tags, ...built.tags]),
    description: built.description,
  });
  node.column_name = request.columnName;
  node.file_key_name = request.fileKey;
  node.attached_node = null;
  node.test_metadata = { name: built.name, kwargs: built.args as JsonObject, namespace: built.namespace };
  node.$origin = { $root: schema.id, $path: [...request.path] };
  collect(state, request, node, built);
  attach(state, request, node);
  return node;
}

/** A config's value may be a template, which sees vars but no macros. */
function renderConfigValue(state: ParseState, request: GenericTestRequest, text: string, key: string): unknown {
  if (!hasJinja(text)) return plain(text);
  try {
    return state.templates.yamlValue(text, request.target.packageName);
  } catch (error) {
    if (!(error instanceof TsdbtError) || !error.message.includes("is undefined")) throw error;
    const name = isDict(request.test) ? Object.keys(request.test)[0] : request.test;
    throw new TestProblem(
      "Compilation Error",
      `The ${request.target.name}.${request.columnName ?? "None"} column's "${String(name)}" test references an undefined ` +
        `macro in its ${key} configuration argument. The macro ${error.message}.\n` +
        "Please note that the generic test configuration parser currently does not support using custom macros to " +
        "populate configuration values",
      key,
    );
  }
}

const SHORTCUTS = new Set(["macro.dbt.test_not_null", "macro.dbt.test_unique"]);

/** What dbt writes down for a test that no macro is there for. */
const NO_MACRO = "None";

/** Fills in what the test refers to, which macros it calls and its config. */
function collect(state: ParseState, request: GenericTestRequest, node: Node, built: BuiltTest): void {
  const macro = state.macros.resolve(built.namespace ?? node.package_name, `test_${built.name}`);
  // dbt writes down the one that the name alone leads to, whatever package is named before it.
  const noted = state.macros.resolve(node.package_name, `test_${built.name}`) ?? macro;
  node.depends_on.macros.push(noted?.resource.unique_id ?? NO_MACRO);
  if (noted && SHORTCUTS.has(noted.resource.unique_id)) {
    node.config_call_dict = built.config as JsonObject;
    applyConfig(state, node);
    addTarget(request, node);
    return;
  }
  const readable = noted && state.shortcuts && calls(state, built, noted);
  if (!readable || !collectStatically(state, node, built, noted)) render(state, node, built, noted);
  applyConfig(state, node);
}

/** Whether the test's code calls this very macro, and not one of the same name that the macro itself calls. */
function calls(state: ParseState, { name, namespace }: BuiltTest, macro: RegisteredMacro): boolean {
  const { byName, byPackage } = subsetFor(state, macro);
  return (namespace === null ? byName : byPackage.get(namespace))?.get(`test_${name}`) === macro;
}

function addTarget(request: GenericTestRequest, node: Node): void {
  const { source } = request.target;
  if (source) node.sources.push([source.name, source.table]);
  else node.refs.push({ name: request.target.name, package: null, version: request.version });
}

const FUNCTION = /^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$/s;
const MODEL = /^\{\{ get_where_subquery\((.*)\) \}\}$/s;
const JINJA = /\{[{%#]|[#}%]\}/;

/**
 * Reads the test's references off its arguments where they are plain, and the macro is known to refer to nothing else
 * while parsing. False when only rendering can tell.
 */
function collectStatically(state: ParseState, node: Node, built: BuiltTest, macro: RegisteredMacro): boolean {
  const where = state.macros.resolve(null, "get_where_subquery");
  if (!where || !state.macros.isInternal(where.resource.package_name)) return false;
  if (!state.analysis.isHarmless(macro)) return false;
  if (!takes(macro, Object.keys(built.args))) return false;
  const refs: RefArgs[] = [];
  const sources: string[][] = [];
  const visit = (value: unknown, isColumn: boolean): boolean => {
    if (Array.isArray(value)) return value.every((item) => visit(item, false));
    if (isDict(value)) return [...entriesOf(value)].every(([, item]) => visit(item, false));
    if (typeof value !== "string" || isColumn) return true;
    const expression = MODEL.exec(value)?.[1] ?? (FUNCTION.test(value) ? value : undefined);
    if (expression === undefined) return !JINJA.test(value);
    const found = parseRefOrSource(expression);
    if (!found) return false;
    if (Array.isArray(found)) sources.push(found);
    else refs.push(found);
    return true;
  };
  for (const [key, value] of Object.entries(built.args)) if (!visit(value, key === "column_name")) return false;
  const call = configCall(built.config);
  if (call === undefined) return false;
  node.refs.push(...refs);
  node.sources.push(...sources);
  node.depends_on.macros.push(where.resource.unique_id);
  node.config_call_dict = { ...built.config } as JsonObject;
  if (Object.keys(built.config).length > 0) addConfigCall(node.config_call_dict as Dict, built.config);
  node.unrendered_config_call_dict = call as JsonObject;
  return true;
}

/** Whether a macro can be called with these keyword arguments. */
function takes(macro: RegisteredMacro, names: string[]): boolean {
  const known = new Set(macro.definition().args.map((arg) => arg.name));
  return names.every((name) => known.has(name));
}

/** The `config(...)` behind the macro's call as `unrendered_config` shows it; `undefined` where it would not read back the same. */
function configCall(config: Dict): Dict | undefined {
  const out: Dict = {};
  for (const [key, value] of Object.entries(config)) {
    if (typeof value === "string") {
      if (/[\\\n\r]|[{}%#]/.test(value)) return undefined;
      out[key] = value;
    } else {
      const text = pyRepr(value);
      if (/[\\<]|[{%#}][{%#}]/.test(text)) return undefined;
      out[key] = text;
    }
  }
  return out;
}

/** Renders arguments and code, as dbt does, to see what they refer to. */
function render(state: ParseState, node: Node, built: BuiltTest, macro: RegisteredMacro | undefined): void {
  const { templates } = state;
  const calls = node.config_call_dict as Dict;
  addConfigCall(calls, built.config);
  const rendering = templates.rendering(node, configSink(state, node), {
    only: subsetFor(state, macro),
    config: () => initialConfig(state, node),
  });
  const convert = (value: unknown, isColumn: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => convert(item, false));
    if (isDict(value)) return templates.dictOf([...entriesOf(value)].map(([key, item]) => [key, convert(item, false)]));
    if (typeof value !== "string" || isColumn) return toPython(value as Data);
    return templates.native(rendering, FUNCTION.test(value) ? `{{ ${value} }}` : value);
  };
  const kwargs = Object.entries(built.args).map(([key, value]): [unknown, unknown] => [
    key,
    convert(value, key === "column_name"),
  ]);
  rendering.scope.set("_dbt_generic_test_kwargs", templates.dictOf(kwargs));
  templates.renderShared(rendering, node.raw_code);
}

const subsets = new WeakMap<ParseState, Map<string, MacroSubset>>();

/** The macros a test's template sees: those that it is known to call, directly or not. */
function subsetFor(state: ParseState, macro: RegisteredMacro | undefined): MacroSubset {
  let known = subsets.get(state);
  if (!known) {
    known = new Map();
    subsets.set(state, known);
  }
  const key = macro?.resource.unique_id ?? "";
  let subset = known.get(key);
  if (!subset) {
    const start = [state.macros.resolve(null, "get_where_subquery"), macro].filter((m) => m !== undefined);
    subset = new MacroSubset(closure(state, start));
    known.set(key, subset);
  }
  return subset;
}

function closure(state: ParseState, start: RegisteredMacro[]): Set<RegisteredMacro> {
  const found = new Set<RegisteredMacro>();
  const visit = (macro: RegisteredMacro) => {
    if (found.has(macro)) return;
    found.add(macro);
    for (const id of state.analysis.dependencies(macro)) {
      const next = state.macros.get(id);
      if (next) visit(next);
    }
  };
  for (const macro of start) visit(macro);
  return found;
}

/** A test belongs to the group of what it tests. */
function attach(state: ParseState, request: GenericTestRequest, node: Node): void {
  if (request.target.kind === "source") return;
  const { lookups, manifest } = state;
  const { name, packageName } = request.target;
  const id = lookups.refId(name, packageName, request.version);
  const attached =
    id === null
      ? (lookups.findDisabled(name, null) ?? lookups.findDisabled(name.toUpperCase(), null))?.[0]
      : manifest.nodes.get(id);
  if (!attached) return;
  node.attached_node = attached.unique_id;
  node.group = (attached as Partial<Node>).group ?? null;
}

function sortedTags(tags: string[]): string[] {
  return [...new Set(tags)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function placed(request: GenericTestRequest, error: unknown): unknown {
  const { schema, path, target } = request;
  if (error instanceof TestProblem) {
    const at = error.key === undefined ? path : [...path, ...keyPath(request.test, error.key)];
    const prefix =
      error.kind === "Parsing Error"
        ? `Invalid test config given in ${target.file}:\n\t${error.message}`
        : `Invalid generic test configuration given in ${target.file}: \n${error.message}`;
    return schema.error("TD4301", error.kind, prefix, at, { on: "key" });
  }
  if (error instanceof TsdbtError) {
    const { file, span } = error.details;
    if (!span || file === target.file) error.details = { ...error.details, ...schema.place(path) };
  }
  return error;
}

/** Where below the test a key stands: beside its arguments or under `config`. */
function keyPath(test: unknown, key: string): (string | number)[] {
  if (!isDict(test)) return [];
  if (key in test) return [key];
  for (const [name, args] of Object.entries(test)) {
    if (!isDict(args)) continue;
    if (key in args) return [name, key];
    if (isDict(args.config) && key in args.config) return [name, "config", key];
    if (isDict(args.arguments) && key in args.arguments) return [name, "arguments", key];
    return [name];
  }
  return [];
}
