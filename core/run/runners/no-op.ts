import { noOpResult } from "../../events/messages/index.ts";
import type { Runner } from "../job.ts";
import { place } from "./model.ts";

/** Exposures and saved queries: nothing happens, and that is said. */
export const noOpRunner: Runner = {
  start: () => null,
  execute: async () => ({ status: "no-op", message: "NO-OP", failures: 0 }),
  finish: (job, result) =>
    noOpResult({
      ...place(job, result.status),
      description: `${job.node.resource_type.replace("_", " ")} ${job.node.name}`,
      executionTime: result.execution_time,
    }),
};
