import type { NodeResult } from "../../artifacts/results.ts";
import { templateError } from "../../context/shared/index.ts";
import { describeNode, nodeInfo, resultLine, startLine } from "../../events/messages/index.ts";
import type { GraphResource } from "../../manifest/resources.ts";
import type { Job, Outcome, Runner } from "../job.ts";
import { cacheRelations, callMaterialization, contextOf, mainResult, responseEntry } from "./materialize.ts";

/** What a line calls the node. */
export function descriptionOf(job: Job): string {
  return describeNode(job.node, job.run.env.config.profile.credentials.database);
}

export function place(job: Job<GraphResource>, status: string) {
  return { index: job.index, total: job.run.total, node: nodeInfo(job.node, { status }) };
}

/** Builds a node by its materialization. */
export async function materialize(job: Job): Promise<Outcome> {
  refuseMicrobatch(job);
  const context = contextOf(job);
  const returned = await callMaterialization(job, context);
  cacheRelations(job, returned);
  const main = mainResult(context, job.node);
  return { status: "success", message: main.message, adapter_response: responseEntry(main.response) };
}

/** A microbatch model run as one batch would silently write other rows than dbt does. */
function refuseMicrobatch({ node, run }: Job): void {
  const { materialized, incremental_strategy: strategy } = node.config as { [key: string]: unknown };
  if (materialized !== "incremental" || strategy !== "microbatch") return;
  const own = run.env.macros.findByName("get_incremental_microbatch_sql");
  if (own && !run.env.macros.isInternal(own.resource.package_name)) return;
  throw templateError(
    "TD3044",
    "Models with the incremental strategy 'microbatch' cannot be run yet",
    node,
    "Runtime Error",
    "Use delete+insert with a unique_key of the batch's time, or exclude the model.",
  );
}

/** Models: compiled, then built by their materialization. */
export const modelRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: descriptionOf(job) }),
  compile: (job) => job.run.compiler.compile(job.node, { connection: job.connection, threadId: job.threadId }),
  execute: materialize,
  finish: (job, result: NodeResult) =>
    resultLine({
      ...place(job, result.status),
      description: descriptionOf(job),
      status: result.status,
      message: result.message,
      executionTime: result.execution_time,
    }),
};
