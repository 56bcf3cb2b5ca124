import type { Adapter, AdapterSession, RelationCache } from "../../../adapters/adapter.ts";
import { createAdapterObject } from "../../../adapters/methods.ts";
import type { Relation } from "../../../adapters/relation.ts";
import type { RuntimeConfig } from "../../../project/types.ts";
import type { EventBus } from "../../events/event.ts";
import { jinjaLog, print, warning } from "../../events/messages/index.ts";
import type * as ast from "../../jinja/ast.ts";
import { Environment, type Kwargs, PyCallable, PyDict, type Template, toData, toPython } from "../../jinja/index.ts";
import type { Data, HostObject, Scope } from "../../jinja/runtime/values.ts";
import type { DocBlock, Exposure, Node, RefArgs } from "../../manifest/resources.ts";
import { type BaseContext, createBaseContext } from "../base.ts";
import { MacroContext, type MacroRegistry, type MacroSubset, type RegisteredMacro } from "../macros.ts";
import {
  createMetadataEnvs,
  createTarget,
  createValidation,
  type Described,
  FlagsObject,
  ProjectConfigView,
  type WarnSink,
} from "../shared/index.ts";
import type { NodeObject } from "../shared/node-object.ts";
import type { ConfigSink } from "./config-object.ts";
import { NodeScope } from "./node-scope.ts";
import { createNamed, refArguments } from "./references.ts";
import type { ParseServices } from "./services.ts";
import { type ErrorPlace, templateProblem } from "./template-errors.ts";
import { isWalkable, walkTemplate } from "./walker.ts";

export interface ParseTemplatesOptions {
  config: RuntimeConfig;
  adapter: Adapter;
  events: EventBus;
  macros: MacroRegistry;
  /** Told of each environment variable that a template reads. */
  onEnvVar?: ((name: string, value: string | undefined) => void) | undefined;
}

/** A node being rendered: its names, and its macros. */
export interface NodeRendering {
  node: Node;
  scope: NodeScope;
  macros: MacroContext;
}

/** What a rendering may be limited to, and what is known of the node besides its code. */
export interface RenderingOptions {
  only?: MacroSubset | undefined;
  config?: (() => Node["config"]) | undefined;
}

const JINJA = /\{[{%#]|[#}%]\}/;

/** Renders whatever is a template while the project is read. Nothing here can reach a warehouse. */
export class ParseTemplates implements ParseServices {
  readonly adapter: Adapter;
  readonly projectName: string;
  readonly shared: ParseServices["shared"];
  readonly warnSink: WarnSink;
  readonly config: RuntimeConfig;
  private readonly events: EventBus;
  private readonly macros: MacroRegistry;
  /** Undefined names may be called and looked into: what they stand for may only exist in execution. */
  private readonly lenient = new Environment({ undefined: "dbt", blocks: true });
  private readonly strict = new Environment({ undefined: "default", blocks: true });
  private readonly bases = new Map<string, BaseContext>();
  private readonly yamlScopes = new Map<string, Scope>();
  private readonly compiled = new Map<string, Template>();
  private readonly onEnvVar: ParseTemplatesOptions["onEnvVar"];
  private isSilent = false;
  private readonly nameContexts = new Map<RegisteredMacro, MacroContext>();

  constructor(options: ParseTemplatesOptions) {
    this.config = options.config;
    this.adapter = options.adapter;
    this.projectName = options.config.project.name;
    this.events = options.events;
    this.macros = options.macros;
    this.onEnvVar = options.onEnvVar;
    let args: PyDict | undefined;
    this.shared = {
      target: createTarget(options.config),
      flags: new FlagsObject(options.config.flags),
      get invocationArgs() {
        args ??= toPython(invocationArgs(options.config)) as PyDict;
        return args;
      },
      metadataEnvs: createMetadataEnvs(options.config.env),
      validation: createValidation(),
    };
    this.warnSink = ({ message, name, code }) => {
      if (!this.isSilent) this.events.emit(warning(message, { name, code }));
    };
  }

  /** The syntax tree of a node's template. @throws TsdbtError */
  parse(source: string, node: Described): ast.Template {
    try {
      return this.lenient.parse(source, node.original_file_path);
    } catch (error) {
      throw templateProblem(error, { file: node.original_file_path, node });
    }
  }

  /** The syntax tree of a text that belongs to nothing in particular. @throws JinjaError */
  parseText(source: string): ast.Template {
    return this.strict.parse(source, undefined);
  }

  /** A node's names, ready to render its templates: its code, its hooks. */
  rendering(node: Node, onConfig: ConfigSink, options: RenderingOptions = {}): NodeRendering {
    const { only, config } = options;
    const scope = new NodeScope(this, { node, references: node, onConfig, config });
    const called = node.depends_on.macros;
    const macros = new MacroContext(this.macros, {
      searchPackage: node.package_name,
      base: scope,
      mode: "sync",
      onCall: (id) => {
        if (!called.includes(id)) called.push(id);
      },
      ...(only ? { only } : {}),
    });
    scope.macros = macros;
    return { node, scope, macros };
  }

  /** Renders a node's code for its effects. @throws TsdbtError */
  render(rendering: NodeRendering, source: string | ast.Template): string {
    const { node, macros } = rendering;
    if (typeof source === "string" && !JINJA.test(source)) return source;
    return this.guarded(this.placeOf(node, macros), () =>
      this.template(this.lenient, source, node.original_file_path).render(macros),
    );
  }

  /**
   * Does what rendering a node's code would do: notes its references, its config and the macros it calls. Where the code
   * cannot simply be walked through, `again` gives a fresh rendering, for whatever had been noted until then to be dropped.
   * @throws TsdbtError
   */
  collect(rendering: NodeRendering, tree: ast.Template, again: () => NodeRendering): void {
    const { node, macros } = rendering;
    const template = this.guarded(this.placeOf(node, macros), () => this.lenient.compile(tree));
    if (!isWalkable(tree)) {
      this.guarded(this.placeOf(node, macros), () => template.render(macros));
      return;
    }
    if (walkTemplate(tree, macros, this.lenient)) return;
    const { node: fresh, macros: freshMacros } = again();
    // What the code said on its way was said once already.
    this.isSilent = true;
    try {
      this.guarded(this.placeOf(fresh, freshMacros), () => template.render(freshMacros));
    } finally {
      this.isSilent = false;
    }
  }

  /** As {@link render} for short texts that come again and again, such as the code of generic tests. */
  renderShared(rendering: NodeRendering, source: string): string {
    const { node, macros } = rendering;
    return this.guarded(this.placeOf(node, macros), () =>
      this.cached(this.lenient, source, node.original_file_path).render(macros),
    );
  }

  renderText(text: string, node: Node, macros: MacroContext): string {
    if (!JINJA.test(text)) return text;
    return this.template(this.lenient, text, node.original_file_path).render(macros);
  }

  /** The Python value of a template that is one expression, else its text. @throws TsdbtError */
  native(rendering: NodeRendering, source: string): unknown {
    if (!JINJA.test(source)) return source;
    const { node, macros } = rendering;
    return this.guarded(this.placeOf(node, macros), () =>
      this.cached(this.lenient, source, node.original_file_path).renderNative(macros),
    );
  }

  /** A value of a properties file, as plain data. Sees vars and the environment, no macros. @throws TsdbtError */
  yamlValue(text: string, packageName: string): Data {
    if (!JINJA.test(text)) return text;
    const scope = this.yamlScope(packageName);
    return this.guarded({ file: "" }, () => toData(this.cached(this.strict, text, undefined).renderNative(scope)));
  }

  /** A description, with `doc(...)` answered by `find`. @throws TsdbtError */
  description(text: string, owner: Described, find: (args: string[]) => DocBlock): string {
    if (!JINJA.test(text)) return text;
    const base = this.yamlScope(this.config.project.name);
    const doc = new PyCallable("doc", (args) => find(args.map(String)).block_contents);
    const scope: Scope = { get: (name) => (name === "doc" ? doc : base.get(name)) };
    return this.guarded({ file: owner.original_file_path, node: owner }, () =>
      this.template(this.strict, text, owner.original_file_path).render(scope),
    );
  }

  /** A docs block's text: it sees nothing. */
  docsBlock(text: string, file: string): string {
    if (!JINJA.test(text)) return text;
    return this.guarded({ file }, () => this.template(this.strict, text, file).render({ get: () => undefined }));
  }

  /** What one line of an exposure's `depends_on` refers to is added to the exposure. @throws TsdbtError */
  exposureDependency(exposure: Exposure, line: string): void {
    const ref = new PyCallable("ref", (args, kwargs: Kwargs) => {
      exposure.refs.push(refArguments(args, kwargs, exposure));
      return "";
    });
    const source = new PyCallable("source", (args) => {
      exposure.sources.push(args.map(String));
      return "";
    });
    const metric = createNamed("metric", exposure, exposure.metrics, () => "");
    const names: { [name: string]: unknown } = { ref, source, metric };
    const scope: Scope = { get: (name) => (Object.hasOwn(names, name) ? names[name] : undefined) };
    const file = exposure.original_file_path;
    this.guarded({ file, node: exposure }, () => this.template(this.lenient, `{{ ${line} }}`, file).render(scope));
  }

  /** What `ref(...)` in a semantic model's `model:` names. */
  modelReference(owner: Described, expression: string): RefArgs | undefined {
    let found: RefArgs | undefined;
    const ref = new PyCallable("ref", (args, kwargs: Kwargs) => {
      found = refArguments(args, kwargs, owner);
      return "";
    });
    const file = owner.original_file_path;
    const scope: Scope = { get: (name) => (name === "ref" ? ref : undefined) };
    this.guarded({ file, node: owner }, () => this.template(this.lenient, `{{ ${expression} }}`, file).render(scope));
    return found;
  }

  /** What a `generate_…_name` macro answers for a node, which it may look at. @throws TsdbtError */
  generateName(macro: RegisteredMacro, custom: string | null, node: NodeObject): unknown {
    let context = this.nameContexts.get(macro);
    if (!context) {
      context = this.nameContext(macro);
      this.nameContexts.set(macro, context);
    }
    const bound = context.bind(macro);
    return this.guarded({ file: macro.resource.original_file_path, node: node.node }, () =>
      bound.call([custom, node], undefined),
    );
  }

  dictOf(entries: [unknown, unknown][]): PyDict {
    return PyDict.from(entries);
  }

  baseScope(packageName: string, nodeName: string): BaseContext {
    let base = this.bases.get(packageName);
    if (!base) {
      base = this.createBase(packageName, nodeName, true, true);
      this.bases.set(packageName, base);
    }
    return base;
  }

  relationOf(node: Node): Relation {
    return this.adapter.relationOf({
      database: node.database,
      schema: node.schema,
      alias: node.alias,
      identifier: node.alias,
      config: node.config,
      resource_type: node.resource_type,
    });
  }

  adapterObject(macros: MacroContext): HostObject {
    const session: AdapterSession = {
      connection: () => Promise.reject(new Error("there is no connection while parsing")),
      callMacro: (name, args, kwargs) => macros.call(name, args, kwargs),
      dispatch: (name, namespace) => macros.dispatch(name, namespace),
      execute: false,
      cache: NO_CACHE,
      model: null,
      projectConfig: () => new ProjectConfigView(this.config, this.adapter),
    };
    return createAdapterObject(this.adapter, session);
  }

  private nameContext(macro: RegisteredMacro): MacroContext {
    const { credentials } = this.config.profile;
    const pseudo = {
      ...macro.resource,
      database: credentials.database,
      schema: credentials.schema,
      alias: macro.resource.name,
      refs: [],
      sources: [],
      metrics: [],
      functions: [],
    } as unknown as Node;
    const scope = new NodeScope(this, { node: pseudo, references: pseudo, onConfig: () => {} });
    const base = this.createBase(macro.resource.package_name, macro.resource.name, false, true);
    const context = new MacroContext(this.macros, {
      searchPackage: macro.resource.package_name,
      base: {
        get: (name) =>
          name === "this" || name === "model" ? undefined : name === "var" ? base.get(name) : scope.get(name),
      },
      mode: "sync",
    });
    scope.macros = context;
    return context;
  }

  private yamlScope(packageName: string): Scope {
    let scope = this.yamlScopes.get(packageName);
    if (!scope) {
      const base = this.createBase(packageName, undefined, false, false);
      const { target } = this.shared;
      scope = {
        get: (name) =>
          name === "target" ? target : name === "project_name" ? this.config.project.name : base.get(name),
      };
      this.yamlScopes.set(packageName, scope);
    }
    return scope;
  }

  /** dbt's base context; while nodes are read a var that nobody set is None, elsewhere it is an error. */
  private createBase(
    packageName: string,
    nodeName: string | undefined,
    lenientVars: boolean,
    renderVars: boolean,
  ): BaseContext {
    return createBaseContext({
      config: this.config,
      packageName,
      nodeName,
      lenientVars,
      renderVars,
      onEnvVar: this.onEnvVar,
      log: (message: string, info: boolean) => {
        if (!this.isSilent) this.events.emit(jinjaLog(message, info));
      },
      print: (message: string) => {
        if (!this.isSilent) this.events.emit(print(message));
      },
      onDeprecated: (event) => {
        if (!this.isSilent) this.events.emit(event);
      },
    });
  }

  private placeOf(node: Node, macros: MacroContext): ErrorPlace {
    return { file: node.original_file_path, node, names: () => this.callable(macros) };
  }

  private *callable(_macros: MacroContext): Iterable<string> {
    for (const macro of this.macros.all()) yield macro.resource.name;
    yield* [
      "ref",
      "source",
      "config",
      "var",
      "env_var",
      "this",
      "target",
      "adapter",
      "exceptions",
      "return",
      "log",
      "execute",
    ];
  }

  private template(env: Environment, source: string | ast.Template, file: string | undefined): Template {
    return env.compile(source, { name: file });
  }

  private cached(env: Environment, source: string, file: string | undefined): Template {
    const key = `${env === this.strict ? "s" : "l"}${source}`;
    let template = this.compiled.get(key);
    if (!template) {
      template = this.template(env, source, file);
      this.compiled.set(key, template);
    }
    return template;
  }

  private guarded<T>(place: ErrorPlace, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw templateProblem(error, place);
    }
  }
}

const NO_CACHE: RelationCache = {
  list: () => Promise.resolve([]),
  get: () => Promise.resolve(null),
  add() {},
  drop() {},
  rename() {},
  clear() {},
  has: () => false,
  dropSchema() {},
};

function invocationArgs(config: RuntimeConfig): { [key: string]: Data } {
  const out: { [key: string]: Data } = {};
  for (const [key, value] of Object.entries(config.flags)) if (value !== undefined) out[key] = value as Data;
  return out;
}
