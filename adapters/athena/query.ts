import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { QueryExecution, ResultSet } from "@aws-sdk/client-athena";
import type { Aws } from "./aws.ts";
import type { AthenaCredentials } from "./credentials.ts";
import { AthenaQueryError, isThrottling } from "./errors.ts";

/** What a query answered, in Athena's words: texts, null for NULL. */
export interface QueryResult {
  id: string;
  names: string[];
  types: string[];
  rows: (string | null)[][];
  /** Rows that the statement changed; -1 where Athena does not say. */
  updateCount: number;
  scannedBytes: number;
  engineMillis: number;
  reused: boolean;
}

export interface QueryOptions {
  /** Whether rows are wanted, and how many at most. */
  fetch: boolean;
  limit: number | null;
  /** Lines that stand before the statement, as its comment. */
  linesBefore: number;
  /** Takes away what a try wrote that failed. */
  cleanUp(): Promise<void>;
}

/** The longest pause between two tries, in seconds. */
const LONGEST = 100;
const FIRST_POLL = 0.05;
const POLL_GROWTH = 1.6;

/** Runs statements one after another for one connection, and stops what runs when asked. */
export class QueryRunner {
  private readonly aws: Aws;
  private readonly credentials: AthenaCredentials;
  private running: string | undefined;
  private stopped = false;
  constructor(aws: Aws, credentials: AthenaCredentials) {
    this.aws = aws;
    this.credentials = credentials;
  }

  /** Runs a statement to its end; again, where another commit to its Iceberg table came first. */
  async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.once(sql, options);
      } catch (error) {
        // The failure counts, not what becomes of cleaning up after it.
        if (error instanceof AthenaQueryError) await options.cleanUp().catch(() => undefined);
        const conflict = error instanceof AthenaQueryError && error.isCommitConflict;
        if (!conflict || attempt >= this.credentials.icebergRetries) throw error;
        await this.backOff(attempt);
      }
    }
  }
  async cancel(): Promise<void> {
    this.stopped = true;
    const id = this.running;
    if (id === undefined) return;
    const { StopQueryExecutionCommand } = await import("./clients/athena.ts");
    const client = await this.aws.athena();
    // What has ended by itself needs no stopping.
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
  }

  private async once(sql: string, options: QueryOptions): Promise<QueryResult> {
    const id = await this.start(sql);
    this.running = id;
    try {
      if (this.stopped) await this.cancel();
      const execution = await this.finished(id, sql, options.linesBefore);
      return await this.results(id, execution, options);
    } finally {
      this.running = undefined;
    }
  }

  private async start(sql: string): Promise<string> {
    const { StartQueryExecutionCommand } = await import("./clients/athena.ts");
    const client = await this.aws.athena();
    const { database, schema, workGroup, stagingDir, resultReuseMinutes, retries } = this.credentials;
    const command = new StartQueryExecutionCommand({
      QueryString: sql,
      // The same one in each try, so that a start whose answer was lost is not done twice.
      ClientRequestToken: randomUUID(),
      QueryExecutionContext: { Catalog: database, Database: schema },
      ...(workGroup !== null && { WorkGroup: workGroup }),
      ...(stagingDir !== null && { ResultConfiguration: { OutputLocation: stagingDir } }),
      ...(resultReuseMinutes !== null && {
        ResultReuseConfiguration: {
          ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: resultReuseMinutes },
        },
      }),
    });
    for (let attempt = 0; ; attempt++) {
      try {
        const { QueryExecutionId } = await this.aws.guarded("StartQueryExecution", () => client.send(command));
        return QueryExecutionId!;
      } catch (error) {
        if (!isThrottling(error) || attempt >= retries) throw error;
        await this.backOff(attempt);
      }
    }
  }

  /** Asks for the state, more and more seldom, until the query is over. Throws an AthenaQueryError where it failed. */
  private async finished(id: string, sql: string, linesBefore: number): Promise<QueryExecution> {
    const { GetQueryExecutionCommand } = await import("./clients/athena.ts");
    const client = await this.aws.athena();
    const { pollInterval, region } = this.credentials;
    let wait = Math.min(FIRST_POLL, pollInterval);
    for (;;) {
      const execution = await this.asked(() => client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })));
      const status = execution?.QueryExecution?.Status;
      if (status?.State === "SUCCEEDED") return execution!.QueryExecution!;
      if (status?.State === "FAILED" || status?.State === "CANCELLED") {
        const { AthenaError: athena, StateChangeReason } = status;
        const failed = {
          id,
          message: athena?.ErrorMessage ?? StateChangeReason ?? `the query was ${status.State.toLowerCase()}`,
          category: athena?.ErrorCategory,
          type: athena?.ErrorType,
          retryable: athena?.Retryable,
          cancelled: status.State === "CANCELLED",
        };
        throw new AthenaQueryError(failed, sql, linesBefore, region);
      }
      await pause(wait * 1000);
      wait = Math.min(wait * POLL_GROWTH, pollInterval);
    }
  }
  /** The answer of a question for a state; nothing where Athena is too busy to say. */
  private async asked<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.aws.guarded("GetQueryExecution", call);
    } catch (error) {
      if (isThrottling(error)) return undefined;
      throw error;
    }
  }

  private async results(id: string, execution: QueryExecution, options: QueryOptions): Promise<QueryResult> {
    const { GetQueryResultsCommand } = await import("./clients/athena.ts");
    const client = await this.aws.athena();
    const { Statistics } = execution;
    const result: QueryResult = {
      id,
      names: [],
      types: [],
      rows: [],
      updateCount: -1,
      scannedBytes: Statistics?.DataScannedInBytes ?? 0,
      engineMillis: Statistics?.EngineExecutionTimeInMillis ?? 0,
      reused: Statistics?.ResultReuseInformation?.ReusedPreviousResult ?? false,
    };
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    let token: string | undefined;
    let first = true;
    do {
      const page = await this.aws.guarded("GetQueryResults", () =>
        client.send(new GetQueryResultsCommand({ QueryExecutionId: id, ...(token && { NextToken: token }) })),
      );
      if (first) {
        result.updateCount = page.UpdateCount ?? -1;
        const columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
        result.names = columns.map((column) => column.Name ?? "");
        result.types = columns.map((column) => column.Type ?? "");
      }
      if (!options.fetch) break;
      take(result, page.ResultSet, first && !isPlainText(execution));
      token = page.NextToken;
      first = false;
    } while (token && result.rows.length < limit);
    if (result.rows.length > limit) result.rows.length = limit;
    return result;
  }

  private async backOff(attempt: number): Promise<void> {
    await pause(Math.random() * Math.min(2 ** attempt, LONGEST) * 1000);
  }
}

function take(result: QueryResult, page: ResultSet | undefined, hasHeader: boolean): void {
  for (const row of (page?.Rows ?? []).slice(hasHeader ? 1 : 0)) {
    result.rows.push((row.Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null));
  }
}

/** DDL and utilities answer lines of text, without a row of names before them. */
function isPlainText({ StatementType, SubstatementType }: QueryExecution): boolean {
  return StatementType === "DDL" || StatementType === "UTILITY" || SubstatementType === "EXPLAIN";
}
