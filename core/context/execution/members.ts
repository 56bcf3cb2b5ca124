import type { RelationSource } from "../../../adapters/adapter.ts";
import type { Relation } from "../../../adapters/relation.ts";
import { defineFunction, PyDict, toPython } from "../../jinja/index.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import type { HostObject } from "../../jinja/runtime/values.ts";
import type { GraphResource, Node } from "../../manifest/resources.ts";
import {
  createAdapterMacro,
  createExceptions,
  createTryOrCompilerError,
  Resolver,
  templateError,
} from "../shared/index.ts";
import { type Configured, RuntimeConfigObject } from "./config.ts";
import type { ExecutionContext } from "./context.ts";
import { NamesObject } from "./names.ts";
import { resourceValue } from "./node-value.ts";
import { writeSql } from "./output-files.ts";
import { createFunctionResolver, createMetricResolver, createRef, createSource, sourceRelation } from "./refs.ts";
import { createResponse } from "./response.ts";
import { createLoadAgateTable } from "./seeds.ts";

/** Makes the value of one name; `undefined` where this subject does not have it. */
type Maker = (context: ExecutionContext) => unknown;

const isOperation = (context: ExecutionContext) => context.subject.kind === "macro";

/** The node being run, if it is one of the graph's. */
function nodeOf(context: ExecutionContext): Node | undefined {
  return context.subject.kind === "node" ? context.subject.node : undefined;
}

function hooksOf(context: ExecutionContext, key: "pre-hook" | "post-hook"): unknown {
  const node = nodeOf(context);
  if (!node) return null;
  if (node.resource_type === "test" || node.resource_type === "unit_test") return [];
  const hooks = (node.config[key] ?? []) as unknown as { [key: string]: unknown }[];
  return hooks.map((hook) => toPython(Object.fromEntries(Object.entries(hook).filter(([, value]) => value !== null))));
}

/** Where the node stands in the state's environment, `null` without one. */
function deferRelation(context: ExecutionContext): Relation | null {
  const deferred = context.env.deferred.get(nodeOf(context)?.unique_id ?? "");
  return deferred ? context.env.adapter.relationOf(deferred) : null;
}

function compiledCode(context: ExecutionContext): string | null {
  const node = nodeOf(context);
  if (context.env.config.flags.which === "clone") {
    const deferred = context.env.deferred.get(node?.unique_id ?? "");
    if (deferred) return `select * from ${deferred.relation_name ?? deferRelation(context)?.render()}`;
  }
  return node?.extra_ctes_injected ? (node.compiled_code ?? null) : null;
}

function modelValue(context: ExecutionContext): PyDict {
  const model = resourceValue(context.subject.node as unknown as GraphResource, { omitNone: true });
  const code = model.get("compiled_code");
  if (code !== undefined) model.set("compiled_sql", code);
  const node = nodeOf(context);
  const columns = model.get("columns");
  if (node?.contract?.alias_types === true && columns instanceof PyDict) {
    for (const column of columns.values()) {
      const type = column instanceof PyDict ? column.get("data_type") : undefined;
      if (typeof type === "string") (column as PyDict).set("data_type", context.translateType(type));
    }
  }
  return model;
}

function writer(context: ExecutionContext) {
  return defineFunction("write(payload)", (payload: unknown) => {
    const node = nodeOf(context);
    if (!node) {
      throw templateError("TD3022", `macros and sources cannot be written to`, context.subject.node);
    }
    const { targetPath, targetLabel } = context.env;
    node.build_path = writeSql({ path: targetPath, label: targetLabel }, node, "run", pyStr(payload));
    return "";
  });
}

/** dbt's context members beyond the base context's, by name. https://docs.getdbt.com/reference/dbt-jinja-functions */
export const MEMBERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["_sql_results", (c) => c.results.stored],
  ["adapter", (c) => c.adapter],
  ["adapter_macro", (c) => createAdapterMacro(c.subject.node)],
  ["api", (c) => PyDict.from({ Relation: c.adapter.attr("Relation"), Column: c.adapter.attr("Column") })],
  ["builtins", (c) => new NamesObject({ get: (n) => c.builtin(n), set: () => {}, names: () => c.builtinNames() })],
  ["column", (c) => c.adapter.attr("Column")],
  ["compiled_code", (c) => (isOperation(c) ? undefined : compiledCode(c))],
  ["config", (c) => new RuntimeConfigObject(c.subject.node as unknown as Configured)],
  ["context", (c) => new NamesObject({ get: (n) => c.get(n), set: (n, v) => c.set(n, v), names: () => c.names() })],
  ["context_macro_stack", (c) => c.macros.stack],
  ["database", (c) => nodeOf(c)?.database ?? c.env.config.profile.credentials.database],
  ["dbt_metadata_envs", (c) => c.env.shared.metadataEnvs],
  ["defer_relation", (c) => (isOperation(c) ? undefined : deferRelation(c))],
  ["env", (c) => c.env.shared.target],
  ["exceptions", (c) => createExceptions(c.subject.node, c.warn)],
  ["execute", () => true],
  ["flags", (c) => c.env.shared.flags],
  ["function", (c) => createFunctionResolver(c.env, c.subject.node)],
  ["graph", (c) => c.env.shared.graph],
  ["invocation_args_dict", (c) => c.env.shared.invocationArgs],
  ["load_agate_table", (c) => createLoadAgateTable(c.env, c.subject.node as Node, c.warnText)],
  ["load_result", (c) => c.results.functions(createResponse).load],
  ["metric", (c) => createMetricResolver(c.env, c.subject.node)],
  ["model", modelValue],
  ["post_hooks", (c) => hooksOf(c, "post-hook")],
  ["pre_hooks", (c) => hooksOf(c, "pre-hook")],
  ["project_name", (c) => c.env.config.project.name],
  [
    "ref",
    (c) =>
      new Resolver(
        "Ref",
        createRef(c.env, c.subject.node, { operation: isOperation(c), onEphemeral: c.onEphemeral, exists: c.exists }),
        c.env.config,
      ),
  ],
  [
    "render",
    (c) =>
      defineFunction("render(string)", (text: unknown) => c.render(pyStr(text), c.subject.node.original_file_path)),
  ],
  ["schema", (c) => nodeOf(c)?.schema ?? c.env.config.profile.credentials.schema],
  ["selected_resources", (c) => c.env.shared.selectedResources],
  ["source", (c) => new Resolver("Source", createSource(c.env, c.subject.node), c.env.config)],
  ["source_node", (c) => (c.subject.kind === "source" ? resourceValue(c.subject.node, { omitNone: true }) : undefined)],
  ["sql", compiledCode],
  ["sql_now", (c) => c.env.adapter.dateFunction],
  ["store_raw_result", (c) => c.results.functions(createResponse).storeRaw],
  ["store_result", (c) => c.results.functions(createResponse).store],
  ["submit_python_job", (c) => defineFunction("submit_python_job(parsed_model, compiled_code)", () => noPython(c))],
  ["target", (c) => c.env.shared.target],
  ["this", thisRelation],
  ["try_or_compiler_error", (c) => createTryOrCompilerError(c.subject.node)],
  ["validation", (c) => c.env.shared.validation],
  ["write", writer],
]);

function thisRelation(context: ExecutionContext): HostObject | null | undefined {
  const { subject, env } = context;
  if (subject.kind === "source") return sourceRelation(env, subject.node);
  const node = nodeOf(context);
  if (!node) return undefined;
  return node.resource_type === "operation" ? null : env.adapter.relationOf(node as unknown as RelationSource);
}

function noPython(context: ExecutionContext): never {
  throw templateError(
    "TD3023",
    `Python models are not supported by the ${context.env.adapter.type} adapter of tsdbt`,
    context.subject.node,
    "Runtime Error",
    "Write the model in SQL.",
  );
}
