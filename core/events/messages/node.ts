import type { GraphResource } from "../../manifest/resources.ts";
import type { EventNode } from "../event.ts";

export interface NodeProgress {
  /** `started`, `compiling`, `executing`, or the result's status. */
  status?: string;
  startedAt?: Date | null;
  finishedAt?: Date | null;
}

/** What events carry of a node, in the shape of dbt's `node_info`. Cheap: call it anew for every event. */
export function nodeInfo(node: GraphResource, progress: NodeProgress = {}): EventNode {
  const any = node as unknown as {
    config?: { materialized?: unknown; meta?: unknown };
    checksum?: { checksum?: string } | string | null;
    alias?: string;
    database?: string | null;
    schema?: string | null;
    relation_name?: string | null;
  };
  return {
    unique_id: node.unique_id,
    name: node.name,
    resource_type: node.resource_type,
    node_status: progress.status ?? "None",
    materialized: any.config?.materialized ?? "",
    meta: any.config?.meta ?? {},
    node_checksum: typeof any.checksum === "object" ? (any.checksum?.checksum ?? "") : "",
    node_path: node.path,
    node_relation: {
      alias: any.alias ?? "",
      database: any.database ?? "",
      relation_name: any.relation_name ?? "",
      schema: any.schema ?? "",
    },
    ...nodeTimes(progress),
  };
}

/** When a node began and ended, as `node_info` has it. */
export function nodeTimes(progress: NodeProgress): { node_started_at: string; node_finished_at: string } {
  return { node_started_at: naiveIso(progress.startedAt), node_finished_at: naiveIso(progress.finishedAt) };
}

/** Python's isoformat of a UTC time without its zone. */
function naiveIso(time: Date | null | undefined): string {
  return time ? `${time.toISOString().slice(0, -1)}000` : "";
}
