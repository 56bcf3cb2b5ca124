import type { TsdbtError } from "../errors.ts";

export type Level = "debug" | "info" | "warn" | "error";

/** The numbered line of a node: kept in parts, so that a reporter can pad it to its own width. */
export interface Line {
  /** `1 of 5 START sql view model main.orders`. */
  text: string;
  /** What stands in the brackets. */
  status: string;
  /** Seconds, written behind the status. */
  seconds?: number;
  /** Cuts the text where it is wider than the printer. */
  truncate?: boolean;
  /** Stands before everything, beyond the width. */
  prefix?: string;
}

/** What an event says of the node it concerns; JSON logs show it as `node_info`. Made by `nodeInfo` of messages/node.ts. */
export interface EventNode {
  unique_id: string;
  name: string;
  resource_type: string;
  node_status?: string;
  [key: string]: unknown;
}

/**
 * Something that happened, as data. `name` is dbt's event name (`LogStartLine`, `MainReportVersion` …) so that tools that
 * read JSON logs keep working; `code` is dbt's (`Q011`); `message` is the line a person reads, without time or colour.
 * Reporters only listen; nothing in core prints.
 */
export interface TsdbtEvent {
  name: string;
  code: string;
  level: Level;
  message: string;
  data?: { [key: string]: unknown };
  /** The node it concerns. */
  node?: EventNode;
  /** A word of the message that reporters colour: `OK` green, `ERROR` red … */
  status?: { text: string; color: "green" | "red" | "yellow" };
  /** The message is coloured already: where nothing is coloured its escape codes are left out. */
  painted?: boolean;
  /** Where the message is the numbered line of a node: its parts. */
  line?: Line;
  /** A warning that `--warn-error` turns into an error. */
  enforced?: boolean;
  error?: TsdbtError;
  time: Date;
  thread?: string;
}

/** An event before it is stamped with the time. */
export type NewEvent = Omit<TsdbtEvent, "time"> & { time?: Date };

export type Listener = (event: TsdbtEvent) => void;

/** Decides what becomes of a warning: the event to send on, null to be silent; or it throws (`--warn-error`). */
export type WarnPolicy = (event: NewEvent) => NewEvent | null;

/** Where events go. Reporters subscribe; phases get it passed. */
export class EventBus {
  private readonly listeners = new Set<Listener>();
  /** The nodes being run by the name of their connection, so that what connections tell can say of which node it is. */
  readonly running = new Map<string, { node: EventNode; thread: string }>();
  /** Set by the command line from `--warn-error` and `--warn-error-options`. */
  warnPolicy: WarnPolicy | null = null;
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  /** Sends the event to every listener. Throws only where `--warn-error` turns this warning into an error. */
  emit(event: NewEvent): void {
    let kept: NewEvent | null = event;
    if (event.enforced && event.level === "warn" && this.warnPolicy) {
      kept = this.warnPolicy(event);
      if (kept === null) return;
    }
    const stamped: TsdbtEvent = { time: new Date(), ...kept };
    if (stamped.node && stamped.thread === undefined) {
      const thread = this.running.get(stamped.node.unique_id)?.thread;
      if (thread !== undefined) stamped.thread = thread;
    }
    for (const listener of this.listeners) listener(stamped);
  }
}
