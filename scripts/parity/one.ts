/** What `main.ts` starts for each project: compares it with Python dbt, prints what differs and answers its parent with the counts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compareProject, printReport } from "./compare-project.ts";
import { type Copy, copyProject, readPlan, runDbt } from "./project.ts";
import { referenceDbt } from "./reference.ts";
import { warehouseOf } from "./warehouse.ts";

/** How much of a project was compared, and with what outcome. */
export interface Counts {
  name: string;
  nodes: number;
  fields: number;
  passed: number;
  failed: number;
}

const TSDBT = fileURLToPath(new URL("../../bin/tsdbt", import.meta.url));
const args = process.argv.slice(2);
const dir = args.find((a) => !a.startsWith("--"))!;
const onClickHouse = args.includes("--clickhouse");

const plan = readPlan(dir);
if (onClickHouse) plan.clickhouse ??= {};
const name = basename(resolve(dir)) + (onClickHouse ? " on ClickHouse" : "");
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-parity-"));
try {
  const dbt: Copy = { tool: "dbt", dir: copyProject(dir, join(scratch, "dbt")) };
  const tsdbt: Copy = { tool: "tsdbt", dir: copyProject(dir, join(scratch, "tsdbt")) };
  const warehouse = await warehouseOf(dbt, tsdbt, plan);
  const answers = (commands: string[][]) =>
    runDbt(referenceDbt().python, dbt, commands, { ...plan.env, ...warehouse.env });
  const executable = [process.execPath, TSDBT];
  const report = await compareProject(name, { dbt, tsdbt, answers, executable, warehouse }, plan).finally(() =>
    warehouse.stop(),
  );
  printReport(name, report);
  const { nodes, fields, passed, failed } = report;
  process.send!({ name, nodes, fields, passed, failed } satisfies Counts);
} finally {
  if (args.includes("--keep")) console.log(`kept ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}
process.disconnect();
