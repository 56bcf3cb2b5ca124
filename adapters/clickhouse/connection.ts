import { randomUUID } from "node:crypto";
import { csvLines } from "../../core/agate/index.ts";
import { Table } from "../../core/agate/table.ts";
import type { AdapterResponse, Connection, ExecuteOptions } from "../adapter.ts";
import type { StatementLog } from "../statement-log.ts";
import type { ClickHouseClient, ClientResult } from "./client.ts";
import { describeError } from "./errors.ts";
import { readerOf } from "./values.ts";

/** Statements of a cluster answer with rows that nobody asked for. */
const DDL = /^\s*(?:CREATE|DROP|ALTER)\s/i;

/** One session with ClickHouse. It has no transactions: to begin and commit does nothing. */
export class ClickHouseConnection implements Connection {
  readonly name: string;
  readonly client: ClickHouseClient;
  private readonly log: StatementLog;
  private readonly onRelease: (connection: ClickHouseConnection) => Promise<void>;
  private released = false;

  constructor(
    name: string,
    client: ClickHouseClient,
    log: StatementLog,
    onRelease: (connection: ClickHouseConnection) => Promise<void>,
  ) {
    this.name = name;
    this.client = client;
    this.log = log;
    this.onRelease = onRelease;
  }

  async execute(sql: string, options: ExecuteOptions = {}): Promise<{ response: AdapterResponse; table: Table }> {
    const { response, result } = await this.run(sql, options);
    if (!options.fetch || DDL.test(sql) || result.names.length === 0) return { response, table: Table.empty() };
    const readers = result.types.map((type) => readerOf(type, this.client.timeZone));
    const { rows } = result;
    for (const row of rows) {
      for (let column = 0; column < readers.length; column++) row[column] = readers[column]!(row[column]);
    }
    return { response, table: Table.fromRows(result.names, rows) };
  }
  /** A statement's raw answer; throws a TsdbtError for the engine's errors. */
  async run(sql: string, options: ExecuteOptions = {}): Promise<{ response: AdapterResponse; result: ClientResult }> {
    const statement = options.uncommented ? sql : this.log.annotated(sql);
    const limit = options.fetch ? options.limit || undefined : 0;
    const id = randomUUID();
    const response: AdapterResponse = { _message: "OK", query_id: id };
    try {
      return await this.log.sent(
        statement,
        async () => ({ response, result: await this.client.query(statement, id, limit) }),
        options,
      );
    } catch (error) {
      throw describeError(error, sql, options.uncommented ? 0 : this.log.linesBefore);
    }
  }

  /** Sends a table's rows with an INSERT … FORMAT CSV, as a stream; the log shows the statement alone. */
  async insert(sql: string, table: Table): Promise<void> {
    const statement = this.log.annotated(sql, { before: true });
    const id = randomUUID();
    const response: AdapterResponse = { _message: "OK", query_id: id };
    const work = async () => {
      await this.client.insert(statement, () => csvLines(table), id);
      return { response };
    };
    try {
      await this.log.sent(statement, work, { abridged: true });
    } catch (error) {
      throw describeError(error, sql, this.log.linesBefore);
    }
  }

  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async cancel(): Promise<void> {
    if (!this.released) await this.client.cancel();
  }
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.onRelease(this);
    this.log.closed();
  }
}
