/**
 * npm run consumers -- [--schemas DIR] PROJECT_DIR… : builds copies of projects with tsdbt and lets programs that live on dbt's
 * artifacts read what it wrote: dbt's own artifact classes (and JSON schemas), dbt-artifacts-parser, openlineage, astronomer-cosmos and the
 * documentation page of dbt-core in a headless Chromium. With `--schemas`, the JSON schemas are those of a folder
 * (`manifest-v12.json`, `run_results-v6.json`, `sources-v3.json`, `catalog-v1.json`). Ends with `N passed, M failed`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startSide } from "../parity/clickhouse.ts";
import { copyProject, readPlan, runTool } from "../parity/project.ts";
import { referenceDbt } from "../parity/reference.ts";
import { consumersPython } from "./python.ts";
import { checkSite } from "./site.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const TSDBT = [process.execPath, join(HERE, "..", "..", "bin", "tsdbt")];

const args = process.argv.slice(2);
const at = args.indexOf("--schemas");
const schemas = at < 0 ? null : resolve(args[at + 1] ?? "");
const projects = args.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
if (projects.length === 0) {
  console.error("usage: npm run consumers -- [--schemas DIR] PROJECT_DIR…");
  process.exit(2);
}

let passed = 0;
let failed = 0;
const tell = (line: string): void => {
  console.log(line);
  if (line.startsWith("ok ")) passed++;
  else if (line.startsWith("FAILED ")) failed++;
};

const scratch = mkdtempSync(join(tmpdir(), "tsdbt-consumers-"));
try {
  const built: string[] = [];
  for (const [i, project] of projects.entries()) built.push(await build(project, join(scratch, String(i))));
  const reference = referenceDbt().python;
  const consumers = consumersPython();
  python(reference, "reference.py", built, schemas ? { TSDBT_SCHEMAS: schemas } : {});
  python(consumers, "parser.py", built);
  python(consumers, "openlineage_events.py", built);
  python(consumers, "cosmos_graph.py", built, { AIRFLOW_HOME: join(scratch, "airflow"), HOME: scratch });
  for (const line of await checkSite(built[0]!, reference)) tell(line);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || passed === 0 ? 1 : 0);

/** A copy of the project with the artifacts of build, source freshness and docs generate in its target folder. */
async function build(project: string, into: string): Promise<string> {
  const dir = copyProject(project, into);
  const { env, clickhouse } = readPlan(project);
  const served = clickhouse && (await startSide({ dir, tool: "tsdbt" }, clickhouse));
  const deps = ["packages.yml", "dependencies.yml"].some((name) => existsSync(join(dir, name))) ? [["deps"]] : [];
  for (const command of [...deps, ["build"], ["source", "freshness"], ["docs", "generate", "--no-compile"]]) {
    const { code, stdout, stderr } = runTool(TSDBT, { dir, tool: "tsdbt" }, command, env);
    if (code === 2 || code === null) {
      tell(`FAILED ${basename(dir)}: ${command.join(" ")} ended with ${code}\n${stdout.slice(-2000)}${stderr}`);
    }
  }
  served?.server.stop();
  return dir;
}

/** Runs a check in Python; it prints a line for each thing it looked at. */
function python(executable: string, script: string, dirs: string[], env: { [name: string]: string } = {}): void {
  const result = spawnSync(executable, [join(HERE, script), ...dirs], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DBT_PROFILES_DIR: dirs[0], ...env },
  });
  const lines = result.stdout.split("\n").filter((line) => /^(ok|FAILED) /.test(line));
  for (const line of lines) tell(line);
  if (result.status !== 0 || lines.length === 0) {
    tell(`FAILED ${script} ended with ${result.status}: ${result.stderr.slice(-3000)}`);
  }
}
