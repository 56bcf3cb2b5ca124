import type * as duckdb from "@duckdb/node-api";
import type { DuckDBCredentials } from "./credentials.ts";
import { describeError, describeOpenError } from "./errors.ts";

/** A database that connections are opened on. */
export interface Database {
  readonly api: typeof duckdb;
  connect(): Promise<duckdb.DuckDBConnection>;
  /** Lets go of it; the last one closes the file. */
  close(): void;
}

interface Shared {
  instance: Promise<duckdb.DuckDBInstance>;
  users: number;
}

/** Files that are open in this process: a file must not be opened twice, since its lock holds between processes only. */
const openFiles = new Map<string, Shared>();

/**
 * Opens a profile's database: extensions, secrets and attached databases as it says. A file is opened once a process;
 * `:memory:` is a database of its own each time.
 */
export async function openDatabase(credentials: DuckDBCredentials): Promise<Database> {
  const api = await import("@duckdb/node-api");
  const shared = share(api, credentials);
  shared.users++;
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    release(credentials.file, shared);
  };
  try {
    const instance = await shared.instance;
    return { api, connect: () => connect(instance, credentials), close };
  } catch (error) {
    close();
    throw error;
  }
}

function share(api: typeof duckdb, credentials: DuckDBCredentials): Shared {
  const key = credentials.file;
  const known = key === ":memory:" ? undefined : openFiles.get(key);
  if (known) return known;
  const made: Shared = { instance: open(api, credentials), users: 0 };
  if (key !== ":memory:") openFiles.set(key, made);
  return made;
}

function release(file: string, shared: Shared): void {
  shared.users--;
  if (shared.users > 0) return;
  if (openFiles.get(file) === shared) openFiles.delete(file);
  shared.instance.then(
    (instance) => instance.closeSync(),
    () => undefined,
  );
}

async function open(api: typeof duckdb, credentials: DuckDBCredentials): Promise<duckdb.DuckDBInstance> {
  const instance = await openFile(api, credentials);
  const statements = [
    ...credentials.extensions.flatMap(installSql),
    ...credentials.secretStatements,
    ...credentials.attachStatements,
    ...(credentials.isMotherduck ? ["CREATE SCHEMA IF NOT EXISTS dbt_temp"] : []),
  ];
  if (statements.length === 0) return instance;
  const connection = await instance.connect();
  try {
    for (const sql of statements) {
      await connection.run(sql).catch((error) => {
        // A secret's statement is never shown.
        throw describeError(error, credentials.secretStatements.includes(sql) ? "create secret" : sql);
      });
    }
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw error;
  }
  connection.closeSync();
  return instance;
}

function installSql(extension: string | { name: string; repo: string }): string[] {
  if (typeof extension === "string") return [`install ${extension}`, `load ${extension}`];
  return [`install ${extension.name} from ${extension.repo}`, `load ${extension.name}`];
}

/** Opens the file, waiting as the profile's `retries` say where another process holds it. */
async function openFile(api: typeof duckdb, credentials: DuckDBCredentials): Promise<duckdb.DuckDBInstance> {
  const attempts = credentials.retries?.connectAttempts ?? 1;
  for (let attempt = 0; ; attempt++) {
    try {
      return await api.DuckDBInstance.create(credentials.file, optionsOf(credentials));
    } catch (error) {
      const passing = /Could not set lock|^IO Error/.test(error instanceof Error ? error.message : "");
      if (!passing || attempt + 1 >= attempts) throw describeOpenError(error, credentials.path);
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 1000));
    }
  }
}

function optionsOf(credentials: DuckDBCredentials): { [name: string]: string } {
  const options = { ...credentials.configOptions };
  // Files that models read are named from the project, wherever the process runs.
  if (credentials.projectRoot !== process.cwd()) options.file_search_path ??= credentials.projectRoot;
  const { motherduck_token: token } = credentials.settings;
  if (token && credentials.isMotherduck) options.motherduck_token = token;
  return options;
}

/** A connection with the profile's settings: each connection needs them anew. */
async function connect(
  instance: duckdb.DuckDBInstance,
  credentials: DuckDBCredentials,
): Promise<duckdb.DuckDBConnection> {
  const connection = await instance.connect();
  for (const [name, value] of Object.entries(credentials.settings)) {
    if (name === "motherduck_token") continue;
    const sql = `SET ${name} = '${value.replaceAll("'", "''")}'`;
    try {
      await connection.run(sql);
    } catch (error) {
      connection.closeSync();
      throw describeError(error, `SET ${name}`);
    }
  }
  return connection;
}
