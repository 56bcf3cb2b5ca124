import { join } from "node:path";
import { TsdbtError } from "../errors.ts";
import { dialectOf, loadParser, openCache, openPool, projectLineage, type QueryLineage } from "../lineage/index.ts";
import type { Node } from "../manifest/resources.ts";
import { compileAll } from "./compile-all.ts";
import { lineageNodes } from "./lineage-nodes.ts";
import { createRun, type Run } from "./run.ts";
import type { RunOptions } from "./types.ts";

export interface ProjectLineage {
  run: Run;
  /** By unique id: models, snapshots, seeds and sources. */
  lineage: Map<string, QueryLineage>;
  /** Models that did not compile, with what went wrong. */
  failed: Map<string, unknown>;
}

/**
 * Compiles what is not compiled yet and reads where each column of the project comes from.
 * @throws TsdbtError where the parser is not installed or the warehouse's SQL is not read
 */
export async function readLineage(options: RunOptions): Promise<ProjectLineage> {
  const { adapter, manifest } = options;
  const dialect = dialectOf(adapter.type);
  if (!dialect) {
    throw new TsdbtError("TD5102", "Runtime Error", `Column-level lineage does not read the SQL of ${adapter.type}`);
  }
  await loadParser();
  const run = createRun(options);
  const failed = await compileAll(run, uncompiled(manifest.nodes.values()));
  const cache = openCache(join(run.env.targetPath, "column_lineage_cache.json"));
  const pool = openPool(workerUrl());
  try {
    const lineage = await projectLineage(lineageNodes(run, failed), dialect, { cache, pool });
    if (options.flags.write_json) cache.save();
    return { run, lineage, failed };
  } finally {
    await pool.close();
  }
}

function uncompiled(nodes: Iterable<Node>): Node[] {
  return [...nodes].filter(
    (node) =>
      (node.resource_type === "model" || node.resource_type === "snapshot") &&
      !node.compiled &&
      node.language !== "python",
  );
}

/** The bundle of the thread, beside this one; sources have none. */
function workerUrl(): URL | null {
  return import.meta.url.endsWith(".ts") ? null : new URL("./lineage-worker.js", import.meta.url);
}
