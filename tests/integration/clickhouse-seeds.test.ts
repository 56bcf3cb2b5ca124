import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { serverProject } from "../support/clickhouse-server.ts";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

let server: RunningClickHouse;
beforeAll(async () => {
  server = await startClickHouse();
}, 60_000);
afterAll(() => {
  server.stop();
  discardProjects();
});

type Files = { [path: string]: string };
const engines: [string, (files: Files) => string][] = [
  ["a server", (files) => serverProject(server, files, { schema: "seeds" })],
  ["the engine in the process", (files) => makeProject(files, "clickhouse")],
];

function answer(root: string, sql: string): unknown {
  const shown = tsdbt(root, ["show", "-q", "--output", "json", "--inline", sql]);
  expect(shown.code, shown.text).toBe(0);
  return JSON.parse(shown.stdout).show;
}

describe.each(engines)("seeds on %s", (_, project) => {
  it("of many rows load in little memory, every row once", () => {
    const count = 150_000;
    const rows = Array.from(
      { length: count },
      (_, i) => `${i},"customer, ${i}",${(i / 100).toFixed(2)},2024-01-05 10:00:00,2024-01-05,${i % 2 === 0}`,
    );
    const csv = `id,name,price,at,day,open,note\n${rows.map((row) => `${row},some words\n`).join("")}`;
    const root = project({ "seeds/big.csv": csv });
    const heap = { NODE_OPTIONS: "--max-old-space-size=64" };
    const run = tsdbt(root, ["seed"], heap);
    expect(run.code, run.text).toBe(0);
    const sums =
      "select count() as n, uniqExact(id) as ids, sum(id) as s, round(sum(price)) as p, min(name) as name, " +
      "countIf(open) as open, max(at) as at, max(day) as day from {{ ref('big') }}";
    const expected = answer(root, sums);
    expect(expected).toMatchObject([
      { n: count, ids: count, s: (count * (count - 1)) / 2, name: "customer, 0", open: count / 2 },
    ]);
    expect(tsdbt(root, ["seed"], heap).code).toBe(0);
    expect(answer(root, sums)).toEqual(expected);
  }, 120_000);

  it("of rows that do not fit tell the engine's reason, and leave what was there", () => {
    const properties = "seeds: [{name: ages, config: {column_types: {age: UInt8}}}]\n";
    const root = project({ "seeds/ages.csv": "name,age\nann,30\n", "seeds/_seeds.yml": properties });
    expect(tsdbt(root, ["seed"]).code).toBe(0);
    writeFiles(root, { "seeds/ages.csv": "name,age\nann,31\nbob,old\n" });
    const run = tsdbt(root, ["seed"]);
    expect(run.code).toBe(1);
    expect(run.text).toContain("is not like UInt8");
    expect(run.text).not.toMatch(/\n\s+at /);
    expect(answer(root, "select * from {{ ref('ages') }}")).toEqual([{ name: "ann", age: 30 }]);
  }, 60_000);
});
