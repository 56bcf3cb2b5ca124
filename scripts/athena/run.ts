import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeProfile as writeProfileOf } from "../../tests/athena/projects.ts";
import type { RecordedCall } from "../../tests/services/athena/faults.ts";
import type { AthenaStandIn } from "../../tests/services/athena/start.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One of the two tools on a copy of a project, with a schema of its own. */
export interface Side {
  tool: "dbt" | "tsdbt";
  dir: string;
  schema: string;
}

export interface RunOutcome {
  code: number | null;
  seconds: number;
  text: string;
  calls: RecordedCall[];
  results: NodeOutcome[];
}

export interface NodeOutcome {
  unique_id: string;
  status: string;
  message: string | null;
  adapter_response: { [key: string]: unknown };
}

/** A copy of the project whose profile leads to the stand-in. */
export function sideOf(tool: Side["tool"], project: string, scratch: string, at: AthenaStandIn): Side {
  const dir = join(scratch, tool, basename(project));
  mkdirSync(dir, { recursive: true });
  cpSync(project, dir, { recursive: true, filter: (path) => !/^(?:target|logs)$/.test(basename(path)) });
  const schema = `s_${tool}`;
  writeProfile(dir, at, schema);
  return { tool, dir, schema };
}

/** Writes profiles.yml for the stand-in: every profile name that the project may ask for is the same one. */
export function writeProfile(dir: string, at: AthenaStandIn, schema: string, more: object = {}): void {
  const name = /^profile:\s*['"]?(\w+)/m.exec(readFileSync(join(dir, "dbt_project.yml"), "utf8"))![1]!;
  const own = { s3_data_dir: `s3://${at.bucket}/data/`, poll_interval: 0.1, threads: 1 };
  writeProfileOf(dir, name, at, schema, { ...own, ...more });
}

/** Runs a command of the tool's, and takes what it asked the stand-in. */
export async function runSide(side: Side, at: AthenaStandIn, python: string, args: string[]): Promise<RunOutcome> {
  await at.reset();
  const started = Date.now();
  const command = side.tool === "dbt" ? [python, "-m", "dbt.cli.main"] : TSDBT;
  const { code, text } = runIn(side, at, [...command, ...args]);
  const seconds = Math.round((Date.now() - started) / 1000);
  return { code, seconds, text, calls: await at.calls(), results: resultsOf(side.dir) };
}

/** Makes the external tables that a side's sources describe. */
export function stageExternalSources(side: Side, at: AthenaStandIn): void {
  const { code, text } = runIn(side, at, [...TSDBT, "run-operation", "stage_external_sources"]);
  if (code !== 0) throw new Error(text);
}

const TSDBT = [process.execPath, join(ROOT, "bin", "tsdbt")];

function runIn(side: Side, at: AthenaStandIn, [program, ...args]: string[]): { code: number | null; text: string } {
  const result = spawnSync(program!, args, {
    cwd: side.dir,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      ...at.env,
      DBT_PROFILES_DIR: side.dir,
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      NO_COLOR: "1",
    },
  });
  return { code: result.status, text: result.stdout + result.stderr };
}

function resultsOf(dir: string): NodeOutcome[] {
  try {
    return (JSON.parse(readFileSync(join(dir, "target", "run_results.json"), "utf8")) as { results: NodeOutcome[] })
      .results;
  } catch {
    return [];
  }
}
