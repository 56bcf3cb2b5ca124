import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { referenceDbt } from "../parity/reference.ts";

const PLUGIN = fileURLToPath(new URL("pytest", import.meta.url));
const KIT = "dbt-tests-adapter==1.20.0";
const RUNNER = ["pytest>=9,<10", "pytest-xdist>=3.8,<4", "freezegun>=1.5,<2"];

/** Tests that one run of pytest takes. */
export interface TestFolder {
  name: string;
  /** Where pytest starts. */
  dir: string;
  tests: string[];
  options?: string[];
  /** Environment variables of its own. */
  env?: { [name: string]: string };
  /** How many pass with Python dbt at the least. */
  least: number;
}

export interface Outcome {
  outcome: "passed" | "failed" | "skipped";
  /** The last line of pytest's report on a failure. */
  why: string;
}

export type Outcomes = Record<string, Outcome>;

/** The Python of the reference's virtual environment, with pytest and dbt's test kit in it. */
export function suitePython(): string {
  const { python } = referenceDbt();
  const lib = join(dirname(dirname(python)), "lib");
  const installed = (path: string) =>
    readdirSync(lib).some((version) => existsSync(join(lib, version, "site-packages", path)));
  if (!["dbt/tests/adapter", "xdist", "freezegun"].every(installed)) {
    process.stderr.write(`installing ${KIT} beside Python dbt\n`);
    const pip = ["-m", "pip", "-q", "--disable-pip-version-check", "install"];
    execFileSync(python, [...pip, ...RUNNER], { stdio: "inherit" });
    execFileSync(python, [...pip, "--no-deps", KIT], { stdio: "inherit" });
  }
  return python;
}

/** pytest's exit code where the selection leaves no test. */
const NOTHING_RAN = 5;

/** How tests are run. */
interface Run {
  python: string;
  /** The dbt that the tests judge: a command line, or `python` for Python dbt. */
  dbt: string;
  workers: number;
  scratch: string;
  /** Parts of the names of those to run; empty: all. */
  only?: string[];
  /** Names of tests to leave out. */
  known?: string[];
  /** The file that takes each outcome as it comes. */
  report?: string | undefined;
}

export function runTests(folder: TestFolder, how: Run): Outcomes {
  const { only = [], known = [] } = how;
  const selection = join(how.scratch, "selection.json");
  writeFileSync(selection, JSON.stringify({ only, known }));
  const report = how.report ?? join(how.scratch, "outcomes.json");
  rmSync(report, { force: true });
  const started = Date.now();
  const pytest = ["-m", "pytest", "-q", "-n", String(how.workers), "-p", "suite_plugin"];
  const quiet = ["-p", "no:warnings", "-p", "no:cacheprovider", "--tb", "short", "--show-capture", "no"];
  const result = spawnSync(
    how.python,
    [
      ...pytest,
      ...quiet,
      "--rootdir",
      ".",
      "--basetemp",
      join(how.scratch, "pytest"),
      ...(folder.options ?? []),
      ...folder.tests,
    ],
    {
      cwd: folder.dir,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        ...folder.env,
        SUITE_DBT: how.dbt,
        SUITE_REPORT: report,
        SUITE_SELECTION: selection,
        PYTHONPATH: PLUGIN,
        PYTHONDONTWRITEBYTECODE: "1",
        DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      },
    },
  );
  if (result.status === NOTHING_RAN && only.length + known.length > 0) return {};
  const outcomes: Outcomes = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  // pytest ends with 1 when tests fail; what is worse gives no outcomes to compare
  if (result.status !== 0 && result.status !== 1) {
    console.error(`${result.stdout}${result.stderr}\npytest ended with ${result.status ?? result.signal}`);
    process.exit(1);
  }
  console.log(`${how.dbt === "python" ? "Python dbt" : "tsdbt"}: ${Math.round((Date.now() - started) / 1000)} s`);
  return outcomes;
}
