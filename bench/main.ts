/**
 * npm run bench -- [GROUP…] [--runs N] [--reference-runs N] [--models N] [--checkouts DIR] [--only TEXT]... [--record]
 *
 * Whole-process times of tsdbt and of Python dbt on the same projects, in one run, as ratios: medians of N runs of each,
 * taken in turn. `--no-reference` leaves Python dbt out. README.md tells what the groups are.
 * `--only` keeps the rows whose name contains the text; `--record` puts the rows into README.md's table.
 * Never a test: it fails only when a command fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { argumentsOf } from "../scripts/arguments.ts";
import { GROUPS } from "./rows.ts";
import { type Line, printHead, printLine, recordTable } from "./table.ts";
import { ROOT } from "./tools.ts";

const USAGE = `usage: npm run bench -- [GROUP…] [--runs N] [--reference-runs N | --no-reference] [--models N] [--checkouts DIR] [--only TEXT]…
  [--record]; groups: ${Object.keys(GROUPS).join(", ")}`;
const { values, positionals } = argumentsOf(USAGE, {
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    "reference-runs": { type: "string" },
    "no-reference": { type: "boolean" },
    models: { type: "string", default: "10000" },
    checkouts: { type: "string" },
    only: { type: "string", multiple: true, default: [] as string[] },
    record: { type: "boolean" },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(GROUPS, name));
if (unknown.length > 0) {
  console.error(`no such group: ${unknown.join(", ")}; there are ${Object.keys(GROUPS).join(", ")}`);
  process.exit(2);
}
const runs = Number(values.runs);
const referenceRuns = values["no-reference"] ? 0 : Number(values["reference-runs"] ?? runs);
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-bench-"));
const bench = {
  runs,
  referenceRuns,
  models: Number(values.models),
  checkouts: values.checkouts && resolve(values.checkouts),
  scratch,
  wants: (what: string) => values.only.length === 0 || values.only.some((part) => what.includes(part)),
};
const about = `medians of ${runs} runs${referenceRuns === runs ? "" : `, of Python dbt ${referenceRuns}`}`;
const counts = referenceRuns === runs ? String(runs) : `${runs}, ${referenceRuns}`;
const lines: Line[] = [];
console.log(`Node ${process.version}, whole processes, ${about}\n`);
printHead();
try {
  for (const [name, group] of Object.entries(GROUPS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    for await (const line of group(bench)) {
      printLine(line);
      lines.push(line);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (values.record) recordTable(join(ROOT, "bench", "README.md"), lines, counts);
const missed = lines.filter(({ met }) => met === false);
console.log(`\n${lines.filter(({ met }) => met).length} targets met, ${missed.length} not`);
