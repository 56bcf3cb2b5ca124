import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

/** What a query answers, by the engine's own way of showing it. */
function shown(root: string, sql: string): string {
  const run = tsdbt(root, ["show", "--inline", sql, "--output", "json", "-q"]);
  expect(run.code, run.text).toBe(0);
  return JSON.stringify((JSON.parse(run.stdout) as { show: unknown }).show);
}

describe.each([
  { engine: "duckdb", broken: "select cast('x' || range as int) as id, 'b' as v from range(3)" },
  { engine: "clickhouse", broken: "select toInt32(throwIf(number >= 0, 'no')) as id, 'b' as v from numbers(3)" },
] as const)("a rebuild that fails on $engine", ({ engine, broken }) => {
  const table = (kind: string, sql: string) => `{{ config(materialized='${kind}', unique_key='id') }}\n${sql}`;
  const snapshot = (sql: string) =>
    `{% snapshot kept %}{{ config(target_schema='shop', strategy='check', unique_key='id', check_cols=['v']) }}\n${sql}\n{% endsnapshot %}`;

  it("leaves tables, incremental models, seeds and snapshots as they were", () => {
    const good = "select 1 as id, 'a' as v";
    const root = makeProject(
      {
        "models/t.sql": table("table", good),
        "models/inc.sql": table("incremental", good),
        "seeds/s.csv": "id,v\n1,a\n",
        "seeds/s.yml": "seeds:\n  - name: s\n    config: {column_types: {id: integer}}\n",
        "snapshots/kept.sql": snapshot(good),
      },
      engine,
    );
    const first = tsdbt(root, ["build"]);
    expect(first.code, first.text).toBe(0);
    const queries = [
      "select id, v from {{ ref('t') }}",
      "select id, v from {{ ref('inc') }}",
      "select id, v from {{ ref('s') }}",
      "select id, v from {{ ref('kept') }}",
    ];
    const before = queries.map((sql) => shown(root, sql));
    writeFiles(root, {
      "models/t.sql": table("table", broken),
      "models/inc.sql": table("incremental", broken),
      "seeds/s.csv": "id,v\n1,a\nnone,b\n",
      "snapshots/kept.sql": snapshot(broken),
    });
    for (const args of [["build"], ["build", "--full-refresh"]]) {
      const run = tsdbt(root, args);
      expect(run.code, run.text).toBe(1);
      expect(run.text).toContain("ERROR=4");
      expect(queries.map((sql) => shown(root, sql))).toEqual(before);
    }
  }, 120_000);
});

describe("a table with indexes on duckdb", () => {
  const model = (sql: string) =>
    `{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}]) }}\n${sql}`;

  it("is not renamed while others may ask for indexes, and stands again when its replacement fails", () => {
    const root = makeProject({ "models/t.sql": model("select 1 as id") }, "duckdb");
    expect(tsdbt(root, ["build"]).code).toBe(0);
    writeFiles(root, { "models/t.sql": model("select 2 as id") });
    const again = tsdbt(root, ["--debug", "build"]);
    expect(again.code, again.text).toBe(0);
    expect(again.text).not.toMatch(/rename to "t__dbt_backup"/);
    writeFiles(root, { "models/t.sql": model("select 3 as id union all select 3") });
    const broken = tsdbt(root, ["build"]);
    expect(broken.code, broken.text).toBe(1);
    expect(
      shown(root, "select t.id, i.index_count from {{ ref('t') }} t, duckdb_tables() i where i.table_name = 't'"),
    ).toBe('[{"id":2,"index_count":1}]');
  });
});

describe("a target folder that cannot be written", () => {
  const files = { "models/m.sql": "select 1 as id" };

  it("is an error that says so, and the last artifacts stay whole", () => {
    const root = makeProject(files);
    expect(tsdbt(root, ["run"]).code).toBe(0);
    const path = join(root, "target", "manifest.json");
    const before = readFileSync(path, "utf8");
    chmodSync(join(root, "target"), 0o555);
    try {
      if (process.getuid?.() === 0) return;
      const run = tsdbt(root, ["run"]);
      expect(run.code, run.text).toBe(2);
      expect(run.text).toMatch(/Could not write .*manifest\.json: permission denied/);
      expect(run.text).toContain("--target-path names another one");
      expect(readFileSync(path, "utf8")).toBe(before);
    } finally {
      chmodSync(join(root, "target"), 0o755);
    }
  });

  it("tells what became of the nodes even where the results cannot be written", () => {
    const root = makeProject(files);
    mkdirSync(join(root, "target", "run_results.json"), { recursive: true });
    const run = tsdbt(root, ["run"]);
    expect(run.text).toContain("OK created sql view model main.m");
    expect(run.text).toContain("Done. PASS=1 WARN=0 ERROR=0");
    expect(run.text).toMatch(/Could not write .*run_results\.json/);
    expect(run.code).toBe(2);
    expect(readdirSync(join(root, "target")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("secrets", () => {
  const SECRET = "s3cr3t-Value";

  function everything(folder: string): string {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && !path.endsWith(".duckdb"))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
  }

  it.each(["text", "json", "debug"])("of profiles are nowhere to be seen (--log-format %s)", (format) => {
    const root = makeProject({
      "models/m.sql": "select 1 as id",
      "models/bad.sql": "select nothing",
      "profiles.yml":
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: shop.duckdb\n" +
        "      secrets:\n        - type: s3\n          key_id: \"{{ env_var('DBT_ENV_SECRET_KEY') }}\"\n" +
        "          secret: \"{{ env_var('DBT_ENV_SECRET_KEY') }}\"\n",
    });
    const env = { DBT_ENV_SECRET_KEY: SECRET };
    for (const args of [["debug"], ["run"], ["compile"], ["ls", "--output", "json"]]) {
      const run = tsdbt(root, [...args, "--debug", "--log-format", format, "--log-format-file", format], env);
      expect(run.text).not.toContain(SECRET);
    }
    for (const folder of ["target", "logs"]) {
      expect(existsSync(join(root, folder))).toBe(true);
      expect(everything(join(root, folder))).not.toContain(SECRET);
    }
  });
});
