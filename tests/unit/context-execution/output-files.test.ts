import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { outputPath, writeSql } from "../../../core/context/execution/output-files.ts";

const node = (resource_type: string, name: string, path: string, original_file_path: string) => ({
  resource_type,
  name,
  path,
  original_file_path,
  package_name: "shop",
});

it.each([
  [node("model", "orders", "staging/orders.sql", "models/staging/orders.sql"), "run/shop/models/staging/orders.sql"],
  [node("test", "nn_id", "nn_id.sql", "models/schema.yml"), "run/shop/models/schema.yml/nn_id.sql"],
  [node("snapshot", "prices", "prices.sql", "snapshots/prices.sql"), "run/shop/snapshots/prices.sql/prices.sql"],
  [
    node("operation", "h", "hooks/shop-on-run-start-0.sql", "./dbt_project.yml"),
    "run/shop/dbt_project.yml/hooks/shop-on-run-start-0.sql",
  ],
])("writes %j", (given, path) => expect(outputPath(given, "run")).toBe(path));

it("replaces what a file says, and leaves alone one that says it already", () => {
  const path = mkdtempSync(join(tmpdir(), "tsdbt-output-"));
  const orders = node("model", "orders", "orders.sql", "models/orders.sql");
  const write = (sql: string) => writeSql({ path, label: "target" }, orders, "compiled", sql);
  expect(write("select 1")).toBe("target/compiled/shop/models/orders.sql");
  const file = join(path, "compiled/shop/models/orders.sql");
  utimesSync(file, 1, 1);
  write("select 1");
  expect(statSync(file).mtimeMs).toBe(1000);
  for (const sql of ["select 2", "select 'é'", "", "select 3"]) {
    write(sql);
    expect(readFileSync(file, "utf8")).toBe(sql);
  }
  rmSync(path, { recursive: true });
});
