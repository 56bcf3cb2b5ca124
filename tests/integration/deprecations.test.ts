import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { query, tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

const SUMMARY = "Summary of encountered deprecations:";

describe("deprecations", () => {
  it("name environment variables that have other names now, each in the summary", () => {
    const root = makeProject({});
    const { text } = tsdbt(root, ["parse"], { DBT_NO_PRINT: "1", DBT_DEFER_TO_STATE: "0" });
    expect(text).toContain(
      "[WARNING]: Deprecated functionality\nThe environment variable `DBT_NO_PRINT` has been renamed as `DBT_ENGINE_PRINT`.",
    );
    expect(text.slice(text.indexOf(SUMMARY)).match(/- EnvironmentVariableRenamed: 1 occurrence/g)).toHaveLength(2);
    expect(tsdbt(root, ["parse", "--warn-error"], { DBT_NO_PRINT: "1" }).code).toBe(2);
  });

  it("tell of flags in profiles.yml", () => {
    const profiles = `config: {printer_width: 90}\nshop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n`;
    const { text } = tsdbt(makeProject({ "profiles.yml": profiles }), ["parse"]);
    expect(text).toContain(
      "User config should be moved from the 'config' key in profiles.yml to the 'flags' key in dbt_project.yml.",
    );
    expect(text).toContain("- ProjectFlagsMovedDeprecation: 1 occurrence");
  });

  it("tell of dbt_modules among the targets of clean, unless packages are installed there", () => {
    const cleaned = (more: string) =>
      tsdbt(makeProject({ "dbt_project.yml": `name: shop\nprofile: shop\nclean-targets: [dbt_modules]\n${more}` }), [
        "clean",
      ]).text;
    expect(cleaned("")).toContain(
      "The default package install path has changed from `dbt_modules` to\n`dbt_packages`.",
    );
    expect(cleaned("packages-install-path: dbt_modules\n")).not.toContain("Deprecated");
  });

  it("count each call of itertools, and what parsing finds again and again", () => {
    const root = makeProject({
      "models/a.sql": "select {{ modules.itertools.chain([1], [2]) | list | length }} as a",
      "models/b.sql":
        "{{ config(materialized='table') }} select {{ modules.itertools.chain([1]) | list | length }} as b",
      "models/m.yml": `models:
  - {name: a, columns: [{name: a, data_tests: [{accepted_values: {values: [2]}}]}]}
  - {name: b, columns: [{name: b, data_tests: [{accepted_values: {values: [1]}}]}]}
`,
    });
    for (const when of ["read", "from the cache"]) {
      const { text } = tsdbt(root, ["compile"]);
      expect(text.match(/\[ModulesItertoolsUsageDeprecation\]/g), when).toHaveLength(1);
      expect(text, when).toContain("- MissingArgumentsPropertyInGenericTestDeprecation: 2 occurrences");
      expect(text, when).toContain("- ModulesItertoolsUsageDeprecation: 4 occurrences");
    }
  });
});

describe("a package's own view materialization", () => {
  const files = (flags: string) => ({
    "dbt_project.yml": `name: shop\nprofile: shop\n${flags}`,
    "packages.yml": "packages: [{local: lib}]\n",
    "lib/dbt_project.yml": "name: lib\n",
    "lib/macros/view.sql": `{% materialization view, default %}
      {% call statement('main') %}create table {{ this }} as select 42 as a{% endcall %}
      {% do adapter.commit() %}
      {{ return({'relations': [this]}) }}
    {% endmaterialization %}`,
    "models/m.sql": "select 1 as a",
  });
  const built = async (flags: string) => {
    const root = makeProject(files(flags));
    expect(tsdbt(root, ["deps"]).code).toBe(0);
    const { text } = tsdbt(root, ["run"]);
    return { text, rows: await query(`${root}/shop.duckdb`, "select a from m") };
  };

  it("is left aside, unless the project takes it; then a deprecation tells of it", async () => {
    const aside = await built("");
    expect(aside.rows).toEqual([[1]]);
    expect(aside.text).not.toContain("overriding");
    const taken = await built("flags: {require_explicit_package_overrides_for_builtin_materializations: false}\n");
    expect(taken.rows).toEqual([[42]]);
    expect(taken.text).toContain(
      "[WARNING]: Installed package 'lib' is overriding the built-in materialization\n'view'.",
    );
    expect(taken.text).toContain("- PackageMaterializationOverrideDeprecation: 1 occurrence");
  });
});

describe("the project's hooks in source freshness", () => {
  const files = (flags: string) => ({
    "dbt_project.yml": `name: shop\nprofile: shop\non-run-start: ["create table t as select current_timestamp as loaded"]\n${flags}`,
    "models/s.yml": `sources:
  - {name: main, schema: main, tables: [{name: t, loaded_at_field: loaded, freshness: {warn_after: {count: 1, period: day}}}]}
`,
  });

  it("run, unless the project says otherwise; then a deprecation tells of it", () => {
    const asked = tsdbt(makeProject(files("")), ["source", "freshness"]);
    expect(asked.code, asked.text).toBe(0);
    expect(asked.text).toContain("shop.on-run-start.0");
    const root = makeProject(files("flags: {source_freshness_run_project_hooks: false}\n"));
    const { code, text } = tsdbt(root, ["source", "freshness"]);
    expect(code).toBe(1);
    expect(text).not.toContain("shop.on-run-start.0");
    expect(text).toContain("In a future version of dbt, the `source freshness` command");
    expect(text).toContain("- SourceFreshnessProjectHooksNotRun: 1 occurrence");
  });
});
