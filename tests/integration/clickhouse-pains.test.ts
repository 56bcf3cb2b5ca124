import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { type FaultProxy, startFaultProxy } from "../support/faults/proxy.ts";
import { run } from "../support/faults/run.ts";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";

let server: RunningClickHouse;
let proxy: FaultProxy;

beforeAll(async () => {
  server = await startClickHouse({ clusters: ["one"] });
  proxy = await startFaultProxy(server.port);
}, 60_000);
afterAll(() => {
  proxy.close();
  server.stop();
  discardProjects();
});

/** A project on an empty database, with its source table `raw.s` of two rows. */
async function project(files: { [path: string]: string }, keys: { [key: string]: unknown } = {}): Promise<string> {
  for (const sql of [
    "drop database if exists shop sync",
    "drop database if exists raw sync",
    "create database raw",
    "create table raw.s (id Int32, v String) engine MergeTree order by id",
    "insert into raw.s values (1, 'a')",
    "insert into raw.s values (2, 'b')",
  ])
    await proxy.query(sql);
  const root = makeProject(files, "clickhouse");
  const output = { type: "clickhouse", host: "127.0.0.1", port: proxy.port, schema: "shop", threads: 1, ...keys };
  writeFiles(root, { "profiles.yml": JSON.stringify({ shop: { target: "dev", outputs: { dev: output } } }) });
  return root;
}

/** Runs a command, which is to succeed, and answers the statements of its models. */
async function statementsOf(root: string, ...args: string[]): Promise<string[]> {
  proxy.watch();
  const done = await run(root, args);
  expect(done.code, done.text).toBe(0);
  return proxy.statements.map((statement) => statement.replace(/\s+/g, " "));
}

const rows = (sql = "select * from shop.m order by all") => proxy.query(sql);

const view = (sql: string, more = "") => ({
  "models/m.sql": `{{ config(materialized='materialized_view', order_by='id'${more}) }}\n${sql}`,
});

describe("materialized views, where dbt-clickhouse's users lose rows or time", () => {
  it("keeps catchup: false on a full refresh: nothing is filled in, and what is written afterwards comes", async () => {
    const root = await project(view("select id, v from raw.s", ", catchup=false"));
    for (const args of [["run"], ["run"], ["run", "--full-refresh"]]) {
      const statements = await statementsOf(root, ...args);
      expect(statements.filter((statement) => /^insert/i.test(statement))).toEqual([]);
      expect(await rows()).toEqual([]);
    }
    await proxy.query("insert into raw.s values (3, 'c')");
    expect(await rows()).toEqual([[3, "c"]]);
  });

  it("neither makes nor fills a table again that stands, and changes a query in one step", async () => {
    const root = await project(view("select id, v from raw.s"));
    await statementsOf(root, "run");
    const again = await statementsOf(root, "run");
    const makes = (statement: string) =>
      /^(?:create|drop|insert|exchange|rename)/i.test(statement) && !statement.includes("__dbt_backup");
    expect(again.filter(makes)).toEqual([]);
    writeFiles(root, view("select id, upper(v) as v from raw.s"));
    const changed = await statementsOf(root, "run");
    expect(changed.filter(makes)).toEqual([]);
    expect(changed.filter((statement) => /^alter table `shop`.`m_mv` modify query/.test(statement))).toHaveLength(1);
    await proxy.query("insert into raw.s values (3, 'c')");
    expect(await rows()).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "C"],
    ]);
  });

  it("fills an appending view once, though ClickHouse refreshes new ones at once", async () => {
    const root = await project(
      view("select id, v from raw.s", ", refreshable={'interval': 'every 1 year', 'append': true}"),
    );
    await statementsOf(root, "run");
    await proxy.query("system wait view shop.m_mv").catch(() => undefined);
    expect(await rows()).toHaveLength(2);
  });
});

describe("incremental models", () => {
  const model = (sql: string, more: string) => ({
    "models/m.sql": `{{ config(materialized='incremental', order_by='id', ${more}) }}\n${sql}`,
  });

  it("heeds on_schema_change without a unique key too, and puts no value into another column", async () => {
    const root = await project(model("select id, v from raw.s", "on_schema_change='append_new_columns'"));
    await statementsOf(root, "run");
    writeFiles(root, model("select toInt32(3) as id, 'new' as w, 'c' as v", "on_schema_change='append_new_columns'"));
    await statementsOf(root, "run");
    expect(await rows("select id, v, w from shop.m order by all")).toEqual([
      [1, "a", ""],
      [2, "b", ""],
      [3, "c", "new"],
    ]);
  });

  it("clears what an interrupted run left under its own name", async () => {
    const root = await project(
      model("select id, v from raw.s", "unique_key='id', incremental_strategy='delete+insert'"),
    );
    await statementsOf(root, "run");
    await proxy.query("create table shop.m__dbt_new_data_0d1e (id Int32) engine Memory");
    await statementsOf(root, "run");
    expect(await rows("select name from system.tables where database = 'shop'")).toEqual([["m"]]);
  });

  it("deletes in place where views follow the table, which would not see a copy", async () => {
    const root = await project({
      ...model("select id, v from raw.s", "unique_key='id', incremental_strategy='delete+insert'"),
    });
    await statementsOf(root, "run");
    await proxy.query("create table raw.seen (id Int32) engine MergeTree order by id");
    await proxy.query("create materialized view raw.follows to raw.seen as select id from shop.m");
    const statements = await statementsOf(root, "run");
    expect(statements.some((statement) => statement.startsWith("delete from `shop`.`m` where"))).toBe(true);
    expect(await rows("select count() from raw.seen")).toEqual([[2]]);
  });
});

describe("clusters", () => {
  const table = (sql: string, more = "") => ({
    "models/m.sql": `{{ config(materialized='table', order_by='id'${more}) }}\n${sql}`,
  });

  it("exchanges tables ON CLUSTER as the profile says, however the standing table was found", async () => {
    const root = await project(table("select 1 as id"), { cluster: "one" });
    await statementsOf(root, "run");
    const again = await statementsOf(root, "run");
    expect(again.filter((statement) => statement.startsWith("EXCHANGE"))).toEqual([
      'EXCHANGE TABLES `shop`.`m__dbt_backup` AND `shop`.`m` ON CLUSTER "one"',
    ]);
    writeFiles(root, table("select 1 as id", ", disable_on_cluster=true"));
    const alone = await statementsOf(root, "run");
    expect(alone.filter((statement) => /ON CLUSTER/i.test(statement))).toEqual([]);
  });

  it("waits for the replicas of the table that is swapped in, not of the one that goes, which may have none", async () => {
    const root = await project(table("select 1 as id"), { cluster: "one" });
    await statementsOf(root, "run");
    writeFiles(root, table("select 1 as id", ", engine='ReplicatedMergeTree'"));
    const words = (await statementsOf(root, "run")).map((statement) => statement.replace(/\s+/g, " ").trim());
    expect(words.filter((sql) => /^(?:SYSTEM SYNC|EXCHANGE)/.test(sql))).toEqual([
      'SYSTEM SYNC REPLICA ON CLUSTER "one" shop.m__dbt_backup',
      'EXCHANGE TABLES `shop`.`m__dbt_backup` AND `shop`.`m` ON CLUSTER "one"',
    ]);
  });

  it("waits for the replicas before it deletes by what was written", async () => {
    const root = await project(
      {
        "models/m.sql":
          "{{ config(materialized='incremental', order_by='id', engine='ReplicatedMergeTree', unique_key='id') }}\nselect id, v from raw.s",
      },
      { cluster: "one", use_lw_deletes: true },
    );
    // There is no Keeper: the tables are plain ones, and have no other replicas to wait for.
    const alone = await startFaultProxy(server.port, (sql) =>
      sql.replace("ReplicatedMergeTree", "MergeTree").replace(/SYSTEM SYNC REPLICA[^;]*/, "select 1"),
    );
    try {
      const profiles = join(root, "profiles.yml");
      writeFileSync(profiles, readFileSync(profiles, "utf8").replace(String(proxy.port), String(alone.port)));
      for (const _ of [1, 2]) {
        alone.watch();
        const done = await run(root, ["run"]);
        expect(done.code, done.text).toBe(0);
      }
      const words = alone.statements.map((statement) => statement.replace(/\s+/g, " "));
      const waits = words.findIndex((sql) => /^SYSTEM SYNC REPLICA ON CLUSTER "one" shop\.m__dbt_new_data_/.test(sql));
      const deletes = words.findIndex((sql) => sql.startsWith("delete from"));
      const fills = words.findIndex((sql) => /^insert into `shop`.`m__dbt_new_data_/.test(sql));
      expect([fills, waits, deletes].every((at) => at >= 0)).toBe(true);
      expect([fills, waits, deletes]).toEqual([fills, waits, deletes].sort((a, b) => a - b));
      expect(await rows()).toHaveLength(2);
    } finally {
      alone.close();
    }
  });
});
