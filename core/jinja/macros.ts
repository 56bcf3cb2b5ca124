import type { Macro, Template as TemplateAst, TypeName } from "./ast.ts";
import { eachDescendant } from "./ast.ts";
import { checkTemplate } from "./check.ts";
import { compileMacro, type Environment } from "./environment.ts";
import { JinjaError, MacroReturn, recordLocation, type Span } from "./errors.ts";
import { type ExtractedBlock, type ExtractOptions, extractBlocks } from "./extract-blocks.ts";
import { normalizeNewlines, originalOffset } from "./lexer.ts";
import { parse } from "./parser.ts";
import type { Macro as MacroValue } from "./runtime/macro.ts";
import { type Kwargs, PyCallable, type Scope } from "./runtime/values.ts";

/** A parameter of a macro. */
export interface MacroParameter {
  name: string;
  /** Its type as written (`list[str]`), where it has one. */
  type: string | undefined;
  /** The text of its default, where it has one. */
  default: string | undefined;
}

/** A macro, materialization or test of a macro file. */
export interface MacroDefinition {
  kind: "macro" | "materialization" | "test";
  /** The name dbt files it under: `cents`, `materialization_table_default`, `test_not_null`. */
  name: string;
  args: MacroParameter[];
  /** The text of the whole block: dbt's `macro_sql`. */
  source: string;
  /** The place of the block in its file. */
  span: Span;
  /** The block's offset in the file's text. */
  start: number;
  /** The languages of a materialization. */
  supportedLanguages: string[] | undefined;
  /** The file, as given to {@link parseMacroFile}. */
  file: string | undefined;
  ast: TemplateAst;
  node: Macro;
}

const BLOCKS = ["macro", "materialization", "test", "data_test"];

/**
 * The macros of a file. What stands between them is ignored, as in dbt. Throws JinjaErrors with their place in the file.
 *
 *     parseMacroFile("{% macro cents(a) %}{{ a }} / 100{% endmacro %}", "macros/money.sql")[0].name // "cents"
 */
export function parseMacroFile(
  source: string,
  file?: string,
  options: Pick<ExtractOptions, "onUnexpected"> = {},
): MacroDefinition[] {
  const text = normalizeNewlines(source);
  const definitions: MacroDefinition[] = [];
  for (const block of extractBlocks(text, BLOCKS, { ...options, name: file })) {
    const ast = parse(text, { name: file, blocks: true, from: block.start, to: block.end });
    const node = singleMacro(ast, block, file);
    if (!node.name.startsWith(PREFIX)) continue;
    definitions.push({ ...definition(node, ast, block, file), source: asWritten(source, block) });
  }
  return definitions;
}

/** The text of a block with the line ends that the file has. */
function asWritten(source: string, block: ExtractedBlock): string {
  if (!source.includes("\r")) return block.fullBlock;
  return source.slice(originalOffset(source, block.start), originalOffset(source, block.end));
}

/** Where a macro stands in its file's text. */
export interface MacroPlace {
  start: number;
  end: number;
  span: Span;
}

/**
 * One macro of a file whose place is known from an earlier {@link parseMacroFile}: `start` and `end` are offsets in the
 * file's text with its line ends made one.
 */
export function parseMacroAt(text: string, place: MacroPlace, file?: string): MacroDefinition {
  const { start: from, end: to, span } = place;
  const ast = parse(text, { name: file, blocks: true, from, to });
  const block = { fullBlock: text.slice(from, to), span, start: from };
  return definition(singleMacro(ast, block, file), ast, block, file);
}

type MacroBlock = Pick<ExtractedBlock, "fullBlock" | "span" | "start">;

const PREFIX = "dbt_macro__";

function singleMacro(ast: TemplateAst, block: MacroBlock, file: string | undefined): Macro {
  const only = ast.body[0];
  if (ast.body.length === 1 && only?.type === "Macro") return only;
  const macros: Macro[] = [];
  eachDescendant(ast, (node) => {
    if (node.type === "Macro") macros.push(node);
  });
  const [first] = macros;
  if (first !== undefined && macros.length === 1) return first;
  const error = new JinjaError("ParsingError", `Found multiple macros in ${block.fullBlock}, expected 1`);
  recordLocation(error, { template: file, source: ast.source, span: block.span }, undefined);
  throw error;
}

function definition(node: Macro, ast: TemplateAst, block: MacroBlock, file: string | undefined): MacroDefinition {
  const kind = node.tag === "materialization" ? "materialization" : node.tag === "macro" ? "macro" : "test";
  const firstDefault = node.args.length - node.defaults.length;
  const args = node.args.map((arg, i): MacroParameter => {
    const type = node.argTypes?.[i] ?? null;
    const dflt = node.defaults[i - firstDefault];
    return {
      name: arg.name,
      type: type === null ? undefined : typeText(type),
      default: dflt === undefined ? undefined : ast.source.slice(dflt.start, dflt.end),
    };
  });
  return {
    kind,
    name: node.name.slice(PREFIX.length),
    args,
    source: block.fullBlock,
    span: block.span,
    start: block.start,
    supportedLanguages: kind === "materialization" ? languages(node) : undefined,
    file,
    ast,
    node,
  };
}

function typeText(type: TypeName): string {
  return type.parameters.length === 0 ? type.name : `${type.name}[${type.parameters.map(typeText).join(", ")}]`;
}

function languages(node: Macro): string[] {
  const i = node.args.findIndex((a) => a.name === "supported_languages");
  const value = node.defaults[i - node.args.length + node.defaults.length];
  if (value?.type !== "List") return [];
  return value.items.flatMap((item) => (item.type === "Const" ? [String(item.value)] : []));
}

/** Code of definitions already compiled, by environment. */
const compiled = new WeakMap<Environment, WeakMap<MacroDefinition, Partial<Record<"sync" | "async", Factory>>>>();
type Factory = (scope: Scope) => unknown;

/** A macro bound to a scope: callable from templates and from the host. */
export class BoundMacro extends PyCallable {
  readonly definition: MacroDefinition;
  constructor(definition: MacroDefinition, macro: () => MacroValue) {
    super(definition.name, (args, kwargs) => callMacro(macro, args, kwargs));
    this.definition = definition;
  }
}

/** Calls a macro; `return(x)` inside it ends it with that value. */
function callMacro(macro: () => MacroValue, args: unknown[], kwargs: Kwargs): unknown {
  let result: unknown;
  try {
    result = macro().call(args, kwargs);
  } catch (e) {
    if (e instanceof MacroReturn) return e.value;
    throw e;
  }
  if (!(result instanceof Promise)) return result;
  return result.catch((e) => {
    if (e instanceof MacroReturn) return e.value;
    throw e;
  });
}

/**
 * A macro whose free names are looked up in `scope`. Calling it gives the text it renders, or what it was left with by
 * `return()`; in `async` mode a promise, unless the macro calls nothing.
 */
export function bindMacro(
  env: Environment,
  definition: MacroDefinition,
  scope: Scope,
  mode: "sync" | "async",
): BoundMacro {
  let macro: MacroValue | undefined;
  return new BoundMacro(definition, () => {
    macro ??= factory(env, definition, mode)(scope) as MacroValue;
    return macro;
  });
}

function factory(env: Environment, definition: MacroDefinition, mode: "sync" | "async"): Factory {
  let byDefinition = compiled.get(env);
  if (byDefinition === undefined) {
    byDefinition = new WeakMap();
    compiled.set(env, byDefinition);
  }
  let byMode = byDefinition.get(definition);
  if (byMode === undefined) {
    byMode = {};
    byDefinition.set(definition, byMode);
  }
  byMode[mode] ??= make(env, definition, mode);
  return byMode[mode];
}

function make(env: Environment, definition: MacroDefinition, mode: "sync" | "async"): Factory {
  checkTemplate(definition.ast, env);
  return compileMacro(env, definition.ast, definition.node, mode === "async");
}
