import type { Runner } from "../job.ts";

/** `compile`: templates are rendered, nothing is run. Seeds have nothing to render. */
export const compileRunner: Runner = {
  start: () => null,
  compile: async (job) => {
    if (job.node.resource_type === "seed") return;
    await job.run.compiler.compile(job.node, { connection: job.connection, threadId: job.threadId });
  },
  execute: async () => ({ status: "success", message: null }),
  finish: () => null,
};
