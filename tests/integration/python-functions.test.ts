import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });

const FILES = {
  "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
  "profiles.yml": "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n",
  "functions/double.py": "def main(price):\n    return price * 2\n",
  "functions/double.yml": [
    "functions:",
    "  - name: double",
    "    config: {entry_point: main, runtime_version: '3.11'}",
    "    arguments: [{name: price, data_type: double}]",
    "    returns: {data_type: double}",
  ].join("\n"),
};

let root: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tsdbt-functions-"));
  for (const [path, text] of Object.entries(FILES)) write(path, text);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("looks for the macro that makes a function of Python, which DuckDB has none of", () => {
  const { code, text } = tsdbt(root, ["build"]);
  expect(code).toBe(1);
  expect(text).toContain("In dispatch: No macro named 'scalar_function_python' found within namespace: 'dbt'");
});

it.each([
  ["runtime_version", "{entry_point: main}", "A `runtime_version` is required for python functions"],
  ["entry_point", "{runtime_version: '3.11'}", "An `entry_point` is required for python functions"],
])("asks for a %s before it looks for the macro", (_missing, config, message) => {
  const properties = FILES["functions/double.yml"];
  write("functions/double.yml", properties.replace(/\{entry_point.*\}/, config));
  const { code, text } = tsdbt(root, ["build"]);
  write("functions/double.yml", properties);
  expect(code).toBe(1);
  expect(text).toContain(`Runtime Error in function double (functions/double.py)\n  ${message}`);
});

it("makes it with the project's own", () => {
  write(
    "macros/python.sql",
    "{% macro duckdb__scalar_function_python(relation) %}create or replace macro {{ relation }}(price) as price * 2{% endmacro %}",
  );
  expect(tsdbt(root, ["build"]).code).toBe(0);
  const { stdout } = tsdbt(root, [
    "-q",
    "show",
    "--output",
    "json",
    "--inline",
    "select {{ function('double') }}(3) as x",
  ]);
  expect(JSON.parse(stdout).show).toEqual([{ x: 6 }]);
  expect(readFileSync(join(root, "target/compiled/shop/functions/double.py"), "utf8")).toBe(
    FILES["functions/double.py"].trimEnd(),
  );
});
