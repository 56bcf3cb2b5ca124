import { NodeConnection } from "../context/execution/connection.ts";
import type { Node } from "../manifest/resources.ts";
import type { Run } from "./run.ts";

/**
 * Compiles models and snapshots one by one, without writing or saying anything, whatever fails in between.
 * Answers what failed, by id.
 */
export async function compileAll(run: Run, nodes: Iterable<Node>): Promise<Map<string, unknown>> {
  const failed = new Map<string, unknown>();
  for (const node of nodes) {
    const connection = new NodeConnection(run.env.adapter, node.unique_id);
    try {
      await run.compiler.compile(node, { connection, threadId: "MainThread", write: false });
    } catch (error) {
      failed.set(node.unique_id, error);
    } finally {
      await connection.release();
    }
  }
  return failed;
}
