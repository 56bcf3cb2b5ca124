import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseCredentials } from "../../adapters/clickhouse/credentials.ts";
import { describeError } from "../../adapters/clickhouse/errors.ts";
import { openServer } from "../../adapters/clickhouse/server.ts";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { type Output, outputFor, serverProject } from "../support/clickhouse-server.ts";
import { discardProjects } from "../support/project.ts";
import { ROOT, tsdbt } from "../support/tsdbt.ts";

let server: RunningClickHouse;
let certificates: Certificates;
const gates: (Server | HttpServer)[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  server = await startClickHouse();
  certificates = makeCertificates("db.internal");
}, 60_000);
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const gate of gates.splice(0)) gate.close();
});
afterAll(() => {
  server.stop();
  certificates.discard();
  discardProjects();
});

async function listen(gate: Server | HttpServer): Promise<number> {
  gates.push(gate);
  gate.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
  return (gate.address() as AddressInfo).port;
}

const file = (name: string) => join(certificates.folder, name);

/** TLS in front of the server. */
function secured(wantsCertificate = false): Promise<number> {
  const ours = { cert: readFileSync(file("server.pem")), key: readFileSync(file("server.key")) };
  const theirs = {
    requestCert: wantsCertificate,
    rejectUnauthorized: wantsCertificate,
    ca: readFileSync(file("ca.pem")),
  };
  const gate = createTlsServer({ ...ours, ...theirs }, (socket) => {
    const inner = connect(server.port, "127.0.0.1");
    for (const one of [socket, inner]) one.on("error", () => one.destroy());
    socket.pipe(inner).pipe(socket);
  });
  gate.on("tlsClientError", () => undefined);
  return listen(gate);
}

/** What `debug` says of a profile. */
async function debug(output: Output): Promise<{ code: number | null; text: string }> {
  const root = serverProject(server, { "models/a.sql": "select 1 as id" }, { secure: true, ...output });
  // The gates are in this process, which must not wait for the command.
  const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "debug"], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: root, NO_COLOR: "1" },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (text += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, text };
}

describe("TLS", () => {
  it("takes the authority of `ca` and the name of `server_host_name`, and says which of them is amiss", async () => {
    const port = await secured();
    const distrusted = await debug({ port });
    expect(distrusted.code).toBe(1);
    expect(distrusted.text).toContain("name its authority in `ca`");
    const misnamed = await debug({ port, ca: file("ca.pem") });
    expect(misnamed.code).toBe(1);
    expect(misnamed.text).toContain("`server_host_name`");
    const right = await debug({ port, ca: file("ca.pem"), server_host_name: "db.internal" });
    expect(right.code, right.text).toBe(0);
    const unverified = await debug({ port, verify: false });
    expect(unverified.code, unverified.text).toBe(0);
  }, 120_000);

  it("shows the server the certificate of `client_cert` and `client_cert_key`", async () => {
    const port = await secured(true);
    const without = await debug({ port, verify: false });
    expect(without.code).toBe(1);
    expect(without.text).toContain("`client_cert`");
    const shown = await debug({
      port,
      verify: false,
      client_cert: file("client.pem"),
      client_cert_key: file("client.key"),
    });
    expect(shown.code, shown.text).toBe(0);
  }, 120_000);

  it("is given up after `connect_timeout` where nobody answers", async () => {
    const port = await listen(createServer());
    const { code, text } = await debug({ port, connect_timeout: 1, retries: 0 });
    expect(code).toBe(1);
    expect(text).toContain("no connection within 1 seconds");
    expect(text).toContain("`connect_timeout`");
  }, 60_000);
});

describe("a model that the server refuses", () => {
  const endless = "select count() as n from numbers(100000000000000) where sipHash64(number) = 1";
  const cases: [string, string, string, string, Output?][] = [
    [
      "an unknown engine",
      "{{ config(materialized='table', engine='NoTree()') }}select 1 as id",
      "UNKNOWN_STORAGE",
      "Check `engine` in the model's config",
    ],
    [
      "an unknown setting of its queries",
      "{{ config(materialized='table', query_settings={'no_such_setting': 1}) }}select 1 as id",
      "UNKNOWN_SETTING",
      "`query_settings` in the model's config",
    ],
    [
      "a query that takes too long",
      `{{ config(materialized='table', query_settings={'max_execution_time': 1}) }}${endless}`,
      "TIMEOUT_EXCEEDED",
      "`max_execution_time`",
    ],
  ];
  it.each(cases)(
    "for %s",
    (_, sql, message, hint) => {
      const root = serverProject(server, { "models/a.sql": sql }, { schema: "refused" });
      const run = tsdbt(root, ["run"]);
      expect(run.code, run.text).toBe(1);
      expect(run.text).toContain(message);
      expect(run.text).toContain(hint);
      expect(run.text).not.toMatch(/\n\s+at /);
    },
    60_000,
  );

  it("for a user that may only read", () => {
    const root = serverProject(
      server,
      { "models/a.sql": "select 1 as id" },
      { custom_settings: { readonly: 1 }, schema: "unread" },
    );
    const run = tsdbt(root, ["run"]);
    expect(run.code, run.text).not.toBe(0);
    expect(run.text).toContain("READONLY");
    expect(run.text).toContain("needs a user that may write");
  }, 60_000);

  it("for a query that somebody kills", async () => {
    const sql = `{{ config(materialized='table') }}${endless.replace("100000000000000", "200000000000000")}`;
    const root = serverProject(server, { "models/slow.sql": sql, "models/other.sql": "select 1 as id" });
    const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "run"], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: root, NO_COLOR: "1" },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (text += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const client = await openServer(credentials({ schema: "default" }), {});
    const which = "query ilike '%insert into%200000000000000%' and query not ilike '%processes%'";
    while (Number((await client.query(`select count() from system.processes where ${which}`)).rows[0]?.[0]) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await client.query(
      "kill query where query ilike '%insert into%200000000000000%' and query not ilike 'kill%' async",
    );
    expect(await ended).toBe(1);
    await client.close();
    expect(text).toContain("QUERY_WAS_CANCELLED");
    expect(text).toContain("KILL QUERY");
    expect(text).toContain("PASS=1 WARN=0 ERROR=1");
  }, 120_000);
});

function credentials(output: Output) {
  const place = { profile: "p", target: "t", projectRoot: ROOT };
  return parseCredentials(outputFor(server, output), place);
}

describe("an answer", () => {
  it("that ends in an exception is no success", async () => {
    const head = '["x"]\n["UInt8"]\n[1]\n';
    const failure =
      "Code: 395. DB::Exception: Value passed to 'throwIf' function is non-zero. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)";
    const gate = createHttpServer((request, response) => {
      let asked = "";
      request.on("data", (data: Buffer) => (asked += data.toString()));
      request.on("end", () => {
        response.writeHead(200);
        if (!asked.includes("throwIf")) return void response.end('["v","z"]\n["String","String"]\n["26.1","UTC"]\n');
        response.write(head);
        response.end(failure);
      });
    });
    const client = await openServer(credentials({ port: await listen(gate) }), {});
    await expect(client.query("select throwIf(number = 5) from numbers(10)")).rejects.toThrow("throwIf");
    await client.close();
  });

  it.each([
    ["Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)", "make room on it"],
    [
      "Code: 75. DB::ErrnoException: Cannot write to file: errno: 28, strerror: No space left on device.",
      "make room on it",
    ],
    [
      "Code: 36. DB::Exception: You must provide an ORDER BY or PRIMARY KEY expression. (BAD_ARGUMENTS)",
      "set `order_by`",
    ],
    [
      "Code: 497. DB::Exception: u: Not enough privileges. To execute this query, grant INSERT. (ACCESS_DENIED)",
      "GRANT",
    ],
  ])("of %s says what to do", (message, hint) => {
    expect(describeError(new Error(message), "insert into t select 1").details.hint).toContain(hint);
  });
});
