import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { ClickHouseClient as HttpClient } from "@clickhouse/client";
import type { ClickHouseClient, ClientResult, OpenClient } from "./client.ts";
import type { ClickHouseCredentials } from "./credentials.ts";
import { CONNECT_TIMEOUT, describeConnectError, unreadableCertificate } from "./errors.ts";
import { FORMAT, ResultReader } from "./results.ts";
import { JSON_SETTINGS } from "./values.ts";

/** A session with a ClickHouse server, over HTTP. https://clickhouse.com/docs/interfaces/http */
export const openServer: OpenClient = async (credentials, settings) => {
  const { createClient } = await import("./http-client.ts");
  const agent = agentOf(credentials);
  const { secure, host, user, password, sendReceiveTimeout, compression } = credentials;
  const client = createClient({
    url: `${secure ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${httpPort(credentials)}`,
    username: user,
    password,
    application: "tsdbt",
    request_timeout: sendReceiveTimeout * 1000,
    compression: { response: compression },
    http_agent: agent,
    clickhouse_settings: { ...settings, ...JSON_SETTINGS },
    log: { level: OFF },
  });
  const session = new ServerClient(client, agent, credentials);
  try {
    await session.begin();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** The client's own log says nothing: what fails is thrown. */
const OFF = 127;

/** The HTTP port; those of the native protocol, which this is not, have theirs beside them. */
export function httpPort({ port, secure }: Pick<ClickHouseCredentials, "port" | "secure">): number {
  if (port === 9000) return 8123;
  if (port === 9440) return 8443;
  return port ?? (secure ? 8443 : 8123);
}

/** How the sockets to the server are made. */
export function agentOf(credentials: ClickHouseCredentials): HttpAgent {
  const { secure, verify, serverHostName, keepaliveIdle } = credentials;
  const shared = { keepAlive: true, maxSockets: 4, keepAliveMsecs: keepaliveIdle * 1000 };
  const agent = secure
    ? new HttpsAgent({
        ...shared,
        rejectUnauthorized: verify,
        ...(serverHostName && { servername: serverHostName }),
        ...certificate("ca", credentials.ca),
        ...certificate("cert", credentials.clientCert),
        ...certificate("key", credentials.clientCertKey),
      })
    : new HttpAgent(shared);
  return limited(agent, secure ? "secureConnect" : "connect", credentials.connectTimeout);
}

/** Gives up a connection that is not made within so many seconds. */
function limited(agent: HttpAgent, made: "connect" | "secureConnect", seconds: number): HttpAgent {
  const open = agent.createConnection.bind(agent) as (...args: unknown[]) => Socket;
  agent.createConnection = ((...args: unknown[]) => {
    const socket = open(...args);
    const timer = setTimeout(() => {
      const error = new Error(`no connection within ${seconds} seconds`);
      socket.destroy(Object.assign(error, { code: CONNECT_TIMEOUT }));
    }, seconds * 1000);
    for (const event of [made, "close"]) socket.once(event, () => clearTimeout(timer));
    return socket;
  }) as typeof agent.createConnection;
  return agent;
}

function certificate(name: string, path: string): { [name: string]: Buffer } {
  if (path === "") return {};
  try {
    return { [name]: readFileSync(path) };
  } catch (error) {
    throw unreadableCertificate(path, error);
  }
}

/** Statements that change nothing, so that they may be sent again. */
const READING = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:select|with|show|exists|describe|desc|explain)\b/i;
/** The statement has not reached the server. */
const NEVER_ARRIVED = new Set([
  CONNECT_TIMEOUT,
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
/** The connection broke; who knows when. */
const BROKEN = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_STREAM_PREMATURE_CLOSE"]);
const FIRST_PAUSE = 200;

class ServerClient implements ClickHouseClient {
  version = "";
  timeZone = "UTC";
  private readonly client: HttpClient;
  private readonly agent: HttpAgent;
  private readonly credentials: ClickHouseCredentials;
  private readonly session = randomUUID();
  private readonly running = new Set<string>();
  private database: string | undefined;

  constructor(client: HttpClient, agent: HttpAgent, credentials: ClickHouseCredentials) {
    this.client = client;
    this.agent = agent;
    this.credentials = credentials;
  }

  async begin(): Promise<void> {
    try {
      const { rows } = await this.query("select version(), timezone()");
      this.version = String(rows[0]?.[0]);
      this.timeZone = String(rows[0]?.[1]);
    } catch (error) {
      throw describeConnectError(error, this.credentials, httpPort(this.credentials));
    }
  }

  async query(sql: string, id: string = randomUUID(), limit?: number): Promise<ClientResult> {
    return this.tried(sql, id, { limit });
  }

  async insert(sql: string, rows: () => Iterable<string>, id: string = randomUUID()): Promise<void> {
    await this.tried(sql, id, { rows });
  }

  private async tried(sql: string, id: string, options: SendOptions): Promise<ClientResult> {
    for (let attempt = 0; ; attempt++) {
      try {
        // The server may still hold the broken one under its id.
        return await this.send(sql, attempt === 0 ? id : `${id}-${attempt}`, options);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "";
        const safe = NEVER_ARRIVED.has(code) || (BROKEN.has(code) && READING.test(sql));
        if (!safe || attempt >= this.credentials.retries) throw error;
        // Not all at once, where several were cut off together.
        await pause(FIRST_PAUSE * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  async use(database: string): Promise<void> {
    const before = this.database;
    this.database = database;
    try {
      await this.query("select 1");
    } catch (error) {
      this.database = before;
      throw error;
    }
  }

  private async send(sql: string, id: string, { rows, limit }: SendOptions): Promise<ClientResult> {
    this.running.add(id);
    try {
      const { stream, http_status_code: status } = await this.client.exec({
        query: sql,
        ...(rows && { values: Readable.from(rows(), { objectMode: false }) }),
        query_id: id,
        session_id: this.session,
        ignore_error_response: true,
        clickhouse_settings: {
          default_format: FORMAT,
          ...(this.database !== undefined && { database: this.database }),
          // Without it, what fails after the first bytes would still be told as a success.
          ...(READING.test(sql) ? {} : { wait_end_of_query: 1 }),
        } as never,
      });
      if ((status ?? 200) >= 400) throw new Error((await text(stream)).trim() || `HTTP status ${status}`);
      const reader = new ResultReader(limit);
      for await (const part of stream) reader.add(part as Buffer);
      const { other, ...result } = reader.end();
      const failure = exceptionIn(other);
      if (failure !== undefined) throw new Error(failure);
      return result;
    } finally {
      this.running.delete(id);
    }
  }

  async cancel(): Promise<void> {
    const ids = [...this.running];
    if (ids.length === 0) return;
    const list = ids.map((id) => `'${id}'`).join(", ");
    try {
      await this.client.command({ query: `kill query where query_id in (${list}) async` });
    } catch {
      // What has ended by itself needs no stopping.
    }
  }

  async close(): Promise<void> {
    await this.client.close();
    this.agent.destroy();
  }
}

/** What went wrong after the first rows had been sent, which then follows them. */
function exceptionIn(other: string): string | undefined {
  const at = /(?:^|\n)(?:__exception__\r?\n[^\n]*\r?\n)?(Code: \d+\. DB::Exception:[\s\S]*)$/.exec(other);
  return at?.[1]?.replace(/\r?\n\d+ \w+\r?\n__exception__\s*$/, "").trim();
}

interface SendOptions {
  /** What an INSERT inserts. */
  rows?: () => Iterable<string>;
  limit?: number | undefined;
}
