import { literal } from "./statements.ts";

export interface LoggedQuery {
  id: string;
  query: string;
  user: string;
  database: string;
  started: number;
  ended: number;
  readRows: number;
  readBytes: number;
  /** Empty where it went well. */
  exception: string;
}

const TABLE = `create table if not exists system.query_log (
  type Enum8('QueryStart' = 1, 'QueryFinish' = 2, 'ExceptionBeforeStart' = 3, 'ExceptionWhileProcessing' = 4),
  event_date Date, event_time DateTime, event_time_microseconds DateTime64(6),
  query_start_time DateTime, query_start_time_microseconds DateTime64(6), query_duration_ms UInt64,
  read_rows UInt64, read_bytes UInt64, current_database String, query String, query_kind String,
  is_initial_query UInt8, user String, query_id String, initial_query_id String, exception_code Int32, exception String,
  projections Array(String)
) engine = MergeTree order by event_time`;
const ASKS_FOR_LOG = /\bquery_log\b|^\s*system\s+flush\s+logs\b/i;

/** The query log, which the embedded engine does not keep: queries are remembered here, and stored before one asks for them. */
export class QueryLog {
  private readonly ask: (query: string, format?: string) => Promise<string>;
  private pending: LoggedQuery[] = [];
  private isMade = false;

  constructor(ask: (query: string, format?: string) => Promise<string>) {
    this.ask = ask;
  }

  add(entry: LoggedQuery): void {
    this.pending.push(entry);
  }

  /** Stores what is remembered if the query asks for it. */
  async storeFor(query: string): Promise<void> {
    if (!ASKS_FOR_LOG.test(query)) return;
    if (!this.isMade) await this.ask(TABLE);
    this.isMade = true;
    const entries = this.pending;
    this.pending = [];
    if (entries.length === 0) return;
    const known = await this.projections();
    const rows: string[] = [];
    for (const entry of entries) rows.push(row(entry, await this.projectionsOf(entry, known)));
    await this.ask(`insert into system.query_log values ${rows.join(", ")}`);
  }

  private async projections(): Promise<string[][]> {
    const known = await this.ask("select database, table, name from system.projections");
    return known
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t"));
  }

  /** The projections that the engine reads for a query: of the tables that it names. */
  private async projectionsOf({ query, readRows, exception }: LoggedQuery, known: string[][]): Promise<string[]> {
    if (readRows === 0 || exception !== "" || kindOf(query) !== "Select") return [];
    const named = known.filter(([database, table]) => query.includes(database!) && query.includes(table!));
    if (named.length === 0) return [];
    const plan = await this.plan(query.replace(/;?\s*(?:format\s+\w+\s*)?;?\s*$/i, ""));
    return named.filter(([, , name]) => plan.includes(`ReadFromMergeTree (${name})`)).map((names) => names.join("."));
  }

  private async plan(query: string): Promise<string> {
    try {
      return await this.ask(`explain projections = 1 ${query}`, "TSVRaw");
    } catch {
      return "";
    }
  }
}

function row(entry: LoggedQuery, projections: string[]): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(6);
  const code = Number(/Code: (\d+)/.exec(entry.exception)?.[1] ?? 0);
  const [started, ended] = [entry.started, entry.ended].map((ms) => `toDateTime64(${seconds(ms)}, 6)`);
  const text = [entry.database, entry.query, kindOf(entry.query)].map(literal).join(", ");
  return (
    `(${code === 0 ? "'QueryFinish'" : "'ExceptionWhileProcessing'"}, toDate(${ended}), toDateTime(${ended}), ${ended}, ` +
    `toDateTime(${started}), ${started}, ${Math.round(entry.ended - entry.started)}, ${entry.readRows}, ${entry.readBytes}, ${text}, ` +
    `1, ${literal(entry.user)}, ${literal(entry.id)}, ${literal(entry.id)}, ${code}, ${literal(entry.exception)}, ` +
    `[${projections.map(literal).join(", ")}])`
  );
}

function kindOf(query: string): string {
  const word = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(\w+)/.exec(query)?.[1]?.toLowerCase() ?? "";
  if (word === "with") return "Select";
  return word.charAt(0).toUpperCase() + word.slice(1);
}
