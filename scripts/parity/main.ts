/**
 * npm run parity -- PROJECT_DIR… : runs Python dbt and tsdbt on copies of the same project and compares, node by node,
 * manifests, compiled code, `ls` answers, statuses and the rows of every table. Prints each difference with its place
 * and ends with `N passed, M failed`.
 *
 * A project may hold a parity.json (see ParityPlan). How much must at least be compared is recorded in
 * tests/parity/minimum.json (`--record` writes it), so that an empty comparison cannot pass.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compareCatalogs, compareManifests, compareResults, compareSemanticManifests, Report } from "./compare.ts";
import { type Copy, copyProject, readArtifact, readPlan, runDbt, runTool } from "./project.ts";
import { referenceDbt } from "./reference.ts";
import { compareTables } from "./tables.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MINIMUM = join(ROOT, "tests", "parity", "minimum.json");
const DEFAULT_SELECTORS = [
  [],
  ["--resource-type", "model"],
  ["--resource-type", "test"],
  ["--output", "path"],
  ["-s", "config.materialized:table"],
  ["-s", "config.materialized:view"],
  ["-s", "test_type:generic"],
  ["-s", "test_type:singular"],
  ["-s", "source:*"],
  ["-s", "resource_type:seed+1"],
  ["-s", "+exposure:*"],
];
const VOLATILE_COLUMNS = ["dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_scd_id", "_run_at"];

const args = process.argv.slice(2);
const record = args.includes("--record");
const keep = args.includes("--keep");
const projects = args.filter((a) => !a.startsWith("--"));
if (projects.length === 0) {
  console.error("usage: npm run parity -- [--record] [--keep] PROJECT_DIR…");
  process.exit(2);
}

const reference = referenceDbt();
const tsdbt = [process.execPath, join(ROOT, "bin", "tsdbt")];
const minimum: Record<string, { nodes: number; fields: number }> = existsSync(MINIMUM)
  ? JSON.parse(readFileSync(MINIMUM, "utf8"))
  : {};
let passed = 0;
let failed = 0;

for (const dir of projects) {
  const report = await compareProject(dir);
  const name = basename(resolve(dir));
  for (const d of report.differences) {
    console.log(`DIFFERENT ${d.place}\n    dbt:   ${show(d.dbt)}\n    tsdbt: ${show(d.tsdbt)}`);
  }
  for (const k of report.known) console.log(`known     ${k.place}: ${k.reason}`);
  const wanted = minimum[name];
  if (wanted && !record && (report.nodes < wanted.nodes || report.fields < wanted.fields)) {
    console.log(
      `DIFFERENT ${name}: compared ${report.nodes} nodes and ${report.fields} fields, recorded are ${wanted.nodes} and ${wanted.fields}`,
    );
    report.failed++;
  }
  if (report.nodes === 0) report.failed++;
  if (record) minimum[name] = { nodes: report.nodes, fields: report.fields };
  console.log(
    `${name}: compared ${report.nodes} nodes and ${report.fields} fields; ${report.passed} equal, ${report.failed} not`,
  );
  passed += report.passed;
  failed += report.failed;
}
if (record) writeFileSync(MINIMUM, `${JSON.stringify(minimum, null, 2)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function compareProject(dir: string): Promise<Report> {
  const plan = readPlan(dir);
  const report = new Report(plan.known);
  const name = basename(resolve(dir));
  const scratch = mkdtempSync(join(tmpdir(), "tsdbt-parity-"));
  try {
    const dbtCopy: Copy = { tool: "dbt", dir: copyProject(dir, join(scratch, "dbt")) };
    const ourCopy: Copy = { tool: "tsdbt", dir: copyProject(dir, join(scratch, "tsdbt")) };
    const setup = existsSync(join(dir, "packages.yml")) || existsSync(join(dir, "dependencies.yml")) ? [["deps"]] : [];
    const selectors = [...DEFAULT_SELECTORS, ...(plan.selectors ?? [])];
    const commands = plan.run === false ? [] : (plan.commands ?? [["build"], ["build"], ["source", "freshness"]]);
    const theirs = runDbt(
      reference.python,
      dbtCopy,
      [...setup, ["parse", "--no-partial-parse"], ...selectors.map((s) => ["--quiet", "ls", ...s]), ...commands],
      plan.env,
    );
    let number = -1;
    /** Runs the next command with tsdbt too. */
    const next = (command: string[]) => {
      number++;
      return { dbt: theirs[number]!, tsdbt: runTool(tsdbt, ourCopy, command, plan.env) };
    };
    const sameExit = (command: string[]) => {
      const answers = next(command);
      report.group(() => {
        const equal = report.check(`${name}: exit code of ${command.join(" ")}`, answers.dbt.code, answers.tsdbt.code);
        if (!equal)
          console.log(
            `--- dbt\n${tail(answers.dbt.stdout)}\n--- tsdbt\n${tail(answers.tsdbt.stdout + answers.tsdbt.stderr)}`,
          );
        return equal;
      });
    };

    for (const command of setup) sameExit(command);
    sameExit(["parse", "--no-partial-parse"]);
    const a = readArtifact(dbtCopy, "manifest.json", number);
    const b = readArtifact(ourCopy, "manifest.json");
    if (!a || !b) {
      report.group(() => report.check(`${name}: manifest.json`, a ? "there" : "missing", b ? "there" : "missing"));
      return report;
    }
    compareManifests(report, name, a, b);
    const semantic = "semantic_manifest.json";
    compareSemanticManifests(report, name, readArtifact(dbtCopy, semantic, number), readArtifact(ourCopy, semantic));

    for (const selector of selectors) {
      const answers = next(["--quiet", "ls", ...selector]);
      const ours = answers.tsdbt.code === 0 ? lines(answers.tsdbt.stdout) : null;
      report.group(() => report.check(`${name}: ls ${selector.join(" ")}`, answers.dbt.lines?.sort() ?? null, ours));
    }

    for (const command of commands) {
      sameExit(command);
      if (command[0] === "docs") {
        const place = `${name}: ${command.join(" ")}`;
        const artifact = "catalog.json";
        compareCatalogs(report, place, readArtifact(dbtCopy, artifact, number), readArtifact(ourCopy, artifact));
      }
      const artifact = command[0] === "source" ? "sources.json" : "run_results.json";
      if (command[0] !== "run-operation") {
        const place = `${name}: ${command.join(" ")}`;
        compareResults(report, place, readArtifact(dbtCopy, artifact, number), readArtifact(ourCopy, artifact));
      }
    }
    if (commands.length > 0) {
      await compareTables(report, name, dbtCopy.dir, ourCopy.dir, [
        ...VOLATILE_COLUMNS,
        ...(plan.volatileColumns ?? []),
      ]);
    }
    return report;
  } finally {
    if (keep) console.log(`kept ${scratch}`);
    else rmSync(scratch, { recursive: true, force: true });
  }
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((l) => l.trimEnd())
    .filter(Boolean)
    .sort();
}

function tail(text: string): string {
  return text.trimEnd().split("\n").slice(-25).join("\n");
}

function show(value: unknown): string {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
