import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });

const FILES = {
  "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
  "profiles.yml": "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 2}\n",
  "models/orders.sql": "select 1 as id",
  "models/totals.sql": "select count(*) as n from {{ ref('orders') }}",
  "seeds/coins.csv": "id,name\n1,one\n2,two\n3,three\n",
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tsdbt-commands-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("ls", () => {
  it("tells a model's direct parents as JSON", () => {
    const { stdout } = tsdbt(root, ["-q", "ls", "-s", "totals", "--output", "json"]);
    const keys = Object.keys(JSON.parse(stdout) as object);
    expect(keys.at(-1)).toBe("direct_parents");
    expect(JSON.parse(stdout)).toMatchObject({ direct_parents: ["model.shop.orders"] });
  });
  it("refuses a form that there is not, under the name that was typed", () => {
    const { code, stdout, stderr } = tsdbt(root, ["ls", "--output", "yaml"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: tsdbt ls [OPTIONS]");
    expect(stderr).toContain("'yaml' is not one of 'json', 'name', 'path', 'selector'.");
  });
  it("says that --models is deprecated, in dbt's words", () => {
    const { code, stdout } = tsdbt(root, ["ls", "--models", "orders"]);
    expect(code).toBe(0);
    expect(stdout).toContain("[WARNING][ModelParamUsageDeprecation]: Deprecated functionality");
    expect(stdout).toContain("- ModelParamUsageDeprecation: 1 occurrence");
    expect(tsdbt(root, ["ls", "--select", "orders"]).stdout).not.toContain("Deprecat");
  });
});

describe("seed --show and show", () => {
  it("print the rows of seeds without a time before them", () => {
    const seeded = tsdbt(root, ["seed", "--show"]);
    expect(seeded.code, seeded.text).toBe(0);
    expect(seeded.stdout).toMatch(/Random sample of table: main\.coins\n.*-{20,}\n\| id \| name +\|\n/);
    const shown = tsdbt(root, ["show", "-s", "coins"]);
    expect(shown.stdout).toMatch(/^Previewing node 'coins':\n\| id \| name/m);
  });
  it("keep every digit of a number and escape as Python's json", () => {
    const { stdout } = tsdbt(root, [
      "-q",
      "show",
      "--inline",
      "select 12345678901234567890::hugeint as g, 'ü' as u",
      "--output",
      "json",
    ]);
    expect(stdout).toContain('"g": 12345678901234567890,');
    expect(stdout).toContain('"u": "\\u00fc"');
  });
  it("refuse a form that there is not", () => {
    const { code, stderr } = tsdbt(root, ["show", "-s", "orders", "--output", "yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Invalid value for '--output': 'yaml' is not one of 'json', 'text'.");
  });
});

describe("--vars", () => {
  it.each(["", "abc", "[1]", "{a: b"])("refuses %j", (text) => {
    const { code, stderr } = tsdbt(root, ["ls", "--vars", text]);
    expect(code).toBe(2);
    expect(stderr).toContain(`Invalid value for '--vars': String '${text}' is not valid YAML`);
    expect(stderr).toContain("hint: ");
  });
});

describe("debug", () => {
  it("says that there is no profiles.yml where it was told to look", () => {
    const { code, text } = tsdbt(root, ["debug", "--connection", "--profiles-dir", "nowhere"]);
    expect(code).toBe(1);
    expect(text).toContain("dbt looked for a profiles.yml file in nowhere/profiles.yml, but did\nnot find one.");
  });
  it("tells a profile that there is not from a project that cannot be read", () => {
    const { code, text } = tsdbt(root, ["debug", "--profile", "other"]);
    expect(code).toBe(1);
    expect(text).toContain("profiles.yml file [ERROR invalid]");
    expect(text).toContain("dbt_project.yml file [OK found and valid]");
    expect(text).toMatch(
      /Profile loading failed for the following reason:\n.*\n {2}Could not find profile named 'other'/,
    );
  });
});
