/** Every option by group: dbt 1.12's names and short forms. https://docs.getdbt.com/reference/global-configs/about-global-configs */
import type { OptionSpec } from "./spec.ts";

const value = (name: string, metavar: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  kind: "value",
  metavar,
  help,
  ...more,
});
const list = (name: string, metavar: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  kind: "list",
  metavar,
  help,
  ...more,
});
const flag = (name: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  kind: "flag",
  help,
  ...more,
});
const toggle = (name: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  kind: "switch",
  help,
  ...more,
});
const hidden = { hidden: true };
const FORMATS = "text|debug|json|default";
const LEVELS = "debug|info|warn|error|none";

/** What every command takes, before or behind its name. */
export const GLOBAL: readonly OptionSpec[] = [
  value("target", "NAME", "Which target of the profile to use.", { short: "t" }),
  value("profile", "NAME", "Which profile of profiles.yml to use."),
  value(
    "project-dir",
    "DIR",
    "The folder of dbt_project.yml. Default: the working directory or the nearest one above.",
  ),
  value("profiles-dir", "DIR", "The folder of profiles.yml. Default: the working directory, then ~/.dbt."),
  value("vars", "YAML", "Variables of the project, e.g. '{start_date: 2024-01-01}'."),
  value("target-path", "DIR", "Where artifacts are written instead of target/."),
  value("state", "DIR", "Artifacts of an earlier run, for state: selection and --defer."),
  toggle("defer", "Take what is not selected from the artifacts of --state."),
  value("defer-state", "DIR", "Another folder than --state's for --defer."),
  toggle("favor-state", "With --defer, prefer what the state says even where the object is there."),
  toggle("fail-fast", "Stop at the first failure.", { short: "x" }),
  value("indirect-selection", "MODE", "Which tests come along: eager, cautious, buildable or empty."),
  toggle("debug", "Show what happens inside.", { short: "d" }),
  toggle("quiet", "Show errors and printed values only.", { short: "q" }),
  toggle("print", "Show what templates print()."),
  value("log-format", FORMATS, "Form of the lines on the screen."),
  value("log-level", LEVELS, "Least level of the lines on the screen."),
  value("log-format-file", FORMATS, "Form of the lines in the log file."),
  value("log-level-file", LEVELS, "Least level of the lines in the log file."),
  value("log-path", "DIR", "Where dbt.log is written instead of logs/."),
  value("log-file-max-bytes", "N", "Size at which dbt.log is put aside."),
  toggle("log-cache-events", "Log what the relation cache does.", hidden),
  toggle("use-colors", "Colour the screen; by default only on a terminal."),
  toggle("use-colors-file", "Colour the log file."),
  value("printer-width", "N", "Width of the numbered lines."),
  flag("warn-error", "Make warnings errors."),
  value("warn-error-options", "YAML", "Which warnings are errors: {error: [...], warn: [...], silence: [...]}."),
  toggle("partial-parse", "Use what the last parse knew."),
  value("partial-parse-file-path", "FILE", "", hidden),
  toggle("partial-parse-file-diff", "", hidden),
  toggle("static-parser", "", hidden),
  toggle("use-experimental-parser", "", hidden),
  toggle("use-fast-test-edges", "", hidden),
  toggle("use-v2-parser", "", hidden),
  value("v2-parser", "COMMAND", "", hidden),
  toggle("cache-selected-only", "Fill the relation cache only for the schemas of what is selected."),
  toggle("populate-cache", "Fill the relation cache at the start."),
  toggle("version-check", "Check require-dbt-version."),
  toggle("write-json", "Write artifacts."),
  toggle("single-threaded", "", hidden),
  toggle("macro-debugging", "", hidden),
  toggle("hints-enabled", "", hidden),
  toggle("send-anonymous-usage-stats", "Accepted; tsdbt never sends anything.", hidden),
  toggle("show-all-deprecations", "Show each deprecation, not only the first of its kind."),
  toggle("show-resource-report", "", hidden),
  toggle("snowflake-projects-otel", "", hidden),
  toggle("upload-to-artifacts-ingest-api", "", hidden),
  value("maximum-seed-size-mib", "N", "", hidden),
  value("record-timing-info", "FILE", "", { short: "r", hidden: true }),
  value("deprecated-favor-state", "TEXT", "", hidden),
  value("deprecated-defer", "BOOLEAN", "", hidden),
  value("deprecated-state", "DIR", "", hidden),
  flag("deprecated-print", "", hidden),
  flag("deprecated-no-print", "", hidden),
];

const SELECTION_TAIL: readonly OptionSpec[] = [
  list("exclude", "SELECTOR", "What to leave out."),
  value("selector", "NAME", "A selector of selectors.yml."),
];

/** `--select`, `--exclude`, `--selector`. */
export const SELECTION: readonly OptionSpec[] = [
  list("select", "SELECTOR", "What to take: names, +graph+ operators, methods such as tag:x or path:models/y.", {
    short: "s",
    aliases: ["-m", "--models", "--model"],
  }),
  ...SELECTION_TAIL,
];

/** `ls` tells `--models` from `--select`: it lists models alone. */
export const LIST_SELECTION: readonly OptionSpec[] = [
  list("select", "SELECTOR", "What to take: names, +graph+ operators, methods such as tag:x or path:models/y.", {
    short: "s",
  }),
  list("models", "SELECTOR", "As --select, but lists models alone.", { short: "m", aliases: ["--model"] }),
  ...SELECTION_TAIL,
];

const TYPES = "TYPE";
export const RESOURCE_TYPES: readonly OptionSpec[] = [
  list("resource-type", TYPES, "Keep only these: model, test, seed, snapshot, source, exposure, ... or all.", {
    aliases: ["--resource-types"],
    flag: "resource_types",
  }),
  list("exclude-resource-type", TYPES, "Leave these out.", {
    aliases: ["--exclude-resource-types"],
    flag: "exclude_resource_types",
  }),
];

export const THREADS = value("threads", "N", "How many nodes run at the same time.");
export const FULL_REFRESH = flag("full-refresh", "Build incremental models and seeds anew.", { short: "f" });
export const EMPTY = toggle("empty", "Read no rows of refs and sources: a dry run of the SQL.");
export const STORE_FAILURES = flag("store-failures", "Keep the rows that failed tests in tables.");
export const SHOW = flag("show", "Show a sample of the loaded rows.");
export const SQLPARSE = value("sqlparse", "YAML", "", hidden);
export const INLINE = value("inline", "SQL", "Jinja SQL to use instead of a node.");
export const INTROSPECT = toggle("introspect", "Let templates query the warehouse while compiling.");
export const LIMIT = value("limit", "N", "How many rows to show; -1 for all. Default: 5.");
export const OUTPUT_TEXT = value("output", "json|text", "Form of the output.");

export const EVENT_TIME: readonly OptionSpec[] = [
  value("event-time-start", "TIME", "Start of what microbatch models build."),
  value("event-time-end", "TIME", "End of what microbatch models build."),
  value("sample", "SAMPLE", "Read only rows of a window of time, e.g. '3 days'."),
];

export { flag, list, toggle, value };
