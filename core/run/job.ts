import type { NodeResult } from "../artifacts/results.ts";
import type { NodeConnection } from "../context/execution/connection.ts";
import type { NewEvent } from "../events/event.ts";
import type { GraphResource, Node } from "../manifest/resources.ts";
import type { Run } from "./run.ts";

/** One node's turn in a run. */
export interface Job<N extends GraphResource = Node> {
  readonly run: Run;
  readonly node: N;
  /** Its number and how many there are, for the lines on the screen. */
  readonly index: number;
  /** dbt's `thread_id`, e.g. `Thread-1 (worker)`. */
  readonly threadId: string;
  readonly connection: NodeConnection;
}

/** What executing a node comes to; the rest of a result is known to whoever runs the job. */
export type Outcome = Pick<NodeResult, "status" | "message"> &
  Partial<
    Pick<
      NodeResult,
      "node" | "adapter_response" | "failures" | "table" | "freshness" | "batches" | "overloads" | "error"
    >
  >;

/** How nodes of one type are run. */
export interface Runner<N extends GraphResource = Node> {
  /** The line that announces the node; none where it starts silently. */
  start(job: Job<N>): NewEvent | null;
  /** Makes what is executed; none where there is nothing to compile. */
  compile?(job: Job<N>): Promise<void>;
  execute(job: Job<N>): Promise<Outcome>;
  /** The line that tells of the result; none where it ends silently. */
  finish(job: Job<N>, result: NodeResult): NewEvent | null;
  /** Another way for nodes that need one. */
  instead?(job: Job<N>): Runner<N> | undefined;
  /** The status of a node whose run threw; `error` unless said otherwise. */
  errorStatus?: "error" | "runtime error";
}
