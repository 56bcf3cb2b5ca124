import { NodeConnection } from "../context/execution/connection.ts";
import type { NewEvent } from "../events/event.ts";
import type { Node } from "../manifest/resources.ts";
import type { Run } from "./run.ts";

/** What came of compiling many nodes, by id. */
export interface Compiled {
  failed: Map<string, unknown>;
  /** Those whose SQL depends on what the warehouse holds now: their templates queried it. */
  queried: Set<string>;
}

/** What is asked of any warehouse, also by `is_incremental()`: which tables and schemas there are, within a transaction. */
const WHICH_TABLES =
  /^(?:begin|commit|rollback)$|\binformation_schema"?\.("?tables|"?schemata)|\bsystem\.(tables|databases)\b|duckdb_(tables|views|databases)\(/i;

/** Compiles models and snapshots one by one, without writing or saying anything, whatever fails in between. */
export async function compileAll(run: Run, nodes: Iterable<Node>): Promise<Compiled> {
  const failed = new Map<string, unknown>();
  const queried = new Set<string>();
  for (const node of nodes) {
    const emit = ({ name, data }: NewEvent): void => {
      if (name === "SQLQuery" && !WHICH_TABLES.test(String(data?.sql))) queried.add(node.unique_id);
    };
    const connection = new NodeConnection(run.env.adapter, node.unique_id, { emit });
    try {
      await run.compiler.compile(node, { connection, threadId: "MainThread", write: false });
    } catch (error) {
      failed.set(node.unique_id, error);
    } finally {
      await connection.release();
    }
  }
  return { failed, queried };
}
