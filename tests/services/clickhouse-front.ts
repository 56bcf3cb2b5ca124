/**
 * ClickHouse's HTTP interface in front of the embedded engine, for tests of the client path: the engine is the real one.
 * Started as a process of its own, since a process works in one data folder: `clickhouse-front.ts DIR`; it prints its port.
 *
 * Imitated: queries in the URL and in the body, `database`, sessions, settings, `default_format`, query ids and KILL QUERY,
 * users and passwords (`$FRONT_USERS`, as `name:password,…`), gzip both ways, the headers of summary, format, time zone and
 * exceptions with their HTTP statuses. Not imitated: inserts of binary formats, progress headers, quotas, roles.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { Session } from "chdb";

const folder = process.argv[2]!;
const users = new Map(
  (process.env.FRONT_USERS ?? "default:").split(",").map((pair) => pair.split(":") as [string, string]),
);

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

interface Kept {
  session: Session;
  busy: Promise<unknown>;
}

/** A session of the engine for each combination of HTTP session, settings and database. */
const sessions = new Map<string, Kept>();

function sessionFor(key: string, settings: [string, string][], database: string | null): Kept {
  const name = JSON.stringify([key, settings, database]);
  let kept = sessions.get(name);
  if (!kept) {
    const session = new Session(folder);
    try {
      for (const [setting, value] of settings) session.query(`set \`${setting}\` = '${value.replaceAll("'", "\\'")}'`);
      if (database !== null) session.query(`use \`${database.replaceAll("`", "``")}\``);
    } catch (error) {
      session.close();
      throw error;
    }
    kept = { session, busy: Promise.resolve() };
    sessions.set(name, kept);
  }
  return kept;
}

/** HTTP statuses of the engine's errors. https://clickhouse.com/docs/interfaces/http */
function statusOf(code: number): number {
  if (code === 516 || code === 192 || code === 193 || code === 194) return code === 516 ? 403 : 401;
  if (code === 497) return 403;
  if (code === 60 || code === 81 || code === 46 || code === 36) return 404;
  if (code === 62 || code === 27 || code === 53 || code === 6) return 400;
  return 500;
}

function fail(response: ServerResponse, message: string): void {
  const code = Number(/Code: (\d+)\./.exec(message)?.[1] ?? 1001);
  response.writeHead(statusOf(code), {
    "X-ClickHouse-Exception-Code": String(code),
    "Content-Type": "text/plain; charset=UTF-8",
  });
  response.end(`${message}\n`);
}

function isKnown(request: IncomingMessage, params: URLSearchParams): boolean {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const [fromBasic, ...rest] = basic ? Buffer.from(basic, "base64").toString("utf8").split(":") : [];
  const header = (name: string) => request.headers[name] as string | undefined;
  const user = header("x-clickhouse-user") ?? params.get("user") ?? fromBasic ?? "default";
  const password = header("x-clickhouse-key") ?? params.get("password") ?? rest.join(":");
  return users.get(user) === password;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://front");
  const params = url.searchParams;
  if (url.pathname === "/ping") return void response.end("Ok.\n");
  if (!isKnown(request, params)) {
    return fail(
      response,
      "Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)",
    );
  }
  let body = await buffer(request);
  if (request.headers["content-encoding"] === "gzip") body = gunzipSync(body);
  const query = [params.get("query"), body.toString("utf8")].filter(Boolean).join("\n");
  const queryId = params.get("query_id") ?? randomUUID();
  const settings = [...params].filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith("param_"));
  const format = params.get("default_format") ?? (request.headers["x-clickhouse-format"] as string) ?? "TabSeparated";
  try {
    const kept = sessionFor(params.get("session_id") ?? "", settings, params.get("database"));
    const bound = [...params].filter(([name]) => name.startsWith("param_"));
    const work = kept.busy.then(async () => {
      kept.session.query(`set log_comment = '${queryId}'`);
      for (const [name, value] of bound) kept.session.query(`set ${name} = '${value.replaceAll("'", "\\'")}'`);
      return kept.session.queryAsync(killable(query), { format });
    });
    kept.busy = work.catch(() => undefined);
    const result = await work;
    let bytes = Buffer.from(result.bytes());
    const headers: { [name: string]: string } = {
      "X-ClickHouse-Query-Id": queryId,
      "X-ClickHouse-Format": format,
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
    if (params.get("enable_http_compression") === "1" && /gzip/.test(String(request.headers["accept-encoding"]))) {
      bytes = gzipSync(bytes);
      headers["Content-Encoding"] = "gzip";
    }
    response.writeHead(200, headers);
    response.end(bytes);
  } catch (error) {
    fail(response, (error as Error).message.replace(/^Query failed: /, ""));
  }
}

/** Queries are known to the engine by their comment, where the server knows them by their id. */
function killable(query: string): string {
  return /^\s*kill\s+query/i.test(query) ? query.replace(/\bquery_id\b/g, "Settings['log_comment']") : query;
}

const keep = new Session(folder);
keep.query("select 1");
const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => fail(response, error.message));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
