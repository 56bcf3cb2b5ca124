import { existsSync } from "node:fs";
import { join } from "node:path";
import { compareCatalogs } from "./catalog.ts";
import { compareManifests } from "./manifest.ts";
import { type Copy, type DbtAnswer, type ParityPlan, readArtifact, runTool } from "./project.ts";
import { Report, same } from "./report.ts";
import { compareResults } from "./results.ts";
import { compareSemanticManifests } from "./semantic.ts";
import type { Warehouse } from "./warehouse.ts";

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

type Json = Record<string, unknown>;

export interface Sides {
  dbt: Copy;
  tsdbt: Copy;
  /** Python dbt's answers to these commands, run in its copy. */
  answers(commands: string[][]): DbtAnswer[];
  /** How to start tsdbt. */
  executable: string[];
  warehouse: Warehouse;
}

/** Runs both tools on their copies of a project and compares all they answered, wrote and built. */
export async function compareProject(name: string, sides: Sides, plan: ParityPlan): Promise<Report> {
  const report = new Report(plan.known, plan.volatileFields);
  const hasPackages = ["packages.yml", "dependencies.yml"].some((file) => existsSync(join(sides.dbt.dir, file)));
  const setup = hasPackages ? [["deps"]] : [];
  const parse = ["parse", "--no-partial-parse"];
  const selectors = plan.run === false ? (plan.selectors ?? []) : [...DEFAULT_SELECTORS, ...(plan.selectors ?? [])];
  const lists = selectors.map((s) => ["--quiet", "ls", ...s]);
  const commands = plan.commands ?? (plan.run === false ? [] : [["build"], ["build"], ["source", "freshness"]]);
  const theirs = sides.answers([...setup, parse, ...lists, ...commands]);
  let number = -1;
  /** Runs the next command with tsdbt too. */
  const next = (command: string[]) => {
    const before = theirs[number++]?.logged ?? 0;
    const [dbt, from] = [theirs[number]!, sides.warehouse.logged("tsdbt")];
    const tsdbt = runTool(sides.executable, sides.tsdbt, command, plan.env);
    const until = sides.warehouse.logged("tsdbt");
    const place = `${name}: ${command.join(" ")}`;
    sides.warehouse.compareStatements(report, place, [before, dbt.logged], [from, until]);
    return { dbt, tsdbt };
  };
  const sameExit = (command: string[]) => {
    const answers = next(command);
    report.group(() => {
      const equal = report.check(`${name}: exit code of ${command.join(" ")}`, answers.dbt.code, answers.tsdbt.code);
      if (!equal || (command[0] === "parse" && answers.dbt.code !== 0)) {
        const ours = tail(answers.tsdbt.stdout + answers.tsdbt.stderr);
        console.log(`--- dbt\n${tail(answers.dbt.stdout)}\n--- tsdbt\n${ours}`);
      }
      return equal;
    });
  };

  for (const command of setup) sameExit(command);
  sameExit(parse);
  const a = readArtifact(sides.dbt, "manifest.json", number);
  const b = readArtifact(sides.tsdbt, "manifest.json");
  if (!a || !b) {
    report.group(() => report.check(`${name}: manifest.json`, a ? "there" : "missing", b ? "there" : "missing"));
    return report;
  }
  compareManifests(report, name, a, b);
  const semantic = "semantic_manifest.json";
  compareSemanticManifests(
    report,
    name,
    readArtifact(sides.dbt, semantic, number),
    readArtifact(sides.tsdbt, semantic),
  );

  for (const [i, list] of lists.entries()) {
    const answers = next(list);
    const ours = answers.tsdbt.code === 0 ? lines(answers.tsdbt.stdout) : null;
    report.group(() => report.check(`${name}: ls ${selectors[i]!.join(" ")}`, answers.dbt.lines?.sort() ?? null, ours));
  }

  for (const command of commands) {
    sameExit(command);
    const place = `${name}: ${command.join(" ")}`;
    const pair = (artifact: string) =>
      [readArtifact(sides.dbt, artifact, number), readArtifact(sides.tsdbt, artifact)] as const;
    if (command[0] === "docs") compareCatalogs(report, place, ...pair("catalog.json"));
    if (command[0] === "run-operation") continue;
    compareResults(report, place, ...pair(command[0] === "source" ? "sources.json" : "run_results.json"));
  }
  if (commands.length > 0) {
    const volatile = [...VOLATILE_COLUMNS, ...(plan.volatileColumns ?? [])];
    await sides.warehouse.compareTables(report, name, volatile);
  }
  return report;
}

/** Says each difference and each known one, then the sum. */
export function printReport(name: string, report: Report): void {
  for (const d of report.differences) {
    const [dbt, tsdbt] = whatDiffers(d.dbt, d.tsdbt);
    console.log(`DIFFERENT ${d.place}\n    dbt:   ${show(dbt)}\n    tsdbt: ${show(tsdbt)}`);
  }
  for (const k of report.known) console.log(`known     ${k.place}: ${k.reason}`);
  console.log(
    `${name}: compared ${report.nodes} nodes and ${report.fields} fields; ${report.passed} equal, ${report.failed} not`,
  );
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

/** Of two objects or lists, what only one of them has: the rest would hide it. */
function whatDiffers(a: unknown, b: unknown): [unknown, unknown] {
  if (typeof a === "string" && typeof b === "string") {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    const from = Math.max(0, at - 40);
    return from === 0 ? [a, b] : [`…${a.slice(from)}`, `…${b.slice(from)}`];
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const only = (x: unknown[], y: unknown[]) => x.filter((item) => !y.some((other) => same(item, other)));
    const [left, right] = [only(a, b), only(b, a)];
    return left.length + right.length === 0 ? [a, b] : [left, right];
  }
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return [a, b];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const [x, y] = [a as Json, b as Json];
  const pairs = keys
    .filter((key) => !same(x[key], y[key]))
    .map((key) => [key, ...whatDiffers(x[key], y[key])] as const);
  return [
    Object.fromEntries(pairs.map(([key, v]) => [key, v])),
    Object.fromEntries(pairs.map(([key, , v]) => [key, v])),
  ];
}

function show(value: unknown): string {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
