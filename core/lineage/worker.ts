import { parentPort } from "node:worker_threads";
import { lineageOf } from "./lineage.ts";
import { loadParser } from "./parser.ts";
import type { LineageJob } from "./pool.ts";

/** A thread that answers each job with its lineage. */
parentPort?.on("message", async ({ sql, dialect, upstream }: LineageJob) => {
  await loadParser();
  parentPort?.postMessage(lineageOf(sql, dialect, upstream));
});
