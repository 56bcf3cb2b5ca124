import type { RelationSource } from "../../adapters/adapter.ts";
import type { NodeConnection } from "../context/execution/connection.ts";
import { ExecutionContext, type Substitutes } from "../context/execution/context.ts";
import type { ExecutionEnvironment } from "../context/execution/environment.ts";
import { writeSql } from "../context/execution/output-files.ts";
import { renderNative } from "../context/execution/render.ts";
import { templateError } from "../context/shared/index.ts";
import { nodeInfo, writingInjectedSql } from "../events/messages/index.ts";
import type { Data } from "../jinja/index.ts";
import { PyDict, toPython } from "../jinja/index.ts";
import type { Node } from "../manifest/resources.ts";
import { type Cte, cteName, injectCtes } from "./inject-ctes.ts";

export interface CompileOptions {
  connection: NodeConnection;
  threadId: string;
  /** What stands in for dbt's names and macros in this node's template. */
  substitutes?: Substitutes | undefined;
  /** The file that its code stands in, where that is not the node's own. */
  codeFile?: string;
  /** More names for the node's template. */
  extra?: ReadonlyMap<string, unknown>;
  /** Whether target/compiled is written; true unless said otherwise. */
  write?: boolean;
}

/** Compiles the nodes of one run: each ephemeral model once, whoever needs it first. */
export class Compiler {
  private readonly env: ExecutionEnvironment;
  private readonly ephemeral = new Map<string, Promise<CompiledNode>>();
  constructor(env: ExecutionEnvironment) {
    this.env = env;
  }

  /**
   * Fills in a node's `compiled_code` (with the CTEs of the ephemeral models it uses), `extra_ctes` and `compiled_path`,
   * and writes target/compiled.
   * @throws TsdbtError where its template fails
   */
  async compile(node: Node, options: CompileOptions): Promise<void> {
    if (isEphemeral(node)) await this.compileEphemeral(node, options);
    else await this.compileOnce(node, options);
  }

  private compileEphemeral(node: Node, options: CompileOptions): Promise<CompiledNode> {
    let compiled = this.ephemeral.get(node.unique_id);
    if (!compiled) {
      compiled = this.compileOnce(node, options);
      this.ephemeral.set(node.unique_id, compiled);
      compiled.catch(() => this.ephemeral.delete(node.unique_id));
    }
    return compiled;
  }

  private async compileOnce(node: Node, options: CompileOptions): Promise<CompiledNode> {
    const used = new Map<string, Node>();
    const { macros } = node.depends_on;
    const context = new ExecutionContext(this.env, {
      subject: { kind: "node", node },
      connection: options.connection,
      threadId: options.threadId,
      ...(options.extra ? { extra: options.extra } : {}),
      substitutes: options.substitutes,
      // what a node calls only while it runs, as behind `{% if execute %}`, is known from here on
      onMacro: (id) => {
        if (!macros.includes(id)) macros.push(id);
      },
      onEphemeral: (ephemeral) => used.set(ephemeral.unique_id, ephemeral),
    });
    if (node.language === "python" && node.resource_type === "model") {
      throw templateError(
        "TD3101",
        "Python models are not supported",
        node,
        "Compilation Error",
        "Write the model in SQL.",
      );
    }
    if (node.test_metadata) {
      context.set("_dbt_generic_test_kwargs", await testArguments(node, context));
      this.noteWhere(node);
    }
    const own = await context.render(node.raw_code, options.codeFile ?? node.original_file_path);
    node.compiled_code = own;
    for (const overload of node.overloads ?? [])
      overload.compiled_body = await context.render(overload.raw_body, node.original_file_path);
    node.compiled = true;
    if (node.resource_type === "test" && node.relation_name === null && storesFailures(this.env, node)) {
      node.relation_name = this.env.adapter.relationOf(node as unknown as RelationSource).render();
    }
    this.resolveForeignKeys(node);
    const ctes = await this.prependedCtes(used.values(), options);
    node.compiled_code = injectCtes(own, ctes);
    node.extra_ctes = ctes.map(({ id, sql }) => ({ id, sql }));
    node.extra_ctes_injected = true;
    if (options.write !== false && node.compiled_code !== "") {
      const { targetPath, targetLabel } = this.env;
      const running = this.env.events.running.get(options.connection.name);
      this.env.events.emit(writingInjectedSql(running?.node ?? nodeInfo(node)));
      node.compiled_path = writeSql({ path: targetPath, label: targetLabel }, node, "compiled", node.compiled_code);
    }
    return { own, ctes };
  }

  /** `unique` and `not_null` are read without being rendered: that they ask for a `where` shows now. */
  private noteWhere(node: Node): void {
    const { macros } = node.depends_on;
    const id = this.env.macros.findByName("get_where_subquery")?.resource.unique_id;
    const model = String(node.test_metadata?.kwargs.model ?? "");
    if (id && model.includes("get_where_subquery(") && !macros.includes(id)) macros.push(id);
  }

  /** The CTEs of ephemeral models and of those they use, each once, in the order they must stand. */
  private async prependedCtes(models: Iterable<Node>, options: CompileOptions): Promise<Cte[]> {
    const { connection, threadId } = options;
    const ctes: Cte[] = [];
    const add = (cte: Cte): void => {
      if (!ctes.some((known) => known.id === cte.id)) ctes.push(cte);
    };
    for (const model of models) {
      const compiled = await this.compileEphemeral(model, { connection, threadId });
      for (const cte of compiled.ctes) add(cte);
      add({ id: model.unique_id, sql: ` ${cteName(model.$cte ?? model.alias)} as (\n${compiled.own}\n)` });
    }
    return ctes;
  }

  /** `to: ref('x')` of foreign keys becomes the relation it names: with `--defer` that of the other state, unless it is selected. */
  private resolveForeignKeys(node: Node): void {
    if (node.resource_type !== "model") return;
    const columns = Object.values(node.columns ?? {});
    const constraints = [...(node.constraints ?? []), ...columns.flatMap((column) => column.constraints ?? [])];
    for (const constraint of constraints) {
      if (constraint.type !== "foreign_key" || typeof constraint.to !== "string") continue;
      constraint.to = this.relationNamed(node, constraint.to);
    }
  }

  private relationNamed(node: Node, expression: string): string {
    const match = /^\s*(ref|source)\s*\(([^)]*)\)\s*$/.exec(expression);
    if (!match) {
      throw templateError(
        "TD3103",
        `'${node.unique_id}' defines a foreign key constraint 'to' expression which is not valid 'ref' or 'source' ` +
          `syntax: ${expression}.`,
        node,
      );
    }
    const args = (match[2] as string).split(",").map((arg) => arg.trim().replace(/^['"]|['"]$/g, ""));
    const found =
      match[1] === "source"
        ? this.env.lookups.resolveSource(node, args[0] ?? "", args[1] ?? "")
        : this.env.lookups.resolveRef(node, args.at(-1) ?? "", args.length > 1 ? (args[0] as string) : null, null);
    if (!found || found.disabled) {
      throw templateError(
        "TD3102",
        `'${node.resource_type}.${node.package_name}.${node.name}' depends on '${expression}' which is not in the graph!`,
        node,
        "Internal Error",
      );
    }
    const { unique_id: id } = found.node;
    const deferred = this.env.selected.has(id) ? undefined : this.env.deferred.get(id);
    return this.env.adapter.relationOf(deferred ?? (found.node as unknown as RelationSource)).render();
  }
}

interface CompiledNode {
  /** The rendered code before CTEs were put in front. */
  own: string;
  ctes: Cte[];
}

export function isEphemeral(node: { resource_type: string; config?: { materialized?: unknown } }): boolean {
  return node.resource_type === "model" && node.config?.materialized === "ephemeral";
}

/** Whether a test's failing rows are kept in a table. */
export function storesFailures(env: Pick<ExecutionEnvironment, "config">, node: Node): boolean {
  return node.config.store_failures === true || env.config.flags.store_failures === true;
}

const LOOKS_LIKE_CALL = /^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$/;

/** A generic test's arguments, each string of them rendered as a template that may give any value. */
async function testArguments(node: Node, context: ExecutionContext): Promise<unknown> {
  const render = async (value: unknown, key: string | null): Promise<unknown> => {
    if (typeof value === "string") {
      if (key === "column_name") return value;
      const template = LOOKS_LIKE_CALL.test(value) ? `{{ ${value} }}` : value;
      return renderNative(template, node.original_file_path, context);
    }
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      for (const item of value) items.push(await render(item, null));
      return items;
    }
    if (value instanceof PyDict || (value !== null && typeof value === "object" && isPlain(value))) {
      const entries = value instanceof PyDict ? value.entries() : Object.entries(value as { [key: string]: Data });
      const dict = new PyDict();
      for (const [name, item] of entries) dict.set(name, await render(item, ""));
      return dict;
    }
    return toPython(value);
  };
  const dict = new PyDict();
  for (const [name, value] of Object.entries(node.test_metadata?.kwargs ?? {}))
    dict.set(name, await render(value, name));
  return dict;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
