import { join } from "node:path";
import { TsdbtError } from "../errors.ts";
import {
  dialectOf,
  type LineageDialect,
  loadParser,
  openCache,
  openPool,
  projectLineage,
  type QueryLineage,
} from "../lineage/index.ts";
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
  /** Models whose SQL depends on what the warehouse holds: it may be another when they run. */
  queried: Set<string>;
}

/**
 * Compiles what is not compiled yet and reads where each column of the project comes from.
 * @throws TsdbtError where the parser is not installed or the warehouse's SQL is not read
 */
export async function readLineage(
  options: RunOptions,
  dialect: LineageDialect | null = dialectOf(options.adapter.type),
): Promise<ProjectLineage> {
  const { adapter, manifest } = options;
  if (!dialect) {
    throw new TsdbtError("TD5102", "Runtime Error", `Column-level lineage does not read the SQL of ${adapter.type}`);
  }
  await loadParser();
  const run = createRun(options);
  const compiled = await compileAll(run, uncompiled(manifest.nodes.values()));
  const cache = openCache(join(run.env.targetPath, "column_lineage_cache.json"));
  const pool = openPool(workerUrl());
  try {
    const lineage = await projectLineage(lineageNodes(run, compiled), dialect, { cache, pool });
    if (options.flags.write_json) cache.save();
    return { run, lineage, ...compiled };
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
