import { randomUUID } from "node:crypto";
import { type Outcome, type Plan, planOf, reasonOf, type Surroundings } from "./plans.ts";
import { columnInfo, textOf } from "./values.ts";

export interface StartRequest {
  QueryString: string;
  ClientRequestToken?: string;
  QueryExecutionContext?: { Catalog?: string; Database?: string };
  ResultConfiguration?: { OutputLocation?: string };
  WorkGroup?: string;
  ExecutionParameters?: string[];
  ResultReuseConfiguration?: { ResultReuseByAgeConfiguration?: { Enabled: boolean; MaxAgeInMinutes?: number } };
}

/** What is done to a statement on purpose: it fails before or after it took effect, waits, or is throttled. */
export interface StatementFault {
  when: "before" | "after";
  reason: string;
  errorType?: number;
}

export type ResultRow = { Data: { VarCharValue?: string }[] };

/** One query execution, as GetQueryExecution shows it. */
export class Execution {
  readonly id = randomUUID();
  readonly request: StartRequest;
  readonly plan: Plan;
  readonly submitted = Date.now();
  readonly outputLocation: string;
  state: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED" = "QUEUED";
  reason: string | undefined;
  errorType: number | undefined;
  completed: number | undefined;
  scannedBytes = 0;
  updateCount: number | null = null;
  reused = false;
  columns: { [key: string]: unknown }[] = [];
  rows: ResultRow[] = [];
  private uri: string | undefined;

  constructor(request: StartRequest, plan: Plan, outputFolder: string) {
    this.request = request;
    this.plan = plan;
    const extension = this.plainText ? "txt" : "csv";
    this.outputLocation = `${outputFolder.replace(/\/?$/, "/")}${this.id}.${extension}`;
  }
  /** Whether the answer is lines of text, without a row of names before them. */
  get plainText(): boolean {
    return this.plan.type !== "DML";
  }

  async run(at: Omit<Surroundings, "onUri">, fault: StatementFault | undefined): Promise<void> {
    this.state = "RUNNING";
    try {
      if (fault?.when === "before") throw fault;
      const outcome = await this.plan.run({
        ...at,
        onUri: (uri) => {
          this.uri = uri;
          if (this.state === "CANCELLED") void fetch(uri, { method: "DELETE" });
        },
      });
      if (fault) throw fault;
      this.keep(outcome);
      if (!this.isOver) this.state = "SUCCEEDED";
    } catch (error) {
      if (!this.isOver) this.fail(error, fault);
    } finally {
      this.completed ??= Date.now();
    }
  }
  private fail(error: unknown, fault: StatementFault | undefined): void {
    const { name, reason } = error === fault ? { name: "", reason: fault!.reason } : reasonOf(error);
    this.state = "FAILED";
    this.reason = reason;
    this.errorType = fault?.errorType ?? (name.startsWith("ICEBERG_") ? 233 : name === "SYNTAX_ERROR" ? 1006 : 1001);
  }
  private get isOver(): boolean {
    return this.state !== "QUEUED" && this.state !== "RUNNING";
  }
  private keep(outcome: Outcome): void {
    if ("lines" in outcome) {
      this.rows = outcome.lines.map((line) => ({ Data: [{ VarCharValue: line }] }));
      return;
    }
    this.scannedBytes = outcome.scannedBytes;
    this.updateCount = outcome.updateCount;
    if (this.plan.type === "DDL" || (outcome.updateCount !== null && this.plan.subtype !== "SELECT")) return;
    this.columns = outcome.columns.map(columnInfo);
    const header = { Data: outcome.columns.map(({ name }) => ({ VarCharValue: name })) };
    const rows = outcome.rows.map((row) => ({
      Data: row.map((value, i) => {
        const text = textOf(outcome.columns[i]!.typeSignature, value);
        return text === null ? {} : { VarCharValue: text };
      }),
    }));
    this.rows = this.plainText ? rows : [header, ...rows];
  }
  async cancel(): Promise<void> {
    if (this.isOver) return;
    this.state = "CANCELLED";
    this.reason = "Query cancelled by user";
    this.completed = Date.now();
    if (this.uri) await fetch(this.uri, { method: "DELETE" });
  }

  /** The result as the file in S3 holds it. */
  file(): string {
    if (this.plainText)
      return this.rows.map((row) => `${row.Data.map((d) => d.VarCharValue ?? "").join("\t")}\n`).join("");
    const field = ({ VarCharValue }: { VarCharValue?: string }) =>
      VarCharValue === undefined ? "" : `"${VarCharValue.replaceAll('"', '""')}"`;
    return this.rows.map((row) => `${row.Data.map(field).join(",")}\n`).join("");
  }

  describe(workGroup: string): { [key: string]: unknown } {
    const took = (this.completed ?? Date.now()) - this.submitted;
    return {
      QueryExecutionId: this.id,
      Query: this.request.QueryString,
      StatementType: this.plan.type,
      SubstatementType: this.plan.subtype,
      ResultConfiguration: { OutputLocation: this.outputLocation },
      ResultReuseConfiguration: this.request.ResultReuseConfiguration,
      QueryExecutionContext: {
        Database: this.request.QueryExecutionContext?.Database,
        Catalog: this.request.QueryExecutionContext?.Catalog?.toLowerCase(),
      },
      Status: {
        State: this.state,
        SubmissionDateTime: this.submitted / 1000,
        ...(this.completed !== undefined && { CompletionDateTime: this.completed / 1000 }),
        ...(this.reason !== undefined && { StateChangeReason: this.reason }),
        ...(this.state === "FAILED" && {
          AthenaError: {
            ErrorCategory: 2,
            ErrorType: this.errorType,
            Retryable: false,
            ErrorMessage: this.reason,
          },
        }),
      },
      Statistics: {
        EngineExecutionTimeInMillis: took,
        DataScannedInBytes: this.scannedBytes,
        TotalExecutionTimeInMillis: took,
        QueryQueueTimeInMillis: 0,
        ServiceProcessingTimeInMillis: 0,
        ResultReuseInformation: { ReusedPreviousResult: this.reused },
      },
      WorkGroup: workGroup,
      EngineVersion: { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "Athena engine version 3" },
    };
  }
}

/** The plan of a statement; Athena names what it cannot read only once the query runs. */
export function planFor(sql: string): Plan {
  let plan: Plan | null = null;
  try {
    plan = planOf(sql);
  } catch (error) {
    return failing(error);
  }
  return plan ?? failing(new SyntaxError(`line 1:1: mismatched input '${sql.trim().split(/\s/)[0] ?? ""}'`));
}

function failing(error: unknown): Plan {
  return { type: "DML", subtype: "SELECT", run: () => Promise.reject(error) };
}
