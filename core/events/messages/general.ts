/** Events that any part may send: notes, warnings, printed values, the command's begin and end. */
import type { TsdbtError } from "../../errors.ts";
import type { EventNode, Level, NewEvent } from "../event.ts";
import { pluralize, preciseClock, wrapText } from "../format.ts";

/** A `[WARNING]: …` message with its word to be coloured; spread into an event. */
export function warningTag(message: string, name?: string): Pick<NewEvent, "message" | "status"> {
  return {
    message: `[WARNING]${name ? `[${name}]` : ""}: ${message}`,
    status: { text: "WARNING", color: "yellow" },
  };
}

/** An empty line or other layout, part of no message. */
export function formatting(message = ""): NewEvent {
  return { name: "Formatting", code: "Z017", level: "info", message, data: { msg: message } };
}

/** A line of text without a meaning of its own to tools. */
export function note(message: string, level: Level = "info"): NewEvent {
  return { name: "Note", code: "Z050", level, message, data: { msg: message } };
}

/** Said wherever catalogs.yml has its second form. */
export function experimentalCatalogs(): NewEvent {
  return note(
    "catalogs.yml v2 schema validation is experimental, not officially supported yet, and its spec is liable to change. " +
      "See https://github.com/dbt-labs/dbt-core/discussions/12723",
    "warn",
  );
}

/** A line for `--debug` and the log file. */
export function debug(message: string, node?: EventNode): NewEvent {
  return { ...note(message, "debug"), ...(node ? { node } : {}) };
}

/** A warning: `--warn-error` makes it an error. `name` and `code` are dbt's where the warning is dbt's. */
export function warning(
  message: string,
  options: { name?: string; code?: string; data?: { [key: string]: unknown }; node?: EventNode } = {},
): NewEvent {
  return {
    name: options.name ?? "JinjaLogWarning",
    code: options.code ?? "I061",
    level: "warn",
    ...warningTag(message),
    data: options.data ?? { msg: message },
    enforced: true,
    ...(options.node ? { node: options.node } : {}),
  };
}

/**
 * A deprecation in dbt's form. The command line shows the first of each name, and a summary at the end. Older ones show no
 * name, as in dbt: `named: false`. `data` is what dbt's event holds. https://docs.getdbt.com/reference/deprecations
 */
export function deprecation(
  name: string,
  code: string,
  message: string,
  options: { named?: boolean; wrapped?: boolean; data?: { [field: string]: unknown } } = {},
): NewEvent {
  const tag = warningTag(`Deprecated functionality\n\n${message}`, options.named === false ? undefined : name);
  return {
    name,
    code,
    level: "warn",
    ...tag,
    message: options.wrapped === false ? tag.message : wrapText(tag.message),
    data: options.data ?? {},
    enforced: true,
  };
}

/** `source freshness` leaves the project's hooks out where the project asks for it. */
export function freshnessHooksNotRun(): NewEvent {
  return legacyBehavior(
    "SourceFreshnessProjectHooksNotRun",
    "D017",
    "In a future version of dbt, the `source freshness` command will start running `on-run-start` and `on-run-end` hooks by " +
      "default.",
  );
}

/** A package's materialization takes the place of a built-in one. */
export function materializationOverridden(packageName: string, name: string): NewEvent {
  return legacyBehavior(
    "PackageMaterializationOverrideDeprecation",
    "D016",
    `Installed package '${packageName}' is overriding the built-in materialization '${name}'. Overrides of built-in ` +
      "materializations from installed packages will be deprecated in future versions of dbt.",
    { package_name: packageName, materialization_name: name },
  );
}

function legacyBehavior(name: string, code: string, text: string, data: { [field: string]: unknown } = {}): NewEvent {
  const link = "https://docs.getdbt.com/reference/global-configs/legacy-behaviors";
  return plainDeprecation(name, code, `${text} For more information: ${link}`, data);
}

/** A deprecation that dbt shows as any other warning. */
export function plainDeprecation(
  name: string,
  code: string,
  text: string,
  data: { readonly [field: string]: unknown } = {},
): NewEvent {
  const tag = warningTag(text);
  return { name, code, level: "warn", ...tag, message: wrapText(tag.message), data, enforced: true };
}

/** How often a deprecation was met, as dbt's summary has it. */
export interface DeprecationCount {
  event_name: string;
  event_code: string;
  occurrences: number;
}

/** The deprecations met, how often each: the last thing a command says of them. */
export function deprecationsSummary(counts: readonly DeprecationCount[], showHint: boolean): NewEvent {
  const lines = counts.map(({ event_name, occurrences }) => `- ${event_name}: ${pluralize(occurrences, "occurrence")}`);
  const hint =
    "To see all deprecation instances instead of just the first occurrence of each, run command again with the " +
    "`--show-all-deprecations` flag. You may also need to run with `--no-partial-parse` as some deprecations are only " +
    "encountered during parsing.";
  const text = ["Summary of encountered deprecations:", ...lines, ...(showHint ? [hint] : [])].join("\n\n");
  return {
    ...deprecation("DeprecationsSummary", "D028", text),
    data: { show_all_hint: showHint, summaries: counts },
  };
}

/** Text that a template or command prints: no time before it, and `--quiet` lets it through. */
export function print(message: string): NewEvent {
  return { name: "PrintEvent", code: "Z052", level: "info", message, data: { msg: message } };
}

/** `{{ log(…) }}`. */
export function jinjaLog(message: string, toScreen: boolean, node?: EventNode): NewEvent {
  return {
    name: toScreen ? "JinjaLogInfo" : "JinjaLogDebug",
    code: toScreen ? "I062" : "I063",
    level: toScreen ? "info" : "debug",
    message,
    data: { msg: message },
    ...(node ? { node } : {}),
  };
}

/** Tells that a `ref` without a version will mean another one some day. */
export function unpinnedRef(
  asking: string,
  ref: { name: string; packageName: string; version: string; newest: string },
  node?: EventNode,
): NewEvent {
  const { name, packageName, version, newest } = ref;
  const pinned = (v: string) => `{{ ref('${packageName}', '${name}', v='${v}') }}`;
  return {
    name: "UnpinnedRefNewVersionAvailable",
    code: "I064",
    level: "info",
    message:
      `While compiling '${asking}':\n` +
      `Found an unpinned reference to versioned model '${name}' in project '${packageName}'.\n` +
      `Resolving to latest version: ${name}.v${version}\n` +
      `A prerelease version ${newest} is available. It has not yet been marked 'latest' by its maintainer.\n` +
      `When that happens, this reference will resolve to ${name}.v${newest} instead.\n\n` +
      `  Try out v${newest}: ${pinned(newest)}\n  Pin to  v${version}: ${pinned(version)}\n`,
    data: {
      ref_node_name: name,
      ref_node_package: packageName,
      ref_node_version: version,
      ref_max_version: newest,
    },
    ...(node ? { node } : {}),
  };
}

/** The first line of every command. */
export function runningWith(version: string): NewEvent {
  return {
    name: "MainReportVersion",
    code: "A001",
    level: "info",
    message: `Running with tsdbt=${version}`,
    data: { log_version: 3, version: `=${version}` },
  };
}

/** Flags that dbt reports at the start of its log. */
const REPORTED = [
  "cache_selected_only debug empty fail_fast hints_enabled indirect_selection introspect invocation_command",
  "log_cache_events log_format log_path maximum_seed_size_mib no_print partial_parse printer_width profiles_dir quiet",
  "send_anonymous_usage_stats static_parser target_path use_colors use_experimental_parser version_check warn_error",
  "warn_error_options write_json",
].flatMap((line) => line.split(" "));

/** The resolved flags, for the log file: as text, as dbt has them. */
export function reportArgs(flags: { [key: string]: unknown }): NewEvent {
  const args = Object.fromEntries(REPORTED.map((name) => [name, pythonText(flags[name])]));
  const text = Object.entries(args).map(([name, value]) => `'${name}': '${value}'`);
  return {
    name: "MainReportArgs",
    code: "A002",
    level: "debug",
    message: `running tsdbt with arguments {${text.join(", ")}}`,
    data: { args },
  };
}

function pythonText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return String(value);
  const { error, warn, silence } = value as { error?: unknown; warn?: unknown; silence?: unknown };
  const list = (names: unknown) =>
    Array.isArray(names) ? `[${names.map((name) => `'${String(name)}'`).join(", ")}]` : `'${String(names)}'`;
  return `WarnErrorOptionsV2(error=${list(error)}, warn=${list(warn)}, silence=${list(silence)})`;
}

/** The last event of a command. */
export function flushEvents(): NewEvent {
  return { name: "FlushEvents", code: "Z042", level: "debug", message: "Flushing usage events", data: {} };
}

/** `Registered adapter: duckdb=0.1.0`. */
export function adapterRegistered(type: string, version: string): NewEvent {
  return {
    name: "AdapterRegistered",
    code: "E034",
    level: "info",
    message: `Registered adapter: ${type}=${version}`,
    data: { adapter_name: type, adapter_version: `=${version}` },
  };
}

/** The error that ended a command; `text` is the rendered error. */
export function encounteredError(text: string, error?: TsdbtError): NewEvent {
  return {
    name: "MainEncounteredError",
    code: "Z002",
    level: "error",
    message: `[ERROR]: Encountered an error:\n${text}`,
    status: { text: "ERROR", color: "red" },
    data: { exc: text },
    ...(error ? { error } : {}),
  };
}

/** SQL of the command line that cannot be read. */
export function inlineUnparsed(nodeName: string, reason: string): NewEvent {
  return {
    name: "ParseInlineNodeError",
    code: "I069",
    level: "error",
    message: `[ERROR]: Error while parsing node: ${nodeName}\n${reason}`,
    status: { text: "ERROR", color: "red" },
    data: { exc: reason },
  };
}

/** Where the program itself failed, shown with `--debug`. */
export function stackTrace(text: string): NewEvent {
  return { name: "MainStackTrace", code: "Z003", level: "error", message: text, data: { stack_trace: text } };
}

/** The last line of the log file. */
export function commandCompleted(o: { command: string; success: boolean; elapsed: number }): NewEvent {
  const now = new Date();
  return {
    name: "CommandCompleted",
    code: "Q039",
    level: "debug",
    message: `Command \`${o.command}\` ${o.success ? "succeeded" : "failed"} at ${preciseClock(now)} after ${o.elapsed.toFixed(2)} seconds`,
    data: { command: o.command, completed_at: now.toISOString(), elapsed: o.elapsed, success: o.success },
  };
}

/** A file under target/ was written. */
export function artifactWritten(type: string, path: string): NewEvent {
  return {
    name: "ArtifactWritten",
    code: "P001",
    level: "debug",
    message: `Wrote artifact ${type} to ${path}`,
    data: { artifact_path: path, artifact_type: type },
  };
}

/** `parse` tells where it wrote how long it took. */
export function performanceInfo(path: string): NewEvent {
  return {
    name: "ParsePerfInfoPath",
    code: "I010",
    level: "info",
    message: `Performance info: ${path}`,
    data: { path },
  };
}

/** A node begins or ends: for the log file, JSON readers and the progress view. */
export function nodeStart(node: EventNode): NewEvent {
  return {
    name: "NodeStart",
    code: "Q024",
    level: "debug",
    message: `Began running node ${node.unique_id}`,
    data: {},
    node,
  };
}

/** A node's SQL is being made. */
export function nodeCompiling(node: EventNode): NewEvent {
  return {
    name: "NodeCompiling",
    code: "Q030",
    level: "debug",
    message: `Began compiling node ${node.unique_id}`,
    data: {},
    node,
  };
}

/** A node's SQL, with what its ephemeral models add to it, goes into the target folder. */
export function writingInjectedSql(node: EventNode): NewEvent {
  return {
    name: "WritingInjectedSQLForNode",
    code: "Q029",
    level: "debug",
    message: `Writing injected SQL for node "${node.unique_id}"`,
    data: {},
    node,
  };
}

/** A schema that is not there is about to be made. */
export function schemaCreation(schema: { database: string | null; schema: string | null }): NewEvent {
  const { database, schema: name } = schema;
  return {
    name: "SchemaCreation",
    code: "E020",
    level: "debug",
    message: `Creating schema "database: "${database ?? ""}"\nschema: "${name ?? ""}"\n"`,
    data: { relation: { database: database ?? "", schema: name ?? "", identifier: "" } },
  };
}

/** A node's SQL is being run. */
export function nodeExecuting(node: EventNode): NewEvent {
  return {
    name: "NodeExecuting",
    code: "Q031",
    level: "debug",
    message: `Began executing node ${node.unique_id}`,
    data: {},
    node,
  };
}

/** A node is done; `result` as tools read it from `run_result`. */
export function nodeFinished(node: EventNode, result: { [key: string]: unknown }): NewEvent {
  return {
    name: "NodeFinished",
    code: "Q025",
    level: "debug",
    message: `Finished running node ${node.unique_id}`,
    data: { run_result: result },
    node,
  };
}

/** What a node's run threw. */
export function caughtOnRun(text: string, node: EventNode): NewEvent {
  return {
    name: "CatchableExceptionOnRun",
    code: "W002",
    level: "debug",
    message: text,
    data: { exc: text, exc_info: "" },
    node,
  };
}

/** What is built on a failed node is left out. */
export function markSkippedChildren(id: string, result: { [key: string]: unknown }): NewEvent {
  const { status, message } = result;
  const reason = message ? `  Reason: ${String(message)}.` : "";
  return {
    name: "MarkSkippedChildren",
    code: "Z033",
    level: "debug",
    message: `Marking all children of '${id}' to be skipped because of status '${String(status)}'.${reason}`,
    data: { run_result: result, status, unique_id: id },
  };
}

/** All results of a command, for tools. */
export function endRunResult(results: readonly object[], elapsed: number, success: boolean): NewEvent {
  return {
    name: "EndRunResult",
    code: "Q037",
    level: "debug",
    message: "Command end result",
    data: {
      elapsed_time: elapsed,
      generated_at: `${new Date().toISOString().slice(0, 19)}Z`,
      results,
      success,
    },
  };
}

/** What the process used. */
export function resourceReport(o: { command: string; success: boolean; elapsed: number }): NewEvent {
  const usage = process.resourceUsage();
  const data = {
    command_name: o.command,
    command_success: o.success,
    command_wall_clock_time: o.elapsed,
    process_in_blocks: String(usage.fsRead),
    process_kernel_time: usage.systemCPUTime / 1e6,
    process_mem_max_rss: String(usage.maxRSS),
    process_out_blocks: String(usage.fsWrite),
    process_user_time: usage.userCPUTime / 1e6,
  };
  const text = Object.entries(data).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return {
    name: "ResourceReport",
    code: "Z051",
    level: "debug",
    message: `Resource report: {${text.join(", ")}}`,
    data,
  };
}
