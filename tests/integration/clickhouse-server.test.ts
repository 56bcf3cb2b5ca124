import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, connect as openSocket, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseCredentials } from "../../adapters/clickhouse/credentials.ts";
import { openServer } from "../../adapters/clickhouse/server.ts";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { type Output, outputFor, serverProject } from "../support/clickhouse-server.ts";
import { discardProjects } from "../support/project.ts";
import { artifact, copyOf, discard, ROOT, tsdbt } from "../support/tsdbt.ts";

let server: RunningClickHouse;
let crypto: string;

beforeAll(async () => {
  crypto = copyOf("examples/crypto");
  server = await startClickHouse({ users: { default: "", reader: "s3cret-word" }, cwd: crypto });
}, 60_000);
afterAll(() => {
  server.stop();
  discard(crypto);
  discardProjects();
});

const profile = (output: Output) => outputFor(server, output);
const project = (files: { [path: string]: string }, output: Output = {}) => serverProject(server, files, output);

function writeProfile(root: string, name: string, output: Output): void {
  writeFileSync(
    join(root, "profiles.yml"),
    JSON.stringify({ [name]: { target: "server", outputs: { server: profile(output) } } }),
  );
}

describe("a ClickHouse server over HTTP", () => {
  it("builds the crypto example, and builds it again, as the engine inside the process does", () => {
    writeProfile(crypto, "crypto", { schema: "crypto", compression: "gzip" });
    for (const _ of [1, 2]) {
      const run = tsdbt(crypto, ["build"], { DBT_PROFILES_DIR: crypto });
      expect(run.code, run.text).toBe(0);
      expect(run.text).toContain("PASS=55 WARN=0 ERROR=0 SKIP=0 NO-OP=1");
    }
    const docs = tsdbt(crypto, ["docs", "generate", "--vars", "{catalog_stats: true}"], { DBT_PROFILES_DIR: crypto });
    expect(docs.code, docs.text).toBe(0);
    const { nodes } = artifact<{ nodes: { [id: string]: { stats: object } } }>(crypto, "catalog.json");
    expect(nodes["model.crypto.crypto_curated"]!.stats).toMatchObject({
      row_count: { value: expect.any(Number) },
      bytes: { value: expect.any(Number) },
    });
    const rows = [
      "show",
      "--output",
      "json",
      "-q",
      "--inline",
      "select count() as n, round(sum(price), 2) as s from {{ ref('crypto_curated') }}",
    ];
    const there = tsdbt(crypto, rows, { DBT_PROFILES_DIR: crypto });
    const inside = copyOf("examples/crypto");
    tsdbt(inside, ["build", "--target", "clickhouse"]);
    expect(JSON.parse(there.stdout)).toEqual(JSON.parse(tsdbt(inside, [...rows, "--target", "clickhouse"]).stdout));
    discard(inside);
  }, 240_000);

  it("keeps every digit and names every type", () => {
    const root = project({
      "models/t.sql":
        "select 12345678901234567890123456789::Int256 as big, 1.10::Decimal(38, 10) as d, [1, 2] as a, map('k', 1) as m, " +
        "toDateTime64('2024-01-31 12:00:00.123', 3, 'UTC') as ts, null as nothing, 'it''s \\n' as text",
    });
    expect(tsdbt(root, ["run"]).code).toBe(0);
    const shown = tsdbt(root, ["show", "--inline", "select * from {{ ref('t') }}", "--output", "json", "-q"]);
    expect(shown.code, shown.text).toBe(0);
    expect(shown.stdout).toContain("12345678901234567890123456789");
    expect(shown.stdout).toContain("2024-01-31");
  }, 60_000);

  it("tells the engine's error with its place, and goes on with what does not depend on it", () => {
    const root = project({ "models/bad.sql": "select nope from numbers(1)", "models/good.sql": "select 1 as id" });
    const run = tsdbt(root, ["run"]);
    expect(run.code).toBe(1);
    expect(run.text).toContain("UNKNOWN_IDENTIFIER");
    expect(run.text).toContain("PASS=1 WARN=0 ERROR=1");
  }, 60_000);
});

describe("a server that cannot be used", () => {
  const cases: [string, () => Output, string, string][] = [
    [
      "a wrong password",
      () => ({ user: "reader", password: "wrong-word" }),
      "AUTHENTICATION_FAILED",
      "Check `user` (reader) and `password`",
    ],
    ["nobody at the port", () => ({ port: 9 }), "ECONNREFUSED", "Check `host` and `port`"],
    ["no such host", () => ({ host: "nowhere.invalid" }), "nowhere.invalid", "Check `host`"],
    ["TLS to a port without", () => ({ secure: true }), "wrong version number", "leave `secure` out"],
    ["an unknown setting", () => ({ custom_settings: { no_such_setting: 1 } }), "no_such_setting", "`custom_settings`"],
    [
      "a certificate that is not there",
      () => ({ secure: true, ca: "/nowhere/ca.pem" }),
      "/nowhere/ca.pem",
      "check `ca`",
    ],
  ];
  it.each(cases)(
    "%s",
    (_, output, message, hint) => {
      const root = project({ "models/a.sql": "select 1 as id" }, output());
      const run = tsdbt(root, ["run"]);
      expect(run.code, run.text).not.toBe(0);
      expect(run.text).toContain(message);
      expect(run.text).toContain(hint);
      expect(run.text).not.toMatch(/wrong-word|\n\s+at /);
    },
    60_000,
  );

  it("says what becomes of the native protocol's driver and ports", () => {
    const place = { profileName: "p", targetName: "t", file: "profiles.yml", projectRoot: ROOT };
    const notices = (output: Output) =>
      parseCredentials({ type: "clickhouse", schema: "s", ...output }, place as never).notices;
    expect(notices({ driver: "native", port: 9000 }).join("\n")).toContain("HTTP port 8123 is used instead");
    expect(notices({ port: 9440 }).join("\n")).toContain("8443");
    expect(notices({ driver: "http", port: 8123 })).toEqual([]);
  });
});

describe("a connection that breaks", () => {
  let gate: Server;
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    gate.close();
  });

  /** A way to the server on which the sockets break whose numbers `breaks` names, once a request has come. */
  async function through(
    breaks: (socket: number, request: string) => boolean,
  ): Promise<{ port: number; requests: string[] }> {
    let count = 0;
    const requests: string[] = [];
    gate = createServer((socket) => {
      const number = count++;
      const inner = openSocket(server.port, "127.0.0.1");
      for (const one of [socket, inner]) {
        sockets.add(one);
        one.on("error", () => one.destroy());
      }
      socket.on("data", (data) => {
        const request = data.toString("utf8");
        requests.push(request);
        if (breaks(number, request)) socket.resetAndDestroy();
        else inner.write(data);
      });
      inner.pipe(socket);
    });
    await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
    return { port: (gate.address() as { port: number }).port, requests };
  }

  async function open(port: number, retries: number) {
    const place = { profileName: "p", targetName: "t", file: "profiles.yml", projectRoot: ROOT };
    return openServer(parseCredentials(profile({ port, retries }), place as never), {});
  }

  it("carries the id under which run_results.json names a statement, and another one when it is tried again", async () => {
    let left = 1;
    const { port, requests } = await through((_, request) => request.includes("41 + 1") && left-- > 0);
    const client = await open(port, 1);
    await client.query("select 41 + 1", "the-id");
    const sent = requests
      .filter((request) => request.includes("41 + 1"))
      .map((request) => /query_id=([\w-]+)/.exec(request)?.[1]);
    expect(sent).toEqual(["the-id", "the-id-1"]);
    await client.close();
  });

  it("is tried again for a statement that only reads", async () => {
    let left = 2;
    const { port } = await through((_, request) => request.includes("41 + 1") && left-- > 0);
    const client = await open(port, 3);
    expect((await client.query("select 41 + 1")).rows).toEqual([[42]]);
    await client.close();
  });

  it("is not tried again for one that may have been done", async () => {
    const { port, requests } = await through((_, request) => request.includes("create table"));
    const client = await open(port, 3);
    await expect(client.query("create table never_made (a Int8) engine Memory")).rejects.toThrow();
    expect(requests.filter((request) => request.includes("create table"))).toHaveLength(1);
    await client.close();
  });
});

describe("Ctrl-C", () => {
  it("has the server stop the query", async () => {
    const root = project({
      "models/slow.sql":
        "{{ config(materialized='table') }} select count() as n from numbers(100000000000000) where sipHash64(number) = 1",
    });
    const place = { profileName: "p", targetName: "t", file: "profiles.yml", projectRoot: ROOT };
    const watcher = await openServer(parseCredentials(profile({ schema: "default" }), place as never), {});
    const slow = async () =>
      (
        await watcher.query(
          "select count() from system.processes where not is_cancelled and query ilike '%100000000000000%' and query not ilike '%processes%'",
        )
      ).rows[0]?.[0];
    const until = async (wanted: (count: unknown) => boolean) => {
      while (!wanted(await slow())) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "run"], {
      cwd: root,
      env: { ...process.env, HOME: root },
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await until((count) => Number(count) > 0);
    child.kill("SIGINT");
    expect(await ended).not.toBe(0);
    await until((count) => Number(count) === 0);
    await watcher.close();
  }, 120_000);
});
