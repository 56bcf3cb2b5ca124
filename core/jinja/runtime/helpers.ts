import { JinjaError, MacroReturn, recordLocation, runtimeError, typeError, valueError } from "../errors.ts";
import { LineMap } from "../source-map.ts";
import { pyAdd, pyDiv, pyFloorDiv, pyMod, pyMul, pyNeg, pyPos, pyPow, pySub } from "./arith.ts";
import { type Lookups, pyCall, pyCallMethod, pyGetAttr, pyGetItem, pySlice } from "./attributes.ts";
import { pyEquals, pyGreater, pyGreaterEqual, pyLess, pyLessEqual } from "./compare.ts";
import { bounded } from "./depth.ts";
import { PyDict } from "./dict.ts";
import { keywordsOf } from "./dict-methods.ts";
import { PyIterator, pyContains, pyIterate, pyList } from "./iterate.ts";
import { Loop } from "./loop.ts";
import { Macro } from "./macro.ts";
import { nativeConcat } from "./native.ts";
import { pyStr } from "./repr.ts";
import { PySlice } from "./slice.ts";
import { escapeHtml, Markup } from "./str-object.ts";
import { pyTruth } from "./truth.ts";
import { typeName } from "./types.ts";
import { UndefinedValue } from "./undefined.ts";
import { HostObject, type Kwargs, PyCallable, type Scope, Tuple } from "./values.ts";

/** What generated code needs of its environment. */
export interface RuntimeEnvironment extends Lookups {
  readonly globals: ReadonlyMap<string, unknown>;
}

/** A compiled template, as its code sees it: enough to tell where an error came up. */
export interface TemplateInfo {
  readonly name: string | undefined;
  readonly source: string;
  readonly places: readonly number[];
  lines?: LineMap;
}

function placeOf(t: TemplateInfo, p: number) {
  t.lines ??= new LineMap(t.source);
  return t.lines.span(t.places[p] ?? 0, t.places[p + 1] ?? 0);
}

/** What a function's `catch` throws: the same error, with its place. */
function fail(e: unknown, t: TemplateInfo, p: number, label: string): unknown {
  if (e instanceof MacroReturn) return e;
  let error = e;
  if (e instanceof RangeError && e.message.includes("call stack"))
    error = new JinjaError("RecursionError", "maximum recursion depth exceeded");
  else if (e instanceof RangeError && /^Invalid (?:string|array) length|^Invalid count value/.test(e.message))
    error = new JinjaError("MemoryError", "");
  if (typeof error === "object" && error !== null)
    recordLocation(
      error,
      { template: t.name, source: t.source, span: placeOf(t, p) },
      label === "loop" ? undefined : label,
    );
  return error;
}

function resolve(scope: Scope, env: RuntimeEnvironment, name: string): unknown {
  const v = scope.get(name);
  return v === undefined ? env.globals.get(name) : v;
}

function missing(env: Lookups, name: string): unknown {
  return env.undefined({ name });
}

function noElse(t: TemplateInfo, p: number): unknown {
  const where = `line ${placeOf(t, p).line}${t.name === undefined ? "" : ` in '${t.name}'`}`;
  return new UndefinedValue({
    hint: `the inline if-expression on ${where} evaluated to false and no else section was defined.`,
  });
}

function dict(items: unknown[]): PyDict {
  const d = new PyDict();
  for (let i = 0; i < items.length; i += 2) d.set(items[i], items[i + 1]);
  return d;
}

function keywords(names: readonly string[], values: readonly unknown[]): Map<string, unknown> {
  const map = new Map<string, unknown>();
  for (let i = 0; i < names.length; i++) map.set(names[i] as string, values[i]);
  return map;
}

function spread(args: unknown[], more: unknown): unknown[] {
  let items: Iterable<unknown>;
  try {
    items = pyIterate(more);
  } catch (e) {
    if (e instanceof JinjaError && e.pythonType === "TypeError")
      throw typeError(`Value after * must be an iterable, not ${typeName(more)}`);
    throw e;
  }
  for (const item of items) args.push(item);
  return args;
}

function spreadKeywords(kwargs: Kwargs, more: unknown): Map<string, unknown> {
  const map = kwargs ?? new Map<string, unknown>();
  for (const [k, v] of keywordsOf(more)) {
    if (map.has(k)) throw typeError(`got multiple values for keyword argument '${k}'`);
    map.set(k, v);
  }
  return map;
}

function unpack(value: unknown, n: number): readonly unknown[] {
  if (value instanceof Tuple && value.items.length === n) return value.items;
  let items: unknown[];
  try {
    items = Array.isArray(value) ? value : pyList(value);
  } catch (e) {
    if (e instanceof JinjaError && e.pythonType === "TypeError" && e.message.endsWith("is not iterable"))
      throw typeError(`cannot unpack non-iterable ${typeName(value)} object`);
    throw e;
  }
  if (items.length === n) return items.slice();
  throw items.length > n
    ? valueError(`too many values to unpack (expected ${n})`)
    : valueError(`not enough values to unpack (expected ${n}, got ${items.length})`);
}

function isNamespace(v: unknown): v is HostObject {
  return v instanceof HostObject && v.setAttr !== HostObject.prototype.setAttr;
}

function checkNamespace(v: unknown): void {
  if (!isNamespace(v)) throw runtimeError("cannot assign attribute on non-namespace object");
}

function setAttr(object: unknown, name: string, value: unknown): void {
  if (!isNamespace(object) || !object.setAttr(name, value))
    throw runtimeError("cannot assign attribute on non-namespace object");
}

/** The `self` of a template: its blocks as functions. */
class TemplateReference extends HostObject {
  readonly typeName = "TemplateReference";
  private readonly blocks: Record<string, (scope: Scope) => unknown>;
  private readonly scope: Scope;
  constructor(blocks: Record<string, (scope: Scope) => unknown>, scope: Scope) {
    super();
    this.blocks = blocks;
    this.scope = scope;
  }
  override item(key: unknown): unknown {
    if (typeof key !== "string" || !Object.hasOwn(this.blocks, key)) return undefined;
    const block = this.blocks[key] as (scope: Scope) => unknown;
    return new PyCallable(key, () => bounded(() => block(this.scope)));
  }
  override repr(): string {
    return "<TemplateReference None>";
  }
}

/** The functions generated code calls, under the names it uses. */
export const helpers: Record<string, unknown> = {
  add: pyAdd,
  sub: pySub,
  mul: pyMul,
  div: pyDiv,
  floordiv: pyFloorDiv,
  mod: pyMod,
  pow: pyPow,
  neg: pyNeg,
  pos: pyPos,
  eq: pyEquals,
  lt: pyLess,
  le: pyLessEqual,
  gt: pyGreater,
  ge: pyGreaterEqual,
  in_: (item: unknown, container: unknown) => pyContains(container, item),
  truth: pyTruth,
  str: pyStr,
  attr: pyGetAttr,
  item: pyGetItem,
  slice: pySlice,
  sliceObject: (a: unknown, b: unknown, c: unknown) => new PySlice(a, b, c),
  call: pyCall,
  method: pyCallMethod,
  owner: (o: unknown, name: string, env: Lookups) => {
    if (o instanceof UndefinedValue) pyGetAttr(o, name, env);
    return o;
  },
  orNone: (v: unknown) => (v === undefined ? null : v),
  iterate: pyIterate,
  output: (v: unknown, escaped: boolean) => (escaped && !(v instanceof Markup) ? escapeHtml(pyStr(v)) : pyStr(v)),
  markup: (v: unknown) => new Markup(pyStr(v)),
  self: (blocks: Record<string, (scope: Scope) => unknown>, scope: Scope) => new TemplateReference(blocks, scope),
  derived: (scope: Scope, locals: Record<string, unknown>): Scope => ({
    get: (name) => (Object.hasOwn(locals, name) && locals[name] !== undefined ? locals[name] : scope.get(name)),
  }),
  noLoader: () => {
    throw typeError("no loader for this environment specified");
  },
  requiredBlock: (name: string) => {
    throw runtimeError(`Required block '${name}' not found`);
  },
  fail,
  resolve,
  missing,
  noElse,
  dict,
  keywords,
  spread,
  spreadKeywords,
  unpack,
  checkNamespace,
  setAttr,
  nativeConcat,
  Tuple,
  Loop,
  Macro,
  Iterator: PyIterator,
};
