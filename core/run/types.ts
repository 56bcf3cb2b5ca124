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
  /** What `retry` builds of microbatch models, by unique id: the batches that failed, beside those that did not. */
  batches?: ReadonlyMap<string, BatchResults>;
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
