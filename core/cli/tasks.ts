import type { CommandContext } from "./spec.ts";

/** Commands that work on selected nodes: read, parse, select, run. Answers the exit code. */
export async function runSelected(command: string, context: CommandContext): Promise<number> {
  const { announce, saveManifest, withProject } = await import("./session.ts");
  return withProject(context, async (session) => {
    const { config, manifest, adapter } = session;
    await saveManifest(context, session);
    announce(context, manifest);
    const { selectionOf } = await import("./selection.ts");
    const inline = Boolean(context.flags.inline || context.flags.inline_direct);
    const selection = inline
      ? { ids: new Set<string>(), dropped: new Set<string>() }
      : selectionOf(command, config, manifest, context.events);
    const { runTask } = await import("../run/index.ts");
    const { nothingHint } = await import("./nothing-hint.ts");
    if (!inline && selection.ids.size === 0) {
      const hint = nothingHint(command, selection.dropped, manifest);
      if (hint) context.events.emit(hint);
    }
    const { exitCode, results } = await runTask(command, {
      config,
      manifest,
      adapter,
      events: context.events,
      selection: selection.ids,
      flags: context.flags,
      signal: context.signal,
    });
    context.io.onResults?.(results);
    return exitCode;
  });
}

/** `parse`: reads everything and writes the manifest. */
export async function parseOnly(context: CommandContext): Promise<number> {
  const { saveManifest, withProject } = await import("./session.ts");
  return withProject(context, async (session) => {
    await saveManifest(context, session);
    return 0;
  });
}

/** `run-operation`: calls one macro. */
export async function runMacro(context: CommandContext): Promise<number> {
  const { flags } = context;
  const { TsdbtError } = await import("../errors.ts");
  if (!flags.macro && !flags.sql) {
    throw new TsdbtError("TD5002", "Runtime Error", "Either a macro name or --sql must be passed to run-operation", {
      hint: "for example: tsdbt run-operation my_macro --args '{days: 3}'",
    });
  }
  if (flags.macro && flags.sql) {
    throw new TsdbtError("TD5003", "Usage Error", "A macro name and --sql cannot be given together");
  }
  const { saveManifest, withProject } = await import("./session.ts");
  return withProject(context, async (session) => {
    await saveManifest(context, session);
    const { runTask } = await import("../run/index.ts");
    const { exitCode, results } = await runTask("run-operation", {
      ...session,
      events: context.events,
      selection: new Set(),
      flags,
      signal: context.signal,
    });
    context.io.onResults?.(results);
    return exitCode;
  });
}
