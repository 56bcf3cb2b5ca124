import { templateError } from "../../context/shared/index.ts";
import { describeNode, startLine, testResult } from "../../events/messages/index.ts";
import type { Runner } from "../job.ts";
import { place } from "./model.ts";

/** Unit tests are parsed and listed, but not run yet: each says so as an error. */
export const unitTestRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: describeNode(job.node as never) }),
  async execute(job) {
    throw templateError(
      "TD3090",
      "Unit tests cannot be run yet",
      job.node,
      "Runtime Error",
      "Leave them out with --exclude-resource-type unit_test",
    );
  },
  finish: (job, result) =>
    testResult({
      ...place(job, result.status),
      name: describeNode(job.node as never).replace(/^unit_test /, ""),
      failures: result.failures,
      status: result.status,
      executionTime: result.execution_time,
    }),
};
