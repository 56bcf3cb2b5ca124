import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { artifact, query, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });

interface JsonEvent {
  info: { name: string };
  data: { [key: string]: unknown };
}

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

describe("JSON events", () => {
  it("say whose a node is, and what became of it", () => {
    const root = project({
      "models/m.sql": "{{ config(group='shop') }}select 1 as id union all select 2",
      "models/m.yml":
        "groups: [{name: shop, owner: {name: Ann, email: ann@example.org}}]\n" +
        "models: [{name: m, columns: [{name: id, data_tests: [{accepted_values: {arguments: {values: [1]}}}]}]}]\n",
    });
    const run = tsdbt(root, ["--log-format", "json", "--log-level", "debug", "build"]);
    expect(run.code).toBe(1);
    const events = run.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JsonEvent);
    const dataOf = (name: string) => events.filter((event) => event.info.name === name).map((event) => event.data);
    const group = { name: "shop", package_name: "shop", owner: { name: "Ann", email: "ann@example.org" } };
    expect(dataOf("LogModelResult")[0]).toMatchObject({ group, status: "OK" });
    expect(dataOf("LogTestResult")[0]).toMatchObject({ group, status: "fail" });
    expect(dataOf("RunResultFailure")[0]).toMatchObject({ group, resource_type: "test" });
    expect(dataOf("NodeFinished")[0]?.run_result).toMatchObject({
      status: "success",
      message: "OK",
      adapter_response: { _message: "OK" },
      timing_info: [{ name: "compile" }, { name: "execute" }],
    });
    expect(dataOf("MainReportArgs")[0]?.args).toMatchObject({
      log_format: "json",
      fail_fast: "False",
      target_path: "None",
    });
  });

  it("hold dbt's fields of what a project is warned of", () => {
    const root = project({
      "dbt_project.yml": "name: shop\nprofile: shop\nflags: {require_resource_names_without_spaces: false}\n",
      "models/my model.sql": "select 1 as id",
      "models/m.yml": "models: [{name: gone}]\n",
    });
    const run = tsdbt(root, ["--log-format", "json", "parse"]);
    expect(run.code, run.text).toBe(0);
    const events = run.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JsonEvent);
    const dataOf = (name: string) => events.find((event) => event.info.name === name)?.data;
    expect(dataOf("NoNodeForYamlKey")).toEqual({ patch_name: "gone", yaml_key: "models", file_path: "models/m.yml" });
    expect(dataOf("SpacesInResourceNameDeprecation")).toEqual({ unique_id: "model.shop.my model", level: "warn" });
    expect(dataOf("ResourceNamesWithSpacesDeprecation")).toMatchObject({ count_invalid_names: 1 });
  });
});

describe("deprecations of how a command is called", () => {
  it("hold dbt's fields in JSON", () => {
    const root = project({ "dbt_project.yml": "name: shop\nprofile: shop\ndata-paths: [seeds]\n" });
    const options = ["--log-format", "json", "--warn-error-options", "{include: all, exclude: [Deprecations]}"];
    const run = tsdbt(root, [...options, "parse"], { DBT_ENGINE_MINE: "1" });
    expect(run.code, run.text).toBe(0);
    const events = run.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JsonEvent);
    const dataOf = (name: string) => events.find((event) => event.info.name === name)?.data;
    expect(dataOf("WEOIncludeExcludeDeprecation")).toEqual({ found_include: true, found_exclude: true });
    expect(dataOf("EnvironmentVariableNamespaceDeprecation")).toEqual({
      env_var: "DBT_ENGINE_MINE",
      reserved_prefix: "DBT_ENGINE",
    });
    expect(dataOf("ConfigDataPathDeprecation")).toEqual({ deprecated_path: "data-paths", exp_path: "seed-paths" });
  });
});

describe("--warn-error-options", () => {
  const files = { "models/m.sql": "select 1 as id", "models/m.yml": "models: [{name: gone}]\n" };
  const parse = (options: string) => tsdbt(project(files), ["parse", "--warn-error-options", options]);

  it("refuse a name that no event has, but not those of dbt's successor", () => {
    const run = parse("{silence: [NoNodeForYamlKeys]}");
    expect(run.code).toBe(2);
    expect(run.text).toContain("NoNodeForYamlKeys is not a valid dbt error name.");
    expect(run.text).toContain("did you mean 'NoNodeForYamlKey'?");
    expect(parse("{silence: [StaticAnalysis]}").code).toBe(0);
    expect(parse("{warn: [NoNodeForYamlKey]}").text).toContain("`warn` can only be specified if `error` is one of");
  });

  it("let what is named count for more than all", () => {
    expect(parse("{error: [NoNodeForYamlKey]}").code).toBe(2);
    expect(parse("{error: all, warn: [NoNodeForYamlKey]}").code).toBe(0);
    expect(parse("{error: all, silence: [NoNodeForYamlKey]}").text).not.toContain("gone");
    expect(parse("{error: [NoNodeForYamlKey], warn: [Deprecations], silence: [Deprecations]}").code).toBe(2);
  });
});

describe("names with spaces", () => {
  const files = {
    "models/s.yml": "sources: [{name: raw shop, tables: [{name: a}, {name: b}]}]\n",
  };
  it("of sources are deprecated, or refused where the project says so", () => {
    const run = tsdbt(project(files), ["parse"]);
    expect(run.code).toBe(0);
    expect(run.text).toContain("Found spaces in the name of `source.shop.raw shop`");
    expect(run.text).toContain("Spaces found in 1 resource name(s).");
    expect(run.text).not.toContain("- SpacesInResourceNameDeprecation:");
    const more = { "models/t.yml": "sources: [{name: my shop, tables: [{name: a}]}]\n" };
    const both = tsdbt(project({ ...files, ...more }), ["--debug", "parse"]).text;
    expect(both.match(/Found spaces in the name of/g)).toHaveLength(2);
    const flags = "flags: {require_source_and_semantic_model_names_without_spaces: true}\n";
    const strict = tsdbt(project({ ...files, "dbt_project.yml": `name: shop\nprofile: shop\n${flags}` }), ["parse"]);
    expect(strict.code).toBe(2);
    expect(strict.text).toContain("Resource names cannot contain spaces:\n    * 'source.shop.raw shop' (models/s.yml)");
  });
});

describe("metric()", () => {
  it("prints the metric's name", () => {
    const root = project({
      "models/days.sql": "select date '2026-01-01' as day_of",
      "models/days.yml":
        "models: [{name: days, time_spine: {standard_granularity_column: day_of}, columns: [{name: day_of, granularity: day}]}]\n",
      "models/sales.sql": "select 1 as sale, 2 as total, date '2026-01-01' as sold_on",
      "models/sales.yml":
        "semantic_models:\n  - name: sales\n    model: ref('sales')\n    defaults: {agg_time_dimension: sold_on}\n" +
        "    entities: [{name: sale, type: primary}]\n" +
        "    dimensions: [{name: sold_on, type: time, type_params: {time_granularity: day}}]\n" +
        "    measures: [{name: total_sum, agg: sum, expr: total}]\n" +
        "metrics: [{name: all_sales, label: All, type: simple, type_params: {measure: total_sum}}]\n",
      "models/uses.sql":
        "select '{{ metric('all_sales') }}' as name, '{{ metric('all_sales').label }}' as {{ metric('all_sales').type }}",
    });
    const run = tsdbt(root, ["compile", "--select", "uses"]);
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain("select 'all_sales' as name, 'All' as MetricType.SIMPLE");
  });
});

describe("a time spine", () => {
  it("names columns that the model has", () => {
    const root = project({
      "models/days.sql": "select date '2026-01-01' as day_of",
      "models/days.yml":
        "models:\n  - name: days\n    time_spine:\n      standard_granularity_column: day_of\n" +
        "      custom_granularities: [{name: fiscal_year}]\n    columns: [{name: day_of, granularity: day}]\n",
    });
    const run = tsdbt(root, ["parse"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain("Time spine custom granularity columns do not exist in the model.");
    expect(run.text).toContain("Columns not found: ['fiscal_year']; Available columns: ['day_of']");
  });
});

describe("a source's relation", () => {
  it("is quoted whatever the project's quoting says", () => {
    const root = project({
      "dbt_project.yml": "name: shop\nprofile: shop\nquoting: {database: false, schema: false, identifier: false}\n",
      "models/s.yml":
        "sources: [{name: raw, database: lake, tables: [{name: a}, {name: b, quoting: {identifier: false}}]}]\n",
      "models/m.sql": "select * from {{ source('raw', 'a') }}, {{ source('raw', 'b') }}",
    });
    const run = tsdbt(root, ["compile", "--select", "m"]);
    expect(run.text).toContain('select * from "lake"."raw"."a", "lake"."raw".b');
  });
});

describe("enable_grouped_warn_error_parser_logs", () => {
  it("tells of all warnings of parsing at once", () => {
    const parse = (flags: string) =>
      tsdbt(
        project({
          "dbt_project.yml": `name: shop\nprofile: shop\n${flags}`,
          "models/m.yml": "models: [{name: gone}, {name: lost}]\n",
        }),
        ["--warn-error", "parse"],
      );
    const name = (what: string) => `Did not find matching node for patch with name '${what}'`;
    const first = parse("");
    expect([first.code, first.text.includes(name("gone")), first.text.includes(name("lost"))]).toEqual([
      2,
      true,
      false,
    ]);
    const all = parse("flags: {enable_grouped_warn_error_parser_logs: true}\n");
    expect([all.code, all.text.includes(name("gone")), all.text.includes(name("lost"))]).toEqual([2, true, true]);
  });
});

describe("require_all_warnings_handled_by_warn_error", () => {
  it("leaves some warnings alone where it is off", () => {
    const parse = (flags: string) =>
      tsdbt(
        project({
          "dbt_project.yml": `name: shop\nprofile: shop\n${flags}`,
          "models/m.sql":
            "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2026-01-01') }} select 1 as at",
        }),
        ["--warn-error", "parse"],
      );
    expect(parse("").code).toBe(2);
    const run = parse("flags: {require_all_warnings_handled_by_warn_error: false}\n");
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain("[WARNING]: The microbatch model 'm' has no 'ref' or 'source' input");
  });
});

describe("a project's own get_columns_in_relation", () => {
  it("answers adapter.get_columns_in_relation, whatever it answers", () => {
    const root = project({
      "macros/columns.sql": "{% macro get_columns_in_relation(relation) %}{{ return('all of them') }}{% endmacro %}",
      "models/m.sql": "select '{{ adapter.get_columns_in_relation(this) }}' as told",
    });
    expect(tsdbt(root, ["compile", "-s", "m"]).text).toContain("select 'all of them' as told");
  });
});

describe("a version of a model", () => {
  it("has the model's tests where it names none of its own", () => {
    const root = project({
      "models/m_v1.sql": "select 1 as id",
      "models/m.yml":
        "models: [{name: m, data_tests: [unique: {column_name: id}], versions: [{v: 1, data_tests: }]}]\n",
    });
    expect(tsdbt(root, ["ls", "--resource-type", "test", "--quiet"]).stdout).toContain("unique_m_v1_id");
  });
});

describe("a column", () => {
  it("has the doc blocks that its description names, whatever else is written", () => {
    const root = project({
      "models/m.sql": "select 1 as id",
      "models/m.yml": "models: [{name: m, columns: [{name: id, doc_blocks: [2]}]}]\n",
    });
    expect(tsdbt(root, ["parse"]).code).toBe(0);
    const { nodes } = artifact<{ nodes: { [id: string]: { columns: { id: object } } } }>(root, "manifest.json");
    expect(nodes["model.shop.m"]!.columns.id).toMatchObject({ doc_blocks: [] });
  });
});

describe("the owner of a group", () => {
  it("is told in JSON logs as Python would print it", () => {
    const root = project({
      "models/m.sql": "select 1 as id",
      "models/m.yml":
        "groups: [{name: g, owner: {name: Ann, email: [a@x.org, b@x.org]}}]\nmodels: [{name: m, group: g}]\n",
    });
    const { stdout } = tsdbt(root, ["--log-format", "json", "run"]);
    const told = stdout.split("\n").find((line) => line.includes('"LogModelResult"'));
    expect((JSON.parse(told!) as JsonEvent).data.group).toMatchObject({ owner: { email: "['a@x.org', 'b@x.org']" } });
  });
});

describe("clean", () => {
  it("refuses a folder above the project as one outside it", () => {
    const root = project({ "dbt_project.yml": "name: shop\nprofile: shop\nclean-targets: ['..']\n" });
    expect(tsdbt(root, ["clean"]).text).toContain("dbt will not clean the following directories outside the project");
  });
});

describe("debug", () => {
  it("stops at a deprecation of the project where warnings are errors", () => {
    const root = project({ "dbt_project.yml": "name: shop\nprofile: shop\ndata-paths: [seeds]\n" });
    expect(tsdbt(root, ["debug"]).code).toBe(0);
    expect(tsdbt(root, ["--warn-error", "debug"]).code).toBe(2);
  });

  it("stops at a var that dbt_project.yml needs", () => {
    const root = project({
      "dbt_project.yml": "name: shop\nprofile: shop\nmodels: {+schema: \"{{ var('area') }}\"}\n",
    });
    const run = tsdbt(root, ["debug"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain("Required var 'area' not found in config");
  });
});

describe("a date in a config", () => {
  it("is written in ISO form, to manifest.json and by ls", () => {
    const root = project({
      "models/m.sql": `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day',
        begin=modules.datetime.datetime(2026, 1, 2), meta={'due': modules.datetime.date(2026, 1, 3)}) }} select 1 as at`,
    });
    const run = tsdbt(root, ["ls", "--output", "json", "--quiet"]);
    expect(JSON.parse(run.stdout).config).toMatchObject({ begin: "2026-01-02T00:00:00", meta: { due: "2026-01-03" } });
    const { nodes } = artifact<{ nodes: { [id: string]: { config: object } } }>(root, "manifest.json");
    expect(nodes["model.shop.m"]!.config).toMatchObject({ begin: "2026-01-02T00:00:00", meta: { due: "2026-01-03" } });
  });
});

describe("overrides of a unit test", () => {
  it("put a value in place of what is no macro", () => {
    const root = project({
      "macros/shout.sql": "{% macro shout() %}quiet{% endmacro %}",
      "models/m.sql": "select {{ invocation_id }} as run, '{{ shout() }}' as word",
      "models/m.yml":
        "unit_tests: [{name: u, model: m, given: [], overrides: {macros: {invocation_id: 123, shout: loud}}, " +
        "expect: {rows: [{run: 123, word: loud}]}}]\n",
    });
    const run = tsdbt(root, ["test"]);
    expect(run.code, run.text).toBe(0);
  });
});

describe("what a unit test is given", () => {
  it("may name a ref with the keywords of the project's own ref", () => {
    const files = (flags: string) => ({
      "dbt_project.yml": `name: shop\nprofile: shop\n${flags}`,
      "macros/ref.sql":
        "{% macro ref() %}{% set label = kwargs.label %}{{ return(builtins.ref(*varargs)) }}{% endmacro %}",
      "models/a.sql": "select 1 as id",
      "models/b.sql": "select id + 1 as id from {{ ref('a', label='x') }}",
      "models/b.yml":
        "unit_tests: [{name: u, model: b, given: [{input: \"ref('a', label='x')\", rows: [{id: 4}]}], expect: {rows: [{id: 5}]}}]\n",
    });
    const build = (flags: string) => tsdbt(project(files(flags)), ["build"]);
    const refused = build("");
    expect(refused.text).toContain("Unit test given inputs must be either a 'ref', 'source' or 'this' call.");
    const run = build("flags: {support_custom_ref_kwargs: true}\n");
    expect(run.text).toContain("PASS=3");
  });

  it("stands in one file of a name only", () => {
    const root = project({
      "models/a.sql": "select 1 as id",
      "tests/fixtures/one/rows.csv": "id\n1\n",
      "tests/fixtures/two/rows.csv": "id\n2\n",
    });
    const run = tsdbt(root, ["parse"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain('dbt found two fixtures with the name "rows".');
    expect(run.text).toContain("- fixture.shop.rows (tests/fixtures/one/rows.csv)");
  });
});

describe("exposures: tags: of dbt_project.yml", () => {
  it("are refused where they are null", () => {
    const root = project({
      "dbt_project.yml": "name: shop\nprofile: shop\nexposures: {tags: null}\n",
      "models/e.yml": "exposures: [{name: e, type: dashboard, owner: {name: Ann}}]\n",
    });
    const run = tsdbt(root, ["parse"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain('Field "tags" of type List[str] in ExposureConfig has invalid value None');
  });
});

describe("analyses: of dbt_project.yml", () => {
  it("count for analyses under require_corrected_analysis_fqns", () => {
    const nodes = (flags: string) => {
      const root = project({
        "dbt_project.yml": `name: shop\nprofile: shop\nanalyses: {shop: {old: {+enabled: false}}}\n${flags}`,
        "analyses/new.sql": "select 1",
        "analyses/old/older.sql": "select 1",
      });
      expect(tsdbt(root, ["parse"]).code).toBe(0);
      return Object.keys(artifact<{ nodes: object }>(root, "manifest.json").nodes);
    };
    expect(nodes("")).toEqual(["analysis.shop.new", "analysis.shop.older"]);
    expect(nodes("flags: {require_corrected_analysis_fqns: true}\n")).toEqual(["analysis.shop.new"]);
  });
});

describe("a foreign key to a model", () => {
  it("names the relation of --state where that model is not built", () => {
    const root = project({
      "models/a.sql": "{{ config(alias=var('name', 'a')) }} select 1 as id",
      "models/b.sql": "select 1 as id",
      "models/b.yml":
        "models: [{name: b, config: {contract: {enforced: true}}, columns: [{name: id, data_type: int, " +
        "constraints: [{type: foreign_key, to: ref('a'), to_columns: [id]}]}]}]\n",
    });
    expect(tsdbt(root, ["parse", "--vars", "{name: old}", "--target-path", "before"]).code).toBe(0);
    const to = (...args: string[]) => {
      const run = tsdbt(root, ["compile", "--defer", "--state", "before", ...args]);
      expect(run.code, run.text).toBe(0);
      type Columns = { columns: { id: { constraints: { to: string }[] } } };
      const { nodes } = artifact<{ nodes: { [id: string]: Columns } }>(root, "manifest.json");
      return nodes["model.shop.b"]!.columns.id.constraints[0]!.to;
    };
    expect(to("--select", "b")).toBe('"shop"."main"."old"');
    expect(to()).toBe('"shop"."main"."a"');
  });
});

describe("store_failures of a test", () => {
  it("counts for more than the project's", () => {
    const stored = (project_: boolean, own: boolean) => {
      const root = project({
        "dbt_project.yml": `name: shop\nprofile: shop\ndata_tests: {+store_failures: ${project_}}\n`,
        "models/m.sql": "select 1 as id",
        "models/m.yml": `models: [{name: m, columns: [{name: id, data_tests: [{not_null: {config: {store_failures: ${own}}}}, unique]}]}]\n`,
      });
      expect(tsdbt(root, ["parse"]).code).toBe(0);
      type Tests = {
        nodes: { [id: string]: { name: string; config: { store_failures: boolean; store_failures_as: string } } };
      };
      return Object.values(artifact<Tests>(root, "manifest.json").nodes)
        .filter(({ name }) => name !== "m")
        .map(({ name, config }) => [name, config.store_failures, config.store_failures_as]);
    };
    expect(stored(false, true)).toEqual([
      ["not_null_m_id", true, "table"],
      ["unique_m_id", false, "ephemeral"],
    ]);
    expect(stored(true, false)).toEqual([
      ["not_null_m_id", false, "ephemeral"],
      ["unique_m_id", true, "table"],
    ]);
  });
});

describe("ls --output json", () => {
  it("shows of a seed what manifest.json has", () => {
    const root = project({ "seeds/s.csv": "id\n1\n" });
    expect(JSON.parse(tsdbt(root, ["ls", "--output", "json", "--quiet"]).stdout).depends_on).toEqual({ macros: [] });
  });
});

describe("a source's freshness", () => {
  it("has no threshold where the table says null, whatever its config leaves out", () => {
    const root = project({
      "models/s.yml": `sources:
  - name: main
    freshness: {warn_after: {count: 18, period: hour}, error_after: {count: 24, period: hour}}
    loaded_at_field: at
    tables: [{name: t, freshness: {warn_after: {count: 6, period: hour}, error_after: null}}]
`,
    });
    expect(tsdbt(root, ["parse"]).code).toBe(0);
    const { sources } = artifact<{ sources: { [id: string]: { freshness: object } } }>(root, "manifest.json");
    expect(sources["source.shop.main.t"]!.freshness).toEqual({
      warn_after: { count: 6, period: "hour" },
      error_after: null,
      filter: null,
    });
  });
});

describe("docs generate", () => {
  it("notes of a plain test that it asks for a where", () => {
    const root = project({
      "models/m.sql": "select 1 as id",
      "models/m.yml": "models: [{name: m, columns: [{name: id, data_tests: [not_null]}]}]\n",
    });
    expect(tsdbt(root, ["docs", "generate"]).code).toBe(0);
    const { nodes } = artifact<{ nodes: { [id: string]: { name: string; depends_on: { macros: string[] } } } }>(
      root,
      "manifest.json",
    );
    const test = Object.values(nodes).find(({ name }) => name === "not_null_m_id");
    expect(test?.depends_on.macros).toEqual(["macro.dbt.test_not_null", "macro.dbt.get_where_subquery"]);
  });
});
