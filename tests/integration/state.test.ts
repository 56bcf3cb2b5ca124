import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

const keep = (root: string) => cpSync(join(root, "target", "manifest.json"), join(root, "before", "manifest.json"));
const ls = (root: string, ...args: string[]) =>
  tsdbt(root, [...args, "ls", "--select", "state:modified", "--state", "before"]);

describe("state:modified", () => {
  it("stops at a generic test whose macro is gone", () => {
    const root = makeProject({
      "models/m.sql": "select 1 as id",
      "models/m.yml": "models: [{name: m, columns: [{name: id, data_tests: [even]}]}]\n",
      "tests/generic/even.sql": "{% test even(model, column_name) %}select 1 where false{% endtest %}",
    });
    expect(tsdbt(root, ["parse"]).code).toBe(0);
    keep(root);
    rmSync(join(root, "tests/generic/even.sql"));
    const { code, text } = ls(root);
    expect(code).toBe(2);
    expect(text).toContain("Node 'even_m_id' (in models/m.yml) depends on a macro or test that does not exist.");
  });

  it("tells of seeds that are too large to be compared", () => {
    const root = makeProject({ "seeds/s.csv": "id\n1\n" });
    tsdbt(root, ["parse"]);
    keep(root);
    writeFiles(root, { "seeds/s.csv": `id\n${"1\n".repeat(600_000)}` });
    const grown = ls(root);
    expect(grown.stdout).toContain("shop.s\n");
    expect(grown.text).toContain(
      "[WARNING]: Found a seed (shop.s) >1MiB in size. The previous file was <=1MiB, so it has changed",
    );
    expect(ls(root, "--warn-error").code).toBe(2);
    keep(root);
    expect(ls(root).text).toContain(
      "Found a seed (shop.s) >1MiB in size at the same path, dbt cannot tell if it has changed: assuming they are the same",
    );
  });
});

describe("a manifest.json of an older dbt", () => {
  interface Manifest {
    metadata: { [key: string]: string };
    nodes: { [id: string]: { [key: string]: unknown } };
    metrics: object;
  }
  const files = {
    "models/a.sql": "{{ config(materialized='table') }} select 1 as id",
    "models/b.sql": "select 2 as id",
    "models/b.yml":
      "models: [{name: b, columns: [{name: id, data_tests: [unique: {config: {alias: one, limit: 3}}]}]}]\n",
  };
  /** What is modified beside a manifest that `change` has made older. */
  const beside = (change: (manifest: Manifest) => void) => {
    const root = makeProject(files);
    tsdbt(root, ["parse"]);
    keep(root);
    const path = join(root, "before", "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return ls(root);
  };
  const a = (manifest: Manifest) => manifest.nodes["model.shop.a"]!;

  it("is compared by what its configs say, however they were noted", () => {
    const noted = (version: string) =>
      beside((manifest) => {
        manifest.metadata.dbt_version = version;
        a(manifest).unrendered_config = { materialized: "Keyword(key='materialized', value=Const(value='table'))" };
      });
    expect(noted("1.12.6").stdout).toContain("shop.a");
    const older = noted("1.9.4").stdout;
    expect(older).not.toContain("shop.a");
    expect(older).not.toContain("unique_b_id");
  });

  it("may have the names of earlier schemas", () => {
    const run = beside((manifest) => {
      manifest.metadata.dbt_schema_version = "https://schemas.getdbt.com/dbt/manifest/v4.json";
      for (const node of Object.values(manifest.nodes)) {
        node.raw_sql = node.raw_code;
        for (const key of ["raw_code", "access", "latest_version", "deprecation_date"]) delete node[key];
      }
      a(manifest).raw_sql = "select 0 as id";
    });
    expect(run.stdout).toContain("shop.a\n");
    expect(run.stdout).not.toContain("shop.b\n");
  });

  it("is refused where it is too old", () => {
    const found = "https://schemas.getdbt.com/dbt/manifest/v3.json";
    const { code, text } = beside((manifest) => {
      manifest.metadata.dbt_schema_version = found;
    });
    expect(code).toBe(2);
    expect(text).toContain('Expected a schema version of "https://schemas.getdbt.com/dbt/manifest/v12.json" in ');
    expect(text).toContain(`but found "${found}". Are you running with a different version of dbt?`);
  });
});
