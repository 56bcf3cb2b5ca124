import type { Relation } from "../../../adapters/relation.ts";
import { defineFunction, PyDict } from "../../jinja/index.ts";
import { type HostObject, PyCallable, type Scope } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";
import type { BaseContext } from "../base.ts";
import { NamesObject } from "../execution/names.ts";
import { resourceValue } from "../execution/node-value.ts";
import type { MacroContext } from "../macros.ts";
import {
  createAdapterMacro,
  createExceptions,
  createTryOrCompilerError,
  Resolver,
  templateError,
} from "../shared/index.ts";
import type { VarFunction } from "../vars.ts";
import { type ConfigSink, ParseConfigObject } from "./config-object.ts";
import { createNamed, createRef, createSource, metricReference, type ReferenceSink } from "./references.ts";
import type { ParseServices } from "./services.ts";

export interface NodeScopeOptions {
  node: Node;
  references: ReferenceSink;
  onConfig: ConfigSink;
  /** The node's config as far as its own file has no say in it: what `model.config` shows. */
  config?: (() => Node["config"]) | undefined;
}

/**
 * The names that a node's template sees while it is read, macros aside: `execute` is false, references are noted and
 * answer the node's own relation, and the warehouse is out of reach.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/execute
 */
export class NodeScope implements Scope {
  /** Set by whoever binds the macros to this scope: they see each other. */
  macros: MacroContext | undefined;
  readonly node: Node;
  private readonly services: ParseServices;
  private readonly options: NodeScopeOptions;
  private readonly base: BaseContext;
  private readonly made = new Map<string, unknown>();
  private readonly overrides = new Map<string, unknown>();
  private ownRelation: Relation | undefined;

  constructor(services: ParseServices, options: NodeScopeOptions) {
    this.services = services;
    this.options = options;
    this.node = options.node;
    this.base = services.baseScope(options.node.package_name, options.node.name);
  }

  get(name: string): unknown {
    return this.overrides.has(name) ? this.overrides.get(name) : this.member(name);
  }

  /** Gives a name another value, as `context.update({...})` does. */
  set(name: string, value: unknown): void {
    this.overrides.set(name, value);
  }

  /** One of dbt's own names, without macros. */
  member(name: string): unknown {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const own = MEMBERS[name]?.(this);
    const value = own === undefined ? this.base.get(name) : own;
    if (value !== undefined) this.made.set(name, value);
    return value;
  }

  /** The names that `builtins` holds. */
  builtinNames(): string[] {
    return [...new Set([...this.base.names(), ...NAMES])].filter((name) => this.builtin(name) !== undefined);
  }
  builtin(name: string): unknown {
    return name === "builtins" || name === "context" ? undefined : this.member(name);
  }

  /** The names that `context` holds: those, the macros and the packages. */
  names(): string[] {
    const { registry } = this.macros!;
    const macros = [...registry.all()].flatMap(({ resource }) => [resource.name, resource.package_name]);
    const seen = macros.filter((name) => this.macros!.get(name) !== undefined);
    return [...new Set([...this.builtinNames(), "builtins", "context", ...seen, ...this.overrides.keys()])];
  }

  /** The relation of the node itself, as far as it is known yet. */
  relation(): Relation {
    this.ownRelation ??= this.services.relationOf(this.node);
    return this.ownRelation;
  }

  get adapter(): HostObject {
    return this.services.adapterObject(this.macros!);
  }

  get parts(): { services: ParseServices; options: NodeScopeOptions; base: BaseContext } {
    return { services: this.services, options: this.options, base: this.base };
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

type Maker = (scope: NodeScope) => unknown;

const hooks =
  (key: "pre-hook" | "post-hook"): Maker =>
  ({ node }) => {
    if (node.resource_type === "test") return [];
    const list = (node.config[key] ?? []) as unknown as { [key: string]: unknown }[];
    return list.map((hook) => PyDict.from(Object.entries(hook).filter(([, value]) => value !== null)));
  };

const nothing: Maker = () => null;

/** What a macro that names a node does not see, as dbt calls it outside of every node. */
const ofNodes =
  (make: Maker): Maker =>
  (scope) =>
    (scope.node as { resource_type: string }).resource_type === "macro" ? undefined : make(scope);

function modelValue({ node, parts }: NodeScope): PyDict {
  const { config } = parts.options;
  const known = config === undefined || Object.keys(node.config).length > 0 ? node : { ...node, config: config() };
  return resourceValue(known as Node, { omitNone: true });
}

/** https://docs.getdbt.com/reference/dbt-jinja-functions, as they are while parsing. */
const MEMBERS: { [name: string]: Maker | undefined } = {
  __proto__: null as never,
  _sql_results: () => new PyDict(),
  adapter: (s) => s.adapter,
  adapter_macro: (s) => createAdapterMacro(s.node),
  api: (s) => PyDict.from({ Relation: s.adapter.attr("Relation"), Column: s.adapter.attr("Column") }),
  builtins: (s) => new NamesObject({ get: (n) => s.builtin(n), set: () => {}, names: () => s.builtinNames() }),
  column: (s) => s.adapter.attr("Column"),
  compiled_code: ofNodes(nothing),
  config: (s) => new ParseConfigObject(s.node, s.parts.options.onConfig),
  context: (s) => new NamesObject({ get: (n) => s.macros!.get(n), set: (n, v) => s.set(n, v), names: () => s.names() }),
  context_macro_stack: (s) => s.macros!.stack,
  database: (s) => s.node.database,
  dbt_metadata_envs: (s) => s.parts.services.shared.metadataEnvs,
  defer_relation: ofNodes(nothing),
  env: (s) => s.parts.services.shared.target,
  exceptions: (s) => createExceptions(s.node, s.parts.services.warnSink),
  execute: () => false,
  flags: (s) => s.parts.services.shared.flags,
  function: (s) => createNamed("function", s.node, s.parts.options.references.functions, () => s.relation()),
  graph: () => new PyDict(),
  invocation_args_dict: (s) => s.parts.services.shared.invocationArgs,
  load_agate_table: (s) =>
    new PyCallable("load_agate_table", () => {
      const message = `can only load_agate_table for seeds (got a ${s.node.resource_type})`;
      throw templateError("TD4530", message, s.node);
    }),
  load_result: () => new PyCallable("load_result", () => null),
  metric: (s) => createNamed("metric", s.node, s.parts.options.references.metrics, metricReference),
  model: modelValue,
  post_hooks: hooks("post-hook"),
  pre_hooks: hooks("pre-hook"),
  project_name: (s) => s.parts.services.projectName,
  ref: (s) =>
    new Resolver(
      "Ref",
      createRef(s.node, s.parts.options.references, () => s.relation()),
      s.parts.services.config,
    ),
  render: (s) =>
    defineFunction("render(string)", (text: unknown) => s.parts.services.renderText(String(text), s.node, s.macros!)),
  schema: (s) => s.node.schema,
  selected_resources: () => [],
  source: (s) =>
    new Resolver(
      "Source",
      createSource(s.node, s.parts.options.references, () => s.relation()),
      s.parts.services.config,
    ),
  sql: nothing,
  sql_now: (s) => s.parts.services.adapter.dateFunction,
  store_raw_result: () => new PyCallable("store_raw_result", () => ""),
  store_result: () => new PyCallable("store_result", () => ""),
  submit_python_job: () => new PyCallable("submit_python_job", () => null),
  target: (s) => s.parts.services.shared.target,
  this: ofNodes((s) => (s.node.resource_type === "operation" ? null : s.relation())),
  try_or_compiler_error: (s) => createTryOrCompilerError(s.node),
  validation: (s) => s.parts.services.shared.validation,
  var: (s) => {
    const vars = s.parts.base.get("var") as VarFunction;
    return vars.rendering((text) => s.parts.services.renderText(text, s.node, s.macros!));
  },
  write: () => new PyCallable("write", () => ""),
};

const NAMES: readonly string[] = Object.keys(MEMBERS);
