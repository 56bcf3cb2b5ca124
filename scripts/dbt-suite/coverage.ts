import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Outcomes } from "./run-tests.ts";

/** What a page on an adapter's own tests says. */
export interface Coverage {
  title: string;
  /** Lines below the title. */
  about: string[];
  /** The folder of the tests, as their names begin. */
  folder: string;
  /** Why a test cannot pass. */
  reason: (test: string) => string | undefined;
  dbt: Outcomes;
  tsdbt: Outcomes;
}

/** Writes the page on the last whole run: each file with both counts, and the tests that not both tools pass. */
export function recordCoverage(path: string, { title, about, folder, reason, dbt, tsdbt }: Coverage): void {
  const tests = [...new Set([...Object.keys(dbt), ...Object.keys(tsdbt)])].sort();
  const passes = (outcomes: Outcomes, test: string) => outcomes[test]?.outcome === "passed";
  const fileOf = (test: string) => {
    const file = test.slice(0, test.indexOf("::"));
    return file.slice(file.indexOf(folder) + folder.length);
  };
  const row = (name: string, names: string[]) => {
    const count = (outcomes: Outcomes) => {
      const ran = names.filter((test) => outcomes[test]).length;
      const passed = names.filter((test) => passes(outcomes, test)).length;
      return ran === names.length ? passed : `${passed} of ${ran} run`;
    };
    return `| ${name} | ${names.length} | ${count(dbt)} | ${count(tsdbt)} |`;
  };
  const listed = (chosen: string[]) => {
    if (chosen.length === 0) return ["None."];
    const said = (outcomes: Outcomes, test: string) => outcomes[test]?.outcome ?? "did not run";
    return [
      "| test | Python dbt | tsdbt | why |",
      "|---|---|---|---|",
      ...chosen.map((test) => `| ${code(test)} | ${said(dbt, test)} | ${said(tsdbt, test)} | ${reason(test) ?? ""} |`),
    ];
  };
  const bothRan = tests.filter((test) => dbt[test] !== undefined && tsdbt[test] !== undefined);
  const notRun = tests.length - bothRan.length;
  const files = [...new Set(tests.map(fileOf))];
  const lines = [
    `# ${title}`,
    "",
    ...about,
    "",
    `| ${folder} | tests | pass with Python dbt | pass with tsdbt |`,
    "|---|---|---|---|",
    ...files.map((file) =>
      row(
        file,
        tests.filter((test) => fileOf(test) === file),
      ),
    ),
    row("**all**", tests),
    "",
    ...(notRun === 0 ? [] : [`${notRun} of them have not been run with both tools; they are not listed below.`, ""]),
    "## Pass with Python dbt alone",
    "",
    ...listed(bothRan.filter((test) => passes(dbt, test) && !passes(tsdbt, test))),
    "",
    "## Pass with tsdbt alone",
    "",
    ...listed(bothRan.filter((test) => passes(tsdbt, test) && !passes(dbt, test))),
    "",
    "## Pass with neither",
    "",
    ...listed(bothRan.filter((test) => !passes(dbt, test) && !passes(tsdbt, test))),
  ];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

function code(test: string): string {
  return `\`${test.slice(test.lastIndexOf("/") + 1).replaceAll("|", "\\|")}\``;
}
