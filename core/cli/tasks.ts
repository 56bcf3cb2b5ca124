import { join } from "node:path";
import type { Flags } from "../../project/types.ts";
import { TsdbtError } from "../errors.ts";
import { findResource } from "../manifest/maps.ts";
import type { Manifest } from "../manifest/resources.ts";
import type { RunOptions } from "../run/types.ts";
import type { Session } from "./session.ts";
import type { CommandContext } from "./spec.ts";

/**
 * Commands that work on selected nodes: read, parse, select, run. `chosen` stands in for what the flags select (`retry`).
 * Answers the exit code.
 */
export async function runSelected(
  command: string,
  context: CommandContext,
  chosen?: ReadonlySet<string>,
  again?: RunOptions["again"],
): Promise<number> {
  const { announce, saveManifest, withProject } = await import("./session.ts");
  return withProject(context, async (session) => {
    const { manifest } = session;
    await saveManifest(context, session);
    if (!context.flags.inline_direct) announce(context, manifest);
    const inline = Boolean(context.flags.inline || context.flags.inline_direct);
    const { selectionOf } = await import("./selection.ts");
    const selection = inline || chosen ? null : selectionOf(command, session, context.events);
    if (chosen) checkThere(chosen, manifest);
    const exitCode = await execute(command, context, session, chosen ?? selection?.ids ?? new Set(), again);
    if (selection?.ids.size === 0) {
      const { nothingHint } = await import("./nothing-hint.ts");
      const hint = nothingHint(command, selection.dropped, manifest);
      if (hint) context.events.emit(hint);
    } else await saveManifest(context, session);
    return exitCode;
  });
}

/** Nodes that were run last time may be gone since. */
function checkThere(ids: ReadonlySet<string>, manifest: Manifest): void {
  for (const id of ids) {
    if (findResource(manifest, id)) continue;
    throw new TsdbtError("TD5023", "Runtime Error", `Couldn't find model '${id}' -- does it exist or is it disabled?`, {
      hint: "the last run had it: run the command itself again instead of retry",
    });
  }
}

/** `docs generate`: compiles, then writes what the warehouse says of the tables, and the site. */
export async function generateDocs(context: CommandContext, chosen?: ReadonlySet<string>): Promise<number> {
  const { announce, saveManifest, targetFolder, withProject } = await import("./session.ts");
  const { selectionOf } = await import("./selection.ts");
  const { keepLastRun, writeDocumentation } = await import("./docs-site.ts");
  const { generateCatalog } = await import("../run/docs.ts");
  return withProject(context, async (session) => {
    const { events, flags } = context;
    const { manifest } = session;
    let selection: ReadonlySet<string> | null = null;
    const target = targetFolder(session.config);
    await keepLastRun(target);
    if (flags.compile !== false) {
      await saveManifest(context, session);
      announce(context, manifest);
      if (chosen) checkThere(chosen, manifest);
      selection = chosen ?? selectionOf("generate", session, events).ids;
      const compiled = await execute("generate", context, session, selection);
      if (compiled !== 0) return compiled;
    }
    const { exitCode } = await generateCatalog(
      { ...session, events, flags, selection: selection ?? new Set() },
      () => selection && new Set([...selection, ...selectionOf("catalog sources", session, events).ids]),
    );
    if (selection) await saveManifest(context, session);
    if (flags.column_lineage === true) await (await import("./lineage.ts")).saveLineage(context, session);
    if (flags.write_json) await writeDocumentation(context, target);
    return exitCode;
  });
}

/** `parse`: reads everything and writes the manifest, and how long that took; with `--check` what is wrong with the models. */
export async function parseOnly(context: CommandContext): Promise<number> {
  const { saveManifest, targetFolder, withProject } = await import("./session.ts");
  const { performanceInfo } = await import("../events/messages/general.ts");
  return withProject(context, async (session, times) => {
    const path = join(targetFolder(session.config), "perf_info.json");
    times.write(path);
    context.events.emit(performanceInfo(path));
    await saveManifest(context, session);
    if (context.flags.check === true) await (await import("./check.ts")).warnOfFindings(context, session);
    return 0;
  });
}

/** `run-operation`: calls one macro. */
export async function runMacro(context: CommandContext): Promise<number> {
  await checkOperation(context.flags);
  const { announce, saveManifest, withProject } = await import("./session.ts");
  return withProject(context, async (session) => {
    await saveManifest(context, session);
    announce(context, session.manifest);
    return execute("run-operation", context, session, new Set());
  });
}

async function checkOperation(flags: Flags): Promise<void> {
  if (Boolean(flags.macro) !== Boolean(flags.sql)) return;
  const { TsdbtError } = await import("../errors.ts");
  if (flags.macro) throw new TsdbtError("TD5003", "Usage Error", "A macro name and --sql cannot be given together");
  throw new TsdbtError("TD5002", "Runtime Error", "Either a macro name or --sql must be passed to run-operation", {
    hint: "for example: tsdbt run-operation my_macro --args '{days: 3}'",
  });
}

async function execute(
  command: string,
  context: CommandContext,
  session: Session,
  selection: ReadonlySet<string>,
  again?: RunOptions["again"],
): Promise<number> {
  const [{ runTask }, { interruptible }] = await Promise.all([import("../run/index.ts"), import("./interrupt.ts")]);
  const { events, flags, io } = context;
  const interrupt = interruptible(io);
  try {
    const { exitCode, results } = await runTask(command, {
      ...session,
      events,
      selection,
      flags,
      ...(again ? { again } : {}),
      signal: interrupt.signal,
    });
    io.onResults?.(results);
    return exitCode;
  } finally {
    interrupt.done();
  }
}
