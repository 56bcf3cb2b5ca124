import { spawnSync } from "node:child_process";
import { beforeAll, expect, test, vi } from "vitest";
import { type LineageDialect, lineageOf, loadParser, type UpstreamRelation } from "../../core/lineage/index.ts";
import { query, ROOT } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });

const T: UpstreamRelation = {
  id: "t",
  database: null,
  schema: "main",
  name: "t",
  complete: true,
  columns: ["a", "b", "c", "d", "k"].map((name) => ({ name })),
};

/** Functions that the engines list among their aggregates and that stand before `over` alone. */
const OF_WINDOWS: ReadonlySet<string> = new Set(
  (
    "cume_dist dense_rank denserank exponentialtimedecayedavg exponentialtimedecayedcount exponentialtimedecayedmax " +
    "exponentialtimedecayedsum fill lag laginframe lead leadinframe nonnegativederivative nth_value ntile percent_rank " +
    "percentrank rank rank_dense row_number"
  ).split(" "),
);
const aggregatesNothing = (name: string): boolean => OF_WINDOWS.has(name.toLowerCase());

/** The kind of a call and what goes into it, or why it was not read. */
function read(call: string, dialect: LineageDialect): string {
  const { columns, error } = lineageOf(`select ${call} as x from t`, dialect, [T]);
  return error ?? [columns[0]?.kind, ...(columns[0]?.sources ?? []).map(({ column }) => column)].join(" ");
}
const args = (count: number): string[] => ["a", "b", "c", "d"].slice(0, count);

beforeAll(loadParser);

test("every aggregate of DuckDB is one, in an order and as a window's function too", async () => {
  const rows = await query(
    ":memory:",
    String.raw`select distinct function_name, len(parameters) from duckdb_functions()
      where function_type = 'aggregate' and regexp_full_match(function_name, '\w+')`,
  );
  expect(rows.length).toBeGreaterThan(80);
  for (const [name, count] of rows as [string, bigint | number][]) {
    const given = args(Number(count));
    if (given.length === 0) continue;
    const call = given.join(", ");
    if (!aggregatesNothing(name)) {
      expect([name, read(`${name}(${call})`, "duckdb")]).toEqual([name, ["aggregate", ...given].join(" ")]);
      const ordered = ["aggregate", ...given, "k"].join(" ");
      expect([name, read(`${name}(${call} order by k desc)`, "duckdb")]).toEqual([name, ordered]);
    }
    const over = ["derived", ...given, "k"].join(" ");
    expect([name, read(`${name}(${call} order by k) over (order by k)`, "duckdb")]).toEqual([name, over]);
  }
});

test("every aggregate of ClickHouse is one", () => {
  const listed = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { query } from "chdb";
       const names = query("select name from system.functions where is_aggregate", "TSV");
       process.stdout.write(names, () => process.exit(0));`,
    ],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect([listed.status, listed.stderr]).toEqual([0, ""]);
  const names = listed.stdout.split("\n").filter((name) => name !== "" && !aggregatesNothing(name));
  expect(names.length).toBeGreaterThan(200);
  for (const name of names) {
    // How many arguments each takes is not said.
    for (const given of ["a", "a, b"]) {
      expect([name, read(`${name}(${given})`, "clickhouse")]).toEqual([name, expect.stringMatching(/^aggregate a/)]);
    }
  }
});
