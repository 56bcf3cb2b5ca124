import { writeFileSync } from "node:fs";
import { CORE_DIFFERENCES } from "./core-differences.ts";
import type { Outcome, Outcomes } from "./run-tests.ts";

interface Counts {
  tests: number;
  passed: number;
  skipped: number;
  /** Ask a Postgres server themselves, so that no command makes them pass here. */
  postgres: number;
  /** Fail with tsdbt and with Python dbt. */
  both: number;
  /** Fail with tsdbt; Python dbt was not asked. */
  unknown: number;
  /** Pass with Python dbt alone. */
  onlyDbt: number;
}

export interface CoreResult {
  total: Counts;
  folders: Map<string, Counts>;
  onlyDbt: { test: string; why: string }[];
}

/** Whether a test itself cannot reach its Postgres server. */
export function asksPostgres({ why }: Outcome): boolean {
  return /psycopg2|Is the server running on that host/.test(why);
}

/** What tsdbt's outcomes, and Python dbt's on those that failed, say for each folder of tests. */
export function sortOutcomes(tsdbt: Outcomes, dbt: Outcomes): CoreResult {
  const none = (): Counts => ({ tests: 0, passed: 0, skipped: 0, postgres: 0, both: 0, unknown: 0, onlyDbt: 0 });
  const result: CoreResult = { total: none(), folders: new Map(), onlyDbt: [] };
  for (const [test, ours] of Object.entries(tsdbt).sort()) {
    const folder = folderOf(test);
    const counts = result.folders.get(folder) ?? none();
    result.folders.set(folder, counts);
    const kind = ours.outcome === "failed" ? failureOf(ours, dbt[test]) : ours.outcome;
    if (kind === "onlyDbt") result.onlyDbt.push({ test, why: ours.why });
    for (const sum of [counts, result.total]) {
      sum.tests++;
      sum[kind]++;
    }
  }
  return result;
}

function failureOf(ours: Outcome, theirs: Outcome | undefined): "postgres" | "both" | "unknown" | "onlyDbt" {
  if (asksPostgres(ours)) return "postgres";
  if (!theirs) return "unknown";
  return theirs.outcome === "passed" ? "onlyDbt" : "both";
}

function folderOf(test: string): string {
  const [, , folder, file] = test.split("/");
  return file === undefined ? "(top level)" : folder!;
}

const COLUMNS: [title: string, key: keyof Counts][] = [
  ["tests", "tests"],
  ["pass with tsdbt", "passed"],
  ["need Postgres", "postgres"],
  ["fail with both", "both"],
  ["fail; Python dbt not run", "unknown"],
  ["pass with Python dbt alone", "onlyDbt"],
  ["skipped", "skipped"],
];

/** Writes the page on the last whole run. */
export function recordCoreResult(path: string, commit: string, { total, folders, onlyDbt }: CoreResult): void {
  const row = (name: string, counts: Counts) => `| ${[name, ...COLUMNS.map(([, key]) => counts[key])].join(" | ")} |`;
  const lines = [
    "# dbt-core's own functional tests",
    "",
    `The tests under tests/functional of dbt-labs/dbt-core (branch 1.12.latest, commit ${commit.slice(0, 7)}), driven with tsdbt as the command that`,
    "they run, on a DuckDB profile; those that fail are driven with Python dbt 1.12.6 as the command, too. They describe behaviour and are",
    "no gate: many were written for Postgres, install packages from the hub, or replace parts of the running Python process, so that they",
    "cannot pass with any command. `npm run suite:core -- --record` writes this page from one whole run:",
    "",
    "```sh",
    "npm run suite:core -- path/to/a/clone/of/dbt-core                  # all of it",
    "npm run suite:core -- --only deprecations path/to/a/clone/of/dbt-core",
    "```",
    "",
    `| ${["folder", ...COLUMNS.map(([title]) => title)].join(" | ")} |`,
    `|${"---|".repeat(COLUMNS.length + 1)}`,
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
