import { ENGINES, model } from "./files.ts";
import type { Scenario } from "./run.ts";

const RAW = [
  "create table raw.s (id Int32, v String, at DateTime) engine MergeTree order by id",
  "insert into raw.s values (1, 'a', '2024-01-01'), (2, 'b', '2024-01-01')",
];
const NEWS = [
  "alter table raw.s update v = 'B', at = '2024-02-01' where id = 2 settings mutations_sync = 2",
  "alter table raw.s delete where id = 1 settings mutations_sync = 2",
  "insert into raw.s values (3, 'c', '2024-02-01')",
];

const seed = (csv: string) => ({
  "seeds/m.csv": csv,
  "seeds/m.yml": "seeds:\n  - name: m\n    config: {column_types: {id: Int32, v: String}}\n",
});

const SEEDS: Scenario[] = ENGINES.flatMap((engine): Scenario[] => [
  {
    materialization: "seed",
    operation: "first build",
    engine,
    after: seed("id,v\n1,a\n"),
    args: ["seed"],
    rows: [[1, "a"]],
  },
  {
    materialization: "seed",
    operation: "rebuild",
    engine,
    before: seed("id,v\n1,a\n"),
    after: seed("id,v\n1,A\n2,b\n"),
    args: ["seed"],
    rows: [
      [1, "A"],
      [2, "b"],
    ],
  },
  {
    materialization: "seed",
    operation: "full refresh",
    variation: "other columns",
    engine,
    before: seed("id,v\n1,a\n"),
    after: seed("id,v,w\n1,A,x\n"),
    args: ["seed", "--full-refresh"],
    rows: [[1, "A", "x"]],
  },
]);

const snapshot = (config: string, extra = "") => ({
  "snapshots/m.sql": `{% snapshot m %}{{ config(target_schema='shop', unique_key='id', ${config}) }}\nselect id, v, at${extra} from raw.s\n{% endsnapshot %}`,
});
const STAMPED = "strategy='timestamp', updated_at='at'";
const CHECKED = "strategy='check', check_cols=['v']";
const HISTORY = "select id, v, dbt_valid_to is null from shop.m order by all";

const SNAPSHOTS: Scenario[] = ENGINES.flatMap((engine): Scenario[] => [
  {
    materialization: "snapshot",
    operation: "first build",
    engine,
    prepare: RAW,
    after: snapshot(STAMPED),
    args: ["snapshot"],
    check: HISTORY,
    rows: [
      [1, "a", 1],
      [2, "b", 1],
    ],
  },
  ...[STAMPED, CHECKED].map(
    (config): Scenario => ({
      materialization: "snapshot",
      operation: "rebuild",
      variation: config === STAMPED ? "timestamp" : "check",
      engine,
      prepare: RAW,
      before: snapshot(config),
      between: NEWS,
      after: snapshot(config),
      args: ["snapshot"],
      check: HISTORY,
      rows: [
        [1, "a", 1],
        [2, "B", 1],
        [2, "b", 0],
        [3, "c", 1],
      ],
    }),
  ),
  {
    materialization: "snapshot",
    operation: "schema change",
    variation: "a new column, rows deleted",
    engine,
    profile: { custom_settings: { join_use_nulls: 1 } },
    prepare: RAW,
    before: snapshot(STAMPED),
    between: NEWS,
    after: snapshot(`${STAMPED}, hard_deletes='invalidate'`, ", id * 2 as w"),
    args: ["snapshot"],
    check: HISTORY,
    rows: [
      [1, "a", 0],
      [2, "B", 1],
      [2, "b", 0],
      [3, "c", 1],
    ],
  },
]);

const dictionary = (extra = "") =>
  model(
    `materialized='dictionary', fields=[('id', 'UInt64'), ('v', 'String')${extra && ", ('w', 'UInt64')"}], primary_key='id', layout='FLAT()', lifetime='0'`,
    `select id, v${extra} from raw.s`,
  );

const DICTIONARIES: Scenario[] = [
  {
    materialization: "dictionary",
    operation: "first build",
    prepare: RAW,
    after: dictionary(),
    args: ["run"],
    check: "select name from system.dictionaries where database = 'shop'",
    rows: [["m"]],
  },
  {
    materialization: "dictionary",
    operation: "schema change",
    prepare: RAW,
    before: dictionary(),
    after: dictionary(", id * 2 as w"),
    args: ["run"],
    check: "select name, arrayFilter(n -> n != 'w', attribute.names) from system.dictionaries where database = 'shop'",
    rows: [["m", ["v"]]],
  },
];

const microbatch = (extra = "", more = "") =>
  model(
    `materialized='incremental', incremental_strategy='microbatch', event_time='at', begin='2024-01-01', batch_size='month', unique_key='id', order_by='id'${more}`,
    `select id, v, at${extra} from raw.s where at >= toDateTime('{{ model.batch.event_time_start.strftime("%Y-%m-%d %H:%M:%S") if model.batch else "2024-01-01 00:00:00" }}') and at < toDateTime('{{ model.batch.event_time_end.strftime("%Y-%m-%d %H:%M:%S") if model.batch else "2025-01-01 00:00:00" }}')`,
  );
const MONTHS = ["--event-time-start", "2024-01-01", "--event-time-end", "2024-03-01"];

const MICROBATCHES: Scenario[] = [
  {
    materialization: "incremental",
    operation: "first build",
    variation: "microbatch",
    prepare: [...RAW, "insert into raw.s values (3, 'c', '2024-02-01')"],
    after: microbatch(),
    args: ["run", ...MONTHS],
    check: "select id, v from shop.m order by all",
    // Each batch is whole by itself.
    meanwhile: [
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
  },
  {
    materialization: "incremental",
    operation: "rebuild",
    variation: "microbatch",
    prepare: RAW,
    before: microbatch(),
    between: [
      "alter table raw.s update v = 'B' where id = 2 settings mutations_sync = 2",
      "insert into raw.s values (3, 'c', '2024-02-01')",
    ],
    after: microbatch(),
    args: ["run", ...MONTHS],
    check: "select id, v from shop.m order by all",
    meanwhile: [
      [
        [1, "a"],
        [2, "B"],
      ],
    ],
    rows: [
      [1, "a"],
      [2, "B"],
      [3, "c"],
    ],
  },
];

const clone = (before?: Scenario["before"]): Partial<Scenario> => ({
  materialization: "clone",
  state: model("materialized='table', order_by='id'", "select 2 as id, 'b' as v"),
  after: model("materialized='table', order_by='id'", "select 2 as id, 'b' as v"),
  args: ["clone", ...(before ? ["--full-refresh"] : [])],
  ...(before ? { before, beforeArgs: ["run"] } : {}),
  rows: [[2, "b"]],
});

const CLONES = [
  { ...clone(), operation: "first build" },
  { ...clone(model("materialized='table', order_by='id'", "select 1 as id, 'a' as v")), operation: "rebuild" },
  {
    ...clone(model("materialized='view'", "select 1 as id, 'a' as v")),
    operation: "change of kind",
    variation: "it was a view",
  },
] as Scenario[];

const audited = (kind: string, sql: string) => ({
  ...model(`materialized='${kind}', wap=true, order_by='id', unique_key='id'`, sql),
  "models/m.yml": "models:\n  - name: m\n    columns: [{name: id, data_tests: [unique, not_null]}]\n",
});

const AUDITED: Scenario[] = ENGINES.flatMap((engine) =>
  ["table", "view", "incremental"].flatMap((kind): Scenario[] => {
    const adds = kind === "incremental";
    return [
      {
        materialization: `wap ${kind}`,
        operation: "first build",
        engine,
        after: audited(kind, "select 1 as id, 'a' as v"),
        args: ["build"],
        rows: [[1, "a"]],
      },
      {
        materialization: `wap ${kind}`,
        operation: "rebuild",
        engine,
        before: audited(kind, "select 1 as id, 'a' as v"),
        after: audited(kind, "select 2 as id, 'b' as v"),
        args: ["build"],
        rows: adds
          ? [
              [1, "a"],
              [2, "b"],
            ]
          : [[2, "b"]],
      },
    ];
  }),
);

/** Everything that is neither table nor view. */
export const OTHERS: Scenario[] = [...SEEDS, ...SNAPSHOTS, ...DICTIONARIES, ...MICROBATCHES, ...CLONES, ...AUDITED];
