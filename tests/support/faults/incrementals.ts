import { ENGINES, model } from "./files.ts";
import type { Scenario } from "./run.ts";

const STRATEGIES: { name: string; config: string }[] = [
  { name: "append", config: "incremental_strategy='append', unique_key='id'" },
  { name: "inserts_only", config: "inserts_only=true, unique_key='id'" },
  { name: "delete+insert", config: "incremental_strategy='delete+insert', unique_key='id'" },
  { name: "legacy", config: "incremental_strategy='legacy', unique_key='id'" },
  { name: "insert_overwrite", config: "incremental_strategy='insert_overwrite', partition_by='id'" },
];

/** Rows 1 and 2 at first; then row 2 again, with another value, and row 3. Appending takes only what is new. */
function grows({ name, config }: (typeof STRATEGIES)[number], more = "", extra = ""): { [path: string]: string } {
  const appends = name === "append" || name === "inserts_only";
  const next = appends ? "where id > (select max(id) from {{ this }})" : "where id > 1";
  return model(
    `materialized='incremental', order_by='id', ${config}${more}`,
    `select id, v${extra} from raw.s {% if is_incremental() %} ${next} {% endif %}`,
  );
}

const RAW = [
  "create table raw.s (id Int32, v String) engine MergeTree order by id",
  "insert into raw.s values (1, 'a'), (2, 'b')",
];
const NEWS = [
  "alter table raw.s update v = 'B' where id = 2 settings mutations_sync = 2",
  "insert into raw.s values (3, 'c')",
];

/** Incremental models: every strategy. */
export const INCREMENTALS: Scenario[] = STRATEGIES.flatMap((strategy) => {
  const appends = strategy.name === "append" || strategy.name === "inserts_only";
  const second = appends ? "b" : "B";
  const common = { materialization: "incremental", variation: strategy.name, prepare: RAW };
  // Only what takes a table's place differs where tables cannot be exchanged.
  const engines = strategy.name === "legacy" || strategy.name === "delete+insert" ? ENGINES : ENGINES.slice(0, 1);
  return engines.flatMap((engine): Scenario[] => [
    {
      ...common,
      engine,
      operation: "first build",
      after: grows(strategy),
      args: ["run"],
      rows: [
        [1, "a"],
        [2, "b"],
      ],
    },
    {
      ...common,
      engine,
      operation: "rebuild",
      before: grows(strategy),
      between: NEWS,
      after: grows(strategy),
      args: ["run"],
      rows: [
        [1, "a"],
        [2, second],
        [3, "c"],
      ],
    },
    {
      ...common,
      engine,
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
    ...[
      {
        ...common,
        variation: `${strategy.name}, append_new_columns`,
        engine,
        operation: "schema change" as const,
        before: grows(strategy),
        between: NEWS,
        after: grows(strategy, ", on_schema_change='append_new_columns'", ", id * 2 as w"),
        args: ["run"],
        rows: [
          [1, "a", 0],
          [2, second, appends ? 0 : 4],
          [3, "c", 6],
        ],
        meanwhile: [
          [
            [1, "a", 0],
            [2, "b", 0],
          ],
        ],
      },
      {
        ...common,
        variation: `${strategy.name}, sync_all_columns`,
        engine,
        operation: "schema change" as const,
        before: grows(strategy, "", ", 'gone' as g, id as t"),
        between: NEWS,
        after: grows(strategy, ", on_schema_change='sync_all_columns'", ", toInt64(id) as t, id * 2 as w"),
        args: ["run"],
        rows: [
          [1, "a", 1, 0],
          [2, second, 2, appends ? 0 : 4],
          [3, "c", 3, 6],
        ],
      },
    ],
  ]);
});
