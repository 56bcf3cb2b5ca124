/**
 * npm run suite -- [--quick] [--record] [--workers N] [REPOSITORY] : dbt's own functional tests, once with Python dbt and once with tsdbt.
 *
 * The tests are those of dbt-duckdb's repository (REPOSITORY or $TSDBT_DBT_DUCKDB is a clone of it; without one it is cloned where
 * the network allows it) and the classes of dbt-tests-adapter, from PyPI, that tests/ subclasses. `--quick` leaves the former out,
 * and of the latter takes those in QUICK. Prints both counts and the difference test by test; `--record` writes them to docs/dbt-suite.md.
 *
 * Ends with 1 if tsdbt fails a test that Python dbt passes, or Python dbt passes too few for the set-up to be sound; with 3 if the
 * repository cannot be had.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Comparison, compareOutcomes, printComparison } from "./compare.ts";
import { recordResult } from "./record.ts";
import { type Outcomes, runTests, suitePython, type TestFolder } from "./run-tests.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
const REPOSITORY = "duckdb/dbt-duckdb";
const COMMIT = "25573c2c7211fa6564dc084beda711d4c163d397";
/** How many tests pass with Python dbt at the least: fewer mean that the set-up is broken. */
const LEAST = { repository: 155, kit: 120, quick: 15 };
const QUICK = ["test_basics.py"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, record: { type: "boolean" }, workers: { type: "string" } },
});
const workers = Number(values.workers ?? availableParallelism());
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-suite-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const kit: TestFolder = {
  name: "classes of dbt-tests-adapter",
  dir: HERE,
  tests: values.quick ? QUICK.map((file) => join("tests", file)) : ["tests"],
  least: values.quick ? LEAST.quick : LEAST.kit,
};
const folders = values.quick ? [kit] : [repositoryTests(), kit];
const python = suitePython();
const results: [TestFolder, Comparison][] = [];
let sound = true;
for (const folder of folders) {
  const run = (dbt: string): Outcomes => runTests(folder, { python, dbt, workers, scratch });
  const comparison = compareOutcomes(run("python"), run(`${process.execPath} ${join(ROOT, "bin", "tsdbt")}`));
  sound = printComparison(folder, comparison) && sound;
  results.push([folder, comparison]);
}
if (values.record) recordResult(join(ROOT, "docs", "dbt-suite.md"), COMMIT, results);
process.exit(sound ? 0 : 1);

function repositoryTests(): TestFolder {
  const source = positionals[0] ?? process.env.TSDBT_DBT_DUCKDB ?? `https://github.com/${REPOSITORY}.git`;
  const dir = join(scratch, "repository");
  const git = (...args: string[]) =>
    spawnSync("git", args, { encoding: "utf8", env: { ...process.env, GIT_TERMINAL_PROMPT: "0" }, timeout: 600_000 });
  const steps = [git("clone", "--quiet", source, dir), git("-C", dir, "checkout", "--quiet", COMMIT)];
  const failed = steps.find((step) => step.status !== 0);
  if (failed) {
    console.error(`${REPOSITORY} at ${COMMIT} cannot be had from ${source}\n${failed.stderr}`);
    process.exit(3);
  }
  return {
    name: `tests/functional/adapter of ${REPOSITORY}`,
    dir,
    tests: ["tests/functional/adapter"],
    options: ["--profile", "file"],
    least: LEAST.repository,
  };
}
