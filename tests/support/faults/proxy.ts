import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Plan } from "./each.ts";

/** How a statement fails: refused before it does anything, or done, with an answer that never arrives. */
export type Fault = "before" | "after";

/** A way to a ClickHouse on which statements of models are counted, written down and made to fail. */
export interface FaultProxy {
  readonly port: number;
  /** The statements of models since {@link FaultProxy.watch}, without their comments. */
  readonly statements: string[];
  /** All that changed anything since then, in order. */
  readonly changes: string[];
  /** Counts anew, with that plan. */
  watch(plan?: Plan): void;
  /** Whether the plan's statement has come. */
  readonly struck: boolean;
  /** Sends a statement past the faults and answers its rows; throws what the engine says. */
  query(sql: string): Promise<unknown[][]>;
  close(): void;
}

/** Statements that a node sends name it in their comment. */
const OF_NODE = /^\/\*[^\n]*"node_id"[^\n]*\*\/\n?/;
const COMMENT = /^\s*\/\*[\s\S]*?\*\/\s*/;
const READS = /^(?:select|with|show|exists|describe|kill)\b/i;

/** Whether a statement changes nothing. */
export function isReading(statement: string): boolean {
  return READS.test(statement);
}

/** Starts a proxy before the ClickHouse that answers at `port`; `rewrite` stands in for what this ClickHouse cannot do. */
export async function startFaultProxy(port: number, rewrite = (sql: string): string => sql): Promise<FaultProxy> {
  const statements: string[] = [];
  const changes: string[] = [];
  let plan: Plan | undefined;
  let struck = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = new URL(request.url ?? "/", "http://proxy");
    // One session is enough, and keeps the engine small over thousands of runs.
    if (url.searchParams.has("session_id")) url.searchParams.set("session_id", "faults");
    const first = url.searchParams.get("query") ?? "";
    const sql = [...(first === "" ? [] : [first]), body.toString("utf8")].join("\n");
    url.searchParams.delete("query");
    const plain = sql.replace(COMMENT, "").trim();
    if (!isReading(plain)) changes.push(sql);
    let now: Plan | undefined;
    if (OF_NODE.test(sql)) {
      if (plan?.at === statements.length && !struck) {
        now = plan;
        struck = true;
      }
      statements.push(plain);
    }
    if (now && "first" in now) await now.first();
    if (now && "fault" in now && now.fault === "before") {
      response.writeHead(500, { "X-ClickHouse-Exception-Code": "999" });
      response.end("Code: 999. DB::Exception: The server was made to fail. (FAULT)\n");
      return;
    }
    const answer = await forward(port, `${url.pathname}${url.search}`, request, Buffer.from(rewrite(sql)));
    if (now && "fault" in now) return void response.socket?.destroy();
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.socket?.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    statements,
    changes,
    get struck() {
      return struck;
    },
    watch(next) {
      plan = next;
      struck = false;
      statements.length = 0;
      changes.length = 0;
    },
    query: (sql) => query(port, sql),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

function forward(
  port: number,
  path: string,
  from: Pick<IncomingMessage, "method" | "headers">,
  body: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...from.headers, "content-length": String(body.length) };
    delete headers["transfer-encoding"];
    const onward = send({ host: "127.0.0.1", port, path, method: from.method ?? "POST", headers }, (answer) => {
      buffer(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    onward.on("error", reject);
    onward.end(body);
  });
}

async function query(port: number, sql: string): Promise<unknown[][]> {
  const path = "/?default_format=JSONCompactEachRow&session_id=harness&allow_deprecated_database_ordinary=1";
  const { status, body } = await forward(port, path, { method: "POST", headers: {} }, Buffer.from(sql));
  const text = body.toString("utf8").trim();
  if (status !== 200) throw new Error(text);
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as unknown[]);
}
