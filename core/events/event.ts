import type { TsdbtError } from "../errors.ts";

export type Level = "debug" | "info" | "warn" | "error";

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
  node?: { unique_id: string; name: string; resource_type: string; node_status?: string; [key: string]: unknown };
  /** A word of the message that reporters colour: `OK` green, `ERROR` red … */
  status?: { text: string; color: "green" | "red" | "yellow" };
  error?: TsdbtError;
  time: Date;
  thread?: string;
}

export type Listener = (event: TsdbtEvent) => void;

/** Where events go. Reporters subscribe; phases get it passed. */
export class EventBus {
  private readonly listeners = new Set<Listener>();
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  emit(event: Omit<TsdbtEvent, "time"> & { time?: Date }): void {
    const stamped: TsdbtEvent = { time: new Date(), ...event };
    for (const listener of this.listeners) listener(stamped);
  }
}
