import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const model = "{{ config(materialized='table') }} select 1 as id, 'x'::varchar as name";
const columns = "[{name: id, data_type: int}, {name: name, data_type: varchar(5)}]";
const entry = (name: string, more: string, enforced = true): string =>
  `  - {name: ${name}, config: {contract: {enforced: ${enforced}}}, ${more}}\n`;

afterAll(discardProjects);

describe("a contract of an incremental model", () => {
  const configured = (config: string) => `{{ config(${config}) }}\nselect 1 as id\n`;
  const yaml =
    "models: [{name: a, config: {materialized: incremental, contract: {enforced: true}}, columns: [{name: id, data_type: integer}]}]\n";

  it("may have its on_schema_change in the model, and must have one", () => {
    const root = makeProject({ "models/a.sql": configured("on_schema_change='fail'"), "models/a.yml": yaml });
    const found = tsdbt(root, ["parse"]);
    expect(found.code, found.text).toBe(0);
    writeFiles(root, { "models/a.sql": configured("tags=['x']") });
    const missing = tsdbt(root, ["parse"]);
    expect(missing.code).toBe(2);
    expect(missing.text).toContain("Invalid value for on_schema_change: ignore.");
  });
});

describe("contracts that are broken since an earlier state", () => {
  let root: string;
  beforeAll(() => {
    root = makeProject({
      "models/a.sql": model,
      "models/b_v1.sql": model,
      "models/c.sql": model,
      "models/gone.sql": model,
      "models/m.yml": `models:\n${[
        entry(
          "a",
          "constraints: [{type: primary_key, columns: [id]}], " +
            "columns: [{name: id, data_type: int, constraints: [{type: not_null}]}, {name: name, data_type: varchar(5)}]",
        ),
        entry("b", `columns: ${columns}, versions: [{v: 1}]`),
        entry("c", `columns: ${columns}`),
        entry("gone", `columns: ${columns}`),
      ].join("")}`,
    });
    tsdbt(root, ["parse"]);
    cpSync(join(root, "target"), join(root, "state"), { recursive: true });
    rmSync(join(root, "models/gone.sql"));
  });
  const properties = (b: string): void => {
    const a = entry("a", "columns: [{name: id, data_type: bigint}]");
    writeFileSync(join(root, "models/m.yml"), `models:\n${a}${entry("c", `columns: ${columns}`, false)}${b}`);
  };

  it("are warnings that say what is broken", () => {
    properties(entry("b", `columns: ${columns.replace("(5)", "(9)")}, versions: [{v: 1}]`));
    const run = tsdbt(root, ["ls", "-s", "state:modified", "--state", "state"]);
    expect(run.code, run.text).toBe(0);
    expect(run.text).toContain(
      "Breaking change to contracted, unversioned model a (models/a.sql)\n" +
        "While comparing to previous project state, dbt detected a breaking change to an unversioned model.\n" +
        "  - Columns were removed: \n    - name\n" +
        "  - Columns with data_type changes: \n    - id (int -> bigint)\n" +
        "  - Enforced column level constraints were removed: \n    - 'ConstraintType.not_null' constraint on column id\n" +
        "  - Enforced model level constraints were removed: \n    - 'ConstraintType.primary_key' constraint on columns ['id']\n",
    );
    expect(run.text).toContain("unversioned model c (models/c.sql)");
    expect(run.text).toContain("Contract enforcement was removed");
    expect(run.text).toContain("Contracted model 'model.shop.gone' was deleted or renamed.");
    expect(run.stdout).toMatch(/shop\.a\nshop\.b\.v1\nshop\.c\n$/);
  });

  it("are an error where the model has versions", () => {
    properties(entry("b", `columns: ${columns.replace("int}", "text}")}, versions: [{v: 1}]`));
    const run = tsdbt(root, ["ls", "-s", "state:modified", "--state", "state"]);
    expect(run.code).toBe(2);
    expect(run.text).toContain(
      "Breaking change to contract Error in model b (models/b_v1.sql)\n" +
        "  While comparing to previous project state, dbt detected a breaking change to an enforced contract.\n" +
        "    - Columns with data_type changes: \n      - id (int -> text)",
    );
  });
});
