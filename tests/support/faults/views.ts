import { model } from "./files.ts";
import type { Scenario } from "./run.ts";

const SOURCE = [
  "create table raw.s (id Int32, v String) engine MergeTree order by id",
  "insert into raw.s values (1, 'a')",
  "insert into raw.s values (2, 'b')",
];
const MORE = ["insert into raw.s values (3, 'c')"];
const WRITE = "insert into raw.s values (9, 'z')";

const MV = "materialized='materialized_view', order_by='id'";
const ROWS = "select id, v from raw.s";
const WIDER = "select id, v, id * 2 as w from raw.s";

/** Two queries into one table. */
const SEVERAL = (extra: string) => `--one:begin
select id, v${extra} from raw.s
--one:end
union all
--two:begin
select id + 100 as id, v${extra} from raw.s
--two:end`;

const base = { materialization: "materialized_view", prepare: SOURCE, args: ["run"] };
const live = (...row: unknown[]) => ({ write: WRITE, row });

/** The view with the table that it fills, in one model. */
const IMPLICIT: Scenario[] = [
  {
    ...base,
    operation: "first build",
    after: model(MV, ROWS),
    rows: [
      [1, "a"],
      [2, "b"],
    ],
    live: live(9, "z"),
  },
  {
    ...base,
    operation: "rebuild",
    before: model(MV, ROWS),
    between: MORE,
    after: model(MV, ROWS),
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
    live: live(9, "z"),
  },
  {
    ...base,
    operation: "schema change",
    variation: "append_new_columns",
    before: model(MV, ROWS),
    after: model(`${MV}, on_schema_change='append_new_columns'`, WIDER),
    check: "select id, v from shop.m order by all",
    rows: [
      [1, "a"],
      [2, "b"],
    ],
    live: live(9, "z"),
  },
  {
    ...base,
    operation: "schema change",
    variation: "sync_all_columns",
    before: model(MV, "select id, v, 'gone' as g from raw.s"),
    after: model(`${MV}, on_schema_change='sync_all_columns'`, WIDER),
    check: "select id, v from shop.m order by all",
    rows: [
      [1, "a"],
      [2, "b"],
    ],
    live: live(9, "z"),
  },
  ...(["Atomic", "Ordinary"] as const).map(
    (engine): Scenario => ({
      ...base,
      engine,
      operation: "full refresh",
      before: model(MV, ROWS),
      between: MORE,
      after: model(MV, ROWS),
      args: ["run", "--full-refresh"],
      rows: [
        [1, "a"],
        [2, "b"],
        [3, "c"],
      ],
      live: live(9, "z"),
    }),
  ),
  {
    ...base,
    operation: "full refresh",
    variation: "other columns",
    before: model(MV, ROWS),
    after: model(MV, WIDER),
    args: ["run", "--full-refresh"],
    rows: [
      [1, "a", 2],
      [2, "b", 4],
    ],
    live: live(9, "z", 18),
  },
  {
    ...base,
    operation: "first build",
    variation: "catchup: false",
    after: model(`${MV}, catchup=false`, ROWS),
    rows: [],
  },
  {
    ...base,
    operation: "full refresh",
    variation: "catchup: false",
    before: model(`${MV}, catchup=false`, ROWS),
    between: MORE,
    after: model(`${MV}, catchup=false`, ROWS),
    args: ["run", "--full-refresh"],
    rows: [],
  },
  {
    ...base,
    operation: "first build",
    variation: "several into one",
    after: model(MV, SEVERAL("")),
    rows: [
      [1, "a"],
      [2, "b"],
      [101, "a"],
      [102, "b"],
    ],
  },
  {
    ...base,
    operation: "rebuild",
    variation: "several into one",
    before: model(MV, SEVERAL("")),
    between: MORE,
    after: model(MV, SEVERAL("")),
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [101, "a"],
      [102, "b"],
      [103, "c"],
    ],
  },
  {
    ...base,
    operation: "full refresh",
    variation: "several into one",
    before: model(MV, SEVERAL("")),
    between: MORE,
    after: model(MV, SEVERAL(", id as w")),
    args: ["run", "--full-refresh"],
    rows: [
      [1, "a", 1],
      [2, "b", 2],
      [3, "c", 3],
      [101, "a", 101],
      [102, "b", 102],
      [103, "c", 103],
    ],
  },
];

const REFRESHED = (interval: string, append = "") => `${MV}, refreshable={'interval': '${interval}'${append}}`;

const REFRESHABLE: Scenario[] = [
  {
    ...base,
    operation: "first build",
    variation: "refreshable",
    after: model(REFRESHED("every 1 year"), ROWS),
    rows: [
      [1, "a"],
      [2, "b"],
    ],
  },
  {
    ...base,
    operation: "rebuild",
    variation: "refreshable, another interval",
    before: model(REFRESHED("every 1 year"), ROWS),
    after: model(REFRESHED("every 2 year"), ROWS),
    rows: [
      [1, "a"],
      [2, "b"],
    ],
  },
  {
    ...base,
    operation: "full refresh",
    variation: "refreshable",
    before: model(REFRESHED("every 1 year"), ROWS),
    between: MORE,
    after: model(REFRESHED("every 1 year"), ROWS),
    args: ["run", "--full-refresh"],
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
  },
  {
    ...base,
    operation: "first build",
    variation: "refreshable, append",
    after: model(REFRESHED("every 1 year", ", 'append': true"), ROWS),
    rows: [
      [1, "a"],
      [2, "b"],
    ],
  },
  {
    ...base,
    operation: "full refresh",
    variation: "it was refreshable",
    before: model(REFRESHED("every 1 year"), ROWS),
    after: model(MV, ROWS),
    args: ["run", "--full-refresh"],
    rows: [
      [1, "a"],
      [2, "b"],
    ],
  },
];

/** A view over a table that is another model. */
const explicit = (extra = "", more = "", target = "") => ({
  ...model(`materialized='table', order_by='id'${target}`, `select toInt32(0) as id, '' as v${extra} where 0`),
  ...model(
    `materialized='materialized_view'${more}`,
    `{{ materialization_target_table(ref('m')) }}\nselect id, v${extra} from raw.s`,
    "w",
  ),
});

const EXPLICIT: Scenario[] = [
  {
    ...base,
    operation: "first build",
    variation: "explicit target",
    after: explicit(),
    rows: [
      [1, "a"],
      [2, "b"],
    ],
    live: live(9, "z"),
  },
  {
    ...base,
    operation: "rebuild",
    variation: "explicit target",
    before: explicit(),
    between: MORE,
    after: explicit(),
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
    live: live(9, "z"),
  },
  {
    ...base,
    operation: "schema change",
    variation: "explicit target, append_new_columns",
    before: explicit(),
    after: explicit(", toInt32(id * 2) as w", "", ", mv_on_schema_change='append_new_columns'"),
    check: "select id, v from shop.m order by all",
    rows: [
      [1, "a"],
      [2, "b"],
    ],
    live: live(9, "z"),
  },
  {
    ...base,
    operation: "full refresh",
    variation: "explicit target",
    before: explicit(),
    between: MORE,
    after: explicit(),
    args: ["run", "--full-refresh"],
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
    // The table is a model of its own, and has its own rows until the view's model puts in those of its sources.
    meanwhile: [[]],
  },
  {
    ...base,
    operation: "full refresh",
    variation: "explicit target, repopulated from its views",
    before: explicit("", ", catchup=false"),
    between: MORE,
    after: explicit("", ", catchup=false", ", repopulate_from_mvs_on_full_refresh=true"),
    args: ["run", "--full-refresh"],
    rows: [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
    live: live(9, "z"),
  },
];

/** Materialized views in each of their forms. */
export const VIEWS: Scenario[] = [...IMPLICIT, ...REFRESHABLE, ...EXPLICIT];
