import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

/** What `parity.json` beside a project's dbt_project.yml may say; everything has a default. */
export interface ParityPlan {
  /** Commands run in order in both copies before artifacts and tables are compared. Default: build twice. */
  commands?: string[][];
  /** Selector expressions whose `ls` answers are compared. */
  selectors?: string[][];
  /** Columns that hold the time of the run or a random value, so that their values differ between any two runs. */
  volatileColumns?: string[];
  /** Differences that are meant, each with the reason: `place` is a regular expression over the printed place. */
  known?: { place: string; reason: string }[];
  /** Environment of both tools. */
  env?: { [name: string]: string };
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
      return path === source || !(/^(target|logs|\.git|node_modules)$/.test(name) || /\.duckdb(\.wal)?$/.test(name));
    },
  });
  return target;
}

/** Runs one command of either tool in its copy; never throws for a non-zero exit code. */
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
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      DBT_PROFILES_DIR: copy.dir,
      DBT_USE_COLORS: "false",
      ...env,
    },
  });
  if (result.error) throw result.error;
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

export function readArtifact(copy: Copy, name: string): Record<string, unknown> | null {
  const file = join(copy.dir, "target", name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : null;
}

/** Answers many `ls` commands of Python dbt from one process: starting it takes longer than listing. */
const LIST_ALL = `
import json, sys
from dbt.cli.main import dbtRunner
runner = dbtRunner()
answers = []
for args in json.load(sys.stdin):
    outcome = runner.invoke(["--quiet", "ls", *args])
    answers.append(list(outcome.result) if outcome.success and outcome.result is not None else None)
sys.stdout.write("\\n@@" + json.dumps(answers))
`;

/** The lines that Python dbt's `ls` prints for each list of arguments, `null` where it fails. */
export function listWithDbt(
  python: string,
  copy: Copy,
  selectors: string[][],
  env: { [name: string]: string } = {},
): (string[] | null)[] {
  const result = spawnSync(python, ["-c", LIST_ALL], {
    cwd: copy.dir,
    input: JSON.stringify(selectors),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DBT_PROFILES_DIR: copy.dir, ...env },
  });
  const answer = result.stdout.split("\n@@").at(-1);
  if (result.status !== 0 || !answer) throw new Error(`Python dbt could not list: ${result.stderr}`);
  return JSON.parse(answer) as (string[] | null)[];
}
