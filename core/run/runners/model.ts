import type { NodeResult } from "../../artifacts/results.ts";
import { describeNode, nodeInfo, resultLine, startLine } from "../../events/messages/index.ts";
import type { GraphResource } from "../../manifest/resources.ts";
import type { Job, Outcome, Runner } from "../job.ts";
import { cacheRelations, callMaterialization, contextOf, mainResult, responseEntry } from "./materialize.ts";
import { makeVersionPointer } from "./version-pointer.ts";

/** What a line calls the node. */
export function descriptionOf(job: Job): string {
  return describeNode(job.node, job.run.env.config.profile.credentials.database);
}

export function place(job: Job<GraphResource>, status: string) {
  return { index: job.index, total: job.run.total, node: nodeInfo(job.node, { status }) };
}

/** Builds a node by its materialization. */
export async function materialize(job: Job): Promise<Outcome> {
  const context = contextOf(job);
  const returned = await callMaterialization(job, context);
  const [built] = cacheRelations(job, returned);
  if (built && job.node.resource_type === "model") await makeVersionPointer(job, built);
  const main = mainResult(context, job.node);
  return { status: "success", message: main.message, adapter_response: responseEntry(main.response) };
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
