import type { Adapter, Connection } from "../../../adapters/adapter.ts";

/** The connection of one node: opened when first needed, given back once. */
export class NodeConnection {
  private opening: Promise<Connection> | null = null;
  private readonly adapter: Adapter;
  readonly name: string;
  constructor(adapter: Adapter, name: string) {
    this.adapter = adapter;
    this.name = name;
  }
  get(): Promise<Connection> {
    this.opening ??= this.adapter.connect(this.name);
    return this.opening;
  }
  /** Gives the connection back, rolling back what is open. */
  async release(): Promise<void> {
    const { opening } = this;
    this.opening = null;
    if (!opening) return;
    const connection = await opening.catch(() => null);
    await connection?.release();
  }
}
