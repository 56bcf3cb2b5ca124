import { describe, expect, test } from "vitest";
import { readable } from "../../../core/lineage/readable.ts";

describe("numbers are written in a way that the parser reads, in the same place; texts and comments stay", () => {
  test.each([
    ["select 0x1F, 0xab_cd", "select   31,   43981"],
    ["select 0x0123456789abcdef, 0x", "select                  0,  0"],
    ["select double '1.5', UINT256  '0' = int '-1'", "select         1.5 ,           0  =      -1 "],
    ["select 'bigint ''1''', t.double, double 'a' -- int '1'", null],
    ["select '0x1f', \"0x1f\", x0x1f, t.c0x1f, $$0x1f$$, e'\\'0x1f' -- 0x1f\n/* 0x1f */", null],
  ])("%s", (sql, expected) => {
    expect(readable(sql, "duckdb").sql).toBe(expected ?? sql);
    expect(readable(sql, "trino").sql).toHaveLength(sql.length);
    expect(readable(sql, "clickhouse").sql).toBe(sql);
  });
});

test.each([
  ["select 1 from t new, (select 2) Temp where new.a", "select 1 from t as new, (select 2) as Temp where new.a"],
  ["select a start, 'x' start from t row", "select a as start, 'x' start from t as row"],
  ["select new, t.old from t order by a, new limit 1", null],
  ["select 1 from t where a is null and next is null", null],
  [
    "select json_value(a, 'x' default '' on empty default null on error)",
    "select json_value(a, 'x'                                          )",
  ],
  ["f(x => table(select 1))", "f(x =>      (select 1))"],
])("%s: what the parser does not know", (sql, expected) => {
  expect(readable(sql, "trino").sql).toBe(expected ?? sql);
  expect(readable(sql, "duckdb").sql).toBe(expected ?? sql);
});

test.each([
  [
    "select listagg(distinct f(a), ',' order by b, (c)) from t order by count(*)",
    "select listagg(distinct f(a), ',' ) within group (order by b, (c)) from t order by count(*)",
  ],
  [
    "select COUNT(a Order  By b) filter (where c) over (order by listagg(a ORDER BY k desc))",
    "select COUNT(a ) within group (Order  By b) filter (where c) over (order by listagg(a ) within group (ORDER BY k desc))",
  ],
  ['select string_agg(a order by b), main.listagg(a order by b), "listagg"(a order by b), listagg(a), order', null],
  [
    "select count(*) over (order by a), lag(a, (select 1 from t order by b)) over w from t window w as (order by c)",
    null,
  ],
  ["select 'listagg(a order by b)' -- listagg(a order by b", null],
])("%s: an order in the arguments, which the parser does not know of all functions", (sql, expected) => {
  expect(readable(sql, "duckdb").sql).toBe(expected ?? sql);
  expect(readable(sql, "clickhouse").sql).toBe(sql);
  expect(readable(sql, "trino").sql).toBe(sql);
});

describe("a branch of a set operation that ends with a subquery is put into parentheses", () => {
  test.each([
    ["select a from (select 1) union select 2", "(select a from (select 1)) union select 2"],
    [
      "with x as (select 1) select a from t where b = ( select 1 ) -- ) union\nexcept all (select 2)",
      "with x as (select 1) (select a from t where b = ( select 1 )) -- ) union\nexcept all (select 2)",
    ],
    ["(select 1) union select 2 from (t) union select 3", null],
    ["select a from t where b in (1, 2) union select 3", null],
    [
      "select * except (a), (select 1) from (from t) intersect from u",
      "(select * except (a), (select 1) from (from t)) intersect from u",
    ],
    [
      "select * from (select 1 from (values (1)) union select 2 from (select 3) union select 4)",
      "select * from ((select 1 from (values (1))) union (select 2 from (select 3)) union select 4)",
    ],
    ["select ')(' from t union select `(` from u)", null],
  ])("%s", (sql, expected) => {
    for (const dialect of ["duckdb", "clickhouse", "trino"] as const)
      expect(readable(sql, dialect).sql).toBe(expected ?? sql);
  });
});

test("of each place it is known where it stood before", () => {
  const sql = "select a from t new where b = (select c from d) union select e from (select 0x1f) union select f";
  const { sql: read, original } = readable(sql, "duckdb");
  expect(read).toBe(
    "(select a from t as new where b = (select c from d)) union (select e from (select   31)) union select f",
  );
  for (const word of ["a from", "new", "b =", "c from", "d)", "e from", "f"]) {
    expect(original(read.lastIndexOf(word))).toBe(sql.lastIndexOf(word));
  }
  expect(original(read.length)).toBe(sql.length);
});
