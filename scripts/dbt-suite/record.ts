import { writeFileSync } from "node:fs";
import type { Comparison } from "./compare.ts";
import { commonFailure } from "./excepted.ts";
import type { TestFolder } from "./run-tests.ts";

/** Writes the page on the last whole run. */
export function recordResult(path: string, commit: string, results: [TestFolder, Comparison][]): void {
  const lines = [
    "# dbt's own functional tests",
    "",
    "The tests by which adapters of Python dbt are judged, driven once with Python dbt 1.12.6 and once with tsdbt as the command that",
    "they run. Written by `npm run suite -- --record`:",
    "",
    "```sh",
    "npm run suite -- path/to/a/clone/of/dbt-duckdb   # all of it; without a path it is cloned",
    "npm run suite -- --quick                         # a part of the classes of dbt-tests-adapter: no clone needed, run in CI",
    "npm run suite -- --only TestHookRefs --only ...  # some tests, by parts of their names; --help tells the rest",
    "```",
    "",
    "Python 3 and PyPI are needed; what is installed stays in the folder that `npm run parity` uses. Exit codes: 0; 1 where tsdbt fails",
    "a test that Python dbt passes, or Python dbt passes too few for the set-up to be sound; 3 where the clone cannot be had.",
    "",
    `| tests | in all | pass with Python dbt | pass with tsdbt |`,
    `|---|---|---|---|`,
    ...results.map(([folder, { total, passed }]) => `| ${folder.name} | ${total} | ${passed.dbt} | ${passed.tsdbt} |`),
    "",
    `dbt-duckdb's tests are those of commit ${commit}.`,
    "",
    "## Differences",
    "",
    ...differences(results),
    "",
    "## Fail with both",
    "",
    ...failWithBoth(results),
    "",
    "Not driven are the classes of dbt-tests-adapter for what DuckDB's adapter does not have (grants, materialized views, functions",
    "that are made, catalogs) and those that call the adapter inside Python without a command (validate_sql, freshness by a query,",
    "the catalog of one relation, caches).",
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
}

function differences(results: [TestFolder, Comparison][]): string[] {
  const all = results.flatMap(([, comparison]) => comparison.differences);
  if (all.length === 0) return ["None."];
  return [
    "| test | Python dbt | tsdbt | why |",
    "|---|---|---|---|",
    ...all.map(({ test, dbt, tsdbt, reason }) => {
      return `| ${code(test)} | ${dbt.outcome} | ${tsdbt.outcome} | ${reason ?? ""} |`;
    }),
  ];
}

function failWithBoth(results: [TestFolder, Comparison][]): string[] {
  const tests = results.flatMap(([, comparison]) => comparison.failWithBoth);
  if (tests.length === 0) return ["None."];
  return ["| test | why |", "|---|---|", ...tests.map((test) => `| ${code(test)} | ${commonFailure(test) ?? ""} |`)];
}

function code(test: string): string {
  return `\`${test.slice(test.lastIndexOf("/") + 1).replaceAll("|", "\\|")}\``;
}
