import type { NewEvent } from "../core/events/event.ts";
import type { AdapterResponse } from "./adapter.ts";

/** The comment that goes with every statement of a connection. */
export interface StatementComment {
  text: string;
  /** Behind the statement, not before it. */
  append: boolean;
}

export interface StatementLogOptions {
  connection: string;
  /** The adapter's type. */
  type: string;
  comment: StatementComment | null;
  emit: ((event: NewEvent) => void) | undefined;
  /** How a comment is put to a statement, where block comments do not serve. */
  annotate?: (sql: string, comment: StatementComment | null) => string;
}

const ABRIDGED = 512;

/** Puts the query comment to the statements of one connection, and tells the log of them. */
export class StatementLog {
  private readonly options: StatementLogOptions;
  private isOpen = false;
  constructor(options: StatementLogOptions) {
    this.options = options;
  }

  /** How many lines stand before the first of the statement. */
  get linesBefore(): number {
    const { comment } = this.options;
    return comment && !comment.append ? comment.text.split("\n").length : 0;
  }

  /** The statement with its comment, which cannot be behind one that data follows. */
  annotated(sql: string, { before = false } = {}): string {
    const { comment, annotate } = this.options;
    if (annotate) return annotate(sql, comment);
    if (!comment) return sql;
    if (!comment.append || before) return `/* ${comment.text} */\n${sql}`;
    const statement = sql.trimEnd();
    return statement.endsWith(";")
      ? `${statement.slice(0, -1)}\n/* ${comment.text} */;`
      : `${statement}\n/* ${comment.text} */`;
  }

  /** Logs the statement as it is sent, and its answer. */
  async sent<T extends { response: AdapterResponse }>(
    statement: string,
    work: () => Promise<T>,
    options: { abridged?: boolean | undefined } = {},
  ): Promise<T> {
    const { connection, type } = this.options;
    const sql = options.abridged ? `${statement.slice(0, ABRIDGED)}...` : statement;
    this.emit("ConnectionUsed", "E015", `Using ${type} connection "${connection}"`, {
      conn_name: connection,
      conn_type: type,
    });
    this.emit("SQLQuery", "E016", `On ${connection}: ${sql}`, { conn_name: connection, sql });
    if (!this.isOpen) {
      this.isOpen = true;
      const message = "Opening a new connection, currently in state init";
      this.emit("NewConnectionOpening", "E037", message, { connection_state: "init" });
    }
    const started = performance.now();
    const result = await work();
    const elapsed = (performance.now() - started) / 1000;
    const { _message: status, query_id = "" } = result.response;
    const message = `SQL status: ${status} in ${elapsed.toFixed(3)} seconds`;
    this.emit("SQLQueryStatus", "E017", message, { elapsed, query_id, status });
    return result;
  }

  committing(): void {
    const { connection } = this.options;
    this.emit("SQLCommit", "E018", `On ${connection}: COMMIT`, { conn_name: connection });
  }
  rollingBack(): void {
    const { connection } = this.options;
    this.emit("Rollback", "E012", `On ${connection}: ROLLBACK`, { conn_name: connection });
  }
  closed(): void {
    const { connection } = this.options;
    this.emit("ConnectionClosed", "E010", `On ${connection}: Close`, { conn_name: connection });
  }

  private emit(name: string, code: string, message: string, data: { [key: string]: unknown }): void {
    this.options.emit?.({ name, code, level: "debug", message, data });
  }
}
