import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

const keep = (root: string) => cpSync(join(root, "target", "manifest.json"), join(root, "before", "manifest.json"));
const ls = (root: string, ...args: string[]) =>
  tsdbt(root, [...args, "ls", "--select", "state:modified", "--state", "before"]);

describe("state:modified", () => {
  it("stops at a generic test whose macro is gone", () => {
    const root = makeProject({
      "models/m.sql": "select 1 as id",
      "models/m.yml": "models: [{name: m, columns: [{name: id, data_tests: [even]}]}]\n",
      "tests/generic/even.sql": "{% test even(model, column_name) %}select 1 where false{% endtest %}",
    });
    expect(tsdbt(root, ["parse"]).code).toBe(0);
    keep(root);
    rmSync(join(root, "tests/generic/even.sql"));
    const { code, text } = ls(root);
    expect(code).toBe(2);
    expect(text).toContain("Node 'even_m_id' (in models/m.yml) depends on a macro or test that does not exist.");
  });

  it("tells of seeds that are too large to be compared", () => {
    const root = makeProject({ "seeds/s.csv": "id\n1\n" });
    tsdbt(root, ["parse"]);
    keep(root);
    writeFiles(root, { "seeds/s.csv": `id\n${"1\n".repeat(600_000)}` });
    const grown = ls(root);
    expect(grown.stdout).toContain("shop.s\n");
    expect(grown.text).toContain(
      "[WARNING]: Found a seed (shop.s) >1MiB in size. The previous file was <=1MiB, so it has changed",
    );
    expect(ls(root, "--warn-error").code).toBe(2);
    keep(root);
    expect(ls(root).text).toContain(
      "Found a seed (shop.s) >1MiB in size at the same path, dbt cannot tell if it has changed: assuming they are the same",
    );
  });
});
