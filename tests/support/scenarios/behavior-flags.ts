import type { Scenario, Step } from "./deps.ts";

const PROFILES = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n";

interface FlagScenario {
  /** The flags under test, with a value that is not their default. */
  flags: { [name: string]: unknown };
  files: { [path: string]: string };
  /** The same commands with the defaults and with the flags. */
  steps: readonly (string | Step)[];
  /** More of dbt_project.yml. */
  project?: string;
  /** Lines of dbt's that we say otherwise. */
  unlike?: RegExp;
}

/** Each change of behaviour that a project chooses in `flags:`, seen with its default and the other way. */
const FLAGS: FlagScenario[] = [
  {
    flags: { require_batched_execution_for_custom_microbatch_strategy: false },
    files: {
      "macros/strategy.sql":
        "{% macro get_incremental_microbatch_sql(arg_dict) %}{{ return(get_incremental_append_sql(arg_dict)) }}{% endmacro %}",
      "models/events.sql":
        "{{ config(materialized='table', event_time='happened') }}\nselect n as id, timestamp '2024-01-01' + interval (n) day as happened from range(3) t(n)",
      "models/daily.sql":
        "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day', begin='2024-01-01') }}\nselect * from {{ ref('events') }}",
    },
    steps: ["run --event-time-start 2024-01-01 --event-time-end 2024-01-03"],
  },
  {
    flags: { require_explicit_package_overrides_for_builtin_materializations: false },
    files: {
      "packages.yml": "packages: [{local: extra}]\n",
      "extra/dbt_project.yml": "name: extra\nversion: '1.0'\n",
      "extra/macros/view.sql":
        "{% materialization view, default %}{% call statement('main') %}create or replace view {{ this }} as select 'extra' as made{% endcall %}{{ return({'relations': [this]}) }}{% endmaterialization %}",
      "models/a.sql": "select 'plain' as made",
    },
    steps: ["deps", "run", "-q show --inline-direct {q}"],
  },
  {
    flags: { require_resource_names_without_spaces: false },
    files: { "models/a b.sql": "select 1 as id" },
    steps: ["parse", "run"],
  },
  {
    flags: { source_freshness_run_project_hooks: false },
    files: {
      "models/sources.yml":
        "sources: [{name: s, schema: main, tables: [{name: t, config: {loaded_at_query: 'select current_timestamp', freshness: {warn_after: {count: 1, period: day}}}}]}]\n",
    },
    project: "on-run-start: \"{{ log('hooks run', info=true) }}\"\non-run-end: select 1\n",
    steps: ["source freshness"],
  },
  {
    flags: { skip_nodes_if_on_run_start_fails: false },
    files: { "models/a.sql": "select 1 as id" },
    project: "on-run-start: select nope\n",
    steps: ["run"],
    // Our errors name the hook, and show the place in dbt_project.yml.
    unlike: /failed, error:$|Binder Error|compiled code at/,
  },
  {
    flags: { state_modified_compare_more_unrendered_values: false },
    files: {
      "models/a.sql": "{{ config(schema=env_var('PLACE', 'x')) }} select 1 as id",
      "models/b.sql": "select 1 as id",
      "models/b.yml": "models: [{name: b, config: {schema: \"{{ env_var('PLACE', 'x') }}\"}}]\n",
    },
    steps: [
      "parse",
      { args: ["ls", "-s", "state:modified", "--state", "state"], copy: ["target", "state"], env: { PLACE: "y" } },
    ],
  },
  {
    flags: { state_modified_compare_vars: true },
    files: { "models/a.sql": "select {{ var('n', 1) }} as id" },
    steps: [
      "parse",
      { args: ["ls", "-s", "state:modified", "--state", "state", "--vars", "{n: 2}"], copy: ["target", "state"] },
    ],
  },
  {
    flags: { require_yaml_configuration_for_mf_time_spines: false },
    files: {
      "models/metricflow_time_spine.sql": "select date '2024-01-01' as date_day",
      "models/orders.sql": "select 1 as id, date '2024-01-01' as day",
      "models/orders.yml":
        "semantic_models:\n  - {name: orders, model: ref('orders'), defaults: {agg_time_dimension: day}, entities: [{name: id, type: primary}],\n     dimensions: [{name: day, type: time, type_params: {time_granularity: day}}], measures: [{name: n, agg: count, expr: id}]}\n" +
        "metrics: [{name: n, label: N, type: simple, type_params: {measure: n}}]\n",
    },
    steps: ["parse"],
  },
  {
    flags: { require_nested_cumulative_type_params: false },
    files: {
      "models/spine.sql": "select date '2024-01-01' as date_day",
      "models/orders.sql": "select 1 as id, date '2024-01-01' as day",
      "models/orders.yml":
        "models: [{name: spine, time_spine: {standard_granularity_column: date_day}, columns: [{name: date_day, granularity: day}]}]\n" +
        "semantic_models:\n  - {name: orders, model: ref('orders'), defaults: {agg_time_dimension: day}, entities: [{name: id, type: primary}],\n     dimensions: [{name: day, type: time, type_params: {time_granularity: day}}], measures: [{name: n, agg: count, expr: id}]}\n" +
        "metrics: [{name: n, label: N, type: cumulative, type_params: {measure: n, window: 7 days}}]\n",
    },
    steps: ["parse"],
  },
  {
    flags: { validate_macro_args: false },
    files: {
      "macros/m.sql": "{% macro m(a, b) %}{{ a }}{% endmacro %}\n{% macro bare(x) %}{{ x }}{% endmacro %}",
      "macros/m.yml": "macros: [{name: m, arguments: [{name: a, type: strange}, {name: other}]}]\n",
      "models/a.sql": "select {{ m(1, 2) }} as id",
    },
    steps: ["parse"],
  },
  {
    flags: { require_all_warnings_handled_by_warn_error: false },
    files: {
      "models/sources.yml":
        "sources: [{name: s, schema: main, tables: [{name: t, config: {loaded_at_query: \"select timestamp '2020-01-01'\", freshness: {warn_after: {count: 1, period: day}}}}]}]\n",
      "tests/warns.sql": "{{ config(severity='warn') }} select 1 as id",
    },
    steps: ["--warn-error source freshness", "--warn-error test", "--warn-error test -s nothing_there"],
    // With the default, dbt ends with an exception of its own; we tell the source to be stale.
    unlike: /freshness of s\.t \.|worker thread|^Compilation Error|Unhandled error|in source t/,
  },
  {
    flags: { require_generic_test_arguments_property: false },
    files: {
      "models/a.sql": "select 1 as id",
      "models/a.yml":
        "models: [{name: a, columns: [{name: id, data_tests: [{accepted_values: {values: [1]}}, {accepted_values: {arguments: {values: [1, 2]}}}]}]}]\n",
    },
    steps: ["parse", "ls --resource-type test"],
  },
  {
    flags: { require_unique_project_resource_names: true },
    files: {
      "packages.yml": "packages: [{local: extra}]\n",
      "extra/dbt_project.yml": "name: extra\nversion: '1.0'\n",
      "extra/models/a.sql": "{{ config(schema='extra') }} select 1 as id",
      "models/a.sql": "select 1 as id",
    },
    steps: ["deps", "parse"],
  },
  {
    flags: { require_ref_searches_node_package_before_root: true },
    files: {
      "packages.yml": "packages: [{local: extra}]\n",
      "extra/dbt_project.yml": "name: extra\nversion: '1.0'\n",
      "extra/models/a.sql": "{{ config(schema='extra') }} select 1 as id",
      "extra/models/b.sql": "select * from {{ ref('a') }}",
      "models/a.sql": "select 1 as id",
    },
    steps: ["deps", "ls -s +b"],
  },
  {
    flags: { require_valid_schema_from_generate_schema_name: true },
    files: {
      "macros/names.sql": "{% macro generate_schema_name(custom_schema_name, node) %}{{ return(none) }}{% endmacro %}",
      "models/a.sql": "select 1 as id",
    },
    steps: ["parse"],
  },
  {
    flags: { allow_jinja_file_extensions: true },
    files: { "models/a.sql": "select 1 as id", "models/b.sql.jinja": "select 2 as id", "models/c.jinja": "select 3" },
    steps: ["ls"],
  },
  {
    flags: { require_sql_header_in_test_configs: true },
    files: {
      "models/a.sql": "select 1 as id",
      "models/a.yml":
        "models: [{name: a, columns: [{name: id, data_tests: [{not_null: {config: {sql_header: 'set threads = 2;'}}}]}]}]\n",
    },
    steps: ["parse", "test", "ls --resource-type test --output json --output-keys config.sql_header"],
  },
  {
    flags: { support_custom_ref_kwargs: true },
    files: {
      "macros/ref.sql": "{% macro ref(name, layer=none) %}{% do return(builtins.ref(name)) %}{% endmacro %}",
      "models/a.sql": "select 1 as id",
      "models/b.sql": "select id from {{ ref('a', layer='x') }}",
      "models/b.yml":
        "models: [{name: b, columns: [{name: id, data_tests: [{relationships: {arguments: {to: \"ref('a', layer='x')\", field: id}}}]}]}]\n" +
        "unit_tests: [{name: u, model: b, given: [{input: \"ref('a', layer='x')\", rows: [{id: 4}]}], expect: {rows: [{id: 4}]}}]\n",
    },
    steps: ["build"],
  },
  {
    flags: { require_corrected_analysis_fqns: true },
    files: { "analyses/sub/n.sql": "select 1", "models/a.sql": "select 1 as id" },
    project: "analysis-paths: [analyses]\n",
    steps: ["ls --output json --output-keys fqn unique_id", "ls -s shop.analysis.sub", "ls -s shop.sub"],
    unlike: /^ +hint: /,
  },
  {
    flags: { require_source_and_semantic_model_names_without_spaces: true },
    files: { "models/sources.yml": "sources: [{name: s s, tables: [{name: t t}]}]\n" },
    steps: ["parse"],
  },
  {
    flags: { enable_grouped_warn_error_parser_logs: true },
    files: {
      "models/a.sql": "select 1 as id",
      "models/a.yml": "models: [{name: nope}, {name: neither}]\nmacros: [{name: not_there}]\n",
    },
    steps: ["parse", "--warn-error parse"],
    unlike: /^Performance info/,
  },
  {
    flags: { latest_version_pointer_enabled_by_default: true },
    files: {
      "models/a_v1.sql": "select 1 as id",
      "models/a_v2.sql": "select 2 as id",
      "models/a.yml": "models: [{name: a, latest_version: 2, versions: [{v: 1}, {v: 2}]}]\n",
    },
    steps: [
      "run",
      { args: ["-q", "show", "--inline-direct", "select table_name from information_schema.tables order by 1"] },
    ],
  },
  {
    flags: { require_event_names_in_deprecations: true },
    files: {
      "models/a.sql": "select 1 as id",
      "models/a.yml":
        "models:\n  - name: a\n    deprecation_date: 2020-01-01\n    columns: [{name: id, tests: [unique]}]\n    tests: [{accepted_values: {column_name: id, values: [1]}}]\n",
    },
    project: "log-path: other_logs\n",
    steps: ["parse", "--show-all-deprecations parse"],
  },
];

/** Parsed whole each time: what dbt keeps of a parse, it does not warn of again. */
const WHOLE = { DBT_PARTIAL_PARSE: "0" };

const stepOf = (step: string | Step): Step =>
  typeof step === "string"
    ? { args: step.split(" ").map((word) => word.replace("{q}", "select made from a")), env: WHOLE }
    : { ...step, env: { ...WHOLE, ...step.env } };

/** A scenario for each flag: its steps with dbt's default, then with the flag set the other way. */
export const FLAG_SCENARIOS: Scenario[] = FLAGS.map(({ flags, files, steps, project = "", unlike }) => {
  const base = `name: shop\nversion: '1.0'\nprofile: shop\n${project}`;
  const lines = Object.entries(flags).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`);
  const [first, ...rest] = steps.map(stepOf).map((step) => ({ ...step, ...(unlike ? { unlike } : {}) })) as [
    Step,
    ...Step[],
  ];
  return {
    name: `flag ${Object.keys(flags).join(", ")}`,
    files: { "dbt_project.yml": base, "profiles.yml": PROFILES, ...files },
    steps: [
      first,
      ...rest,
      { ...first, files: { ...first.files, "dbt_project.yml": `${base}flags:\n${lines.join("")}` } },
      ...rest,
    ],
    unordered: true,
  };
});
