import type { ClickHouseCredentials } from "./credentials.ts";

/** What a statement gave: names and types of its columns and the rows as JSON has them; all empty where there are none. */
export interface ClientResult {
  names: string[];
  types: string[];
  rows: unknown[][];
}

/**
 * A session with ClickHouse, whether within the process or on a server: all that differs between the two.
 * `settings` of the connection hold for each of its statements.
 */
export interface ClickHouseClient {
  /**
   * Runs one statement, under that id where the engine lets one choose it, and keeps at most `limit` of its rows; throws the
   * engine's own error.
   */
  query(sql: string, id?: string, limit?: number): Promise<ClientResult>;
  /** Runs an INSERT … FORMAT CSV with its rows, which are asked for again where it is tried again. */
  insert(sql: string, rows: () => Iterable<string>, id?: string): Promise<void>;
  /** Makes a database the one whose tables need no more than their names. */
  use(database: string): Promise<void>;
  /** The engine's version, e.g. `26.7.2.1`. */
  readonly version: string;
  /** The engine's time zone. */
  readonly timeZone: string;
  /** Stops what is running, from outside. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a session; `settings` are set for all of it. */
export type OpenClient = (
  credentials: ClickHouseCredentials,
  settings: { [name: string]: string },
) => Promise<ClickHouseClient>;

/** The way to the ClickHouse that the credentials name. */
export async function openerOf(credentials: ClickHouseCredentials): Promise<OpenClient> {
  if (credentials.embedded) return (await import("./embedded.ts")).openEmbedded;
  return (await import("./server.ts")).openServer;
}
