import { model } from "./files.ts";
import type { Scenario } from "./run.ts";

const RAW = [
  "create table raw.s (id Int32, v String) engine MergeTree order by id",
  "insert into raw.s values (1, 'a'), (2, 'b')",
];
const NEWS = [
  "alter table raw.s update v = 'B' where id = 2 settings mutations_sync = 2",
  "insert into raw.s values (3, 'c')",
];

/** The cluster of which the front is the only server. */
export const CLUSTER = "one";

const base = { profile: { cluster: CLUSTER }, prepare: RAW, args: ["run"] };
const table = (extra = "") =>
  model("materialized='distributed_table', order_by='id', sharding_key='id'", `select id, v${extra} from raw.s`);

const STRATEGIES = [
  ["append", "incremental_strategy='append', unique_key='id'"],
  ["delete+insert", "incremental_strategy='delete+insert', unique_key='id'"],
  ["legacy", "incremental_strategy='legacy', unique_key='id'"],
  ["insert_overwrite", "incremental_strategy='insert_overwrite', partition_by='id'"],
] as const;

function grows([name, config]: (typeof STRATEGIES)[number], more = "", extra = ""): { [path: string]: string } {
  const next = name === "append" ? "where id > (select max(id) from {{ this }})" : "where id > 1";
  return model(
    `materialized='distributed_incremental', order_by='id', sharding_key='id', ${config}${more}`,
    `select id, v${extra} from raw.s {% if is_incremental() %} ${next} {% endif %}`,
  );
}

const TABLES: Scenario[] = [
  {
    ...base,
    materialization: "distributed_table",
    operation: "first build",
    after: table(),
    rows: [
      [1, "a"],
      [2, "b"],
    ],
  },
  {
    ...base,
    materialization: "distributed_table",
    operation: "schema change",
    before: table(),
    between: NEWS,
    after: table(", id * 2 as w"),
    rows: [
      [1, "a", 2],
      [2, "B", 4],
      [3, "c", 6],
    ],
  },
];

const INCREMENTALS: Scenario[] = STRATEGIES.flatMap((strategy): Scenario[] => {
  const [name] = strategy;
  const common = { ...base, materialization: "distributed_incremental", variation: name };
  const second = name === "append" ? "b" : "B";
  return [
    {
      ...common,
      operation: "first build",
      after: grows(strategy),
      rows: [
        [1, "a"],
        [2, "b"],
      ],
    },
    {
      ...common,
      operation: "rebuild",
      before: grows(strategy),
      between: NEWS,
      after: grows(strategy),
      rows: [
        [1, "a"],
        [2, second],
        [3, "c"],
      ],
      // Shards delete by themselves, in place: until the new rows are in, the old ones of their keys are gone.
      ...(name === "delete+insert" ? { meanwhile: [[[1, "a"]]] } : {}),
    },
    {
      ...common,
      operation: "full refresh",
      before: grows(strategy),
      between: NEWS,
      after: grows(strategy, "", ", id * 2 as w"),
      args: ["run", "--full-refresh"],
      rows: [
        [1, "a", 2],
        [2, "B", 4],
        [3, "c", 6],
      ],
    },
  ];
});

/** Tables over a cluster. */
export const CLUSTERS: Scenario[] = [...TABLES, ...INCREMENTALS];
