import { model } from "./files.ts";

/** A model (or seed, snapshot …) before and after a change, and the command that makes the change. */
export interface AthenaScenario {
  materialization: string;
  operation: "first build" | "rebuild" | "full refresh" | "schema change" | "change of kind";
  variation?: string;
  before?: { [path: string]: string };
  beforeArgs?: string[];
  after: { [path: string]: string };
  args: string[];
  /** Readers may find no table for a while: the model asks for it, or the format allows no better. */
  gap?: boolean;
  /** Rows that readers may find for a while: a part is there before the rest. */
  meanwhile?: string[][][];
  /** Whose rows are compared; `select * from m order by 1, 2` if not given. */
  check?: string;
  rows: string[][];
}

const OLD = "select 1 as id, 'a' as v union all select 2, 'b'";
const NEW = "select 2 as id, 'B' as v union all select 3, 'c'";
const NEW_ROWS = [
  ["2", "B"],
  ["3", "c"],
];
const MERGED = [["1", "a"], ...NEW_ROWS];
const args = ["build"];
const fresh = ["build", "--full-refresh"];

const TABLE_CONFIGS: { variation: string; config: string; gap?: boolean }[] = [
  { variation: "Hive", config: "" },
  { variation: "Hive, partitioned", config: ", partitioned_by=['v']" },
  { variation: "Hive, batches", config: ", partitioned_by=['v'], force_batch=true, partitions_limit=1" },
  { variation: "Hive, ha: true", config: ", ha=true, versions_to_keep=1" },
  { variation: "Hive, ha: false", config: ", ha=false", gap: true },
  { variation: "Hive, wap: true", config: ", meta={'wap': true}" },
  { variation: "Hive, wap: true, partitioned", config: ", meta={'wap': true}, partitioned_by=['v']" },
  { variation: "Hive, one place", config: ", s3_data_naming='schema_table'", gap: true },
  { variation: "Iceberg", config: ", table_type='iceberg'" },
  {
    variation: "Iceberg, batches",
    config: ", table_type='iceberg', partitioned_by=['v'], force_batch=true, partitions_limit=1",
  },
];

const table = (config: string, sql: string) => model(`materialized='table'${config}`, sql);

/** Each batch is a commit of its own. */
const inBatches = (variation: string) => (variation.includes("batches") ? { meanwhile: [NEW_ROWS.slice(0, 1)] } : {});

const TABLES: AthenaScenario[] = TABLE_CONFIGS.flatMap(({ variation, config, gap }): AthenaScenario[] => {
  const common = { materialization: "table", variation, after: table(config, NEW), args, rows: NEW_ROWS };
  return [
    { ...common, operation: "first build", ...inBatches(variation) },
    { ...common, operation: "rebuild", before: table(config, OLD), ...(gap && { gap }) },
  ];
});

const view = (sql: string) => model("materialized='view'", sql);

const KINDS: AthenaScenario[] = [
  { materialization: "view", operation: "first build", after: view(NEW), args, rows: NEW_ROWS },
  { materialization: "view", operation: "rebuild", before: view(OLD), after: view(NEW), args, rows: NEW_ROWS },
  ...(
    [
      ["view", "of a Hive table", table("", OLD), view(NEW)],
      ["table", "of a view", view(OLD), table("", NEW)],
      ["table", "of Hive to Iceberg", table("", OLD), table(", table_type='iceberg'", NEW)],
      ["table", "of Iceberg to Hive", table(", table_type='iceberg'", OLD), table("", NEW)],
    ] as const
  ).map(
    ([materialization, variation, before, after]): AthenaScenario => ({
      materialization,
      operation: "change of kind",
      variation,
      before,
      after,
      args,
      gap: true,
      rows: NEW_ROWS,
    }),
  ),
];

const STRATEGIES = [
  {
    variation: "append",
    config: "incremental_strategy='append'",
    ends: [
      ["1", "a"],
      ["2", "b"],
      ["3", "c"],
    ],
  },
  {
    variation: "append, Iceberg",
    config: "incremental_strategy='append', table_type='iceberg'",
    ends: [
      ["1", "a"],
      ["2", "b"],
      ["3", "c"],
    ],
  },
  {
    variation: "insert_overwrite",
    config: "incremental_strategy='insert_overwrite', partitioned_by=['p']",
    ends: [
      ["1", "a", "1"],
      ["2", "B", "2"],
      ["3", "c", "3"],
    ],
  },
  { variation: "merge", config: "incremental_strategy='merge', unique_key='id', table_type='iceberg'", ends: MERGED },
  {
    variation: "merge, batches",
    config:
      "incremental_strategy='merge', unique_key='id', table_type='iceberg', partitioned_by=['v'], force_batch=true, partitions_limit=1",
    ends: MERGED,
  },
];

function grows(config: string, sql: string): { [path: string]: string } {
  const appends = config.includes("'append'");
  const query = config.includes("'insert_overwrite'")
    ? `select id, v, id as p from (${sql})`
    : `select * from (${sql})`;
  const where = appends ? " {% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}" : "";
  return model(`materialized='incremental', ${config}`, `${query}${where}`);
}

const INCREMENTALS: AthenaScenario[] = STRATEGIES.flatMap(({ variation, config, ends }): AthenaScenario[] => {
  const common = { materialization: "incremental", variation, after: grows(config, NEW) };
  const whole = config.includes("'insert_overwrite'") ? NEW_ROWS.map((row) => [...row, row[0]!]) : NEW_ROWS;
  return [
    { ...common, operation: "first build", args, rows: whole, ...inBatches(variation) },
    {
      ...common,
      operation: "rebuild",
      before: grows(config, OLD),
      args,
      rows: ends,
      // A partition's old files are deleted before its new ones are written.
      ...(variation === "insert_overwrite" && { meanwhile: [[["1", "a", "1"]]] }),
      ...(variation.includes("batches") && { meanwhile: [MERGED.slice(0, 2)] }),
    },
    {
      ...common,
      operation: "full refresh",
      before: grows(config, OLD),
      args: fresh,
      rows: whole,
      ...(!config.includes("iceberg") && { gap: true }),
    },
  ];
});

const widened: AthenaScenario = {
  materialization: "incremental",
  operation: "schema change",
  variation: "append_new_columns, Iceberg",
  before: grows(`${STRATEGIES[3]!.config}, on_schema_change='append_new_columns'`, OLD),
  after: grows(
    `${STRATEGIES[3]!.config}, on_schema_change='append_new_columns'`,
    "select 2 as id, 'B' as v, 'x' as w union all select 3, 'c', 'y'",
  ),
  args,
  check: "select id, v, coalesce(w, '') from m order by 1",
  meanwhile: [
    [
      ["1", "a", ""],
      ["2", "b", ""],
    ],
  ],
  rows: [
    ["1", "a", ""],
    ["2", "B", "x"],
    ["3", "c", "y"],
  ],
};

function snapshot(config: string, sql: string): { [path: string]: string } {
  const settings =
    "target_schema=target.schema, unique_key='id', strategy='check', check_cols=['v'], hard_deletes='invalidate'";
  return { "snapshots/m.sql": `{% snapshot m %}{{ config(${settings}, ${config}) }} ${sql}{% endsnapshot %}` };
}

const SNAPSHOTS: AthenaScenario[] = ["hive", "iceberg"].flatMap((type): AthenaScenario[] => {
  const config = `table_type='${type}'`;
  const common = {
    materialization: "snapshot",
    variation: type === "hive" ? "Hive" : "Iceberg",
    after: snapshot(config, NEW),
    args,
    check: "select id, v, dbt_valid_to is null from m order by 1, 3",
  };
  return [
    { ...common, operation: "first build", rows: NEW_ROWS.map((row) => [...row, "true"]) },
    {
      ...common,
      operation: "rebuild",
      before: snapshot(config, OLD),
      rows: [
        ["1", "a", "false"],
        ["2", "b", "false"],
        ["2", "B", "true"],
        ["3", "c", "true"],
      ],
      ...(type === "hive" && { gap: true }),
    },
  ];
});

const seed = (rows: string, config: string) => ({
  "seeds/m.csv": `id,v\n${rows}`,
  "seeds/m.yml": `seeds: [{ name: m, config: { ${config} } }]`,
});

const SEEDS: AthenaScenario[] = ["false", "true"].flatMap((inserts): AthenaScenario[] => {
  const config = `seed_by_insert: ${inserts}`;
  const common = {
    materialization: "seed",
    variation: inserts === "true" ? "by insert" : "by upload",
    after: seed("2,B\n3,c\n", config),
    args,
    rows: NEW_ROWS,
  };
  return [
    { ...common, operation: "first build" },
    { ...common, operation: "rebuild", before: seed("1,a\n2,b\n", config), gap: true },
  ];
});

/** Every materialization of Athena, with what can be done to it. */
export const ATHENA_SCENARIOS: readonly AthenaScenario[] = [
  ...TABLES,
  ...KINDS,
  ...INCREMENTALS,
  widened,
  ...SNAPSHOTS,
  ...SEEDS,
];
