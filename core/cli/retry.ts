import { join, resolve } from "node:path";
import { loadFlags } from "../../project/flags.ts";
import type { Flags } from "../../project/types.ts";
import { type RunResults, readRunResults } from "../artifacts/previous-results.ts";
import type { BatchResults, NodeResult } from "../artifacts/results.ts";
import type { GivenOptions } from "../config/flags.ts";
import { TsdbtError } from "../errors.ts";
import type { RunOptions } from "../run/types.ts";
import type { CommandContext } from "./spec.ts";
import { generateDocs, runMacro, runSelected } from "./tasks.ts";

/** What is done again where it ended so. */
const AGAIN = ["error", "fail", "skipped", "runtime error", "partial success"];

/** Flags that are this command's own; the others are those of the run that is done again. */
const OWN = ["log_path", "profiles_dir", "project_dir", "defer_state", "target_path", "warn_error"];
/** Taken from this command line where they stand there. */
const OVERRIDING = ["vars", "threads"];

const COMMANDS = ["build", "compile", "clone", "generate", "seed", "snapshot", "test", "run", "run-operation"];

/**
 * `retry`: does again what failed or was skipped in the last run, with the command and flags of that run.
 * https://docs.getdbt.com/reference/commands/retry
 */
export async function retry(context: CommandContext): Promise<number> {
  const { loadRuntimeConfig } = await import("../../project/runtime.ts");
  const { project } = await loadRuntimeConfig(context.flags, context.env, context.events);
  const folder = context.flags.state ?? project.targetPath;
  const previous = readRunResults(resolve(project.root, folder));
  if (!previous)
    throw new TsdbtError(
      "TD5020",
      "Runtime Error",
      `Could not find previous run in '${String(context.given.state ?? folder)}' target directory`,
      {
        hint: "run_results.json is written by build, run, test, seed, snapshot, compile and run-operation",
      },
    );
  const command = String(previous.args.which ?? "");
  if (!COMMANDS.includes(command))
    throw new TsdbtError(
      "TD5021",
      "Runtime Error",
      `The last command was \`${command}\`: it cannot be done again by retry`,
      {
        file: join(folder, "run_results.json"),
      },
    );
  const flags = flagsOf(context, command, previous);
  const again = context.flags.warn_error ? [...AGAIN, "warn"] : AGAIN;
  const ids = previous.results
    .filter(
      ({ status, unique_id: id }) =>
        again.includes(status) && (command === "run-operation" || !id.startsWith("operation.")),
    )
    .map(({ unique_id }) => unique_id);
  const own: CommandContext = { ...context, flags };
  if (command === "run-operation") return ids.length === 0 ? 0 : runMacro(own);
  const chosen = new Set(ids);
  return command === "generate" ? generateDocs(own, chosen) : runSelected(command, own, chosen, takenUp(previous));
}

/** Batches that failed beside others that did not (where none was built the model starts anew), and the same of overloads. */
function takenUp({ results, startedAt }: RunResults): RunOptions["again"] {
  const batches = new Map<string, BatchResults>();
  const overloads = new Map<string, string[]>();
  for (const { unique_id: id, batch_results: found, overload_results: made } of results) {
    const { successful = [], failed = [] } = (found ?? {}) as Partial<BatchResults>;
    if (successful.length > 0 && failed.length > 0) batches.set(id, { successful, failed });
    const { successful: there = [], failed: missing = [] } = (made ?? {}) as NonNullable<NodeResult["overloads"]>;
    if (missing.length > 0) overloads.set(id, there);
  }
  return { batches, overloads, startedAt: startedAt === null ? null : new Date(startedAt) };
}

/** The flags of the run that is done again, with what is this command's own. */
function flagsOf(context: CommandContext, command: string, { args }: RunResults): Flags {
  const now = context.flags;
  const given: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(args)) {
    if (OWN.includes(name) || name === "show" || name === "invocation_command" || isEmpty(name, value)) continue;
    given[name] = value;
  }
  for (const name of OVERRIDING) if (name in context.given) given[name] = context.given[name];
  for (const name of OWN) if (now[name] !== null && now[name] !== undefined) given[name] = now[name];
  if (!now.profiles_dir_given) delete given.profiles_dir;
  if (given.warn_error) delete given.warn_error_options;
  else delete given.warn_error;
  const flags = loadFlags(command, given as GivenOptions, context.env, { cwd: context.io.cwd });
  flags.invocation_id = now.invocation_id;
  flags.invocation_command = now.invocation_command;
  return flags;
}

/** Defaults that are written out would count as given. */
function isEmpty(name: string, value: unknown): boolean {
  if (value === null || (Array.isArray(value) && value.length === 0)) return true;
  if (name !== "warn_error_options" || typeof value !== "object") return false;
  return Object.values(value as object).every((list) => Array.isArray(list) && list.length === 0);
}
