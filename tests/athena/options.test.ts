import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { artifact, copyOf, discard, tsdbt } from "../support/tsdbt.ts";
import { Look } from "./look.ts";
import { athenaPlace, type EitherPlace } from "./place.ts";
import { type Output, writeProfile } from "./projects.ts";

let at: EitherPlace;
let look: Look;

describe("every materialization and option", () => {
  let root: string;
  let schema: string;
  beforeAll(async () => {
    at = await athenaPlace();
    look = new Look(at);
    schema = `${at.prefix}options`;
    root = copyOf("tests/athena/options");
    writeProfile(root, "options", at, schema, at.workGroup ? { work_group: at.workGroup } : {});
  });
  afterAll(async () => {
    discard(root);
    if (at.prefix !== "") await look.remove([schema, `${schema}_tmp`], `${schema}/`);
  });
  const run = (args: string[]) => tsdbt(root, args, { ...at.env, DBT_PROFILES_DIR: root });

  it("builds", () => {
    const built = run(["build"]);
    expect(built.code, built.text).toBe(0);
  });
  it("builds again on other rows, and leaves nothing behind", async () => {
    const built = run(["build", "--vars", "{round: 2}"]);
    expect(built.code, built.text).toBe(0);
    expect((await look.tables(schema)).map(({ Name }) => Name!).filter((name) => /__/.test(name))).toEqual([]);
    expect(await look.orphans(schema, `${schema}/`)).toEqual([]);
  });
  it.each([
    ["hive_table", "select id, name from hive_table order by 1, 2", ["1 ann", "2 bob", "4 cyd"]],
    ["hive_batched", "select id, name from hive_batched order by 1, 2", ["1 ann", "2 bob", "4 cyd"]],
    ["iceberg_batched", "select id, name from iceberg_batched order by 1, 2", ["1 ann", "2 bob", "4 cyd"]],
    ["incremental_append", "select id, round from incremental_append order by 1", ["1 1", "2 1", "3 1", "4 2"]],
    ["incremental_default", "select count(*) from incremental_default", ["6"]],
    [
      "incremental_overwrite",
      "select id, name, amount from incremental_overwrite order by day",
      ["1 ann 10.50", "2 bob 21.50", "4 cyd 2.00"],
    ],
    ["incremental_added", "select count(*), count(note) from incremental_added", ["6 3"]],
    ["incremental_synced", "select count(*), count(score) from incremental_synced", ["6 3"]],
    [
      "snapshot_hive",
      "select id, name, dbt_valid_to is null from snapshot_hive order by 1, 2, 3",
      ["1 ann true", "2 bob false", "2 bob true", "3 cyd false", "4 cyd true"],
    ],
    [
      "uploaded",
      "select id, name, price, at, day, flag from uploaded order by 1",
      [
        "1 a, b 1.50 2020-01-01 10:00:00.000 2020-01-01 true",
        '2 say "hi"  2020-02-03 04:05:06.789 2020-02-03 false',
        "3  3.00  2020-03-04 ",
      ],
    ],
  ])("%s has its rows", async (_name, sql, expected) => {
    expect((await look.rows(sql, schema)).map((row) => row.map((value) => value ?? "").join(" "))).toEqual(expected);
  });
  it("writes descriptions and meta to Glue", async () => {
    const table = await look.table(schema, "hive_table");
    expect(table?.Description).toBe("Rows as they come. On two lines.");
    expect(table?.Parameters).toMatchObject({ owner: "ann", materialized: "table", classification: "parquet" });
    const [id, name] = table!.StorageDescriptor!.Columns!;
    expect(id?.Comment).toBe("The key, it's 'quoted'");
    expect(name?.Parameters).toMatchObject({ pii: "yes" });
  });
  it("keeps as many versions of an ha table as it is told", async () => {
    expect(new Set(await look.versions(schema, "hive_ha")).size).toBeLessThanOrEqual(2);
  });
  it("tells bytes, time and the query's id in run_results.json", () => {
    const { results } = artifact<{ results: { unique_id: string; adapter_response: Output }[] }>(
      root,
      "run_results.json",
    );
    const response = results.find(({ unique_id }) => unique_id === "model.options.hive_table")!.adapter_response;
    expect(response).toMatchObject({ _message: "OK 3", code: "OK", rows_affected: 3 });
    expect(Object.keys(response)).toEqual(
      expect.arrayContaining(["data_scanned_in_bytes", "query_id", "execution_time_in_millis"]),
    );
  });
  it("documents itself from Glue", () => {
    const docs = run(["docs", "generate"]);
    expect(docs.code, docs.text).toBe(0);
    const catalog = artifact<{ nodes: { [id: string]: { metadata: Output; columns: Output } } }>(root, "catalog.json");
    expect(catalog.nodes["model.options.iceberg_table"]?.metadata).toMatchObject({ type: "iceberg_table" });
    expect(Object.keys(catalog.nodes["model.options.hive_partitioned"]!.columns)).toContain("day");
  });
});
