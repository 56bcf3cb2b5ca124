/**
 * npm run parity -- [--clickhouse] PROJECT_DIR… : runs Python dbt and tsdbt on copies of the same project and compares, node by node,
 * manifests, compiled code, `ls` answers, statuses and the rows of every table. Prints each difference with its place
 * and ends with `N passed, M failed`.
 *
 * With --clickhouse, or where the project's plan says so, both run on servers of ClickHouse, and the statements that reached
 * these are compared too. A project may hold a parity.json (see ParityPlan). How much must at least be compared is recorded in
 * tests/parity/minimum.json (`--record` writes it), so that an empty comparison cannot pass.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compareProject, printReport } from "./compare-project.ts";
import { type Copy, copyProject, readPlan, runDbt } from "./project.ts";
import { referenceDbt } from "./reference.ts";
import { warehouseOf } from "./warehouse.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MINIMUM = join(ROOT, "tests", "parity", "minimum.json");

const args = process.argv.slice(2);
const record = args.includes("--record");
const onClickHouse = args.includes("--clickhouse");
const keep = args.includes("--keep");
const projects = args.filter((a) => !a.startsWith("--"));
if (projects.length === 0) {
  console.error("usage: npm run parity -- [--record] [--keep] [--clickhouse] PROJECT_DIR…");
  process.exit(2);
}

const reference = referenceDbt();
const executable = [process.execPath, join(ROOT, "bin", "tsdbt")];
const minimum: Record<string, { nodes: number; fields: number }> = existsSync(MINIMUM)
  ? JSON.parse(readFileSync(MINIMUM, "utf8"))
  : {};
let passed = 0;
let failed = 0;

for (const dir of projects) {
  const plan = readPlan(dir);
  if (onClickHouse) plan.clickhouse ??= {};
  const name = basename(resolve(dir)) + (onClickHouse ? " on ClickHouse" : "");
  const scratch = mkdtempSync(join(tmpdir(), "tsdbt-parity-"));
  try {
    const dbt: Copy = { tool: "dbt", dir: copyProject(dir, join(scratch, "dbt")) };
    const tsdbt: Copy = { tool: "tsdbt", dir: copyProject(dir, join(scratch, "tsdbt")) };
    const warehouse = await warehouseOf(dbt, tsdbt, plan);
    const answers = (commands: string[][]) =>
      runDbt(reference.python, dbt, commands, { ...plan.env, ...warehouse.env });
    const report = await compareProject(name, { dbt, tsdbt, answers, executable, warehouse }, plan).finally(() =>
      warehouse.stop(),
    );
    const wanted = minimum[name];
    if (wanted && !record && (report.nodes < wanted.nodes || report.fields < wanted.fields)) {
      console.log(
        `DIFFERENT ${name}: compared ${report.nodes} nodes and ${report.fields} fields, recorded are ${wanted.nodes} and ${wanted.fields}`,
      );
      report.failed++;
    }
    if (report.nodes === 0) report.failed++;
    if (record) minimum[name] = { nodes: report.nodes, fields: report.fields };
    printReport(name, report);
    passed += report.passed;
    failed += report.failed;
  } finally {
    if (keep) console.log(`kept ${scratch}`);
    else rmSync(scratch, { recursive: true, force: true });
  }
}
if (record) writeFileSync(MINIMUM, `${JSON.stringify(minimum, null, 2)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
