import { ResponseObject } from "../../../adapters/response.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import type { Runner } from "../job.ts";
import { cacheRelations, callMaterialization, contextOf, responseEntry } from "./materialize.ts";

/**
 * `clone`: a node as it stands in the state's environment, by the macro `materialization_clone`. Nothing is compiled, and
 * no line tells of it but those of the macro. https://docs.getdbt.com/reference/commands/clone
 */
export const cloneRunner: Runner = {
  start: () => null,
  execute: async (job) => {
    const context = contextOf(job);
    cacheRelations(job, await callMaterialization(job, context, "clone"));
    const response = context.results.load("main")?.get("response");
    return {
      status: "success",
      message: response === undefined ? "No-op" : pyStr(response),
      adapter_response: response instanceof ResponseObject ? responseEntry(response.response) : {},
    };
  },
  finish: () => null,
};
