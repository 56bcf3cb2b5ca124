import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { reasonHere } from "./clickhouse-reasons.ts";
import type { Outcomes } from "./run-tests.ts";

/** Writes the page on the last whole run. */
export function recordCoverage(path: string, commit: string, dbt: Outcomes, tsdbt: Outcomes): void {
  const tests = [...new Set([...Object.keys(dbt), ...Object.keys(tsdbt)])].sort();
  const passed = (outcomes: Outcomes, names: string[]) =>
    names.filter((test) => outcomes[test]?.outcome === "passed").length;
  const files = [...new Set(tests.map(fileOf))];
  const onlyDbt = tests.filter((test) => dbt[test]?.outcome === "passed" && tsdbt[test]?.outcome !== "passed");
  const onlyTsdbt = tests.filter((test) => tsdbt[test]?.outcome === "passed" && dbt[test]?.outcome !== "passed");
  const neither = tests.filter((test) => dbt[test]?.outcome !== "passed" && tsdbt[test]?.outcome !== "passed");
  const row = (name: string, names: string[]) =>
    `| ${name} | ${names.length} | ${passed(dbt, names)} | ${passed(tsdbt, names)} |`;
  const lines = [
    "# dbt-clickhouse's own functional tests",
    "",
    "tests/integration of ClickHouse/dbt-clickhouse, driven once with Python dbt 1.12.6 and dbt-clickhouse 1.10.3 and once with tsdbt as the",
    "command that they run. Both speak HTTP to the embedded ClickHouse (tests/services/clickhouse-front.ts says what that imitates); tests",
    "that ask for a cluster have one of a single server. Written by `npm run suite:clickhouse -- --record`:",
    "",
    "```sh",
    "npm run suite:clickhouse -- path/to/a/clone      # all of it; without a path it is cloned",
    "npm run suite:clickhouse -- --quick              # classes of dbt-tests-adapter: no clone needed, run in CI",
    "npm run suite:clickhouse -- --only test_view.py  # some tests, by parts of their names; --help tells the rest",
    "```",
    "",
    `The tests are those of commit ${commit}, the nearest to version 1.10.3.`,
    "",
    "| tests/integration/adapter/ | tests | pass with Python dbt | pass with tsdbt |",
    "|---|---|---|---|",
    ...files.map((file) =>
      row(
        file,
        tests.filter((test) => fileOf(test) === file),
      ),
    ),
    row("**all**", tests),
    "",
    "## Pass with Python dbt alone",
    "",
    ...listed(onlyDbt, dbt, tsdbt),
    "",
    "## Pass with tsdbt alone",
    "",
    ...listed(onlyTsdbt, dbt, tsdbt),
    "",
    "## Pass with neither",
    "",
    ...listed(neither, dbt, tsdbt),
  ];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

function listed(tests: string[], dbt: Outcomes, tsdbt: Outcomes): string[] {
  if (tests.length === 0) return ["None."];
  const said = (outcomes: Outcomes, test: string) => outcomes[test]?.outcome ?? "did not run";
  return [
    "| test | Python dbt | tsdbt | why |",
    "|---|---|---|---|",
    ...tests.map((test) => `| ${code(test)} | ${said(dbt, test)} | ${said(tsdbt, test)} | ${reasonHere(test) ?? ""} |`),
  ];
}

function fileOf(test: string): string {
  return test.slice(0, test.indexOf("::")).replace(/^.*tests\/integration\/adapter\//, "");
}

function code(test: string): string {
  return `\`${test.slice(test.lastIndexOf("/") + 1).replaceAll("|", "\\|")}\``;
}
