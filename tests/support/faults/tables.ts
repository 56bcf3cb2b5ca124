import { ENGINES, model } from "./files.ts";
import type { Scenario } from "./run.ts";

const ONE = "select 1 as id, 'a' as v";
const TWO = "select 2 as id, 'b' as v";
const WIDER = "select 2 as id, 'b' as v, 7 as n";

const TABLE = "materialized='table', order_by='id'";
const DETAILED = `${TABLE}, indexes=[{'name': 'i', 'definition': 'v type set(100)'}], projections=[{'name': 'p', 'query': 'select id order by v'}]`;

/** Tables and views. */
export const TABLES: Scenario[] = [
  ...ENGINES.flatMap((engine): Scenario[] => [
    {
      materialization: "table",
      operation: "first build",
      engine,
      after: model(TABLE, ONE),
      args: ["run"],
      rows: [[1, "a"]],
    },
    {
      materialization: "table",
      operation: "rebuild",
      engine,
      before: model(TABLE, ONE),
      after: model(DETAILED, TWO),
      args: ["run"],
      rows: [[2, "b"]],
    },
    {
      materialization: "table",
      operation: "schema change",
      engine,
      before: model(TABLE, ONE),
      after: model(TABLE, WIDER),
      args: ["run", "--full-refresh"],
      rows: [[2, "b", 7]],
    },
    {
      materialization: "table",
      operation: "change of kind",
      variation: "it was a view",
      engine,
      before: model("materialized='view'", ONE),
      after: model(TABLE, TWO),
      args: ["run"],
      rows: [[2, "b"]],
    },
    {
      materialization: "view",
      operation: "first build",
      engine,
      after: model("materialized='view'", ONE),
      args: ["run"],
      rows: [[1, "a"]],
    },
    {
      materialization: "view",
      operation: "rebuild",
      engine,
      before: model("materialized='view'", ONE),
      after: model("materialized='view'", WIDER),
      args: ["run"],
      rows: [[2, "b", 7]],
    },
    {
      materialization: "view",
      operation: "change of kind",
      variation: "it was a table",
      engine,
      before: model(TABLE, ONE),
      after: model("materialized='view'", TWO),
      args: ["run"],
      rows: [[2, "b"]],
    },
  ]),
];
