import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { artifact, copyOf, discard, type Run, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Result {
  unique_id: string;
  status: string;
  message: string | null;
  failures: number | null;
  compiled_code: string | null;
}

const results = (root: string) =>
  artifact<{ results: Result[] }>(root, "run_results.json").results.map(
    ({ unique_id: id, status }) => `${id.split(".").slice(2).join(".")} ${status}`,
  );

describe("unit tests of every form", () => {
  let root: string;
  let run: Run;
  beforeAll(() => {
    root = copyOf("tests/fixtures/projects/unit_tests");
    tsdbt(root, ["seed"]);
    tsdbt(root, ["run"]);
    run = tsdbt(root, ["--no-use-colors", "test", "-s", "test_type:unit"]);
  });
  afterAll(() => discard(root));

  it("pass or fail by their rows", () => {
    expect(run.code).toBe(1);
    expect(results(root).sort()).toEqual([
      "after_wrong.agrees pass",
      "history.first_run pass",
      "history.later_run pass",
      "orders.joins_countries pass",
      "orders.var_overridden pass",
      "people.both_versions_v1 pass",
      "people.both_versions_v2 pass",
      "people.only_second_v2 pass",
      "same_types.all_types pass",
      "totals.macros_and_env pass",
      "types.types_differ fail",
      "uses_people.of_a_version pass",
      "wrong.differs fail",
    ]);
  });

  it("show how rows differ, cell by cell", () => {
    expect(run.text.replaceAll("\r", "")).toContain(
      [
        "actual differs from expected:",
        "",
        "@@ ,id,customer,amount",
        "   ,1 ,ann     ,10",
        "→  ,2 ,bert→bob,20",
        "+++,3 ,cid     ,30",
        "---,4 ,dan     ,40",
      ].join("\n"),
    );
    expect(run.text).toContain("compiled code at target/compiled/unit_tests/models/_models.yml/models/differs.sql");
    expect(run.text).toMatch(/FAIL 1 wrong::differs \.+ \[FAIL 1 in/);
  });

  it("hold up their model and what is built on it", () => {
    const build = tsdbt(root, ["build", "-s", "+after_wrong"]);
    expect(build.code).toBe(1);
    expect(results(root)).toEqual(
      expect.arrayContaining([
        "wrong.differs fail",
        "wrong skipped",
        "after_wrong.agrees skipped",
        "after_wrong skipped",
      ]),
    );
    expect(build.text).toMatch(/SKIP unit_test agrees/);
    expect(tsdbt(root, ["build", "-s", "test_type:unit"]).text).toContain("Nothing to do.");
  });

  it("are coloured in the artifact as dbt has it, and on a screen without colours are not", () => {
    const colored = tsdbt(root, ["test", "-s", "wrong,test_type:unit"]);
    const [result] = artifact<{ results: Result[] }>(root, "run_results.json").results;
    expect(result?.message).toContain("\u001b[32mactual\u001b[0m differs");
    expect(colored.text).toContain("actual differs from expected:");
    expect(colored.text).not.toContain("\u001b");
  });
});

describe("what is wrong with a unit test", () => {
  const given = "given: [{input: ref('a'), rows: [{id: 1}]}]";
  const wrong: { [name: string]: [what: string, body: string, message: string] } = {
    column: [
      "a column that the input does not have",
      "given: [{input: ref('a'), rows: [{ix: 1}]}], expect: {rows: []}",
      "Invalid column name: 'ix' in unit test fixture for 'a'.\n  Accepted columns for 'a' are: ['id', 'name']",
    ],
    value: [
      "a value that its column cannot hold",
      `${given}, expect: {rows: [{id: one}]}`,
      "An error occurred during execution of unit test 'value'. " +
        "There may be an error in the unit test definition: check the data types.",
    ],
    missing: [
      "an input that is not given, with the place that asks for it",
      "given: [], expect: {rows: []}",
      "depends on a node named 'a' which was not found\n  --> models/b.sql:1:25",
    ],
    unknown: [
      "an input that does not exist",
      "given: [{input: ref('c'), rows: []}], expect: {rows: []}",
      "Unit test 'unknown' had an input (ref('c')) which was not found in the manifest.",
    ],
    odd: [
      "an input of no kind",
      "given: [{input: a, rows: []}], expect: {rows: []}",
      "Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: 'a'.",
    ],
  };
  let root: string;
  let text: string;
  beforeAll(() => {
    const tests = Object.entries(wrong).map(([name, [, body]]) => `  - {name: ${name}, model: b, ${body}}\n`);
    root = makeProject({
      "models/a.sql": "select 1 as id, 'x' as name",
      "models/b.sql": "select id, name from {{ ref('a') }}",
      "models/t.yml": `unit_tests:\n${tests.join("")}`,
    });
    tsdbt(root, ["run"]);
    text = tsdbt(root, ["test"]).text;
  });
  afterAll(discardProjects);

  it.each(Object.values(wrong))("is told: %s", (_what, _body, message) => expect(text).toContain(message));

  it("is an error, of a test that came to no SQL", () => {
    const { results: all } = artifact<{ results: Result[] }>(root, "run_results.json");
    expect(all).toHaveLength(5);
    for (const result of all) expect(result).toMatchObject({ status: "error", compiled: null, compiled_code: null });
  });
});

describe("on embedded ClickHouse", () => {
  afterAll(discardProjects);
  it("runs, with an incremental model's own rows", () => {
    const root = makeProject(
      {
        "models/orders.sql": "select 1 as id, 'ann' as customer, toDecimal64(3.5, 2) as amount",
        "models/totals.sql": `{{ config(materialized='incremental', unique_key='customer', order_by='customer') }}
select customer, sum(amount) as total from {{ ref('orders') }}
{% if is_incremental() %} where customer not in (select customer from {{ this }}) {% endif %}
group by customer`,
        "models/t.yml": `unit_tests:
  - name: increments
    model: totals
    overrides: {macros: {is_incremental: true}}
    given:
      - input: ref('orders')
        rows: [{customer: ann, amount: 2.5}, {customer: bob, amount: 1}, {customer: bob, amount: 2}]
      - {input: this, rows: [{customer: ann}]}
    expect: {format: csv, rows: "customer,total\\nbob,3"}
  - name: differs
    model: totals
    overrides: {macros: {is_incremental: false}}
    given: [{input: ref('orders'), format: sql, rows: "select 'x' as customer, 1 as amount"}]
    expect: {rows: [{customer: y, total: 1}]}
`,
      },
      "clickhouse",
    );
    tsdbt(root, ["run"]);
    const run = tsdbt(root, ["build"]);
    expect(run.code, run.text).toBe(1);
    expect(results(root)).toEqual([
      "orders success",
      "totals.differs fail",
      "totals.increments skipped",
      "totals skipped",
    ]);
    expect(run.text).toContain("→ ,y→x     ,1");
    tsdbt(root, ["test", "-s", "unit_test:increments"]);
    expect(results(root)).toEqual(["totals.increments pass"]);
  });
});
