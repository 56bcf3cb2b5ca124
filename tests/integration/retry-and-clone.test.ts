import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { artifact, query, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });
afterEach(discardProjects);

interface Results {
  args: { [name: string]: unknown };
  results: { unique_id: string; status: string; message: string | null; compiled: boolean | null }[];
}

/** The nodes of the last run by their short name, each with its status. */
const statuses = (root: string) =>
  artifact<Results>(root, "run_results.json").results.map(
    ({ unique_id: id, status }) => `${id.split(".")[2]} ${status}`,
  );

describe("retry", () => {
  const files = {
    "models/a.sql": "select 1 as id",
    "models/b.sql": "select {{ var('column', 'nope') }} from {{ ref('a') }}",
    "models/c.sql": "select * from {{ ref('b') }}",
    "models/schema.yml":
      "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests: [unique, {accepted_values: {arguments: {values: [2]}}}]\n",
    "macros/fails.sql": "{% macro fails(column='nope') %}{% do run_query('select ' ~ column) %}{% endmacro %}",
    "dbt_project.yml": "name: shop\nprofile: shop\nversion: '1.0'\non-run-start: select 1\n",
  };

  it("runs what failed and what was skipped for it, with the command, flags and hooks of that run", () => {
    const root = makeProject(files);
    expect(tsdbt(root, ["run", "--exclude", "nothing", "--fail-fast"]).code).toBe(1);
    const again = tsdbt(root, ["retry"]);
    expect(again.code, again.text).toBe(1);
    expect(again.text).toContain("1 of 2 START sql view model main.b");
    expect(again.text).not.toContain("model main.a");
    expect(again.text).toContain("shop.on-run-start.0");
    expect(artifact<Results>(root, "run_results.json").args).toMatchObject({
      which: "run",
      fail_fast: true,
      exclude: ["nothing"],
      invocation_command: "tsdbt retry",
    });
    const fixed = tsdbt(root, ["retry", "--vars", "{column: id}", "--threads", "3"]);
    expect(fixed.code, fixed.text).toBe(0);
    expect(statuses(root)).toEqual(["shop-on-run-start-0 success", "b success", "c success"]);
    expect(artifact<Results>(root, "run_results.json").args).toMatchObject({ threads: 3, vars: { column: "id" } });
  });

  it("has nothing to do where all went well", () => {
    const root = makeProject(files);
    tsdbt(root, ["run", "-s", "a"]);
    const again = tsdbt(root, ["retry"]);
    expect(again.code, again.text).toBe(0);
    expect(again.text).toContain("Nothing to do. Try checking your model configs and model specification args");
  });

  it("repeats build, test and compile as what they were", () => {
    const root = makeProject(files);
    tsdbt(root, ["build", "--exclude", "c"]);
    expect(statuses(root)).toContain("b skipped");
    const built = tsdbt(root, ["retry"]);
    expect(built.code).toBe(1);
    expect(statuses(root).slice(1)).toEqual(["accepted_values_a_id__2 fail", "b skipped"]);
    tsdbt(root, ["test"]);
    tsdbt(root, ["retry"]);
    expect(statuses(root).slice(1)).toEqual(["accepted_values_a_id__2 fail"]);
    expect(artifact<Results>(root, "run_results.json").args.which).toBe("test");
  });

  it("calls an operation again, unless it went well", () => {
    const root = makeProject(files);
    expect(tsdbt(root, ["run-operation", "fails"]).code).toBe(1);
    expect(tsdbt(root, ["retry"]).code).toBe(1);
    expect(tsdbt(root, ["run-operation", "fails", "--args", "{column: 1}"]).code).toBe(0);
    const again = tsdbt(root, ["retry"]);
    expect(again.code).toBe(0);
    expect(again.text).not.toContain("Found");
  });

  it("counts warnings with --warn-error", () => {
    const root = makeProject({
      ...files,
      "models/schema.yml":
        "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - accepted_values: {arguments: {values: [2]}, config: {severity: warn}}\n",
    });
    tsdbt(root, ["build", "-s", "a"]);
    expect(tsdbt(root, ["retry"]).text).toContain("Nothing to do.");
    tsdbt(root, ["build", "-s", "a"]);
    const again = tsdbt(root, ["--warn-error", "retry"]);
    expect(again.text).toContain("1 of 1 START test accepted_values_a_id__2");
  });

  it("takes the artifacts of --state, and says where there is nothing to go by", () => {
    const root = makeProject(files);
    const none = tsdbt(root, ["retry"]);
    expect(none.code).toBe(2);
    expect(none.text).toContain("Could not find previous run in 'target' target directory");
    tsdbt(root, ["run"]);
    cpSync(join(root, "target"), join(root, "kept"), { recursive: true });
    rmSync(join(root, "target"), { recursive: true });
    expect(tsdbt(root, ["retry", "--state", "elsewhere"]).text).toContain("Could not find previous run in 'elsewhere'");
    expect(tsdbt(root, ["retry", "--state", "kept"]).text).toContain("1 of 2 START sql view model main.b");
  });

  it("refuses results that it cannot go by", () => {
    const root = makeProject(files);
    tsdbt(root, ["run"]);
    rmSync(join(root, "models/b.sql"));
    writeFileSync(join(root, "models/c.sql"), "select 1 as id");
    const gone = tsdbt(root, ["retry"]);
    expect(gone.code).toBe(2);
    expect(gone.text).toContain("Couldn't find model 'model.shop.b' -- does it exist or is it disabled?");
    const path = join(root, "target", "run_results.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("run-results/v6", "run-results/v9"));
    expect(tsdbt(root, ["retry"]).text).toContain('but found "https://schemas.getdbt.com/dbt/run-results/v9.json"');
    writeFileSync(path, text.slice(0, 100));
    expect(tsdbt(root, ["retry"]).text).toContain("is not valid JSON");
    writeFileSync(path, text.replace(/"which":\s*"run"/, '"which": "show"'));
    expect(tsdbt(root, ["retry"]).text).toContain("The last command was `show`: it cannot be done again by retry");
  });

  it("leaves the results of the last run alone where a command ends before it has any", () => {
    const root = makeProject(files);
    tsdbt(root, ["run"]);
    expect(tsdbt(root, ["show", "--inline", "select nope"]).code).not.toBe(0);
    expect(artifact<Results>(root, "run_results.json").args.which).toBe("run");
  });
});

describe("clone", () => {
  const files = {
    "profiles.yml":
      "shop:\n  target: prod\n  outputs:\n    prod: {type: duckdb, path: shop.duckdb, schema: prod}\n    dev: {type: duckdb, path: shop.duckdb, schema: dev}\n",
    "models/a.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/b.sql": "select id + 1 as id from {{ ref('a') }}",
    "models/c.sql": "{{ config(materialized='ephemeral') }} select * from {{ ref('b') }}",
    "models/d.sql": "{{ config(materialized='incremental') }} select * from {{ ref('c') }}",
    "seeds/s.csv": "id\n1\n",
  };
  const made = () => {
    const root = makeProject(files);
    expect(tsdbt(root, ["build"]).code).toBe(0);
    cpSync(join(root, "target"), join(root, "state"), { recursive: true });
    return root;
  };
  const dev = (root: string) =>
    query(
      join(root, "shop.duckdb"),
      "select view_name, sql from duckdb_views() where schema_name = 'dev' order by view_name",
    );

  it("makes views of the state's nodes, and says which it knows not", async () => {
    const root = made();
    writeFileSync(join(root, "models", "fresh.sql"), "select 1 as id");
    const run = tsdbt(root, ["clone", "--target", "dev", "--state", "state"]);
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain("No relation found in state manifest for model.shop.fresh");
    expect(run.text).toContain("Done. PASS=5 WARN=0 ERROR=0 SKIP=0 NO-OP=0 REUSED=0 TOTAL=5");
    expect(run.text).not.toMatch(/ of 5 |Finished running/);
    expect(await dev(root)).toEqual(
      ["a", "b", "d", "s"].map((name) => [name, `CREATE VIEW dev.${name} AS SELECT * FROM shop.prod.${name};`]),
    );
    const { results } = artifact<Results>(root, "run_results.json");
    expect(Object.fromEntries(results.map(({ unique_id: id, message }) => [id, message]))).toEqual({
      "model.shop.a": "OK",
      "model.shop.b": "OK",
      "model.shop.d": "OK",
      "model.shop.fresh": "No-op",
      "seed.shop.s": "OK",
    });
  });

  it("leaves what is there, unless --full-refresh", async () => {
    const root = made();
    const run = (...more: string[]) =>
      tsdbt(root, ["clone", "--target", "dev", "--state", "state", "-s", "a", ...more]);
    run();
    expect(run().text).toContain('Relation "shop"."dev"."a" already exists');
    expect(run("--full-refresh").text).not.toContain("already exists");
    expect(await dev(root)).toHaveLength(1);
    const seeds = tsdbt(root, ["clone", "--target", "dev", "--state", "state", "--resource-type", "seed"]);
    expect(seeds.text).toContain("TOTAL=1");
  });

  it("copies tables on ClickHouse, which can do that for nothing", () => {
    const root = makeProject(
      {
        "profiles.yml":
          "shop:\n  target: prod\n  outputs:\n    prod: {type: clickhouse, embedded: true, schema: prod}\n    dev: {type: clickhouse, embedded: true, schema: dev}\n",
        "models/a.sql": "{{ config(materialized='table', order_by='id') }} select 1 as id",
        "models/b.sql": "select id + 1 as id from {{ ref('a') }}",
      },
      "clickhouse",
    );
    expect(tsdbt(root, ["build"]).code).toBe(0);
    cpSync(join(root, "target"), join(root, "state"), { recursive: true });
    const cloned = tsdbt(root, ["clone", "--target", "dev", "--state", "state"]);
    expect(cloned.code, cloned.text).toBe(0);
    const tables = "select name, engine, as_select from system.tables where database = 'dev' order by name";
    const { stdout } = tsdbt(root, ["-q", "show", "--target", "dev", "--output", "json", "--inline", tables]);
    expect(JSON.parse(stdout)).toMatchObject({
      show: [
        { name: "a", engine: "MergeTree" },
        { name: "b", engine: "View", as_select: "SELECT * FROM prod.b" },
      ],
    });
  });

  it("needs a state with a manifest", () => {
    const root = made();
    expect(tsdbt(root, ["clone", "--target", "dev"]).text).toContain(
      "--state or --defer-state are required for deferral, but neither was provided",
    );
    const nowhere = tsdbt(root, ["clone", "--target", "dev", "--state", "nowhere"]);
    expect(nowhere.code).toBe(2);
    expect(nowhere.text).toContain("Could not find manifest in --state path:");
  });
});
