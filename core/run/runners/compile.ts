import type { Runner } from "../job.ts";

/** `compile`: templates are rendered, nothing is run. */
export const compileRunner: Runner = {
  start: () => null,
  compile: (job) => job.run.compiler.compile(job.node, { connection: job.connection, threadId: job.threadId }),
  execute: async () => ({ status: "success", message: null }),
  finish: () => null,
};
