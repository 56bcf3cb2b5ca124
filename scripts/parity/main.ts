/**
 * npm run parity -- [--clickhouse] PROJECT_DIR… : runs Python dbt and tsdbt on copies of the same project and compares, node by node,
 * manifests, compiled code, `ls` answers, statuses and the rows of every table. Prints each difference with its place
 * and ends with `N passed, M failed`. As many projects as the machine has processors are compared at once (`--jobs N`).
 *
 * With --clickhouse, or where the project's plan says so, both run on servers of ClickHouse, and the statements that reached
 * these are compared too. A project may hold a parity.json (see ParityPlan). How much must at least be compared is recorded in
 * tests/parity/minimum.json (`--record` writes it), so that an empty comparison cannot pass.
 */
import { fork } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { argumentsOf } from "../arguments.ts";
import type { Counts } from "./one.ts";
import { inParallel } from "./pool.ts";
import { referenceDbt } from "./reference.ts";

const MINIMUM = fileURLToPath(new URL("../../tests/parity/minimum.json", import.meta.url));
const ONE = join(import.meta.dirname, "one.ts");

const USAGE = "usage: npm run parity -- [--record] [--keep] [--clickhouse] [--jobs N] PROJECT_DIR…";
const { values, positionals: projects } = argumentsOf(USAGE, {
  options: {
    record: { type: "boolean" },
    keep: { type: "boolean" },
    clickhouse: { type: "boolean" },
    jobs: { type: "string", default: String(availableParallelism()) },
  },
  allowPositionals: true,
});
if (projects.length === 0) {
  console.error(USAGE);
  process.exit(2);
}
referenceDbt();

/** Compares one project in a process of its own, and prints what that said once it is through. */
function compared(dir: string): Promise<Counts | null> {
  const flags = [...(values.keep ? ["--keep"] : []), ...(values.clickhouse ? ["--clickhouse"] : [])];
  const child = fork(ONE, [dir, ...flags], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let said = "";
  let counts: Counts | null = null;
  child.stdout!.on("data", (text) => {
    said += text;
  });
  child.stderr!.on("data", (text) => {
    said += text;
  });
  child.on("message", (message) => {
    counts = message as Counts;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      process.stdout.write(said);
      if (code !== 0 || !counts) console.log(`FAILED ${dir}: the comparison ended with ${code}`);
      resolve(code === 0 ? counts : null);
    });
  });
}

const minimum: Record<string, { nodes: number; fields: number }> = existsSync(MINIMUM)
  ? JSON.parse(readFileSync(MINIMUM, "utf8"))
  : {};
let passed = 0;
let failed = 0;
for (const counts of await inParallel(projects, Number(values.jobs), compared)) {
  if (!counts) {
    failed++;
    continue;
  }
  const { name, nodes, fields } = counts;
  const wanted = minimum[name];
  if (wanted && !values.record && (nodes < wanted.nodes || fields < wanted.fields)) {
    console.log(
      `DIFFERENT ${name}: compared ${nodes} nodes and ${fields} fields, recorded are ${wanted.nodes} and ${wanted.fields}`,
    );
    failed++;
  }
  if (nodes === 0) failed++;
  if (values.record) minimum[name] = { nodes, fields };
  passed += counts.passed;
  failed += counts.failed;
}
if (values.record) writeFileSync(MINIMUM, `${JSON.stringify(minimum, null, 2)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
