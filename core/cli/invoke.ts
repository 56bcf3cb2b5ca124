import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadFlags } from "../../project/flags.ts";
import type { Flags } from "../../project/types.ts";
import type { GivenOptions } from "../config/flags.ts";
import { TsdbtError } from "../errors.ts";
import { consoleReporter, wantsColors } from "../events/console.ts";
import { Deprecations } from "../events/deprecations.ts";
import { EventBus, type NewEvent } from "../events/event.ts";
import { fileReporter } from "../events/file-log.ts";
import { consoleThreshold, type Threshold } from "../events/levels.ts";
import {
  commandCompleted,
  deprecation,
  encounteredError,
  reportArgs,
  runningWith,
  stackTrace,
  warning,
} from "../events/messages/general.ts";
import { renderError } from "../events/render-error.ts";
import { checkWarnErrorOptions, warnPolicy } from "../events/warn-error.ts";
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
  events.warnPolicy = deprecations.policy(warnPolicy(flags.warn_error, flags.warn_error_options));
  if (io.onEvent) events.subscribe(io.onEvent);
  const close = report(spec, flags, given, io, events, invocationId);
  let exitCode = 2;
  try {
    await checkWarnErrorOptions(flags.warn_error_options);
    events.emit(runningWith(ownVersion()));
    events.emit(reportArgs(flags));
    for (const event of deprecatedOptions(spec, flags, argv)) events.emit(event);
    for (const message of ignored) events.emit({ ...warning(message), enforced: false });
    exitCode = await spec.run({ spec, flags, given, events, io, env: io.env, invocationId });
  } catch (error) {
    if (isUsage(error)) io.stderr.write(usageText(typed, error.message, error.details.hint));
    else {
      events.emit(encounteredError(renderError(error), error instanceof TsdbtError ? error : undefined));
      const stack = error instanceof Error ? error.stack : undefined;
      if (stack) events.emit({ ...stackTrace(stack), level: flags.debug ? "error" : "debug" });
    }
  } finally {
    const summary = deprecations.summary();
    if (summary) events.emit(summary);
    const elapsed = (performance.now() - started) / 1000;
    events.emit(commandCompleted({ command: `tsdbt ${spec.name}`, success: exitCode === 0, elapsed }));
    close();
  }
  return exitCode;
}

function deprecatedOptions(spec: CommandSpec, flags: Flags, argv: readonly string[]): NewEvent[] {
  const found: NewEvent[] = [];
  if (argv.some((word) => /^(?:-m|--models?)(?:=|$)/.test(word))) {
    const text = "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.";
    found.push(deprecation("ModelParamUsageDeprecation", "D032", text));
  }
  if (spec.name === "source freshness" && flags.output) {
    const text = `Custom output path usage \`--output ${String(flags.output)}\` usage detected in \`dbt source freshness\` command.`;
    found.push(deprecation("CustomOutputPathInSourceFreshnessDeprecation", "D029", text));
  }
  return found;
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
  const env = io.env;
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
  });
  events.subscribe(log.listener);
  return () => {
    screen.close();
    log.close();
  };
}

function isUsage(error: unknown): error is TsdbtError {
  return error instanceof TsdbtError && error.kind === "Usage Error";
}
