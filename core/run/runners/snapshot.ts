import { relationText, snapshotResult } from "../../events/messages/index.ts";
import type { Runner } from "../job.ts";
import { modelRunner, place } from "./model.ts";

/** Snapshots: as models, with a line of their own. */
export const snapshotRunner: Runner = {
  ...modelRunner,
  finish: (job, result) =>
    snapshotResult({
      ...place(job, result.status),
      description: relationText(job.node, job.run.env.config.profile.credentials.database),
      config: job.node.config,
      status: result.status,
      message: result.message,
      executionTime: result.execution_time,
    }),
};
