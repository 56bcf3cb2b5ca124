import { NodeConnection } from "../context/execution/connection.ts";
import { TsdbtError } from "../errors.ts";
import { inlineUnparsed } from "../events/messages/index.ts";
import type { Node } from "../manifest/resources.ts";
import { runGraphTask } from "./graph-task.ts";
import { inlineNode } from "./inline.ts";
import { showRows } from "./print.ts";
import { createRegistry } from "./registry.ts";
import { TASKS } from "./tasks.ts";
import type { RunOptions, RunOutcome } from "./types.ts";

/**
 * Carries out a command on a parsed project: `run`, `build`, `test`, `seed`, `snapshot`, `compile`, `show`, `freshness` and
 * `run-operation`.
 *
 *     const { results, exitCode } = await runTask("build", { config, manifest, adapter, events, selection, flags });
 *
 * A node's failure is in its result; what ends the command itself is thrown as a TsdbtError.
 */
export async function runTask(command: string, options: RunOptions): Promise<RunOutcome> {
  if (command === "run-operation") return (await import("./operation.ts")).runOperation(options);
  const task = TASKS[command === "source freshness" ? "freshness" : command];
  if (!task) throw new TsdbtError("TD3069", "Internal Error", `There is no task for the command ${command}`);
  const { flags, manifest, config } = options;
  if (command === "show" && flags.inline_direct) return showDirect(options, String(flags.inline_direct));
  if (command === "show" && !flags.inline && flags.select.length === 0) {
    throw new TsdbtError("TD3068", "Runtime Error", "Either --select or --inline must be passed to show");
  }
  if ((command === "show" || command === "compile") && flags.inline) {
    const node = inlineNode(config, String(flags.inline));
    await parseInline(options, node);
    manifest.nodes.set(node.unique_id, node);
    try {
      return await runGraphTask({ ...options, selection: new Set([node.unique_id]) }, task);
    } finally {
      manifest.nodes.delete(node.unique_id);
    }
  }
  const named = flags.select.length > 0;
  return runGraphTask(options, named ? task : { ...task, ephemeralResults: false });
}

/** Tells what is wrong with `--inline` SQL before anything runs. @throws TsdbtError */
async function parseInline({ config, adapter, events, manifest }: RunOptions, node: Node): Promise<void> {
  const { checkInline } = await import("../parse/index.ts");
  try {
    checkInline({ config, adapter, events, manifest, macros: createRegistry(manifest, config, adapter) }, node);
  } catch (error) {
    if (!(error instanceof TsdbtError) || error.kind !== "Compilation Error") throw error;
    events.emit(inlineUnparsed(node.name, error.message));
    throw new TsdbtError(error.code, error.kind, "Error parsing inline query", error.details);
  }
}

/** `show --inline-direct`: SQL as it is. */
async function showDirect(options: RunOptions, sql: string): Promise<RunOutcome> {
  const { flags, adapter, events } = options;
  const connection = new NodeConnection(adapter, "show", { emit: (event) => events.emit(event) });
  try {
    const limit = typeof flags.limit === "number" && flags.limit >= 0 ? flags.limit : null;
    const { table } = await (await connection.get()).execute(sql, { fetch: true, limit });
    const format = flags.output === "json" ? "json" : "text";
    events.emit(showRows(table, { nodeName: "direct-query", inline: true, format, quiet: flags.quiet }));
    return { results: [], exitCode: 0, elapsed: 0 };
  } finally {
    await connection.release();
  }
}
