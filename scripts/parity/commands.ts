/**
 * npm run parity:commands -- [--record] [NAME…] : runs the scenarios of tests/support/scenarios with Python dbt and with tsdbt:
 * `deps` with a package hub, tarballs and a git repository on this machine, and flows of other commands. Compares what is
 * said, exit codes, package-lock.yml, packages.yml, what is installed and run_results.json. `--record` keeps dbt's outcomes
 * for the tests. Ends with `N passed, M failed`.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { FLAG_SCENARIOS } from "../../tests/support/scenarios/behavior-flags.ts";
import { expectedLines } from "../../tests/support/scenarios/compare.ts";
import { SCENARIOS } from "../../tests/support/scenarios/deps.ts";
import { FLOWS } from "../../tests/support/scenarios/flows.ts";
import { LOGS } from "../../tests/support/scenarios/logs.ts";
import {
  type Outcome,
  portable,
  RECORDED,
  runScenario,
  type Said,
  surroundings,
  type Tool,
  tsdbtTool,
} from "../../tests/support/scenarios/run.ts";
import { inParallel } from "./pool.ts";
import { referenceDbt } from "./reference.ts";

/** Runs one command after another in one process: starting Python dbt takes longer than what it does here. */
const RUNNER = `
import json, os, sys, tempfile
real = os.dup(1)
os.environ["DBT_PACKAGE_HUB_URL"] = sys.argv[1]
from dbt.cli.main import dbtRunner
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
import dbt.deprecations, dbt.deps.base, dbt.deps.private_package
usual = dict(os.environ)
for line in sys.stdin:
    job = json.loads(line)
    os.environ.clear()
    os.environ.update({**usual, **job["env"]})
    os.chdir(job["cwd"])
    dbt.deps.private_package.PRIVATE_PACKAGE_HELPER = None
    dbt.deps.base.DOWNLOADS_PATH = None
    dbt.deprecations.active_deprecations.clear()
    DuckDBConnectionManager.close_all_connections()
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 1); os.dup2(said.fileno(), 2)
        result = dbtRunner().invoke(["--no-use-colors", *job["args"]])
        sys.stdout.flush(); sys.stderr.flush()
        if result.exception is not None and type(result.exception).__module__.startswith(("click", "dbt.cli")):
            os.write(1, ("Error: %s\\n" % result.exception).encode())
        said.seek(0)
        text = said.read().decode()
    code = 0 if result.success else 2 if result.exception else 1
    os.write(real, (json.dumps({"code": code, "text": text}) + "\\n").encode())
`;

function pythonTool(python: string, hub: string): { run: Tool; close(): void } {
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", NO_COLOR: "1" };
  const child = spawn(python, ["-c", RUNNER, hub], { env, stdio: ["pipe", "pipe", "inherit"] });
  const waiting: ((said: Said) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(JSON.parse(line) as Said));
  return {
    run: (args, cwd, given) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify({ args, cwd, env: given })}\n`);
      }),
    close: () => child.stdin.end(),
  };
}

const wanted = process.argv.slice(2).filter((word) => word !== "--record");
const record = process.argv.includes("--record");
const recorded: { [scenario: string]: Outcome[] } = {};
const reference = referenceDbt();
const around = await surroundings();
const pythons = Array.from({ length: availableParallelism() }, () => pythonTool(reference.python, around.hub.url));
let passed = 0;
let failed = 0;

function compare(place: string, dbt: unknown, tsdbt: unknown): void {
  if (isDeepStrictEqual(dbt, tsdbt)) passed++;
  else {
    failed++;
    console.log(`DIFFERENT ${place}\n--- dbt\n${show(dbt)}\n--- tsdbt\n${show(tsdbt)}`);
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

const scenarios = [...SCENARIOS, ...FLOWS, ...FLAG_SCENARIOS, ...LOGS].filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
try {
  const outcomes = await inParallel(scenarios, pythons.length, (scenario, worker) =>
    Promise.all([runScenario(pythons[worker]!.run, scenario, around), runScenario(tsdbtTool, scenario, around)]),
  );
  for (const [at, scenario] of scenarios.entries()) {
    const [theirs, ours] = outcomes[at]!;
    recorded[scenario.name] = theirs.map((outcome) => portable(outcome, scenario));
    for (const [i, step] of scenario.steps.entries()) {
      const [dbt, tsdbt] = [theirs[i]!, ours[i]!];
      const place = `${scenario.name}, step ${i + 1} (${step.args.join(" ")})`;
      compare(`${place}: exit code`, dbt.code, tsdbt.code);
      compare(`${place}: output`, ...expectedLines(dbt, tsdbt, step.unlike, scenario.unordered));
      compare(`${place}: package-lock.yml`, dbt.lock, tsdbt.lock);
      compare(`${place}: packages.yml`, dbt.packagesFile, tsdbt.packagesFile);
      compare(`${place}: installed`, dbt.installed, tsdbt.installed);
      compare(`${place}: run_results.json`, dbt.results, tsdbt.results);
    }
  }
} finally {
  for (const python of pythons) python.close();
  around.close();
}
if (record) {
  const kept = existsSync(RECORDED) && wanted.length > 0 ? JSON.parse(readFileSync(RECORDED, "utf8")) : {};
  writeFileSync(RECORDED, `${JSON.stringify({ ...kept, ...recorded }, null, 1)}\n`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
