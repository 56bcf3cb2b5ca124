import type { AdapterResponse } from "../../../adapters/adapter.ts";
import { Relation } from "../../../adapters/relation.ts";
import { ResponseObject } from "../../../adapters/response.ts";
import { ExecutionContext, type Substitutes } from "../../context/execution/context.ts";
import { missingMaterialization, templateError } from "../../context/shared/index.ts";
import { materializationOverridden } from "../../events/messages/index.ts";
import { PyDict } from "../../jinja/index.ts";
import { pyRepr, pyStr } from "../../jinja/runtime/repr.ts";
import type { Node } from "../../manifest/resources.ts";
import type { Job } from "../job.ts";

/** A materialization's main statement: what the engine answered and the rows. */
export interface MainResult {
  response: AdapterResponse;
  message: string;
  table: unknown;
}

/** A node whose materialization is called: a job of its own, or what stands for one. */
export type Materialized = Pick<Job, "run" | "node" | "connection" | "threadId">;

/** A context in which a node's materialization, hooks and statements run. */
export function contextOf(job: Materialized, substitutes?: Substitutes): ExecutionContext {
  return new ExecutionContext(job.run.env, {
    subject: { kind: "node", node: job.node },
    connection: job.connection,
    threadId: job.threadId,
    substitutes,
  });
}

/** Calls the materialization of a node: the macro its `materialized` names, the project's own before built-in ones. */
export async function callMaterialization(
  job: Materialized,
  context: ExecutionContext,
  name = String(job.node.config.materialized),
): Promise<unknown> {
  const { env } = job.run;
  const packagesMayOverride =
    job.run.options.flags.require_explicit_package_overrides_for_builtin_materializations === false;
  const macro = env.macros.findMaterialization(
    name,
    packagesMayOverride ? (packageName) => env.events.emit(materializationOverridden(packageName, name)) : undefined,
  );
  if (!macro) throw templateError("TD3040", missingMaterialization(name, env.adapter.type), job.node);
  const languages = macro.resource.supported_languages;
  const language = job.node.language ?? "sql";
  if (languages && !languages.includes(language)) {
    throw templateError(
      "TD3041",
      `Materialization "${macro.resource.name}" only supports languages ${pyRepr(languages)}; got "${language}"`,
      job.node,
      "Runtime Error",
    );
  }
  const leave = await env.adapter.guard?.(job.node, context.session);
  try {
    return await context.macros.bind(macro).call([], undefined);
  } finally {
    leave?.();
  }
}

/** Takes the relations that a materialization says it made into the cache, and answers them. */
export function cacheRelations(job: Materialized, returned: unknown): Relation[] {
  const relations = relationsOf(returned, job.node);
  for (const relation of relations) job.run.env.cache.add(relation.replace({ dbtCreated: true }));
  return relations;
}

function relationsOf(returned: unknown, node: Node): Relation[] {
  const fail = (message: string): never => {
    throw templateError("TD3042", message, node);
  };
  if (typeof returned === "string") {
    return fail(
      `The materialization ("${String(node.config.materialized)}") did not explicitly return a list of relations to add ` +
        "to the cache.",
    );
  }
  if (!(returned instanceof PyDict)) {
    return fail(
      `Invalid return value from materialization, expected a dict with key "relations", got: ${pyStr(returned)}`,
    );
  }
  const relations = returned.get("relations");
  if (relations === undefined) {
    return fail(
      `Invalid return value from materialization, "relations" not found, got keys: ${pyRepr(returned.keyArray())}`,
    );
  }
  if (!Array.isArray(relations)) {
    return fail(`Invalid return value from materialization, "relations" not a list, got: ${pyStr(relations)}`);
  }
  for (const relation of relations) {
    if (!(relation instanceof Relation)) {
      fail(`Invalid return value from materialization, "relations" contains non-Relation: ${pyStr(relation)}`);
    }
  }
  return relations;
}

/** What the statement named `main` came to. */
export function mainResult(context: ExecutionContext, node: Node): MainResult {
  const main = context.results.load("main");
  if (!main) throw templateError("TD3043", "main is not being called during running model", node, "Runtime Error");
  const response = main.get("response");
  const message = pyStr(response);
  return {
    response: response instanceof ResponseObject ? response.response : { _message: message },
    message,
    table: main.get("table"),
  };
}

/** The response as artifacts hold it: without what is not known. */
export function responseEntry(response: AdapterResponse): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(response).filter(([, value]) => value !== null && value !== undefined));
}
