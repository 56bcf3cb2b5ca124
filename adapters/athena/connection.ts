import { Table } from "../../core/agate/table.ts";
import type { AdapterResponse, Connection, ExecuteOptions } from "../adapter.ts";
import type { StatementLog } from "../statement-log.ts";
import type { Aws } from "./aws.ts";
import { withValues } from "./bindings.ts";
import type { AthenaCredentials } from "./credentials.ts";
import { type QueryResult, QueryRunner } from "./query.ts";
import { prepared, toldStatistics } from "./statement-text.ts";
import { readerOf } from "./values.ts";

/** What one node asks of Athena. There are no transactions: to begin and commit does nothing. */
export class AthenaConnection implements Connection {
  readonly name: string;
  private readonly runner: QueryRunner;
  private readonly log: StatementLog;
  private readonly onFailure: (statement: string) => Promise<void>;
  private readonly onRelease: (connection: AthenaConnection) => void;
  private released = false;

  constructor(
    name: string,
    at: {
      aws: Aws;
      credentials: AthenaCredentials;
      log: StatementLog;
      onFailure: (statement: string) => Promise<void>;
    },
    onRelease: (connection: AthenaConnection) => void,
  ) {
    this.name = name;
    this.runner = new QueryRunner(at.aws, at.credentials);
    this.log = at.log;
    this.onFailure = at.onFailure;
    this.onRelease = onRelease;
  }

  async execute(sql: string, options: ExecuteOptions = {}): Promise<{ response: AdapterResponse; table: Table }> {
    const statement = options.uncommented ? sql : this.log.annotated(sql);
    const { response, result } = await this.log.sent(statement, () => this.send(statement, options), options);
    if (!options.fetch || result.names.length === 0) return { response, table: Table.empty() };
    const readers = result.types.map(readerOf);
    const rows = result.rows.map((row) => row.map((text, i) => (text === null ? null : readers[i]!(text))));
    return { response, table: Table.fromRows(result.names, rows) };
  }

  /** Runs a statement of a macro's whose failure the macro wants to see; the log is told of it as dbt-athena tells it. */
  async quietly(sql: string, tell: (text: string) => void): Promise<QueryResult> {
    const statement = this.log.annotated(sql);
    tell(`Running Athena query:\n${statement}`);
    return (await this.send(statement, {})).result;
  }

  private async send(
    statement: string,
    options: ExecuteOptions,
  ): Promise<{ response: AdapterResponse; result: QueryResult }> {
    const { bindings } = options;
    const text = bindings && bindings.length > 0 ? withValues(statement, bindings) : statement;
    const how = {
      fetch: options.fetch ?? false,
      limit: options.limit ?? null,
      linesBefore: options.uncommented ? 0 : this.log.linesBefore,
      cleanUp: () => this.onFailure(text),
    };
    const result = await this.runner.run(prepared(text), how);
    return { response: responseOf(statement, result), result };
  }

  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async cancel(): Promise<void> {
    if (!this.released) await this.runner.cancel();
  }
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    this.onRelease(this);
    this.log.closed();
  }
}

function responseOf(statement: string, result: QueryResult): AdapterResponse {
  const told = toldStatistics(statement);
  const rows = told?.rows ?? result.updateCount;
  return {
    _message: `OK ${rows}`,
    code: "OK",
    rows_affected: rows,
    query_id: result.id,
    data_scanned_in_bytes: told?.bytes ?? result.scannedBytes,
    execution_time_in_millis: result.engineMillis,
    ...(result.reused && { result_reused: true }),
  };
}
