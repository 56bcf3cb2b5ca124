import type * as duckdb from "@duckdb/node-api";
import { Table } from "../../core/agate/table.ts";
import { TsdbtError } from "../../core/errors.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import type { AdapterResponse, Connection, ExecuteOptions } from "../adapter.ts";
import type { StatementLog } from "../statement-log.ts";
import type { DuckDBCredentials } from "./credentials.ts";
import { describeError } from "./errors.ts";
import { readerOf } from "./values.ts";

/** dbt-duckdb says no more than that. */
const RESPONSE: AdapterResponse = { _message: "OK" };

/** What a connection is opened with. */
export interface ConnectionOptions {
  api: typeof duckdb;
  credentials: DuckDBCredentials;
  log: StatementLog;
  onRelease(connection: DuckDBConnection): void;
}

/** One session with a DuckDB database: its own transactions and temporary tables. */
export class DuckDBConnection implements Connection {
  readonly name: string;
  private readonly handle: duckdb.DuckDBConnection;
  private readonly options: ConnectionOptions;
  private transaction = false;
  private released = false;

  constructor(name: string, handle: duckdb.DuckDBConnection, options: ConnectionOptions) {
    this.name = name;
    this.handle = handle;
    this.options = options;
  }

  get transactionOpen(): boolean {
    return this.transaction;
  }

  async execute(sql: string, options: ExecuteOptions = {}): Promise<{ response: AdapterResponse; table: Table }> {
    if (options.autoBegin && !this.transaction && !this.options.credentials.disableTransactions) await this.begin();
    const { log } = this.options;
    const statement = options.uncommented ? sql : log.annotated(sql);
    try {
      return await log.sent(
        statement,
        async () => ({
          response: { ...RESPONSE },
          table: await this.retried(() => this.run(statement, options)),
        }),
        options,
      );
    } catch (error) {
      await this.rollback();
      throw describeError(error, sql, options.uncommented ? 0 : log.linesBefore);
    }
  }

  /** What the profile's `retries` say of errors that may pass, such as a network's. */
  private async retried<T>(work: () => Promise<T>): Promise<T> {
    const retries = this.options.credentials.retries;
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!retries?.queryAttempts || attempt + 1 >= retries.queryAttempts || !isListed(error, retries.exceptions))
          throw error;
        await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 1000));
      }
    }
  }

  private async run(sql: string, { fetch, limit, bindings }: ExecuteOptions): Promise<Table> {
    if (!fetch) {
      await (bindings?.length ? this.handle.run(sql, bindings.map(bindable)) : this.handle.run(sql));
      return Table.empty();
    }
    const result = await (limit ? this.handle.stream(sql) : this.handle.run(sql));
    const chunks: duckdb.DuckDBDataChunk[] = [];
    let count = 0;
    while (!limit || count < limit) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      chunks.push(chunk);
      count += chunk.rowCount;
    }
    const types = result.columnTypes();
    const { api } = this.options;
    const zone = types.some((type) => mentionsZone(api, type)) ? await this.timeZone() : "UTC";
    const readers = types.map((type) => readerOf(api, type, zone));
    const rows = readRows(chunks, readers, limit ? Math.min(limit, count) : count);
    return Table.fromRows(result.columnNames(), rows);
  }

  /** Asked each time: any statement may have changed it. */
  private async timeZone(): Promise<string> {
    const result = await this.handle.run("select current_setting('TimeZone')");
    return String((await result.getRows())[0]?.[0] ?? "UTC");
  }

  async begin(): Promise<void> {
    if (this.transaction) {
      throw new TsdbtError(
        "TD5220",
        "Internal Error",
        `Tried to begin a new transaction on connection "${this.name}", but it already had one open!`,
      );
    }
    await this.statement("BEGIN");
    this.transaction = true;
  }
  /** Does nothing while no transaction is open. */
  async commit(): Promise<void> {
    if (!this.transaction) return;
    this.options.log.committing();
    await this.statement("COMMIT");
    this.transaction = false;
  }
  async rollback(): Promise<void> {
    if (!this.transaction) return;
    this.transaction = false;
    this.options.log.rollingBack();
    // An error may have ended the transaction already.
    await this.handle.run("ROLLBACK").catch(() => undefined);
  }
  private async statement(sql: string): Promise<void> {
    try {
      await this.options.log.sent(sql, async () => {
        await this.handle.run(sql);
        return { response: RESPONSE };
      });
    } catch (error) {
      await this.rollback();
      throw describeError(error, sql);
    }
  }

  async cancel(): Promise<void> {
    if (!this.released) this.handle.interrupt();
  }
  async release(): Promise<void> {
    if (this.released) return;
    await this.rollback();
    this.released = true;
    this.handle.closeSync();
    this.options.log.closed();
    this.options.onRelease(this);
  }
}

/** DuckDB casts text to the type that a statement wants. */
function bindable(value: unknown): duckdb.DuckDBValue {
  return value === null || value === undefined || typeof value === "boolean" ? (value ?? null) : pyStr(value);
}

/** `IOException` of a profile is an `IO Error` of the engine. */
function isListed(error: unknown, exceptions: readonly string[]): boolean {
  const kind = /^(\w+(?: \w+)*) Error:/.exec(error instanceof Error ? error.message : "")?.[1] ?? "";
  return exceptions.some(
    (name) => name.replace(/(?:Exception|Error)$/, "").toLowerCase() === kind.replaceAll(" ", "").toLowerCase(),
  );
}

function mentionsZone(api: typeof duckdb, type: duckdb.DuckDBType): boolean {
  return type.typeId === api.DuckDBTypeId.TIMESTAMP_TZ || String(type).includes("WITH TIME ZONE");
}

function readRows(
  chunks: readonly duckdb.DuckDBDataChunk[],
  readers: readonly ((value: never) => unknown)[],
  count: number,
): unknown[][] {
  const rows = Array.from({ length: count }, () => new Array<unknown>(readers.length));
  let start = 0;
  for (const chunk of chunks) {
    const length = Math.min(chunk.rowCount, count - start);
    for (let column = 0; column < readers.length; column++) {
      const values = chunk.getColumnValues(column);
      const read = readers[column]!;
      for (let i = 0; i < length; i++) {
        const value = values[i];
        rows[start + i]![column] = value === null || value === undefined ? null : read(value as never);
      }
    }
    start += length;
  }
  return rows;
}
