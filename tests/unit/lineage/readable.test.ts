import { expect, test } from "vitest";
import { readable } from "../../../core/lineage/readable.ts";

test.each([
  ["select 0x1F, 0xab_cd", "select   31,   43981"],
  ["select 0x0123456789abcdef, 0x", "select                  0,  0"],
  ["select double '1.5', UINT256  '0' = int '-1'", "select         1.5 ,           0  =      -1 "],
  ["select 'bigint ''1''', t.double, double 'a' -- int '1'", null],
  ["select '0x1f', \"0x1f\", x0x1f, t.c0x1f, $$0x1f$$, e'\\'0x1f' -- 0x1f\n/* 0x1f */", null],
])("%s: numbers in a way that the parser reads, in the same place; texts and comments stay", (sql, expected) => {
  expect(readable(sql, "duckdb")).toBe(expected ?? sql);
  expect(readable(sql, "trino")).toHaveLength(sql.length);
  expect(readable(sql, "clickhouse")).toBe(sql);
});
