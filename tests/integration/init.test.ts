import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Collected } from "../../core/cli/io.ts";
import { main } from "../../core/cli/main.ts";

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "tsdbt-init-")));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

async function tsdbt(cwd: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const output = new Collected();
  const env = { HOME: join(temporary, "home"), NO_COLOR: "1" };
  const code = await main(args, { stdout: output, stderr: output, env, cwd });
  return { code, text: output.text };
}

function write(root: string, files: { [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

test("a new project builds at once, into a DuckDB file of its own", async () => {
  const made = await tsdbt(temporary, "init", "shop");
  expect(made.code, made.text).toBe(0);
  const root = join(temporary, "shop");
  const built = await tsdbt(root, "build");
  expect(built.code, built.text).toBe(0);
  expect(built.text).toContain(`No profile is named in dbt_project.yml: using DuckDB at ${join(root, "shop.duckdb")}`);
  expect(built.text).toContain("Done. PASS=15 WARN=0 ERROR=0 SKIP=0 NO-OP=0 REUSED=0 TOTAL=15");
  expect(existsSync(join(root, "shop.duckdb"))).toBe(true);
  const again = await tsdbt(temporary, "init", "shop");
  expect(again.code).toBe(2);
  expect(again.text).toContain("A project called shop already exists here.");
});

test("a local package is linked, its models and macros are used, and clean removes the link alone", async () => {
  const root = join(temporary, "packages");
  write(root, {
    "dbt_project.yml": "name: app\nvars:\n  lib:\n    greeting: hello\nclean-targets: [target, dbt_packages]\n",
    "packages.yml": "packages:\n  - local: lib\n",
    "models/a.sql": "select '{{ lib.shout('x') }}' as shouted from {{ ref('lib', 'b') }}\n",
    "lib/dbt_project.yml": "name: lib\nvars:\n  greeting: bye\nmodels:\n  lib:\n    +materialized: table\n",
    "lib/models/b.sql": "select '{{ var('greeting') }}' as greeting\n",
    "lib/macros/shout.sql": "{% macro shout(word) %}{{ word | upper }}!{% endmacro %}\n",
  });
  const before = await tsdbt(root, "build");
  expect(before.code).toBe(2);
  expect(before.text).toContain("dbt expects 1 package(s)");
  expect((await tsdbt(root, "deps")).code).toBe(0);
  const built = await tsdbt(root, "build");
  expect(built.code, built.text).toBe(0);
  expect(built.text).toMatch(/OK created sql table model main\.b/);
  const compiled = (path: string) => readFileSync(join(root, "target", "compiled", path), "utf8");
  expect(compiled("app/models/a.sql")).toContain("'X!'");
  expect(compiled("lib/models/b.sql")).toContain("'hello'");
  expect((await tsdbt(root, "clean")).code).toBe(0);
  expect(existsSync(join(root, "dbt_packages"))).toBe(false);
  expect(existsSync(join(root, "lib", "models", "b.sql"))).toBe(true);
});

test("inside a project init makes nothing", async () => {
  const root = join(temporary, "there");
  write(root, { "dbt_project.yml": "name: there\n" });
  expect((await tsdbt(root, "init", "--skip-profile-setup")).code).toBe(0);
  const named = await tsdbt(root, "init", "--profile", "other");
  expect(named.code).toBe(2);
  expect(named.text).toContain("Can not init existing project with specified profile, edit dbt_project.yml instead");
  const bare = await tsdbt(root, "init");
  expect(bare.code).toBe(2);
  expect(bare.text).toContain("This folder is a project already");
});
