import { setTimeout as pause } from "node:timers/promises";

/** What Trino's REST protocol says of one statement. https://trino.io/docs/current/develop/client-protocol.html */
export interface TrinoColumn {
  name: string;
  typeSignature: TrinoType;
}

export interface TrinoType {
  rawType: string;
  arguments: { kind: string; value: unknown }[];
}

export interface TrinoResult {
  columns: TrinoColumn[];
  rows: unknown[][];
  updateCount: number | null;
  scannedBytes: number;
}

/** The engine's error: `name` is such as TABLE_NOT_FOUND. */
export class TrinoError extends Error {
  readonly errorName: string;
  readonly errorType: string;
  constructor(message: string, errorName: string, errorType: string) {
    super(message);
    this.errorName = errorName;
    this.errorType = errorType;
  }
}

interface Answer {
  nextUri?: string;
  columns?: TrinoColumn[];
  data?: unknown[][];
  updateCount?: number;
  error?: { message: string; errorName: string; errorType: string };
  stats?: { physicalInputBytes?: number; processedBytes?: number };
}

export interface StatementOptions {
  catalog: string;
  schema: string;
  /** `catalog.property` and its value. */
  session?: { [name: string]: string };
  prepared?: { [name: string]: string };
  /** Told the address to cancel the statement at. */
  onUri?: (uri: string) => void;
}

/** A node tells of its catalogs some seconds after it has started; until then what reads their tables does not begin. */
const NO_NODE_YET = { error: "NO_NODES_AVAILABLE", tries: 60, pause: 500 };

/** Runs a statement to its end. Throws a TrinoError for what the engine refuses. */
export async function runStatement(url: string, sql: string, options: StatementOptions): Promise<TrinoResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(url, sql, options);
    } catch (error) {
      const isEarly = error instanceof TrinoError && error.errorName === NO_NODE_YET.error;
      if (!isEarly || attempt >= NO_NODE_YET.tries) throw error;
      await pause(NO_NODE_YET.pause);
    }
  }
}

async function runOnce(url: string, sql: string, options: StatementOptions): Promise<TrinoResult> {
  const headers: { [name: string]: string } = {
    "X-Trino-User": "athena",
    "X-Trino-Catalog": options.catalog,
    "X-Trino-Schema": options.schema,
    "X-Trino-Time-Zone": "UTC",
    "Content-Type": "text/plain; charset=utf-8",
  };
  const session = Object.entries(options.session ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  if (session.length > 0) headers["X-Trino-Session"] = session.join(",");
  const prepared = Object.entries(options.prepared ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  if (prepared.length > 0) headers["X-Trino-Prepared-Statement"] = prepared.join(",");
  const result: TrinoResult = { columns: [], rows: [], updateCount: null, scannedBytes: 0 };
  let answer = await read(await fetch(`${url}/v1/statement`, { method: "POST", headers, body: sql }));
  for (;;) {
    if (answer.error) throw new TrinoError(answer.error.message, answer.error.errorName, answer.error.errorType);
    if (answer.columns) result.columns = answer.columns;
    if (answer.data) result.rows.push(...answer.data);
    if (answer.updateCount !== undefined) result.updateCount = answer.updateCount;
    result.scannedBytes = answer.stats?.physicalInputBytes ?? result.scannedBytes;
    if (!answer.nextUri) return result;
    options.onUri?.(answer.nextUri);
    answer = await read(await fetch(answer.nextUri));
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  if (!response.ok) throw new TrinoError(text, "GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR");
  return JSON.parse(exactIntegers(text)) as Answer;
}

/** Integers that a JS number cannot hold become strings. */
function exactIntegers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) ? `"${token}"` : token,
  );
}
