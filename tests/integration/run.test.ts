import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { artifact, query, ROOT, tsdbt } from "../support/tsdbt.ts";

interface Result {
  unique_id: string;
  status: string;
  message: string | null;
  failures: number | null;
  compiled_code: string | null;
}

vi.setConfig({ testTimeout: 120_000 });

afterEach(discardProjects);
const project = makeProject;

const results = (root: string): { [id: string]: Result } =>
  Object.fromEntries(
    artifact<{ results: Result[] }>(root, "run_results.json").results.map((result) => [result.unique_id, result]),
  );
const statuses = (root: string) =>
  Object.fromEntries(Object.entries(results(root)).map(([id, { status }]) => [id.split(".")[2], status]));
const rows = (root: string, sql: string) => query(join(root, "shop.duckdb"), sql);

describe("run", () => {
  it("builds views, tables and ephemeral models in order", async () => {
    const root = project({
      "models/base.sql": "select 1 as id, 'a' as name",
      "models/cents.sql": "{{ config(materialized='ephemeral') }}\nselect id, id * 100 as cents from {{ ref('base') }}",
      "models/total.sql": "{{ config(materialized='table') }}\nselect sum(cents) as total from {{ ref('cents') }}",
    });
    const run = tsdbt(root, ["run"]);
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain("1 of 2 START sql view model main.base");
    expect(run.text).toContain("2 of 2 OK created sql table model main.total");
    expect(run.text).toContain("Done. PASS=2 WARN=0 ERROR=0 SKIP=0 NO-OP=0 REUSED=0 TOTAL=2");
    expect(await rows(root, "select total from total")).toEqual([["100"]]);
    expect(results(root)["model.shop.total"]).toMatchObject({
      status: "success",
      message: "OK",
      compiled_code:
        '\nwith __dbt__cte__cents as (\n\nselect id, id * 100 as cents from "shop"."main"."base"\n) select sum(cents) as total from __dbt__cte__cents',
    });
    expect(readFileSync(join(root, "target/compiled/shop/models/base.sql"), "utf8")).toBe(
      "select 1 as id, 'a' as name",
    );
    expect(readFileSync(join(root, "target/run/shop/models/total.sql"), "utf8")).toContain("create");
  });

  it("skips what is built on a failure and keeps the rest", () => {
    const root = project({
      "models/good.sql": "select 1 as id",
      "models/bad.sql": "select nope from {{ ref('good') }}",
      "models/after.sql": "select * from {{ ref('bad') }}",
      "models/other.sql": "select * from {{ ref('good') }}",
    });
    const run = tsdbt(root, ["run"]);
    expect(run.code).toBe(1);
    expect(statuses(root)).toEqual({ good: "success", bad: "error", after: "skipped", other: "success" });
    expect(results(root)["model.shop.bad"]?.message).toMatch(
      /^Runtime Error in model bad \(models\/bad\.sql\)\n {2}Binder Error: Referenced column "nope" not found/,
    );
    expect(results(root)["model.shop.bad"]?.message).toMatch(/\n {2}LINE \d+: {5}select nope from .*\n +\^$/);
    expect(run.text).toContain("--> target/run/shop/models/bad.sql:");
    expect(run.text).toContain("compiled code at target/compiled/shop/models/bad.sql");
    expect(run.text).toContain("SKIP relation main.after");
    expect(run.text).toContain("Done. PASS=2 WARN=0 ERROR=1 SKIP=1 NO-OP=0 REUSED=0 TOTAL=4");
  });

  it("leaves the old table in place when its rebuild fails", async () => {
    const root = project({ "models/t.sql": "{{ config(materialized='table') }}\nselect 1 as id" });
    expect(tsdbt(root, ["run"]).code).toBe(0);
    writeFileSync(
      join(root, "models/t.sql"),
      "{{ config(materialized='table') }}\nselect cast('x' || range as int) as id from range(3)",
    );
    expect(tsdbt(root, ["run"]).code).toBe(1);
    expect(await rows(root, "select * from t")).toEqual([[1]]);
    const names = await rows(root, "select table_name from information_schema.tables order by 1");
    expect(names).toEqual([["t"]]);
  });

  it("tells of an error in a macro with the calls on the way", () => {
    const root = project({
      "macros/m.sql":
        "{% macro outer_one() %}{{ inner_one() }}{% endmacro %}\n" +
        "{% macro inner_one() %}{% if execute %}{{ exceptions.raise_compiler_error('kaboom') }}{% endif %}{% endmacro %}",
      "models/m.sql": "select {{ outer_one() }}",
    });
    const run = tsdbt(root, ["run"]);
    expect(run.code).toBe(1);
    expect(run.text).toContain("--> macros/m.sql:2:");
    expect(results(root)["model.shop.m"]?.message).toBe(
      "Compilation Error in model m (models/m.sql)\n  kaboom\n  \n  > in macro inner_one (macros/m.sql)\n" +
        "  > called by macro outer_one (macros/m.sql)\n  > called by model m (models/m.sql)",
    );
  });

  it("stops at the first failure with --fail-fast", () => {
    const root = project({
      "models/a.sql": "select nope",
      "models/b.sql": "select 1 as id",
      "models/c.sql": "select * from {{ ref('b') }}",
    });
    expect(tsdbt(root, ["run", "--fail-fast", "--threads", "1"]).code).toBe(1);
    expect(statuses(root)).toEqual({ a: "error", b: "skipped", c: "skipped" });
    expect(results(root)["model.shop.c"]?.message).toBe("Skipping due to fail_fast");
  });

  it("takes no rows with --empty and makes the schemas it needs", async () => {
    const root = project({
      "models/a.sql": "{{ config(materialized='table', schema='extra') }} select 1 as id",
      "models/b.sql": "{{ config(materialized='table') }} select * from {{ ref('a') }}",
    });
    expect(tsdbt(root, ["run"]).code).toBe(0);
    expect(await rows(root, "select count(*) from b")).toEqual([["1"]]);
    expect(tsdbt(root, ["run", "--empty", "-s", "b"]).code).toBe(0);
    expect(await rows(root, "select count(*) from b")).toEqual([["0"]]);
    expect(await rows(root, "select count(*) from main_extra.a")).toEqual([["1"]]);
  });

  it("runs incremental models on what is new, and anew with --full-refresh", async () => {
    const root = project({
      "models/i.sql":
        "{{ config(materialized='incremental', unique_key='id') }}\nselect {{ var('n') }} as n, unnest([1, {{ var('n') }}]) as id" +
        "{% if is_incremental() %} where {{ var('n') }} > (select max(n) from {{ this }}){% endif %}",
    });
    const run = (n: number, ...args: string[]) => tsdbt(root, ["run", "--vars", `{n: ${n}}`, ...args]);
    expect(run(2).text).toContain("OK created sql incremental model main.i");
    expect(run(3).code).toBe(0);
    expect(await rows(root, "select id, n from i order by id")).toEqual([
      [1, 3],
      [2, 2],
      [3, 3],
    ]);
    expect(run(4, "--full-refresh").code).toBe(0);
    expect(await rows(root, "select id, n from i order by id")).toEqual([
      [1, 4],
      [4, 4],
    ]);
  });
});

describe("hooks", () => {
  const files = {
    "dbt_project.yml":
      "name: shop\nversion: '1.0'\nprofile: shop\n" +
      "on-run-start: ['create table if not exists log (what text)', \"insert into log values ('start')\"]\n" +
      'on-run-end: ["{{ tell(results, schemas) }}"]\n',
    "macros/tell.sql":
      "{% macro tell(results, schemas) %}{% for r in results %}insert into log values " +
      "('{{ r.node.name }} {{ r.status }} {{ schemas | join(',') }}');{% endfor %}{% endmacro %}",
    "models/a.sql":
      "{{ config(materialized='table', pre_hook=\"insert into log values ('before')\", " +
      "post_hook=\"insert into log values ('after {{ this.name }}')\") }} select 1 as id",
  };
  it("run before and after the run and each model", async () => {
    const root = project(files);
    const run = tsdbt(root, ["run"]);
    expect(run.code, run.text).toBe(0);
    expect((await rows(root, "select what from log")).flat()).toEqual(["start", "before", "after a", "a success main"]);
    expect(run.text).toContain("1 of 2 START hook: shop.on-run-start.0");
    expect(run.text).toContain("Finished running 3 project hooks, 1 table model");
    expect(results(root)["operation.shop.shop-on-run-start-1"]).toMatchObject({
      status: "success",
      message: "shop.on-run-start.1 passed",
      failures: 0,
    });
  });
  it("that fail at the start skip everything", () => {
    const root = project({
      ...files,
      "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: ['select nope', 'select 1']\n",
    });
    expect(tsdbt(root, ["run"]).code).toBe(1);
    expect(statuses(root)).toEqual({ "shop-on-run-start-0": "error", "shop-on-run-start-1": "skipped", a: "skipped" });
  });
});

describe("build", () => {
  const files = {
    "seeds/coins.csv": "id,name\n1,BTC\n2,ETH\n2,XRP\n",
    "models/coins_view.sql": "select * from {{ ref('coins') }}",
    "models/last.sql": "select * from {{ ref('coins_view') }}",
    "models/schema.yml":
      "models:\n  - name: coins_view\n    columns:\n      - name: id\n        data_tests:\n          - not_null\n" +
      "          - unique:\n              config: {severity: warn}\n",
    "tests/names.sql": "select * from {{ ref('coins_view') }} where name = 'XRP'",
    "snapshots/s.sql":
      "{% snapshot coins_history %}{{ config(target_schema='main', unique_key='name', strategy='check', check_cols='all') }}" +
      "select * from {{ ref('coins') }}{% endsnapshot %}",
  };
  it("runs seeds, models, tests and snapshots, and holds back what stands behind a failing test", async () => {
    const root = project(files);
    const run = tsdbt(root, ["build"]);
    expect(run.code).toBe(1);
    const found = results(root);
    const byName = Object.fromEntries(Object.values(found).map((r) => [r.unique_id.split(".")[2], r]));
    expect(byName.coins).toMatchObject({ status: "success", message: "INSERT 3" });
    expect(byName.coins_history).toMatchObject({ status: "success" });
    expect(byName.not_null_coins_view_id).toMatchObject({ status: "pass", failures: 0, message: null });
    expect(byName.unique_coins_view_id).toMatchObject({
      status: "warn",
      failures: 1,
      message: "Got 1 result, configured to warn if != 0",
    });
    expect(byName.names).toMatchObject({
      status: "fail",
      failures: 1,
      message: "Got 1 result, configured to fail if != 0",
    });
    expect(byName.last).toMatchObject({ status: "skipped" });
    expect(await rows(root, "select count(*) from coins_history")).toEqual([["3"]]);
  });
  it("keeps failing rows with --store-failures", async () => {
    const root = project(files);
    tsdbt(root, ["build", "--store-failures"]);
    expect(await rows(root, "select name from main_dbt_test__audit.names")).toEqual([["XRP"]]);
  });
});

describe("source freshness", () => {
  const files = {
    "models/s.yml":
      "sources:\n  - name: raw\n    schema: main\n    tables:\n" +
      "      - name: fresh\n        identifier: t\n        loaded_at_field: loaded\n        config: {freshness: {warn_after: {count: 3, period: hour}}}\n" +
      "      - name: old\n        identifier: t\n        loaded_at_field: loaded\n        config: {freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 1, period: day}}}\n" +
      "      - name: asked\n        identifier: t\n        loaded_at_query: 'select max(loaded) from {{ this }}'\n        config: {freshness: {error_after: {count: 1, period: hour}}}\n",
  };
  it("says how old each source is", async () => {
    const root = project(files);
    await query(join(root, "shop.duckdb"), "create table t as select now() - interval 2 hour as loaded");
    const run = tsdbt(root, ["source", "freshness"]);
    expect(run.code, run.text).toBe(1);
    const found = artifact<{ results: { unique_id: string; status: string; max_loaded_at_time_ago_in_s: number }[] }>(
      root,
      "sources.json",
    ).results;
    expect(Object.fromEntries(found.map((r) => [r.unique_id.split(".")[3], r.status]))).toEqual({
      fresh: "pass",
      old: "warn",
      asked: "error",
    });
    for (const { max_loaded_at_time_ago_in_s: age } of found) expect(Math.round(age / 60)).toBe(120);
    expect(tsdbt(root, ["source", "freshness", "-s", "source:raw.old"]).code).toBe(0);
  });
});

describe("show and compile", () => {
  const files = {
    "models/a.sql": "select 1 as id union all select 2",
    "models/e.sql": "{{ config(materialized='ephemeral') }}\nselect 7 as x",
  };
  it("show rows as text and as JSON", () => {
    const root = project(files);
    expect(tsdbt(root, ["show", "-s", "a", "--limit", "1"]).text).toContain(
      "Previewing node 'a':\n| id |\n| -- |\n|  1 |",
    );
    const json = tsdbt(root, ["show", "--inline", "select x + 1 as y from {{ ref('e') }}", "--output", "json", "-q"]);
    expect(JSON.parse(json.stdout)).toEqual({ show: [{ y: 8 }] });
  });
  it("print the SQL of a node", () => {
    const root = project(files);
    expect(tsdbt(root, ["compile", "-s", "a"]).text).toContain(
      "Compiled node 'a' is:\nselect 1 as id union all select 2",
    );
    expect(tsdbt(root, ["compile", "--inline", "select * from {{ ref('e') }}"]).text).toContain(
      "Compiled inline node is:\nwith __dbt__cte__e as (\n\nselect 7 as x\n) select * from __dbt__cte__e",
    );
  });
  it("end with exit code 2 where a template fails", () => {
    const root = project({ "models/a.sql": "select {{ exceptions.raise_compiler_error('no') if execute else 1 }}" });
    const run = tsdbt(root, ["compile"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain("Compilation Error in model a (models/a.sql)\n  no");
  });
});

describe("run-operation", () => {
  const files = {
    "macros/m.sql":
      "{% macro make(name, n=1) %}{% do run_query('create table ' ~ name ~ ' as select ' ~ n ~ ' as n') %}" +
      "{% do adapter.commit() %}{{ log('made ' ~ name, info=true) }}{% endmacro %}",
  };
  it("calls a macro with arguments", async () => {
    const root = project(files);
    const run = tsdbt(root, ["run-operation", "make", "--args", "{name: made, n: 5}"]);
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain("made made");
    expect(await rows(root, "select n from made")).toEqual([[5]]);
    expect(results(root)["macro.shop.make"]).toMatchObject({ status: "success" });
  });
  it("fails with what the engine says", () => {
    const root = project(files);
    const run = tsdbt(root, ["run-operation", "make", "--args", "{name: 'a b c'}"]);
    expect(run.code).toBe(1);
    expect(run.text).toContain("Encountered an error while running operation");
  });
  it("names the nearest macro where there is none", () => {
    const run = tsdbt(project(files), ["run-operation", "mak"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain("dbt could not find a macro with the name 'mak' in any package");
    expect(run.text).toContain("make");
  });
});

describe("--defer", () => {
  it("reads from another run what was not built here", async () => {
    const root = project({
      "profiles.yml":
        "shop:\n  target: prod\n  outputs:\n    prod: {type: duckdb, path: shop.duckdb, schema: prod}\n" +
        "    dev: {type: duckdb, path: shop.duckdb, schema: dev}\n",
      "models/a.sql": "select 1 as id",
      "models/b.sql": "{{ config(materialized='table') }} select * from {{ ref('a') }}",
    });
    expect(tsdbt(root, ["run"]).code).toBe(0);
    renameSync(join(root, "target"), join(root, "state"));
    const dev = ["--target", "dev", "--defer", "--state", "state"];
    expect(tsdbt(root, ["run", "-s", "b", ...dev]).code).toBe(0);
    expect(results(root)["model.shop.b"]?.compiled_code).toContain('"shop"."prod"."a"');
    expect(tsdbt(root, ["run", ...dev]).code).toBe(0);
    expect(results(root)["model.shop.b"]?.compiled_code).toContain('"shop"."dev"."a"');
    expect(tsdbt(root, ["run", "--defer"]).text).toContain(
      "--state or --defer-state are required for deferral, but neither was provided",
    );
  });
});

describe("two processes in one project", () => {
  it("leave whole artifacts behind", async () => {
    const files = Object.fromEntries([...Array(40)].map((_, i) => [`models/m${i}.sql`, `select ${i} as n`]));
    const root = project(files);
    const compile = () =>
      new Promise<number | null>((resolve) => {
        const env = { PATH: process.env.PATH, HOME: root };
        const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "compile", "-q"], { cwd: root, env });
        child.on("close", resolve);
      });
    expect(await Promise.all([compile(), compile(), compile()])).toEqual([0, 0, 0]);
    expect(Object.keys(results(root)).length).toBe(40);
    expect(Object.keys(artifact<{ nodes: object }>(root, "manifest.json").nodes).length).toBe(40);
    expect(readdirSync(join(root, "target")).filter((name) => name.includes("tmp"))).toEqual([]);
  });
});

describe("a run that ends early", () => {
  const files = {
    "models/first.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/slow.sql":
      "{{ config(materialized='table') }} select count(*) from range(200000000000) r(i) -- {{ ref('first') }}\nwhere hash(i) % 7 = 3",
  };
  /** Runs until the slow model has begun, then sends the signal. */
  async function interrupted(signal: NodeJS.Signals): Promise<{ root: string; code: number | null; text: string }> {
    const root = project(files);
    const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "run"], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: root, NO_COLOR: "1" },
    });
    let text = "";
    let sent = false;
    const code = await new Promise<number | null>((resolve) => {
      const listen = (data: Buffer) => {
        text += data.toString();
        if (!sent && text.includes("START sql table model main.slow")) sent = child.kill(signal);
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("close", resolve);
    });
    return { root, code, text };
  }
  it.each(["SIGINT", "SIGTERM"] as const)("by %s cancels its queries and writes what finished", async (signal) => {
    const { root, code, text } = await interrupted(signal);
    expect(code, text).toBe(2);
    expect(text).toContain("CANCEL query model.shop.slow");
    expect(text).toContain("Exited because of keyboard interrupt");
    expect(statuses(root)).toEqual({ first: "success" });
  });
  it("by kill -9 leaves what finished", async () => {
    const { root } = await interrupted("SIGKILL");
    expect(statuses(root)).toEqual({ first: "success" });
    expect(existsSync(join(root, "target/run_results.json"))).toBe(true);
  });
});
