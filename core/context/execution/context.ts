import type { AdapterSession } from "../../../adapters/adapter.ts";
import { createAdapterObject } from "../../../adapters/methods.ts";
import { getRelation } from "../../../adapters/operations.ts";
import type { Relation } from "../../../adapters/relation.ts";
import type { EventNode } from "../../events/event.ts";
import { jinjaLog, nodeInfo, print, warning } from "../../events/messages/index.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import type { HostObject, Kwargs, Scope } from "../../jinja/runtime/values.ts";
import type { GraphResource, Node, SourceDefinition } from "../../manifest/resources.ts";
import { type BaseContext, createBaseContext } from "../base.ts";
import { MacroContext, type MacroReplacements } from "../macros.ts";
import { callValue, ProjectConfigView, templateError, type WarnSink } from "../shared/index.ts";
import type { NodeConnection } from "./connection.ts";
import type { ExecutionEnvironment } from "./environment.ts";
import { MEMBERS } from "./members.ts";
import type { Asking } from "./refs.ts";
import { renderTemplate } from "./render.ts";
import { StatementResults } from "./results.ts";

/** What is rendered: a node of the graph, a source whose freshness is asked, or a macro run by itself. */
export type Subject =
  | { kind: "node"; node: Node }
  | { kind: "source"; node: SourceDefinition }
  | { kind: "macro"; node: Asking; searchPackage: string };

export interface ContextOptions {
  subject: Subject;
  connection: NodeConnection;
  /** dbt's `thread_id`, e.g. `Thread-1 (worker)`. */
  threadId: string;
  /** What stands in for dbt's own names and for macros: a unit test's overrides. */
  substitutes?: Substitutes | undefined;
  /** More names, which hide all others, e.g. `results` of on-run-end hooks. */
  extra?: ReadonlyMap<string, unknown>;
  /** Told of each macro that the subject's own code calls. */
  onMacro?(uniqueId: string): void;
  /** Told of each ephemeral model that a `ref` names. */
  onEphemeral?(node: Node): void;
}

/** Makes what stands in for some of dbt's own names in a context, and says what stands in for macros. */
export interface Substitutes {
  members(context: ExecutionContext): Iterable<readonly [string, unknown]>;
  macros: MacroReplacements;
}

/**
 * The names that a template sees while it runs against the warehouse: dbt's context members, the project's macros and
 * what the caller adds. Values are made when they are first asked for.
 *
 *     const context = new ExecutionContext(env, { subject: { kind: "node", node }, connection, threadId: "main" });
 *     await context.render(node.raw_code, node.original_file_path);
 */
export class ExecutionContext implements Scope {
  readonly env: ExecutionEnvironment;
  readonly subject: Subject;
  readonly results: StatementResults;
  readonly macros: MacroContext;
  /** The `adapter` of templates. */
  readonly adapter: HostObject;
  /** The node's connection, cache and macros, for adapter operations outside templates. */
  readonly session: AdapterSession;
  readonly warn: WarnSink;
  private readonly options: ContextOptions;
  private readonly overrides: Map<string, unknown>;
  private readonly made = new Map<string, unknown>();
  /** dbt's names that ask no warehouse. */
  readonly base: BaseContext;

  constructor(env: ExecutionEnvironment, options: ContextOptions) {
    const { subject, connection } = options;
    this.env = env;
    this.options = options;
    this.subject = subject;
    this.overrides = new Map(options.extra);
    this.results = new StatementResults(subject.node);
    this.macros = new MacroContext(env.macros, {
      searchPackage: subject.kind === "macro" ? subject.searchPackage : subject.node.package_name,
      base: { get: (name) => (this.overrides.has(name) ? this.overrides.get(name) : this.member(name)) },
      mode: "async",
      ...(options.onMacro ? { onCall: options.onMacro } : {}),
      ...(options.substitutes ? { replaced: options.substitutes.macros } : {}),
    });
    this.session = {
      connection: () => connection.get(),
      callMacro: (name, args, kwargs) => this.executeMacro(name, args, kwargs),
      dispatch: (name, namespace) => this.macros.dispatch(name, namespace),
      execute: true,
      cache: env.cache,
      model: null,
      projectConfig: () => new ProjectConfigView(env.config, env.adapter),
      emit: (event) => env.events.emit(event),
    };
    this.adapter = createAdapterObject(env.adapter, this.session);
    this.warn = ({ message, name, code }) => {
      const node = this.eventNode();
      env.events.emit(warning(message, { name, code, ...(node ? { node } : {}) }));
    };
    this.base = createBaseContext({
      config: env.config,
      packageName: subject.node.package_name,
      threadId: options.threadId,
      nodeName: subject.node.name,
      flags: env.shared.flags,
      renderVar: (text) => this.render(text, subject.node.original_file_path),
      log: (message: string, info: boolean) => env.events.emit(jinjaLog(message, info, this.eventNode())),
      print: (message: string) => env.events.emit(print(message)),
      onDeprecated: (event) => env.events.emit(event),
    });
    for (const [name, value] of options.substitutes?.members(this) ?? []) this.made.set(name, value);
  }

  get(name: string): unknown {
    return this.overrides.has(name) ? this.overrides.get(name) : this.macros.get(name);
  }

  /** Gives a name another value, as `context.update({...})` of a template does. */
  set(name: string, value: unknown): void {
    this.overrides.set(name, value);
  }

  /** One of dbt's own names, without macros. */
  member(name: string): unknown {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const maker = MEMBERS.get(name);
    const value = maker ? maker(this) : this.base.get(name);
    if (value !== undefined) this.made.set(name, value);
    return value;
  }

  /** What `builtins` holds: dbt's own names that mean something for this subject. */
  builtinNames(): string[] {
    return [...new Set([...this.base.names(), ...MEMBERS.keys()])].filter((name) => this.builtin(name) !== undefined);
  }
  builtin(name: string): unknown {
    return name === "builtins" || name === "context" ? undefined : this.member(name);
  }

  /** What `context` holds: those, the macros and the packages. */
  names(): string[] {
    const macros = [...this.env.macros.all()].flatMap(({ resource }) => [resource.name, resource.package_name]);
    const seen = macros.filter((name) => this.macros.get(name) !== undefined);
    return [...new Set([...this.builtinNames(), "builtins", "context", ...seen, ...this.overrides.keys()])];
  }

  /** Renders a template in this context. */
  render(source: string, file: string): Promise<string> {
    return renderTemplate(source, file, this);
  }

  /**
   * Calls a macro by name as adapters do: in a context of its own, which is not the node's and in which names are looked
   * up in the macro's own package first.
   * @throws TsdbtError where no package has it
   */
  async executeMacro(
    name: string,
    args: unknown[],
    kwargs?: Kwargs,
    packageName: string | null = null,
  ): Promise<unknown> {
    const macro = this.env.macros.findByName(name, packageName);
    if (!macro) {
      const where = packageName === null ? "any package" : `the "${packageName}" package`;
      const message = `dbt could not find a macro with the name "${name}" in ${where}`;
      throw templateError("TD3030", message, null, "Runtime Error");
    }
    const { connection, threadId } = this.options;
    const context = new ExecutionContext(this.env, {
      connection,
      threadId,
      subject: {
        kind: "macro",
        node: macro.resource,
        searchPackage: macro.resource.package_name,
      },
    });
    return context.macros.bind(macro).call(args, kwargs);
  }

  readonly onEphemeral = (node: Node): void => this.options.onEphemeral?.(node);

  readonly exists = async (relation: Relation): Promise<boolean> => {
    const { database, schema, identifier } = relation;
    if (schema === null || identifier === null) return false;
    return (await getRelation(this.env.adapter, this.session, database, schema, identifier)) !== null;
  };

  readonly warnText = (message: string): void => this.warn({ message, name: "JinjaLogWarning", code: "I061" });

  /** A column type by the engine's name: `STRING` is `TEXT`. */
  translateType(type: string): string {
    const column = this.adapter.attr("Column") as HostObject;
    return pyStr(callValue(column.attr("translate_type"), [type], undefined));
  }

  private eventNode(): EventNode | undefined {
    const { subject } = this;
    return subject.kind === "macro" ? undefined : nodeInfo(subject.node as GraphResource);
  }
}
