import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

describe("a .env file", () => {
  const root = makeProject({
    "dbt_project.yml": "name: shop\nprofile: shop\n",
    "models/m.sql": "select '{{ env_var('SHOP_REGION') }}' as region, '{{ target.name }}' as target",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: \"{{ env_var('SHOP_DB') }}\"}}}\n",
    ".env": "SHOP_REGION=north\nSHOP_DB=env.duckdb\nDBT_QUIET=true\n=unreadable\n",
    "below/.gitkeep": "",
  });
  const compile = (cwd: string, env: { [name: string]: string } = {}) =>
    tsdbt(cwd, ["compile", "-s", "m", "--project-dir", root, "--profiles-dir", root], env);

  it("of the working directory or a folder above adds to the environment, options too", () => {
    for (const cwd of [root, join(root, "below")]) {
      const { code, stdout, text } = compile(cwd);
      expect(code, text).toBe(0);
      expect(stdout).not.toContain("Running with");
      expect(
        tsdbt(cwd, [
          "show",
          "--inline",
          "select '{{ env_var('SHOP_REGION') }}' as r",
          "--output",
          "json",
          "--project-dir",
          root,
          "--profiles-dir",
          root,
        ]).text,
      ).toContain('"r": "north"');
    }
    expect(compile(root).stderr).toBe("python-dotenv could not parse statement starting at line 4\n");
  });

  it("does not change what the environment has, and can be left out", () => {
    expect(compile(root, { DBT_QUIET: "false" }).stdout).toContain("Running with");
    const without = compile(root, { PYTHON_DOTENV_DISABLED: "1" });
    expect(without.text).toContain("Env var required but not provided: 'SHOP_DB'");
  });
});

describe("a password in profiles.yml", () => {
  it("may look like Jinja and be none; dbt takes it as it stands", () => {
    const root = makeProject({ "models/m.sql": "select 1 as id" });
    for (const password of ["no{{jinja{%re{#ndering", "{{ env_var('NOT_THERE') }}"]) {
      writeFiles(root, {
        "profiles.yml": `shop:
  target: dev
  outputs:
    dev: {type: clickhouse, embedded: true, schema: shop, password: "${password}"}
`,
      });
      const { code, text } = tsdbt(root, ["parse"]);
      expect(code, text).toBe(0);
      expect(text).not.toContain("jinja");
    }
  });
});
