/**
 * ClickHouse's HTTP interface in front of the embedded engine, for tests of the client path: the engine is the real one.
 * Started as a process of its own, since a process works in one data folder: `clickhouse-front.ts DIR`; it prints its port.
 * Every statement that comes is also a line of JSON in the file that `$FRONT_LOG` names.
 *
 * Imitated: queries in the URL and in the body, `database`, sessions, settings, parameters, `default_format`, inserts of binary
 * and compressed data, query ids and KILL QUERY, users, roles and grants (without effect on what a user may do), ON CLUSTER for
 * clusters of this one server (`$FRONT_CLUSTERS`), system.query_log, passwords (`$FRONT_USERS`, as `name:password,…`), gzip both
 * ways, the headers of summary, format, time zone and exceptions with their HTTP statuses. Not imitated: answers that stream,
 * progress headers, quotas, several servers, Keeper (what is to be replicated has the engine without).
 */
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ChdbResult } from "chdb";
import { Access } from "./clickhouse-front/access.ts";
import { DONE_ON_CLUSTER, onThisServer, waitsForReplicas, withoutReplicas } from "./clickhouse-front/cluster.ts";
import { Engine, type Execution } from "./clickhouse-front/engine.ts";
import { insertFromFile } from "./clickhouse-front/inserts.ts";
import { QueryLog } from "./clickhouse-front/query-log.ts";
import { secondStatement, withoutLeadingComments } from "./clickhouse-front/statements.ts";

const folder = process.argv[2]!;
const users = new Map(
  (process.env.FRONT_USERS ?? "default:").split(",").map((pair) => pair.split(":") as [string, string]),
);
const clusters = (process.env.FRONT_CLUSTERS ?? "").split(",").filter(Boolean);

/** Parameters of the URL that are no settings. */
const NO_SETTINGS = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "session_id",
  "session_timeout",
  "session_check",
  "user",
  "password",
  "enable_http_compression",
  "compress",
  "decompress",
  "wait_end_of_query",
  "buffer_size",
  "client_protocol_version",
  "role",
]);

const access = new Access(users);
const engine = new Engine(folder, { users: [...users.keys()], clusters });
const log = new QueryLog((query, format) => engine.ask(query, format));
const version = (await engine.ask("select version()")).trim();

/** HTTP statuses of the engine's errors. https://clickhouse.com/docs/interfaces/http */
function statusOf(code: number): number {
  if (code === 516 || code === 192 || code === 193 || code === 194) return code === 516 ? 403 : 401;
  if (code === 497) return 403;
  if ([36, 46, 47, 50, 56, 60, 63, 73, 81, 115].includes(code)) return 404;
  if (code === 62 || code === 27 || code === 53 || code === 6) return 400;
  return 500;
}

function fail(response: ServerResponse, message: string, queryId?: string): void {
  const code = Number(/Code: (\d+)\./.exec(message)?.[1] ?? 1001);
  response.writeHead(statusOf(code), {
    "X-ClickHouse-Exception-Code": String(code),
    ...(queryId !== undefined && { "X-ClickHouse-Query-Id": queryId }),
    "Content-Type": "text/plain; charset=UTF-8",
  });
  response.end(`${message}${message.includes("(version ") ? "" : ` (version ${version} (official build))`}\n`);
}

function userOf(request: IncomingMessage, params: URLSearchParams): { user: string; password: string } {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const [fromBasic, ...rest] = basic ? Buffer.from(basic, "base64").toString("utf8").split(":") : [];
  const header = (name: string) => request.headers[name] as string | undefined;
  return {
    user: header("x-clickhouse-user") ?? params.get("user") ?? fromBasic ?? "default",
    password: header("x-clickhouse-key") ?? params.get("password") ?? rest.join(":"),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://front");
  const params = url.searchParams;
  if (url.pathname === "/ping") return void response.end("Ok.\n");
  const { user, password } = userOf(request, params);
  if (!access.isKnown(user, password)) {
    return fail(
      response,
      `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
    );
  }
  const queryId = params.get("query_id") ?? randomUUID();
  const how: Execution = {
    settings: [...params].filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith("param_")),
    parameters: [...params].filter(([name]) => name.startsWith("param_")),
    database: params.get("database") ?? undefined,
    queryId,
    format: params.get("default_format") ?? (request.headers["x-clickhouse-format"] as string) ?? "TabSeparated",
  };
  const started = Date.now();
  let query = params.get("query") ?? "";
  let failure = "";
  let result: ChdbResult | undefined;
  let discard = () => {};
  try {
    let body = await buffer(request);
    let encoding = request.headers["content-encoding"];
    if (encoding === "gzip") body = gunzipSync(body);
    if (encoding === "gzip" || encoding === "identity") encoding = undefined;
    const insert = insertFromFile(folder, query, body, encoding);
    if (insert) ({ query, discard } = insert);
    else query = [query, body.toString("utf8")].filter(Boolean).join("\n");
    if (process.env.FRONT_LOG) appendFileSync(process.env.FRONT_LOG, `${JSON.stringify({ query })}\n`);
    result = await execute(query, params.get("session_id") ?? undefined, how);
    respond(request, response, result, how);
  } catch (error) {
    failure = (error as Error).message.replace(/^Query failed: /, "");
    fail(response, failure, queryId);
  } finally {
    discard();
  }
  log.add({
    id: queryId,
    query,
    user,
    database: how.database ?? "default",
    started,
    ended: Date.now(),
    readRows: result?.rowsRead ?? 0,
    readBytes: result?.bytesRead ?? 0,
    exception: failure,
  });
}

async function execute(query: string, session: string | undefined, how: Execution): Promise<ChdbResult> {
  const second = secondStatement(query);
  if (second !== undefined) {
    throw new Error(
      `Code: 62. DB::Exception: Syntax error (Multi-statements are not allowed): failed at position ${second + 1} (end of query): ` +
        `${query.slice(second)}. . (SYNTAX_ERROR)`,
    );
  }
  await log.storeFor(query);
  const run = (text: string) => engine.run(session, text, how);
  const statement = withoutReplicas(withoutLeadingComments(query));
  const local = onThisServer(statement, clusters);
  const isTaken =
    waitsForReplicas(statement) ||
    (await access.take(local ?? statement, how.database ?? "default", (text) => engine.ask(text)));
  if (local !== undefined) {
    if (!isTaken) await run(local);
    return run(DONE_ON_CLUSTER);
  }
  if (isTaken) return run("select 1 where 0 format Null");
  return run(engine.killing(access.withGrants(statement === withoutLeadingComments(query) ? query : statement)));
}

function respond(request: IncomingMessage, response: ServerResponse, result: ChdbResult, how: Execution): void {
  let bytes = Buffer.from(result.bytes());
  const headers: { [name: string]: string } = {
    "X-ClickHouse-Query-Id": how.queryId,
    "X-ClickHouse-Format": how.format,
    "X-ClickHouse-Timezone": "UTC",
    "X-ClickHouse-Server-Display-Name": "front",
    "X-ClickHouse-Summary": JSON.stringify({
      read_rows: String(result.rowsRead),
      read_bytes: String(result.bytesRead),
      written_rows: "0",
      written_bytes: "0",
      total_rows_to_read: "0",
      result_rows: "0",
      result_bytes: String(bytes.length),
      elapsed_ns: String(Math.round(result.elapsed * 1e9)),
    }),
  };
  const isCompressed = new URL(request.url ?? "/", "http://front").searchParams.get("enable_http_compression") === "1";
  if (isCompressed && /gzip/.test(String(request.headers["accept-encoding"]))) {
    bytes = gzipSync(bytes);
    headers["Content-Encoding"] = "gzip";
  }
  response.writeHead(200, headers);
  response.end(bytes);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => fail(response, error.message));
});
server.listen(Number(process.env.FRONT_PORT ?? 0), "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
