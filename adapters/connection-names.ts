import type { NewEvent } from "../core/events/event.ts";
import type { Adapter } from "./adapter.ts";

type Emit = (event: NewEvent) => void;

const byAdapter = new WeakMap<Adapter, ConnectionNames>();

/** The connections of an adapter as logs tell of them. */
export function connectionNames(adapter: Adapter): ConnectionNames {
  let names = byAdapter.get(adapter);
  if (!names) {
    names = new ConnectionNames(adapter.type);
    byAdapter.set(adapter, names);
  }
  return names;
}

/**
 * Who has which connection: one that was given back is taken over by the next to ask, under another name, until all are
 * closed. The names are what logs show; the engines' own connections are their adapters' matter.
 */
export class ConnectionNames {
  private readonly free: string[] = [];
  private readonly type: string;
  constructor(type: string) {
    this.type = type;
  }

  take(name: string, emit: Emit): void {
    const former = this.free.pop();
    if (former === undefined) {
      const message = `Acquiring new ${this.type} connection '${name}'`;
      emit(told("NewConnection", "E005", message, { conn_name: name, conn_type: this.type }));
      return;
    }
    const message = `Re-using an available connection from the pool (formerly ${former}, now ${name})`;
    emit(told("ConnectionReused", "E006", message, { conn_name: name, orig_conn_name: former }));
  }

  give(name: string): void {
    this.free.push(name);
  }

  /** Tells that all of them were closed. */
  cleanUp(emit: Emit): void {
    for (const name of this.free.splice(0)) {
      emit(told("ConnectionClosedInCleanup", "E008", `Connection '${name}' was properly closed.`, { conn_name: name }));
    }
  }
}

function told(name: string, code: string, message: string, data: { [key: string]: unknown }): NewEvent {
  return { name, code, level: "debug", message, data };
}
