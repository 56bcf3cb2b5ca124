import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

const home = mkdtempSync(join(tmpdir(), "tsdbt-compiled-"));
const byNode = "enableCompileCache" in nodeModule;
afterAll(() => {
  discardProjects();
  rmSync(home, { recursive: true });
});

function built(root: string, cache: string): void {
  const run = tsdbt(root, ["build"], { XDG_CACHE_HOME: cache });
  expect(run.code, run.text).toBe(0);
  expect(run.text).toContain("PASS=1");
  expect(run.stderr).toBe("");
}

it("is kept for the next start, by this user alone, unless Node does so", () => {
  const root = makeProject({ "models/m.sql": "select 1 as id" }, "duckdb");
  const folder = join(home, "tsdbt");
  built(root, home);
  if (byNode) return expect(readdirSync(home)).toEqual([]);
  const [name] = readdirSync(folder);
  const file = join(folder, name!);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const before = statSync(file);
  built(root, home);
  expect(statSync(file).mtimeMs).toBe(before.mtimeMs);
});

it("is made anew where it is damaged, and not kept where it cannot be", () => {
  const root = makeProject({ "models/m.sql": "select 1 as id" }, "duckdb");
  const folder = join(home, "tsdbt");
  if (!byNode) {
    const file = join(folder, readdirSync(folder)[0]!);
    const whole = readFileSync(file);
    for (const damaged of [whole.subarray(0, 1000), Buffer.alloc(0), Buffer.from(whole).fill(7, 5000, 6000)]) {
      writeFileSync(file, damaged);
      built(root, home);
      expect(statSync(file).size).toBeGreaterThan(1e6);
    }
  }
  const noFolder = join(home, "a-file");
  writeFileSync(noFolder, "");
  built(root, noFolder);
});
