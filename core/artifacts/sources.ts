import type { SourceDefinition } from "../manifest/resources.ts";
import { writeFileAtomic } from "./atomic.ts";
import { artifactJson, artifactMetadata, type Invocation } from "./metadata.ts";
import type { NodeResult } from "./results.ts";
import { isoMoment, isoOffset, now } from "./time.ts";

/** sources.json, version 3: https://schemas.getdbt.com/dbt/sources/v3.json */
const SCHEMA = "sources/v3";

/** Writes sources.json. Sources whose check failed to run are left out, as dbt does. */
export function writeSources(
  path: string,
  invocation: Invocation,
  results: readonly NodeResult[],
  elapsed: number,
): void {
  const measured = results.filter((result) => result.freshness !== undefined);
  writeFileAtomic(
    path,
    artifactJson({
      metadata: artifactMetadata(SCHEMA, invocation, now()),
      results: measured.map(freshnessEntry),
      elapsed_time: elapsed,
    }),
  );
}

function freshnessEntry(result: NodeResult): object {
  const { freshness } = result;
  if (!freshness) throw new Error("a freshness result without its freshness");
  return {
    unique_id: result.node.unique_id,
    max_loaded_at: isoOffset(freshness.maxLoadedAt),
    snapshotted_at: isoOffset(freshness.snapshottedAt),
    max_loaded_at_time_ago_in_s: freshness.age,
    status: result.status,
    criteria: (result.node as SourceDefinition).freshness,
    adapter_response: result.adapter_response,
    timing: result.timing.map((step) => ({
      name: step.name,
      started_at: isoMoment(step.started),
      completed_at: step.completed === null ? null : isoMoment(step.completed),
    })),
    thread_id: result.thread_id,
    execution_time: result.execution_time,
  };
}
