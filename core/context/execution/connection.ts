import type { Adapter, Connection } from "../../../adapters/adapter.ts";
import { connectionNames } from "../../../adapters/connection-names.ts";
import { TsdbtError } from "../../errors.ts";
import type { NewEvent } from "../../events/event.ts";

export interface NodeConnectionOptions {
  /** There is to be none (`--no-introspect`), and whoever asks for it is told. */
  isForbidden?: boolean;
  /** Takes what the log is told of its statements. */
  emit?: (event: NewEvent) => void;
}

/** The connection of one node: opened when first needed, given back once. */
export class NodeConnection {
  private opening: Promise<Connection> | null = null;
  private taken = false;
  private readonly adapter: Adapter;
  readonly name: string;
  readonly options: NodeConnectionOptions;
  constructor(adapter: Adapter, name: string, options: NodeConnectionOptions = {}) {
    this.adapter = adapter;
    this.name = name;
    this.options = options;
  }
  /** @throws TsdbtError where there is none to be had */
  get(): Promise<Connection> {
    if (this.options.isForbidden) {
      const message = `connection never acquired for thread ${this.name}`;
      const hint = "this template queries the warehouse, which --no-introspect forbids";
      return Promise.reject(new TsdbtError("TD3033", "Runtime Error", message, { hint }));
    }
    this.take();
    this.opening ??= this.adapter.connect(this.name, this.options.emit);
    return this.opening;
  }
  /** Tells the log that the connection is the node's from now on; it is opened once something asks for it. */
  take(): void {
    if (this.taken) return;
    this.taken = true;
    connectionNames(this.adapter).take(this.name, this.emit);
  }
  private readonly emit = (event: NewEvent): void => this.options.emit?.(event);
  /** Gives the connection back, rolling back what is open. */
  async release(): Promise<void> {
    const { opening } = this;
    this.opening = null;
    if (this.taken) connectionNames(this.adapter).give(this.name);
    this.taken = false;
    if (!opening) return;
    const connection = await opening.catch(() => null);
    await connection?.release();
  }
}
