import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/artifacts/atomic.ts";
import { type RunResultsFile, readArtifact } from "./artifacts.ts";

const KEPT = 20;
const FOLDER = "run_history";
/** Commands whose results tell of tables; `docs generate` itself writes run_results.json as well. */
const TELLING = new Set(["run", "build", "test", "seed", "snapshot", "retry", "clone", "run-operation"]);

/**
 * Keeps target/run_results.json under run_history/, before another command writes over it: the twenty newest that tell of
 * tables. Does nothing where it is kept already.
 */
export function keepRun(target: string): void {
  const run = readArtifact<RunResultsFile>(join(target, "run_results.json"));
  if (!run || !tells(run)) return;
  const folder = join(target, FOLDER);
  const name = fileName(run);
  const known = kept(folder);
  if (known.includes(name)) return;
  writeFileAtomic(join(folder, name), JSON.stringify(run));
  for (const old of [...known, name].sort().reverse().slice(KEPT)) rmSync(join(folder, old), { force: true });
}

/** The runs that are known, newest first: the last one, and every run_results.json that lies under run_history/, whatever its name. */
export function readRuns(target: string): RunResultsFile[] {
  const folder = join(target, FOLDER);
  const paths = [...jsonFiles(folder).map((name) => join(folder, name)), join(target, "run_results.json")];
  const runs = new Map<string, RunResultsFile>();
  for (const path of paths) {
    const run = readArtifact<RunResultsFile>(path);
    if (run && Array.isArray(run.results) && tells(run)) runs.set(fileName(run), run);
  }
  return [...runs].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, run]) => run);
}

function tells(run: RunResultsFile): boolean {
  return TELLING.has(run.args?.which ?? "run");
}

function fileName({ metadata }: RunResultsFile): string {
  const at = (metadata.generated_at ?? "").replace(/\D/g, "").slice(0, 20);
  return `${at}-${(metadata.invocation_id ?? "").replace(/[^\w-]/g, "")}.json`;
}

/** Names that {@link keepRun} gave; others are left alone. */
function kept(folder: string): string[] {
  return jsonFiles(folder).filter((name) => /^\d+-[\w-]*\.json$/.test(name));
}

function jsonFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
}
