import type { Scenario } from "./deps.ts";

const output = (schema: string) => `{type: duckdb, path: shop.duckdb, schema: ${schema}, threads: 1}`;

/** A project with a failing test, and two targets in one database. */
const SHOP = {
  "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
  "profiles.yml":
    `shop:\n  target: prod\n  outputs:\n    prod: ${output("prod")}\n    dev: ${output("dev")}\n` +
    `other:\n  target: prod\n  outputs:\n    prod: ${output("other")}\n`,
  "models/a.sql": "{{ config(materialized='table') }} select 1 as id, date '2024-01-01' as happened",
  "models/b.sql": "select id + 1 as id, happened from {{ ref('a') }}",
  "models/c.sql":
    "{{ config(materialized='table') }} select id from {{ ref('b') }} union all select n from {{ ref('s') }}",
  "models/schema.yml":
    "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests: [unique, {accepted_values: {arguments: {values: [5]}}}]\n" +
    "  - name: c\n    columns:\n      - name: id\n        data_tests: [{relationships: {arguments: {to: ref('s'), field: n}}}]\n",
  "seeds/s.csv": "n\n1\n2\n",
  "tests/both.sql": "select * from {{ ref('a') }} a join {{ ref('c') }} c using (id) where false",
};
const changed = { "models/b.sql": "select id + 2 as id, happened from {{ ref('a') }}" };
const step = (line: string, more: object = {}) => ({ args: line.split(" "), ...more });

/** What dbt says of the thread that a batch failed in. */
const BATCH_ERROR = /^(Exception on worker thread|\[ERROR\]: Unhandled error|Runtime Error in model|\s)/;

const STEPS: Scenario[] = [
  {
    name: "deferring to a state",
    files: SHOP,
    steps: [
      step("build --exclude test_type:generic"),
      step("ls -s state:modified --state state", { copy: ["target", "state"] }),
      step("ls -s state:modified --state state", { files: changed }),
      step("ls -s state:modified+ --state state --resource-type model"),
      step("run --target dev -s state:modified --state state"),
      step("run --target dev -s state:modified --state state --defer"),
      step("run --target dev -s c --defer --state state"),
      step("run --target dev -s c --defer --state state --favor-state"),
      step("run --target dev -s b", { env: { DBT_DEFER: "1", DBT_STATE: "state" } }),
      step("run --target dev -s c", { env: { DBT_DEFER: "1", DBT_DEFER_STATE: "state", DBT_FAVOR_STATE: "1" } }),
      step("test --target dev -s test_type:singular --defer --state state"),
      step("build --target dev -s c --defer --state state --indirect-selection cautious"),
      step("run --target dev -s c --defer", { unlike: /^Concurrency|^Finished running/ }),
      step("run --target dev -s c --defer --state nowhere", { unlike: /^Concurrency|^Finished running/ }),
    ],
  },
  {
    name: "which tests come along",
    files: SHOP,
    steps: [
      step("ls -s a --indirect-selection eager"),
      step("ls -s a --indirect-selection cautious"),
      step("ls -s a c --indirect-selection cautious"),
      step("ls -s b+ --indirect-selection buildable"),
      step("ls -s c --indirect-selection buildable"),
      step("ls -s a --indirect-selection empty"),
      step("ls -s a", { env: { DBT_INDIRECT_SELECTION: "empty" } }),
      step("build -s a --indirect-selection empty"),
    ],
  },
  {
    name: "kinds of resources",
    files: SHOP,
    steps: [
      step("build --resource-type model seed"),
      step("build --exclude-resource-type test"),
      step("build", { env: { DBT_RESOURCE_TYPES: "seed" } }),
      step("ls", { env: { DBT_EXCLUDE_RESOURCE_TYPES: "test" } }),
      step("ls --resource-type test --output name"),
      step("ls --output path"),
      step("ls --output json --output-keys name config.materialized depends_on -s a"),
      step("ls --output json --output-keys nope -s a"),
    ],
  },
  {
    name: "showing and compiling",
    files: SHOP,
    steps: [
      step("build --exclude-resource-type test"),
      { args: ["show", "--inline", "select * from {{ ref('c') }} order by id", "--limit", "2", "--output", "json"] },
      { args: ["show", "--inline", "select 1 as x, 'é' as y"] },
      { args: ["show", "--inline-direct", "select 3 as x"] },
      step("show -s s --limit -1 --exclude-resource-type test", {
        args: ["show", "-s", "s", "--exclude", "resource_type:test", "--limit", "-1"],
      }),
      step("show -s b --limit 0"),
      { args: ["compile", "--inline", "select * from {{ ref('a') }}"] },
      { args: ["compile", "--inline", "select * from {{ ref('a') }}", "--output", "json"] },
      step("compile -s a --output json"),
      step("compile -s b --empty"),
    ],
  },
  {
    name: "failures that are stored",
    files: SHOP,
    steps: [
      step("build --store-failures"),
      step("test -s a --store-failures"),
      step("test -s a"),
      step("test -s a", { env: { DBT_STORE_FAILURES: "1" } }),
    ],
  },
  {
    name: "where things are",
    files: SHOP,
    steps: [
      step("run -s a --target-path other_target"),
      step("run -s a", { env: { DBT_TARGET_PATH: "other_target" } }),
      step("run -s a --profile other"),
      step("run -s a --project-dir ."),
      step("run -s a --cache-selected-only"),
      step("run -s a --full-refresh --threads 2"),
      step("run --empty --exclude c"),
      step("run -s nothing_there"),
      step("run -s a --target nope"),
    ],
  },
  {
    name: "retrying",
    files: { ...SHOP, "models/b.sql": "select {{ var('column', 'nope') }} as id, happened from {{ ref('a') }}" },
    steps: [
      step("retry"),
      step("seed"),
      step("run"),
      step("retry"),
      { args: ["retry", "--vars", "{column: id}"] },
      step("retry"),
      step("build --exclude c both"),
      step("retry"),
      step("test -s a"),
      step("retry"),
    ],
  },
  {
    name: "repeating single batches",
    files: {
      "dbt_project.yml": SHOP["dbt_project.yml"],
      "profiles.yml": SHOP["profiles.yml"],
      "models/events.sql":
        "{{ config(materialized='table', event_time='happened') }}\n" +
        "select n as id, timestamp '2024-01-01' + interval (n) day as happened from range(4) t(n)",
      "models/daily.sql":
        "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day', begin='2024-01-01') }}\n" +
        "select id, happened {% if model.batch and model.batch.id == '20240103' and var('broken', true) %}, nope {% endif %} from {{ ref('events') }}",
    },
    steps: [
      step("run --event-time-start 2024-01-01 --event-time-end 2024-01-05", { unlike: BATCH_ERROR }),
      step("retry", { unlike: BATCH_ERROR }),
      { args: ["retry", "--vars", "{broken: false}"] },
      { args: ["-q", "show", "--inline", "select count(*) as n from {{ ref('daily') }}"] },
    ],
  },
  {
    name: "cloning",
    files: SHOP,
    steps: [
      step("build --exclude-resource-type test"),
      // dbt clones in any order.
      step("clone --target dev", { copy: ["target", "state"], unlike: /^Concurrency|already exists$/ }),
      step("clone --target dev --state state"),
      step("clone --target dev --state state", { unlike: /already exists$/ }),
      step("clone --target dev --state state -s a --full-refresh"),
      step("clone --target dev --state state --resource-type seed"),
      step("retry"),
    ],
  },
];

/** Whole flows of the command line; each step's output, exit code and run_results.json are compared. */
export const FLOWS: Scenario[] = STEPS.map((flow) => ({ ...flow, unordered: true }));
