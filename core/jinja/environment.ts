import type { Macro as MacroNode, Template as TemplateAst } from "./ast.ts";
import { checkTemplate } from "./check.ts";
import { generateMacro, generateTemplate } from "./codegen.ts";
import { runtimeError } from "./errors.ts";
import type { FilterEnvironment, FilterFunction } from "./filters/define.ts";
import { builtinFilters } from "./filters/index.ts";
import { markerFilters, nativeFilters } from "./filters/native.ts";
import { defaultGlobals } from "./globals.ts";
import { parse } from "./parser.ts";
import { hashKey } from "./runtime/hash.ts";
import { helpers, type TemplateInfo } from "./runtime/helpers.ts";
import { pyRepr } from "./runtime/repr.ts";
import { dbtUndefined, defaultUndefined, type UndefinedFactory, UndefinedValue } from "./runtime/undefined.ts";
import type { Kwargs, PyCallable, Scope } from "./runtime/values.ts";
import { builtinTests } from "./tests.ts";
import type { Unit } from "./unit.ts";

/** Names to filters and tests: functions of the value and its arguments. */
type Functions = Readonly<Record<string, PyCallable>> | ReadonlyMap<string, PyCallable>;

export interface EnvironmentOptions {
  /** What a missing name is: Jinja2's Undefined, dbt's, or one of the host's own. */
  undefined?: "default" | "dbt" | UndefinedFactory;
  /** Filters besides Jinja2's; one of the same name replaces it. */
  filters?: Functions;
  tests?: Functions;
  /** Globals besides Jinja2's (`range`, `dict`, `namespace` …). */
  globals?: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;
  /** dbt's block tags, typed arguments, `break` and `continue`, and the filters `as_bool`, `as_text` and so on. */
  blocks?: boolean;
}

const NO_NAMES: Scope = { get: () => undefined };

function entriesOf<T>(source: Readonly<Record<string, T>> | ReadonlyMap<string, T> | undefined): Iterable<[string, T]> {
  if (source === undefined) return [];
  return source instanceof Map ? source : Object.entries(source as Record<string, T>);
}

function wrap(fn: PyCallable): FilterFunction {
  return (_env, args, kwargs) => {
    const r = fn.fn(args, kwargs);
    return r === undefined ? null : r;
  };
}

/**
 * Jinja2's environment: what templates have in common.
 *
 *     const env = new Environment();
 *     env.compile("Hello {{ name }}!").render(new Map([["name", "you"]]));
 */
export class Environment implements FilterEnvironment {
  readonly undefined: UndefinedFactory;
  readonly globals: ReadonlyMap<string, unknown>;
  readonly blocks: boolean;
  private readonly filters: Map<string, FilterFunction>;
  private readonly tests: Map<string, FilterFunction>;
  private readonly foreign = new Set<string>();

  constructor(options: EnvironmentOptions = {}) {
    const kind = options.undefined ?? "default";
    this.undefined = kind === "default" ? defaultUndefined : kind === "dbt" ? dbtUndefined : kind;
    this.blocks = options.blocks === true;
    this.filters = new Map(builtinFilters);
    if (this.blocks) for (const [name, fn] of markerFilters) this.filters.set(name, fn);
    for (const [name, fn] of entriesOf(options.filters)) {
      this.filters.set(name, wrap(fn));
      this.foreign.add(name);
    }
    this.tests = new Map(builtinTests);
    for (const [name, fn] of entriesOf(options.tests)) this.tests.set(name, wrap(fn));
    this.globals = new Map([...defaultGlobals, ...entriesOf(options.globals)]);
  }

  /** Parses a template; throws a TemplateSyntaxError with its place. */
  parse(source: string, name?: string): TemplateAst {
    return parse(source, { name, blocks: this.blocks });
  }

  /**
   * Makes a template of its text or tree. What is wrong with it is thrown here, before anything renders; code is generated
   * at the first rendering.
   */
  compile(source: string | TemplateAst, options: { name?: string | undefined } = {}): Template {
    const ast = typeof source === "string" ? this.parse(source, options.name) : source;
    checkTemplate(ast, this);
    return new Template(this, ast);
  }

  hasFilter(name: unknown): boolean {
    return this.filters.has(hashKey(name) as string);
  }
  hasTest(name: unknown): boolean {
    return this.tests.has(hashKey(name) as string);
  }
  /** Is it a filter that comes with Jinja2 or dbt, and so never answers a promise? */
  isBuiltinFilter(name: string): boolean {
    return !this.foreign.has(name);
  }

  findFilter(name: string, native = false): FilterFunction | undefined {
    if (native && this.blocks && !this.foreign.has(name)) {
      const marker = nativeFilters.get(name);
      if (marker !== undefined) return marker;
    }
    return this.filters.get(name);
  }
  findTest(name: string): FilterFunction | undefined {
    return this.tests.get(name);
  }

  callFilter(name: unknown, args: unknown[], kwargs: Kwargs): unknown {
    return this.named("filter", name, this.filters)(this, args, kwargs);
  }
  callTest(name: unknown, args: unknown[], kwargs: Kwargs): unknown {
    return this.named("test", name, this.tests)(this, args, kwargs);
  }

  private named(kind: string, name: unknown, table: Map<string, FilterFunction>): FilterFunction {
    const fn = table.get(hashKey(name) as string);
    if (fn !== undefined) return fn;
    let message = `No ${kind} named ${pyRepr(name)}.`;
    if (name instanceof UndefinedValue) message += ` (${name.message()}; did you forget to quote the callable name?)`;
    throw runtimeError(message);
  }
}

type Mode = "sync" | "async" | "native" | "nativeAsync";
/** A generated function: gets the scope, gives the text, the value or the macro, or a promise of it. */
type Factory = (scope: Scope) => unknown;

/** A compiled template. Each way of rendering generates its code when first used. */
export class Template {
  readonly ast: TemplateAst;
  private readonly env: Environment;
  private readonly compiled: Partial<Record<Mode, Factory>> = {};

  constructor(env: Environment, ast: TemplateAst) {
    this.env = env;
    this.ast = ast;
  }

  get name(): string | undefined {
    return this.ast.name;
  }

  /** The text, with every call answering at once. */
  render(scope: Scope = NO_NAMES): string {
    return this.factory("sync")(scope) as string;
  }

  /** The text, waiting for calls that answer promises. */
  async renderAsync(scope: Scope = NO_NAMES): Promise<string> {
    return (await this.factory("async")(scope)) as string;
  }

  /** dbt's native rendering: a single expression gives its value, everything else text. */
  renderNative(scope: Scope = NO_NAMES): unknown {
    return this.factory("native")(scope);
  }

  /** As {@link renderNative}, waiting for calls that answer promises. */
  async renderNativeAsync(scope: Scope = NO_NAMES): Promise<unknown> {
    return await this.factory("nativeAsync")(scope);
  }

  private factory(mode: Mode): Factory {
    let factory = this.compiled[mode];
    if (factory === undefined) {
      const native = mode === "native" || mode === "nativeAsync";
      const options = { environment: this.env, async: mode === "async" || mode === "nativeAsync", native };
      factory = instantiate(generateTemplate(this.ast, options), this.ast, this.env, native);
      this.compiled[mode] = factory;
    }
    return factory;
  }
}

/** Compiles one macro of a file: the result takes a scope and gives the macro. */
export function compileMacro(env: Environment, ast: TemplateAst, macro: MacroNode, async: boolean): Factory {
  const unit = generateMacro(ast, macro, { environment: env, async, native: false });
  return instantiate(unit, ast, env, false);
}

function instantiate(unit: Unit, ast: TemplateAst, env: Environment, native: boolean): Factory {
  const info: TemplateInfo = { name: ast.name, source: ast.source, places: unit.places };
  const functions: FilterFunction[] = [];
  const names: string[] = [];
  for (const [name, variable] of unit.filters) {
    names.push(variable);
    functions.push(env.findFilter(name, native) ?? absent("filter", name));
  }
  for (const [name, variable] of unit.tests) {
    names.push(variable);
    functions.push(env.findTest(name) ?? absent("test", name));
  }
  const unpack = unit.helpers.length > 0 ? `const {${unit.helpers.join(",")}}=R;` : "";
  const bound = names.length > 0 ? `const [${names.join(",")}]=F;` : "";
  const make = compileCode(`"use strict";${unpack}${bound}${unit.code}`);
  return make(helpers, env, info, unit.constants, functions);
}

type Maker = (...parts: unknown[]) => Factory;

/** Compiled code by text. Many templates of a project have the same shape, and differ in what stands outside of the code. */
const codeCache = new Map<string, Maker>();
const MAX_CACHED = 5000;

function compileCode(code: string): Maker {
  let make = codeCache.get(code);
  if (make === undefined) {
    make = new Function("R", "E", "T", "K", "F", code) as Maker;
    if (codeCache.size >= MAX_CACHED) codeCache.clear();
    codeCache.set(code, make);
  }
  return make;
}

function absent(kind: string, name: string): FilterFunction {
  return () => {
    throw runtimeError(`No ${kind} named ${pyRepr(name)} found.`);
  };
}
