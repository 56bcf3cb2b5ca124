import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** What `parity.json` beside a project's dbt_project.yml may say; everything has a default. */
export interface ParityPlan {
  /** Commands run in order in both copies before artifacts and tables are compared. Default: build twice. */
  commands?: string[][];
  /** Selector expressions whose `ls` answers are compared. */
  selectors?: string[][];
  /** Columns (`name` or `table.name`) that hold the time of the run or a random value, so that any two runs differ. */
  volatileColumns?: string[];
  /** Fields that hold the time of the parse: regular expressions over the printed place. */
  volatileFields?: string[];
  /** Differences that are meant, each with the reason: `place` is a regular expression over the printed place. */
  known?: { place: string; reason: string }[];
  /** Environment of both tools. */
  env?: { [name: string]: string };
  /** Further keys of a profile for ClickHouse, on which the project is then run by both tools, each with a server of its own. */
  clickhouse?: { [key: string]: unknown };
  /** False for a project that is only parsed. */
  run?: boolean;
}

export interface Copy {
  dir: string;
  tool: "dbt" | "tsdbt";
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export function readPlan(dir: string): ParityPlan {
  const file = join(dir, "parity.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ParityPlan) : {};
}

/** A copy of the project without what earlier runs left, under the same folder name, so that names derived from it agree. */
export function copyProject(dir: string, into: string): string {
  const source = resolve(dir);
  const target = join(into, basename(source));
  mkdirSync(into, { recursive: true });
  cpSync(source, target, {
    recursive: true,
    filter: (path) => {
      const name = basename(path);
      return (
        dirname(path) !== source || !(/^(target|logs|\.git|node_modules)$/.test(name) || /\.duckdb(\.wal)?$/.test(name))
      );
    },
  });
  return target;
}

/** Runs one command of tsdbt in its copy; never throws for a non-zero exit code. */
export function runTool(
  executable: string[],
  copy: Copy,
  args: string[],
  env: { [name: string]: string } = {},
): CommandResult {
  const result = spawnSync(executable[0]!, [...executable.slice(1), ...args], {
    cwd: copy.dir,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      DBT_PROFILES_DIR: copy.dir,
      DBT_USE_COLORS: "false",
      ...env,
    },
  });
  if (result.error) throw result.error;
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Runs all of Python dbt's commands in one process, since starting it takes longer than most of them, and keeps each
 * command's artifacts aside before the next one writes over them.
 */
const RUN_ALL = `
import atexit, gc, json, os, shutil, sys
from dbt.cli.main import dbtRunner
runner = dbtRunner()
answers = []
real_stdout = os.dup(1)
os.dup2(2, 1)
for number, args in enumerate(json.load(sys.stdin)):
    log = open("parity-%d.log" % number, "w")
    saved = sys.stdout
    sys.stdout = log
    try:
        outcome = runner.invoke(args)
    finally:
        sys.stdout = saved
        log.close()
    code = 0 if outcome.success else 2 if outcome.exception else 1
    listed = outcome.result if "ls" in args and isinstance(outcome.result, list) else None
    answers.append({"code": code, "lines": listed, "stdout": open("parity-%d.log" % number).read(),
        "logged": os.path.getsize(os.environ["PARITY_LOG"]) if "PARITY_LOG" in os.environ else 0})
    os.remove("parity-%d.log" % number)
    kept = os.path.join("parity-artifacts", str(number))
    os.makedirs(kept, exist_ok=True)
    for name in ("manifest.json", "run_results.json", "sources.json", "catalog.json", "semantic_manifest.json"):
        if os.path.exists(os.path.join("target", name)):
            shutil.copy(os.path.join("target", name), kept)
os.write(real_stdout, ("\\n@@" + json.dumps(answers)).encode())
# what is registered for the end closes the database; after that, threads of the engine may end badly
atexit._run_exitfuncs()
gc.collect()
os._exit(0)
`;

export interface DbtAnswer {
  code: number;
  /** What `ls` listed. */
  lines: string[] | null;
  stdout: string;
  /** How long the file `$PARITY_LOG` was then. */
  logged: number;
}

/** Python dbt's answers to each list of arguments, in order; its artifacts after command N are read by `readArtifact(copy, name, N)`. */
export function runDbt(
  python: string,
  copy: Copy,
  commands: string[][],
  env: { [name: string]: string } = {},
): DbtAnswer[] {
  const result = spawnSync(python, ["-c", RUN_ALL], {
    cwd: copy.dir,
    input: JSON.stringify(commands),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      DBT_PROFILES_DIR: copy.dir,
      DBT_USE_COLORS: "false",
      ...env,
    },
  });
  const answer = result.stdout.split("\n@@").at(-1);
  if (result.status !== 0 || !answer) throw new Error(`Python dbt did not run: ${result.stderr.slice(-2000)}`);
  return JSON.parse(answer) as DbtAnswer[];
}

/** An artifact of the last command, or of the Nth of {@link runDbt}. */
export function readArtifact(copy: Copy, name: string, number?: number): Record<string, unknown> | null {
  const file =
    number === undefined ? join(copy.dir, "target", name) : join(copy.dir, "parity-artifacts", String(number), name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : null;
}
