/** What stands before and after the numbered lines: counts, concurrency, the summary with its errors and warnings. */
import { summariesOf } from "../../manifest/lazy-map.ts";
import { isEnabled } from "../../manifest/maps.ts";
import type { Manifest, ResourceType } from "../../manifest/resources.ts";
import type { EventNode, NewEvent } from "../event.ts";
import { humanizeSeconds, pluralize } from "../format.ts";
import { formatting, warningTag } from "./general.ts";

/**
 * `Found 4 models, 1 snapshot, 49 data tests, …` in the order in which the manifest holds them, as dbt counts. `inline`
 * adds the SQL of `--inline`.
 */
export function foundLine(manifest: Manifest, inline = false): NewEvent {
  const counts = new Map<string, number>();
  const add = (type: string, n: number) => counts.set(type, (counts.get(type) ?? 0) + n);
  for (const node of summariesOf(manifest.nodes)) if (isEnabled(node)) add(node.resource_type, 1);
  if (inline) add("sql_operation", 1);
  const rest: [ResourceType, { size: number }][] = [
    ["source", manifest.sources],
    ["exposure", manifest.exposures],
    ["metric", manifest.metrics],
    ["macro", manifest.macros],
    ["group", manifest.groups],
    ["semantic_model", manifest.semantic_models],
    ["saved_query", manifest.saved_queries],
    ["unit_test", manifest.unit_tests],
  ];
  for (const [type, items] of rest) add(type, items.size);
  const stats = [...counts].filter(([, n]) => n > 0).map(([type, n]) => pluralize(n, type));
  const line = stats.join(", ");
  return { name: "FoundStats", code: "W006", level: "info", message: `Found ${line}`, data: { stat_line: line } };
}

/** `Concurrency: 4 threads (target='dev')`. */
export function concurrencyLine(o: { threads: number; target: string; nodeCount?: number }): NewEvent {
  return {
    name: "ConcurrencyLine",
    code: "Q027",
    level: "info",
    message: `Concurrency: ${o.threads} threads (target='${o.target}')`,
    data: { node_count: o.nodeCount ?? 0, num_threads: o.threads, target_name: o.target },
  };
}

/** What the summary looks at in a result; run's NodeResult fits. */
export interface SummaryResult {
  /** `success`, `error`, `fail`, `warn`, `pass`, `skipped`, `no-op`, `partial success`, `runtime error`, `reused`. */
  status: string;
  message?: string | null;
  failures?: number | null;
  node: {
    unique_id: string;
    name: string;
    resource_type: string;
    original_file_path: string;
    compiled_path?: string | null;
    relation_name?: string | null;
    config?: { materialized?: unknown; store_failures?: unknown };
  };
}

const isError = (r: SummaryResult) => r.status === "error" || r.status === "fail" || r.status === "runtime error";

/** `Finished running 1 seed, 3 table models, 49 data tests in 0 hours 0 minutes and 1.78 seconds (1.78s).` */
export function finishedLine(o: { results: readonly SummaryResult[]; elapsed: number }): NewEvent {
  const counts = new Map<string, number>();
  for (const { node } of o.results) {
    const type =
      node.resource_type === "model"
        ? `${String(node.config?.materialized ?? "view")} model`
        : node.resource_type === "operation"
          ? "project hook"
          : node.resource_type;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const stats = [...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([type, n]) => pluralize(n, type));
  const line = stats.join(", ");
  const execution = humanizeSeconds(o.elapsed);
  return {
    name: "FinishedRunningStats",
    code: "E047",
    level: "info",
    message: `Finished running ${line}${execution} (${o.elapsed.toFixed(2)}s).`,
    data: { execution, execution_time: o.elapsed, stat_line: line },
  };
}

/** `Done. PASS=55 WARN=0 ERROR=0 SKIP=0 NO-OP=1 REUSED=0 TOTAL=56`. */
export function statsLine(results: readonly SummaryResult[]): NewEvent {
  const stats = { pass: 0, warn: 0, error: 0, skip: 0, noop: 0, reused: 0, total: 0 };
  const kinds: { [status: string]: keyof typeof stats } = {
    pass: "pass",
    success: "pass",
    warn: "warn",
    skipped: "skip",
    "no-op": "noop",
    reused: "reused",
  };
  for (const result of results) {
    stats[kinds[result.status] ?? "error"]++;
    stats.total++;
  }
  const message =
    `Done. PASS=${stats.pass} WARN=${stats.warn} ERROR=${stats.error} SKIP=${stats.skip} ` +
    `NO-OP=${stats.noop} REUSED=${stats.reused} TOTAL=${stats.total}`;
  return { name: "StatsLine", code: "Z023", level: "info", message, data: { stats } };
}

/**
 * Everything after the last numbered line, as a list of events to emit in order: an empty line, `Completed successfully`
 * or the counts, each error and warning with its message and compiled file, and the `Done.` line.
 * Source freshness ends differently: see `freshnessDone`.
 */
export function endOfRunSummary(
  results: readonly SummaryResult[],
  options: { interrupted?: boolean; nodeInfo?: (result: SummaryResult) => EventNode | undefined } = {},
): NewEvent[] {
  const errors = results.filter(
    (r) => isError(r) || (r.status === "skipped" && r.message && r.node.resource_type !== "exposure"),
  );
  const warnings = results.filter((r) => r.status === "warn");
  const partial = results.filter((r) => r.status === "partial success");
  const events: NewEvent[] = [formatting(""), summaryLine(errors.length, warnings.length, partial.length, options)];
  for (const result of errors) events.push(...resultErrors(result, { node: options.nodeInfo?.(result) }));
  for (const result of warnings) {
    events.push(...resultErrors(result, { isWarning: true, node: options.nodeInfo?.(result) }));
  }
  events.push(formatting(""), statsLine(results));
  return events;
}

function summaryLine(errors: number, warnings: number, partial: number, o: { interrupted?: boolean }): NewEvent {
  const partials = `${partial} partial ${partial === 1 ? "success" : "successes"}`;
  const warns = pluralize(warnings, "warning");
  let message = "Completed successfully";
  let color: "green" | "red" | "yellow" = "green";
  if (o.interrupted) {
    message = "Exited because of keyboard interrupt";
    color = "yellow";
  } else if (errors > 0) {
    message = `Completed with ${pluralize(errors, "error")}, ${partials}, and ${warns}:`;
    color = "red";
  } else if (partial > 0) {
    message = `Completed with ${partials} and ${warns}`;
    color = "yellow";
  } else if (warnings > 0) {
    message = `Completed with ${warns}:`;
    color = "yellow";
  }
  return {
    name: "EndOfRunSummary",
    code: "Z030",
    level: "info",
    message,
    status: { text: message, color },
    data: {
      keyboard_interrupt: o.interrupted ?? false,
      num_errors: errors,
      num_partial_success: partial,
      num_warnings: warnings,
    },
  };
}

/** The block for one result that failed or warned: what, its message, its compiled file, where its failures are stored. */
export function resultErrors(
  result: SummaryResult,
  options: { isWarning?: boolean; newline?: boolean; node?: EventNode | undefined } = {},
): NewEvent[] {
  const { node } = result;
  const about = options.node ? { node: options.node } : {};
  const events: NewEvent[] = [];
  const blank = (level: "info" | "debug" = "info") => events.push({ ...formatting(""), level });
  const text = (level: "error" | "debug", message: string) =>
    events.push({
      name: "RunResultError",
      code: "Z024",
      level,
      message: `  ${message}`,
      data: { msg: message },
      ...(message.includes("\u001b[") ? { painted: true } : {}),
      ...about,
    });
  if (result.status === "fail" || result.status === "error" || (options.isWarning && result.status === "warn")) {
    if (options.newline !== false) blank();
    const where = `in ${node.resource_type} ${node.name} (${node.original_file_path})`;
    const data = { node_name: node.name, path: node.original_file_path, resource_type: node.resource_type };
    if (options.isWarning) {
      events.push({
        name: "RunResultWarning",
        code: "Z021",
        level: "warn",
        ...warningTag(where),
        data,
        ...about,
      });
    } else {
      events.push({
        name: "RunResultFailure",
        code: "Z022",
        level: "error",
        message: `[ERROR]: ${where}`,
        status: { text: "ERROR", color: "red" },
        data,
        ...about,
      });
    }
    if (!result.message) {
      events.push({
        name: "RunResultErrorNoMessage",
        code: "Z025",
        level: "error",
        message: `  Status: ${result.status}`,
        data: { status: result.status },
        ...about,
      });
    } else if (options.isWarning) {
      events.push({
        name: "RunResultWarningMessage",
        code: "Z046",
        level: "warn",
        ...warningTag(result.message),
        data: { msg: result.message },
        ...about,
      });
    } else text("error", result.message);
    if (node.compiled_path) {
      blank();
      events.push({
        name: "SQLCompiledPath",
        code: "Z026",
        level: "info",
        message: `  compiled code at ${node.compiled_path}`,
        data: { path: node.compiled_path },
        ...about,
      });
    }
    if (node.resource_type === "test" && node.relation_name) {
      const query = `select * from ${node.relation_name}`;
      const border = "-".repeat(query.length);
      blank();
      events.push({
        name: "CheckNodeTestFailure",
        code: "Z027",
        level: "info",
        message: `  See test failures:\n  ${border}\n  ${query}\n  ${border}`,
        data: { relation_name: node.relation_name },
        ...about,
      });
    }
  } else if (result.status === "skipped" && result.message) {
    if (options.newline !== false) blank("debug");
    text("debug", result.message);
  } else if (result.message) {
    if (options.newline !== false) blank();
    text("error", result.message);
  }
  return events;
}

/** The last line of `source freshness`. */
export function freshnessDone(): NewEvent {
  return { name: "FreshnessCheckComplete", code: "Q003", level: "info", message: "Done." };
}
