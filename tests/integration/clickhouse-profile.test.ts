import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { type Output, serverProject } from "../support/clickhouse-server.ts";
import { discardProjects } from "../support/project.ts";
import { ROOT, tsdbt } from "../support/tsdbt.ts";

const LOG = join(tmpdir(), `tsdbt-clickhouse-statements-${process.pid}.jsonl`);
let server: RunningClickHouse;

beforeAll(async () => {
  server = await startClickHouse({ log: LOG });
}, 60_000);
afterAll(() => {
  server.stop();
  rmSync(LOG, { force: true });
  discardProjects();
});

const project = (files: { [path: string]: string }, output: Output = {}) => serverProject(server, files, output);

function succeed(root: string, args: string[]): string {
  const { code, text, stdout } = tsdbt(root, args);
  expect(code, text).toBe(0);
  return stdout;
}

function rows(root: string, query: string): { [column: string]: unknown }[] {
  const shown = succeed(root, ["show", "--inline", query, "--output", "json", "-q", "--limit", "-1"]);
  return (JSON.parse(shown) as { show: { [column: string]: unknown }[] }).show;
}

/** The statements that reached the server and have `part` in them. */
function statements(part: string): string[] {
  const lines = readFileSync(LOG, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { query: string }).query).filter((sql) => sql.includes(part));
}

describe("settings at the server", () => {
  const asked = "select getSetting('max_block_size') as blocks, getSetting('max_threads') as threads";
  const table = (settings: string) => `{{ config(materialized='table'${settings}) }}\n${asked}`;

  it("are the profile's for all statements, and a model's query_settings for its own", () => {
    const root = project(
      {
        "models/own.sql": table(", query_settings={'max_threads': 3}"),
        "models/plain.sql": table("").concat(", (select threads from {{ ref('own') }}) as before"),
      },
      { schema: "settings", threads: 1, custom_settings: { max_block_size: 4321, max_threads: 5 } },
    );
    succeed(root, ["run"]);
    expect(rows(root, "select * from {{ ref('own') }}")).toEqual([{ blocks: 4321, threads: 3 }]);
    expect(rows(root, "select * from {{ ref('plain') }}")).toEqual([{ blocks: 4321, threads: 5, before: 3 }]);
  }, 60_000);

  it("of a model's table stay with it", () => {
    const root = project(
      { "models/a.sql": "{{ config(materialized='table', settings={'index_granularity': 1234}) }}select 1 as id" },
      { schema: "table_settings" },
    );
    succeed(root, ["run"]);
    const engine = rows(root, "select engine_full as e from system.tables where database = 'table_settings'");
    expect(String(engine[0]?.e)).toContain("index_granularity = 1234");
  }, 60_000);
});

describe("a snapshot whose query_settings say join_use_nulls", () => {
  it("closes rows that have gone and takes in a row of empty values, although its key is not Nullable", () => {
    const root = project(
      {
        "models/source.sql":
          "select toInt32(1) as id, toInt32(5) as v {{ 'union all select 2, 0' if var('later', false) else 'union all select 3, 7' }}",
        "snapshots/history.sql":
          "{% snapshot history %}{{ config(target_schema='snapshots', unique_key='id', strategy='check', check_cols=['v'], " +
          "hard_deletes='invalidate', query_settings={'join_use_nulls': 1}) }}select * from {{ ref('source') }}{% endsnapshot %}",
      },
      { schema: "snapshots" },
    );
    succeed(root, ["build"]);
    succeed(root, ["build", "--vars", "later: true"]);
    const history = "select id, v, dbt_valid_to is null as stands from {{ ref('history') }} order by id";
    expect(rows(root, history)).toEqual([
      { id: 1, v: 5, stands: 1 },
      { id: 2, v: 0, stands: 1 },
      { id: 3, v: 7, stands: 0 },
    ]);
  }, 60_000);
});

describe("a query comment over HTTP", () => {
  it("stands before each statement of a model, and where the project says", () => {
    const root = project({ "models/noted.sql": "select 4711 as id" }, { schema: "comments" });
    succeed(root, ["run"]);
    for (const sql of statements("4711")) {
      expect(sql).toMatch(/^\/\* \{.*"app": "dbt".*"node_id": "model\.shop\.noted".*\} \*\/\n/);
    }
    expect(statements("4711")).not.toEqual([]);

    const appended = project(
      {
        "dbt_project.yml":
          "name: shop\nprofile: shop\nquery-comment:\n  comment: 'of {{ node.name }}'\n  append: true\n",
        "models/after.sql": "select 4712 as id",
      },
      { schema: "comments" },
    );
    succeed(appended, ["run"]);
    for (const sql of statements("4712")) expect(sql.trimEnd()).toMatch(/\/\* of after \*\/$/);
    expect(statements("4712")).not.toEqual([]);
  }, 60_000);
});

describe("a profile's keys of connections", () => {
  it.each([
    ["true: the next model has its session", true, 1000],
    ["false: the next model has one of its own", false, 0],
  ])("reuse_connections: %s", (_, reuse, seen) => {
    const root = project(
      {
        "models/first.sql": "{{ config(materialized='table', pre_hook='set max_result_rows = 1000') }}select 1 as id",
        "models/second.sql":
          "{{ config(materialized='table') }}select getSetting('max_result_rows') as most from {{ ref('first') }}",
      },
      { schema: `reuse_${reuse}`, threads: 1, reuse_connections: reuse },
    );
    succeed(root, ["run"]);
    expect(rows(root, "select most from {{ ref('second') }}")).toEqual([{ most: seen }]);
  });

  it("an unknown driver is refused, with those that there are", () => {
    const { code, text } = tsdbt(project({ "models/a.sql": "select 1 as id" }, { driver: "odbc" }), ["run"]);
    expect(code).toBe(2);
    expect(text).toContain("Unrecognized ClickHouse driver odbc");
    expect(text).toContain("driver is 'http', or left out.");
    expect(text).not.toMatch(/\n\s+at /);
  });

  // Where the kernel tells of its sockets' timers.
  it.runIf(process.platform === "linux")(
    "tcp_keepalive: a silent connection is probed after so long",
    async () => {
      const sockets: Socket[] = [];
      const idle: number[] = [];
      const gate = createServer((socket) => {
        const inner = connect(server.port, "127.0.0.1");
        for (const one of [socket, inner]) {
          sockets.push(one);
          one.on("error", () => one.destroy());
        }
        inner.pipe(socket);
        socket.on("data", async (data) => {
          if (data.includes("4713")) idle.push(await secondsToProbe(socket.remotePort!));
          inner.write(data);
        });
      });
      await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
      const { port } = gate.address() as { port: number };
      const root = project(
        { "models/a.sql": "select 4713 as id" },
        { port, schema: "probed", tcp_keepalive: [7200, 60, 3] },
      );
      // The gate is in this process, which must not wait for the command.
      const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "run"], {
        cwd: root,
        env: { PATH: process.env.PATH, HOME: root },
        stdio: "ignore",
      });
      expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
      for (const socket of sockets) socket.destroy();
      gate.close();
      expect(idle).not.toEqual([]);
      for (const seconds of idle) {
        expect(seconds).toBeGreaterThan(3600);
        expect(seconds).toBeLessThanOrEqual(7200);
      }
    },
    60_000,
  );
});

const TICKS = 100;

/** After how many seconds the kernel will probe the connection that has this port at its end, once all that it sent has arrived. */
async function secondsToProbe(port: number): Promise<number> {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (;;) {
    const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
    const timer = lines.map((line) => line.trim().split(/\s+/)).find((fields) => fields[1]?.endsWith(end))?.[5];
    if (timer?.startsWith("02:")) return Number.parseInt(timer.slice(3), 16) / TICKS;
    await pause(20);
  }
}
