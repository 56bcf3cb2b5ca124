import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as chdb from "chdb";
import type { ClickHouseClient, ClientResult, OpenClient } from "./client.ts";
import { describeOpenError, missingPackage } from "./errors.ts";
import { quoteIdentifier } from "./quoting.ts";
import { FORMAT, parseResult, ResultReader } from "./results.ts";
import { JSON_SETTINGS } from "./values.ts";

/** Statements at once: each holds one of Node's four threads for files, of which one stays free. */
const AT_ONCE = 3;

/** Answers are read by so many bytes at a time. */
const PART = 1024 * 1024;
const INSERTED_AT_ONCE = 8 * 1024 * 1024;

let running = 0;
const waiting: (() => void)[] = [];

/** Waits for a free place. */
async function place(): Promise<void> {
  if (running < AT_ONCE) {
    running++;
    return;
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}

function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else running--;
}

/** Finds chdb beside tsdbt or, where that is installed elsewhere, beside the project. */
async function load(folder: string): Promise<typeof chdb> {
  try {
    return await import("chdb");
  } catch (error) {
    try {
      const near = createRequire(join(dirname(folder), "package.json")).resolve("chdb");
      const module = (await import(pathToFileURL(near).href)) as { default?: typeof chdb } & typeof chdb;
      return module.Session ? module : module.default!;
    } catch {
      throw missingPackage(error);
    }
  }
}

/** A session with ClickHouse within the process. Sessions of one data folder run side by side, each with its own settings. */
export const openEmbedded: OpenClient = async (credentials, settings) => {
  const { folder } = credentials;
  const { Session } = await load(folder);
  const label = randomUUID();
  const all: { [name: string]: string } = { ...settings, ...JSON_SETTINGS, log_comment: label };
  const options = { connectionArgs: Object.entries(all).map(([name, value]) => `--${name}=${value}`) };
  await mkdir(folder, { recursive: true });
  const open = () => new Session(folder, options);
  let session: chdb.Session;
  try {
    session = open();
  } catch (error) {
    throw describeOpenError(error, folder);
  }
  return new EmbeddedClient(session, open, label);
};

class EmbeddedClient implements ClickHouseClient {
  private readonly session: chdb.Session;
  private readonly open: () => chdb.Session;
  private readonly label: string;
  readonly version: string;
  readonly timeZone: string;
  private closed = false;
  private leftovers = false;
  private busy: Promise<unknown> = Promise.resolve();

  constructor(session: chdb.Session, open: () => chdb.Session, label: string) {
    this.session = session;
    this.open = open;
    this.label = label;
    const { rows } = parseResult(session.query("select version(), timezone()", FORMAT));
    this.version = String(rows[0]?.[0]);
    this.timeZone = String(rows[0]?.[1]);
  }

  async query(sql: string, _id?: string, limit?: number): Promise<ClientResult> {
    await place();
    try {
      await this.drain();
      const answer = (await this.run(sql)).bytes();
      const reader = new ResultReader(limit);
      for (let at = 0; at < answer.length; at += PART) reader.add(answer.subarray(at, at + PART));
      return reader.end();
    } catch (error) {
      this.leftovers = true;
      throw error;
    } finally {
      leave();
    }
  }
  /** A statement for so many rows at a time, as the engine takes each whole. */
  async insert(sql: string, rows: () => Iterable<string>): Promise<void> {
    let pending = "";
    for (const lines of rows()) {
      pending += lines;
      if (pending.length < INSERTED_AT_ONCE) continue;
      await this.query(`${sql}\n${pending}`);
      pending = "";
    }
    if (pending !== "") await this.query(`${sql}\n${pending}`);
  }
  private run(sql: string): Promise<chdb.ChdbResult> {
    const work = this.session.queryAsync(sql, { format: FORMAT });
    this.busy = work.catch(() => undefined);
    return work;
  }
  /** What a statement had written before it failed comes with the next answer of the session: one is asked for and dropped. */
  private async drain(): Promise<void> {
    if (!this.leftovers) return;
    await this.run("select 1");
    this.leftovers = false;
  }
  async use(database: string): Promise<void> {
    await this.query(`use ${quoteIdentifier(database)}`);
  }
  /** Another session asks the engine to stop what this one runs. */
  async cancel(): Promise<void> {
    if (this.closed) return;
    const other = this.open();
    try {
      other.query(`kill query where Settings['log_comment'] = '${this.label}' and query not ilike 'kill query%' async`);
    } catch {
      // What has ended by itself needs no stopping.
    } finally {
      other.close();
    }
  }
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.busy;
    this.session.close();
  }
}
