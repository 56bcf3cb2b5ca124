import type { Adapter } from "../../adapters/adapter.ts";
import type { Flags, RuntimeConfig } from "../../project/types.ts";
import type { BatchResults, NodeResult } from "../artifacts/results.ts";
import type { EventBus } from "../events/event.ts";
import type { Manifest } from "../manifest/resources.ts";

export interface RunOptions {
  config: RuntimeConfig;
  manifest: Manifest;
  adapter: Adapter;
  events: EventBus;
  /** Unique ids that the command's selection chose. */
  selection: ReadonlySet<string>;
  flags: Flags;
  /** What `retry` takes up. */
  again?: {
    /** Microbatch models of which some batches were built, by unique id: only those that were not are built now. */
    batches: ReadonlyMap<string, BatchResults>;
    /** The overloads of functions that were made, by unique id: they are left out now. */
    overloads: ReadonlyMap<string, readonly string[]>;
    /** When the run began that is done again: batches up to then are meant, not up to now. */
    startedAt: Date | null;
  };
  /** Aborted by Ctrl-C: running queries are cancelled and what finished is written. */
  signal?: AbortSignal;
}

export interface RunOutcome {
  results: NodeResult[];
  /** 0 all well, 1 a node failed, 2 the command could not be carried out. */
  exitCode: number;
  /** Seconds. */
  elapsed: number;
}
