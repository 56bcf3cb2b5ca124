/**
 * npm run parity:public -- CHECKOUTS [NAME…] : compares Python dbt and tsdbt on public projects (projects.ts lists them),
 * whose clones lie under CHECKOUTS at the commits listed; what is missing there is cloned if the network allows it.
 *
 * `--cache DIR` keeps Python dbt's copies and answers for the next comparison of the same files; `--record` writes
 * what came of each into docs/public-projects.md; `--keep` leaves tsdbt's copies.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareProject, printReport } from "../parity/compare-project.ts";
import { type Copy, type DbtAnswer, type ParityPlan, runDbt } from "../parity/project.ts";
import { referenceDbt } from "../parity/reference.ts";
import { type Warehouse, warehouseOf } from "../parity/warehouse.ts";
import { findCheckout, hasCommit } from "./checkout.ts";
import { COMMITS } from "./commits.ts";
import { PROJECTS, type PublicProject } from "./projects.ts";
import { type Checkouts, layOut } from "./scratch.ts";
import { type Line, printTable, recordResults } from "./table.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = join(ROOT, "docs", "public-projects.md");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cache: { type: "string" }, record: { type: "boolean" }, keep: { type: "boolean" } },
});
const [folder, ...names] = positionals;
const unknown = names.filter((name) => !PROJECTS.some((p) => p.name === name));
if (!folder || unknown.length > 0) {
  for (const name of unknown) console.error(`${name} is not in the list: ${PROJECTS.map((p) => p.name).join(", ")}`);
  console.error("usage: npm run parity:public -- [--cache DIR] [--record] [--keep] CHECKOUTS [NAME…]");
  process.exit(2);
}

const reference = referenceDbt();
const executable = [process.execPath, join(ROOT, "bin", "tsdbt")];
const table: Line[] = [];
for (const project of PROJECTS.filter((p) => names.length === 0 || names.includes(p.name))) {
  const line = await compare(project);
  table.push(line);
  if (values.record)
    recordResults(
      PAGE,
      [line],
      PROJECTS.map(({ name }) => name),
    );
}
printTable(table);
const failed = table.reduce((sum, line) => sum + line.failed, 0);
console.log(`${table.reduce((sum, line) => sum + line.passed, 0)} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function compare(project: PublicProject): Promise<Line> {
  const line = { project, commit: COMMITS[project.repository]!, nodes: 0, fields: 0, known: 0, passed: 0, failed: 1 };
  const checkouts: Checkouts = new Map();
  for (const repository of [project.repository, ...Object.values(project.packages ?? {})]) {
    const commit = COMMITS[repository]!;
    const dir = findCheckout(resolve(folder!), repository);
    if (!dir || !hasCommit(dir, commit)) {
      console.log(`${project.name}: ${repository} at ${commit} is not under ${folder} and cannot be downloaded`);
      return line;
    }
    checkouts.set(repository, { dir, commit });
  }
  const scratch = mkdtempSync(join(tmpdir(), "tsdbt-public-"));
  try {
    const ours = layOut(project, checkouts, join(scratch, "tsdbt"));
    if (ours.missing.length > 0) console.log(`${project.name}: the clones lack ${ours.missing.join(", ")}`);
    const plan: ParityPlan = {
      ...project,
      env: { ...ours.env, ...project.env },
      ...(project.mode !== "build" && { run: false }),
      ...(project.mode === "compile" && { commands: project.commands ?? [["compile"]] }),
    };
    const inside = relative(join(scratch, "tsdbt"), ours.dir);
    const theirs = values.cache ? join(resolve(values.cache), fingerprint(ours.dir, plan)) : join(scratch, "dbt");
    if (project.mode === "build" && isOfAnotherDay(join(theirs, "answers.json"))) rmSync(theirs, { recursive: true });
    if (!existsSync(theirs)) {
      mkdirSync(theirs, { recursive: true });
      cpSync(join(scratch, "tsdbt"), theirs, { recursive: true, verbatimSymlinks: true });
    }
    const dbtDir = join(theirs, inside);
    const dbt: Copy = { tool: "dbt", dir: dbtDir };
    const tsdbt: Copy = { tool: "tsdbt", dir: ours.dir };
    const warehouse = await warehouseOf(dbt, tsdbt, plan);
    const answers = (commands: string[][]) => remembered(join(theirs, "answers.json"), dbt, commands, plan, warehouse);
    const sides = { dbt, tsdbt, answers, executable, warehouse };
    const report = await compareProject(project.name, sides, plan).finally(() => warehouse.stop());
    if (report.nodes === 0) report.failed++;
    printReport(project.name, report);
    const { nodes, fields, passed, failed } = report;
    return { ...line, nodes, fields, known: report.known.length, passed, failed };
  } finally {
    if (values.keep) console.log(`kept ${scratch}`);
    else rmSync(scratch, { recursive: true, force: true });
  }
}

/** Python dbt's answers and the statements it sent, from an earlier comparison of the same files if they were kept. */
function remembered(
  file: string,
  dbt: Copy,
  commands: string[][],
  { env }: ParityPlan,
  warehouse: Warehouse,
): DbtAnswer[] {
  const { PARITY_LOG: log } = warehouse.env;
  const statements = `${file}.statements`;
  if (existsSync(file) && (!log || existsSync(statements))) {
    if (log) copyFileSync(statements, log);
    return JSON.parse(readFileSync(file, "utf8")) as DbtAnswer[];
  }
  const answers = runDbt(reference.python, dbt, commands, { ...env, ...warehouse.env });
  if (log) copyFileSync(log, statements);
  writeFileSync(file, JSON.stringify(answers));
  return answers;
}

/** What a build made is of the day on which it ran. */
function isOfAnotherDay(file: string): boolean {
  return existsSync(file) && days(statSync(file).mtime) !== days(new Date());
}

/** The day here and where dbt_date's packages ask for it: models are made of both. */
function days(date: Date): string {
  return ["UTC", "America/Los_Angeles"].map((timeZone) => date.toLocaleDateString("sv", { timeZone })).join(" ");
}

/** Names what was compared: every file of a copy and what is run on it. */
function fingerprint(dir: string, plan: ParityPlan): string {
  const hash = createHash("sha256").update(JSON.stringify([plan.env, plan.commands, plan.selectors, plan.run]));
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(relative(dir, file)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
