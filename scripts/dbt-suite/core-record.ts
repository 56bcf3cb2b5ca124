import { writeFileSync } from "node:fs";
import { CORE_COMMIT } from "./core-clone.ts";
import { CORE_DIFFERENCES } from "./core-differences.ts";
import type { Outcomes } from "./run-tests.ts";

interface Counts {
  tests: number;
  passed: number;
  skipped: number;
  /** Fail with tsdbt and with Python dbt. */
  both: number;
  /** Pass with Python dbt alone. */
  onlyDbt: number;
}

export interface CoreResult {
  total: Counts;
  folders: Map<string, Counts>;
  onlyDbt: { test: string; why: string }[];
}

/** What tsdbt's outcomes, and Python dbt's on those that failed, say for each folder of tests. */
export function sortOutcomes(tsdbt: Outcomes, dbt: Outcomes): CoreResult {
  const none = (): Counts => ({ tests: 0, passed: 0, skipped: 0, both: 0, onlyDbt: 0 });
  const result: CoreResult = { total: none(), folders: new Map(), onlyDbt: [] };
  for (const [test, { outcome, why }] of Object.entries(tsdbt).sort()) {
    const folder = folderOf(test);
    const counts = result.folders.get(folder) ?? none();
    result.folders.set(folder, counts);
    const passesAlone = outcome === "failed" && dbt[test]?.outcome === "passed";
    if (passesAlone) result.onlyDbt.push({ test, why });
    for (const sum of [counts, result.total]) {
      sum.tests++;
      if (outcome !== "failed") sum[outcome]++;
      else sum[passesAlone ? "onlyDbt" : "both"]++;
    }
  }
  return result;
}

function folderOf(test: string): string {
  const [, , folder, file] = test.split("/");
  return file === undefined ? "(top level)" : folder!;
}

/** Writes the page on the last whole run. */
export function recordCoreResult(path: string, { total, folders, onlyDbt }: CoreResult): void {
  const row = (name: string, { tests, passed, skipped, both, onlyDbt: alone }: Counts) =>
    `| ${name} | ${tests} | ${passed} | ${both} | ${alone} | ${skipped} |`;
  const lines = [
    "# dbt-core's own functional tests",
    "",
    `The tests under tests/functional of dbt-labs/dbt-core (branch 1.12.latest, commit ${CORE_COMMIT.slice(0, 7)}), driven with tsdbt as the command that`,
    "they run, on a DuckDB profile; those that fail are driven with Python dbt 1.12.6 as the command, too. They describe behaviour and are",
    "no gate: many were written for Postgres, install packages from the hub, or replace parts of the running Python process, so that they",
    "cannot pass with any command. Written by `npm run suite:core -- --record`:",
    "",
    "```sh",
    "npm run suite:core -- path/to/a/clone/of/dbt-core                  # all of it",
    "npm run suite:core -- --only deprecations path/to/a/clone/of/dbt-core",
    "```",
    "",
    "| folder | tests | pass with tsdbt | fail with both | pass with Python dbt alone | skipped |",
    "|---|---|---|---|---|---|",
    ...[...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, counts]) => row(name, counts)),
    row("in all", total),
    "",
    "## Pass with Python dbt alone",
    "",
    ...differences(onlyDbt),
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
}

function differences(onlyDbt: CoreResult["onlyDbt"]): string[] {
  if (onlyDbt.length === 0) return ["None."];
  return [
    "| test | why |",
    "|---|---|",
    ...onlyDbt.map(({ test }) => {
      const name = test.replace("tests/functional/", "").replaceAll("|", "\\|");
      return `| \`${name}\` | ${CORE_DIFFERENCES.find((known) => known.tests.test(test))?.why ?? ""} |`;
    }),
  ];
}
