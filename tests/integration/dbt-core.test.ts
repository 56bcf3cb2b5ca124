import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { artifact, query, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A project of these files, in a folder of its own. */
function project(files: { [path: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), "tsdbt-core-"));
  made.push(root);
  const all = {
    "dbt_project.yml": "name: shop\nprofile: shop\n",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n",
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe("vars", () => {
  it("may hold a ref, which counts as the model's own", async () => {
    const root = project({
      "dbt_project.yml": "name: shop\nprofile: shop\nvars:\n  upstream: '{{ ref(\"base\") }}'\n",
      "models/base.sql": "select 7 as id",
      "models/a_copy.sql": "select id from {{ var('upstream') }}",
    });
    const run = tsdbt(root, ["run"]);
    expect(run.code, run.text).toBe(0);
    const { parent_map } = artifact<{ parent_map: { [id: string]: string[] } }>(root, "manifest.json");
    expect(parent_map["model.shop.a_copy"]).toEqual(["model.shop.base"]);
    expect(await query(join(root, "shop.duckdb"), "select id from a_copy")).toEqual([[7]]);
  });
});

describe("inline SQL", () => {
  it("is read before anything runs, and told what is wrong with it", () => {
    const root = project({ "models/base.sql": "select 7 as id" });
    const run = tsdbt(root, ["compile", "--inline", "select * from {{ ref('bases') }}"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain(
      "[ERROR]: Error while parsing node: inline_query\nSql_Operation 'sql_operation.shop.inline",
    );
    expect(run.text).toContain("Error parsing inline query");
    expect(run.text).toContain("from remote system.sql:1:23");
    expect(run.text).not.toContain("Concurrency");
  });
});

describe("compile --no-introspect", () => {
  it("refuses a query, and compiles what needs none", () => {
    const root = project({
      "models/plain.sql": "select 1 as id",
      "models/asks.sql": "{% do run_query('select 1') %}select 1",
    });
    expect(tsdbt(root, ["compile", "--no-introspect", "--select", "plain"]).code).toBe(0);
    const run = tsdbt(root, ["compile", "--no-introspect"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain("connection never acquired for thread");
  });
});

describe("data_tests of a properties file", () => {
  it("that cannot be read are told of, and nothing else is lost", () => {
    const root = project({
      "models/base.sql": "select 7 as id",
      "tests/none.sql": "select 1 as id where false",
      "tests/schema.yml": "data_tests:\n  - not_null:\n",
    });
    const run = tsdbt(root, ["build"]);
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain("Unable to parse 'data_tests' section of file 'tests/schema.yml'");
    expect(run.text).toContain("Entry did not contain a name");
    expect(run.text).toContain("PASS=2");
  });
});
