import type { Table } from "../agate/table.ts";
import type { TsdbtError } from "../errors.ts";
import type { GraphResource } from "../manifest/resources.ts";
import type { Moment } from "./time.ts";

export type NodeStatus =
  | "success"
  | "error"
  | "fail"
  | "warn"
  | "pass"
  | "skipped"
  | "partial success"
  | "runtime error"
  | "no-op"
  | "reused";

/** One step of a node's life: `compile` or `execute`. */
export interface Timing {
  name: string;
  started: Moment;
  completed: Moment | null;
}

/** How old a source is. */
export interface Freshness {
  maxLoadedAt: Moment;
  snapshottedAt: Moment;
  /** Seconds between the two. */
  age: number;
}

/** The spans of time of a microbatch model that were built and that were not; both ends as Python's `isoformat`. */
export interface BatchResults {
  successful: [start: string, end: string][];
  failed: [start: string, end: string][];
}

/** What became of one node. */
export interface NodeResult {
  node: GraphResource;
  status: NodeStatus;
  timing: Timing[];
  thread_id: string;
  /** Seconds. */
  execution_time: number;
  adapter_response: { [key: string]: unknown };
  message: string | null;
  failures: number | null;
  /** The error behind `message`, with its place. */
  error?: TsdbtError;
  /** Rows, where the command shows them. */
  table?: Table;
  freshness?: Freshness;
  batches?: BatchResults;
  /** Which further forms of a function were made. */
  overloads?: { successful: string[]; failed: string[] };
}
