/**
 * npm run suite : dbt's own functional tests, once with Python dbt and once with tsdbt (options.ts has the usage).
 *
 * The tests are those of dbt-duckdb's repository and the classes of dbt-tests-adapter, from PyPI, that tests/ subclasses.
 * Prints both counts and the difference test by test; `--record` writes them to docs/dbt-suite.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentOf, installedPackages, rememberedOutcomes, type Tool } from "./cache.ts";
import { cloneAt } from "./clone.ts";
import { type Comparison, compareOutcomes, printComparison } from "./compare.ts";
import { suiteOptions } from "./options.ts";
import { recordResult } from "./record.ts";
import { runTests, suitePython, type TestFolder } from "./run-tests.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
const PINNED = { repository: "duckdb/dbt-duckdb", commit: "25573c2c7211fa6564dc084beda711d4c163d397" };
/** How many tests pass with Python dbt at the least: fewer mean that the set-up is broken. */
const LEAST = { repository: 155, kit: 145, quick: 15 };
const QUICK = ["test_basics.py"];

const options = suiteOptions({
  command: "npm run suite",
  about: `Runs dbt's own functional tests once with Python dbt and once with tsdbt: those of dbt-duckdb's REPOSITORY (a clone of it, or
$TSDBT_DBT_DUCKDB; without one it is cloned) and the classes of dbt-tests-adapter that tests/ subclasses.`,
  page: "docs/dbt-suite.md",
  variable: "TSDBT_DBT_DUCKDB",
});
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-suite-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const kit: TestFolder = {
  name: "classes of dbt-tests-adapter",
  dir: HERE,
  tests: options.quick ? QUICK.map((file) => join("tests", file)) : ["tests"],
  least: options.quick ? LEAST.quick : LEAST.kit,
};
const folders = options.quick ? [kit] : [repositoryTests(), kit];
const python = suitePython();
const { only, workers } = options;
const results: [TestFolder, Comparison][] = [];
let sound = true;
for (const folder of folders) {
  const run = (tool: Tool, dbt: string) =>
    rememberedOutcomes(options, folder, tool, (remembered) =>
      runTests(folder, { python, workers, scratch, only, dbt, ...remembered }),
    );
  const comparison = compareOutcomes(
    run({ name: "Python dbt", version: installedPackages(python) }, "python"),
    run({ name: "tsdbt", version: contentOf(join(ROOT, "dist")) }, `${process.execPath} ${join(ROOT, "bin", "tsdbt")}`),
  );
  if (comparison.total === 0 && only.length > 0) continue;
  const least = only.length > 0 ? 0 : folder.least;
  sound = printComparison(folder.name, comparison, least) && sound;
  results.push([folder, comparison]);
}
if (results.length === 0) {
  console.error(`no test has a name with ${only.join(" or ")} in it`);
  process.exit(2);
}
if (options.record) recordResult(join(ROOT, "docs", "dbt-suite.md"), PINNED.commit, results);
process.exit(sound ? 0 : 1);

function repositoryTests(): TestFolder {
  const dir = cloneAt(PINNED, join(scratch, "repository"), options.repository);
  return {
    name: `tests/functional/adapter of ${PINNED.repository}`,
    dir,
    tests: ["tests/functional/adapter"],
    options: ["--profile", "file"],
    least: LEAST.repository,
  };
}
