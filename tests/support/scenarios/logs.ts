import type { Scenario } from "./deps.ts";

/** What happens around statements: which of them are sent, and when, is each tool's own matter. */
const STATEMENTS = new Set([
  ...["ConnectionUsed", "SQLQuery", "SQLQueryStatus", "SQLCommit", "Rollback", "NewConnection", "ConnectionReused"],
  ...["NewConnectionOpening", "ConnectionClosed", "JinjaLogDebug", "AdapterEventDebug", "MarkSkippedChildren"],
]);

interface Logged {
  info: { name: string; level: string; code: string };
  data: { [key: string]: unknown; node_info?: { unique_id?: string; node_status?: string } };
}

/**
 * What a reader of JSON logs relies on: which events there are, of which level and with which data, and what is told of each
 * node in which order.
 */
export function eventLines(text: string): string[] {
  const events = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Logged);
  const kinds = events.map(({ info: { name, level, code }, data }) => {
    const fields = Object.keys(data).filter((key) => key !== "node_info" && key !== "tsdbt_code");
    return `${name} ${code} ${level}: ${fields.sort().join(" ")}`;
  });
  const steps = new Map<string, string[]>();
  for (const { info, data } of events) {
    const id = data.node_info?.unique_id;
    if (!id || STATEMENTS.has(info.name)) continue;
    // dbt forgets the status in this one.
    const status =
      id.startsWith("unit_test.") && info.name === "LogTestResult" ? "" : ` (${data.node_info?.node_status})`;
    steps.set(id, [...(steps.get(id) ?? []), info.name + status]);
  }
  return [...new Set(kinds), ...[...steps].map(([id, names]) => `${id}: ${names.join(", ")}`)].sort();
}

const FILES = {
  "dbt_project.yml": 'name: shop\nversion: "1.0"\nprofile: shop\non-run-start: "select 1"\n',
  "profiles.yml": "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n",
  "models/a.sql": "{{ config(materialized='table', post_hook='select 2') }} select 1 as id",
  "models/b.sql": "select * from {{ ref('a') }}",
  "models/e.sql": "{{ config(materialized='ephemeral') }}select * from {{ ref('a') }}",
  "models/inc.sql": "{{ config(materialized='incremental') }}select * from {{ ref('e') }}",
  "models/bad.sql": "{{ config(tags=['bad']) }}select nope from {{ ref('s') }}",
  "models/after.sql": "{{ config(tags=['bad']) }}select * from {{ ref('bad') }}",
  "models/properties.yml":
    "models: [{name: a, columns: [{name: id, data_tests: [unique, {accepted_values: {arguments: {values: [5]}, config: {severity: warn}}}]}]}]\n" +
    "sources: [{name: raw, schema: main, tables: [{name: a, config: {loaded_at_field: 'current_timestamp', freshness: {warn_after: {count: 1, period: day}}}}]}]\n" +
    "unit_tests: [{name: u, model: b, given: [{input: ref('a'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}]\n",
  "seeds/s.csv": "n\n1\n",
  "snapshots/sn.sql":
    "{% snapshot sn %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select 1 as id{% endsnapshot %}",
  "macros/op.sql":
    "{% macro op() %}{% do run_query('select 1') %}{{ log('hi', info=true) }}{% do print('p') %}{% endmacro %}",
};

/**
 * What only one of the two tells: dbt of its own parser and of statements in between, we of the parse on one level. A
 * command that sends no statement of its own opens no connection with us.
 */
const UNLIKE =
  /^(Note|StateCheckVarsHash|UnableToPartialParse|PartialParsing\w+|AdapterEventDebug|ArtifactWritten|MainStackTrace|Rollback|SQL\w+|NewConnection\w*|Connection\w+|SchemaCreation|JinjaLogDebug|FormattingLine|Formatting) /;

const step = (line: string) => ({
  args: ["--log-format", "json", "--log-level", "debug", ...line.split(" ")],
  events: true,
  unlike: UNLIKE,
});

/** The JSON logs of each command. */
export const LOGS: Scenario[] = [
  {
    name: "JSON logs",
    files: FILES,
    steps: [
      ...["parse", "compile -s a b", "seed", "run", "test", "snapshot", "build --exclude tag:bad", "ls -s a"].map(step),
      ...["source freshness", "run-operation op", "show -s b", "docs generate --no-compile"].map(step),
      ...["run -s bad+", "retry", "clean", "deps"].map(step),
    ],
    unordered: true,
  },
];
