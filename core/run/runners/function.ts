import { functionResult, relationText, startLine } from "../../events/messages/index.ts";
import type { Job, Runner } from "../job.ts";
import { cacheRelations, callMaterialization, contextOf, mainResult, responseEntry } from "./materialize.ts";
import { place } from "./model.ts";

const description = ({ node, run }: Job): string =>
  `function ${relationText(node, run.env.config.profile.credentials.database)}`;

/** User-defined functions: made by the materialization `function`. https://docs.getdbt.com/docs/build/udfs */
export const functionRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: description(job) }),
  compile: (job) => job.run.compiler.compile(job.node, { connection: job.connection, threadId: job.threadId }),
  async execute(job) {
    const context = contextOf(job);
    cacheRelations(job, await callMaterialization(job, context));
    const main = mainResult(context, job.node);
    return {
      status: "success",
      message: main.message,
      adapter_response: responseEntry(main.response),
      overloads: { successful: [], failed: [] },
    };
  },
  finish: (job, result) =>
    functionResult({
      ...place(job, result.status),
      description: description(job),
      status: result.status,
      executionTime: result.execution_time,
    }),
};
