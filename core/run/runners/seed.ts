import type { Table } from "../../agate/table.ts";
import { seedResult, startLine } from "../../events/messages/index.ts";
import type { Runner } from "../job.ts";
import { cacheRelations, callMaterialization, contextOf, mainResult, responseEntry } from "./materialize.ts";
import { descriptionOf, place } from "./model.ts";

/** Seeds: nothing to compile; the rows are kept for `--show`. */
export const seedRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: descriptionOf(job) }),
  async execute(job) {
    const context = contextOf(job);
    const returned = await callMaterialization(job, context);
    cacheRelations(job, returned);
    const main = mainResult(context, job.node);
    const { show, which } = job.run.options.flags;
    const rows = show || which === "show" ? context.results.load("agate_table")?.get("table") : undefined;
    return {
      status: "success",
      message: main.message,
      adapter_response: responseEntry(main.response),
      ...(rows ? { table: rows as Table } : {}),
    };
  },
  finish: (job, result) =>
    seedResult({
      ...place(job, result.status),
      schema: job.node.schema,
      alias: job.node.alias,
      status: result.status,
      message: result.message,
      executionTime: result.execution_time,
    }),
};
