import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { artifact, query, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 180_000 });
afterEach(discardProjects);

const FILES = {
  "models/orders.sql": `{{ config(materialized='table', meta={'wap': true}, indexes=[{'columns': ['id']}]) }}
select {{ var('id', 1) }} as id, 10 as customer`,
  "models/grows.sql": `{{ config(materialized='incremental', wap=true, unique_key='id', order_by='id') }}
select {{ var('id', 1) }} as id
{% if is_incremental() %} where {{ var('id', 1) }} >= (select max(id) from {{ this }}) {% endif %}`,
  "models/customers.sql": "select 10 as id",
  "models/below.sql": "select * from {{ ref('orders') }}",
  "models/m.yml": `models:
  - name: orders
    columns:
      - {name: id, data_tests: [{accepted_values: {arguments: {values: [1, 2], quote: false}}}]}
      - {name: customer, data_tests: [{relationships: {arguments: {to: ref('customers'), field: id}}}]}
  - name: grows
    columns:
      - {name: id, data_tests: [unique, {accepted_values: {arguments: {values: [1, 2], quote: false}}}]}
`,
};

const statuses = (root: string) => {
  const { results } = artifact<{ results: { unique_id: string; status: string; message: string }[] }>(
    root,
    "run_results.json",
  );
  return Object.fromEntries(results.map((result) => [result.unique_id.split(".")[2], result.status]));
};

const ALL = `select 'orders' as name, id from {{ ref('orders') }} union all select 'grows', id from {{ ref('grows') }}`;
const shown = (root: string) =>
  (JSON.parse(tsdbt(root, ["--quiet", "show", "--output", "json", "--inline", ALL]).stdout).show as object[])
    .map((row) => Object.values(row).join(" "))
    .sort();

describe.each(["duckdb", "clickhouse"] as const)("wap: true on %s", (engine) => {
  it("publishes only what passes its tests, and keeps what does not", async () => {
    const root = makeProject(FILES, engine);
    expect(tsdbt(root, ["build"]).code).toBe(0);
    expect(shown(root)).toEqual(["grows 1", "orders 1"]);

    const failed = tsdbt(root, ["build", "--vars", "{id: 3}"]);
    expect(failed.code).toBe(1);
    expect(statuses(root)).toMatchObject({ orders: "error", grows: "error", customers: "success", below: "skipped" });
    expect(failed.text).toContain("Model 'orders' was not published, since 1 of 2 data tests did not pass");
    expect(failed.text).toMatch(/The rejected relation is kept as .*orders__wap.; .*orders. is left as it was/);
    expect(shown(root)).toEqual(["grows 1", "orders 1"]);
    const kept = "select id from {{ target.schema }}.orders__wap";
    expect(tsdbt(root, ["show", "--output", "json", "--inline", kept]).stdout).toContain('"id": 3');

    expect(tsdbt(root, ["build", "--vars", "{id: 2}"]).code).toBe(0);
    expect(shown(root)).toEqual(["grows 1", "grows 2", "orders 2"]);
    expect(tsdbt(root, ["show", "--inline", kept]).code).not.toBe(0);
    if (engine === "duckdb") {
      const indexes = await query(join(root, "shop.duckdb"), "select table_name from duckdb_indexes()");
      expect(indexes).toEqual([["orders"]]);
    }
  });
});

describe("what wap does not do", () => {
  it("counts for build alone, and for materializations that it knows", () => {
    const root = makeProject({
      ...FILES,
      "models/odd.sql": "{{ config(materialized='external', wap=true) }} select 1 as id",
    });
    expect(tsdbt(root, ["run", "-s", "orders", "--vars", "{id: 3}"]).code).toBe(0);
    expect(statuses(root)).toEqual({ orders: "success" });
    const odd = tsdbt(root, ["build", "-s", "odd"]);
    expect(odd.code).toBe(1);
    expect(odd.text).toContain("wap: true cannot be combined with the materialization 'external'");
  });

  it("leaves a test for later that needs what is built on the model", () => {
    const root = makeProject({
      "models/a.sql": "{{ config(materialized='table', meta={'wap': true}) }} select 1 as id",
      "models/b.sql": "select id from {{ ref('a') }} where false",
      "tests/both.sql":
        "select a.id from {{ ref('a') }} a left join {{ ref('b') }} b on a.id = b.id where b.id is null",
    });
    expect(tsdbt(root, ["build"]).code).toBe(1);
    expect(statuses(root)).toEqual({ a: "success", b: "success", both: "fail" });
  });
});
