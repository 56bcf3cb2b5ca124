import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadFlags } from "../../project/flags.ts";
import type { Flags } from "../../project/types.ts";
import type { GivenOptions } from "../config/flags.ts";
import { parseYamlOption } from "../config/vars.ts";
import { TsdbtError } from "../errors.ts";
import { consoleReporter, wantsColors } from "../events/console.ts";
import { Deprecations } from "../events/deprecations.ts";
import { EventBus } from "../events/event.ts";
import { fileReporter } from "../events/file-log.ts";
import { consoleThreshold, type Threshold } from "../events/levels.ts";
import {
  commandCompleted,
  encounteredError,
  flushEvents,
  reportArgs,
  resourceReport,
  runningWith,
  stackTrace,
  warning,
} from "../events/messages/general.ts";
import { renderError } from "../events/render-error.ts";
import { checkWarnErrorOptions, warnPolicy } from "../events/warn-error.ts";
import { deprecatedUsage } from "./deprecated-usage.ts";
import type { Io } from "./io.ts";
import { ownVersion } from "./own-version.ts";
import type { CommandSpec } from "./spec.ts";
import { usageText } from "./usage.ts";

/** Runs one command: resolves its flags, starts the reporters, and renders what goes wrong. Answers the exit code. */
export async function invokeCommand(
  spec: CommandSpec,
  given: GivenOptions,
  argv: readonly string[],
  io: Io,
  typed = `tsdbt ${spec.name}`,
): Promise<number> {
  const started = performance.now();
  let flags: Flags;
  const ignored: string[] = [];
  try {
    const command = spec.name.split(" ").at(-1)!;
    flags = loadFlags(command, given, io.env, { cwd: io.cwd, onIgnored: (message) => ignored.push(message) });
  } catch (error) {
    if (isUsage(error)) io.stderr.write(usageText(typed, error.message, error.details.hint));
    else io.stderr.write(`${renderError(error)}\n`);
    return 2;
  }
  const invocationId = randomUUID();
  flags.invocation_id = invocationId;
  flags.invocation_command = `tsdbt ${argv.join(" ")}`;

  const events = new EventBus();
  const deprecations = new Deprecations(flags.show_all_deprecations === true);
  events.warnPolicy = deprecations.policy(
    warnPolicy(flags.warn_error, flags.warn_error_options, flags.require_all_warnings_handled_by_warn_error !== false),
  );
  if (io.onEvent) events.subscribe(io.onEvent);
  const close = report(spec, flags, given, io, events, invocationId);
  let exitCode = 2;
  try {
    await checkWarnErrorOptions(flags.warn_error_options);
    events.emit(runningWith(ownVersion()));
    events.emit(reportArgs(flags));
    for (const event of deprecatedUsage(spec, flags, { given, argv, env: io.env })) events.emit(event);
    for (const message of ignored) events.emit({ ...warning(message), enforced: false });
    exitCode = await spec.run({ spec, flags, given, events, io, env: io.env, invocationId });
  } catch (error) {
    if (isUsage(error)) io.stderr.write(usageText(typed, error.message, error.details.hint));
    else {
      if (error instanceof TsdbtError) {
        const { placeInProject } = await import("../parse/place-in-project.ts");
        error.details = placeInProject(error.details, flags.project_dir);
      }
      events.emit(encounteredError(renderError(error), error instanceof TsdbtError ? error : undefined));
      const stack = error instanceof Error ? error.stack : undefined;
      if (stack) events.emit({ ...stackTrace(stack), level: flags.debug ? "error" : "debug" });
    }
  } finally {
    const summary = deprecations.summary();
    if (summary) events.emit(summary);
    const elapsed = (performance.now() - started) / 1000;
    const success = exitCode === 0;
    events.emit(resourceReport({ command: flags.which, success, elapsed }));
    events.emit(commandCompleted({ command: `tsdbt ${spec.name}`, success, elapsed }));
    events.emit(flushEvents());
    close();
  }
  return exitCode;
}

function report(
  spec: CommandSpec,
  flags: Flags,
  given: GivenOptions,
  io: Io,
  events: EventBus,
  invocationId: string,
): () => void {
  const isTTY = io.stdout.isTTY === true;
  const env = { ...io.env, ...secretVars(flags) };
  const asked = given.use_colors ?? env.DBT_ENGINE_USE_COLORS ?? env.DBT_USE_COLORS;
  const screen = consoleReporter(io.stdout, {
    format: flags.log_format,
    threshold: consoleThreshold(flags),
    colors: wantsColors({ asked: asked === undefined && flags.use_colors ? null : flags.use_colors, isTTY, env }),
    printerWidth: flags.printer_width,
    invocationId,
    env,
    progress: isTTY,
  });
  events.subscribe(screen.listener);
  // Outside a project no logs/ folder is left behind.
  if (spec.standalone || !existsSync(join(flags.project_dir, "dbt_project.yml"))) return screen.close;
  const log = fileReporter({
    dir: flags.log_path ?? join(flags.project_dir, "logs"),
    format: flags.log_format_file,
    threshold: flags.debug ? "debug" : (flags.log_level_file as Threshold),
    colors: flags.use_colors_file !== false,
    invocationId,
    env,
    maxBytes: Number(flags.log_file_max_bytes ?? 10 * 1024 * 1024),
    onFailure: (error) => events.emit({ ...warning(unlogged(flags, error)), enforced: false }),
  });
  events.subscribe(log.listener);
  return () => {
    screen.close();
    log.close();
  };
}

/** Vars that are named as secrets: kept out of every line like those of the environment. */
function secretVars(flags: Flags): { [name: string]: string } {
  const written: unknown = flags.vars;
  if (!JSON.stringify(written ?? "").includes("DBT_ENV_SECRET")) return {};
  const vars =
    typeof written === "string" ? parseYamlOption(written, "--vars") : (written as { [name: string]: unknown });
  const named = Object.entries(vars).filter(([name, value]) => name.startsWith("DBT_ENV_SECRET") && value !== null);
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}

function unlogged(flags: Flags, error: unknown): string {
  const why = error instanceof Error ? error.message.split(",")[0] : String(error);
  return `No log is written to ${flags.log_path ?? "logs"}: ${why}`;
}

function isUsage(error: unknown): error is TsdbtError {
  return error instanceof TsdbtError && error.kind === "Usage Error";
}
