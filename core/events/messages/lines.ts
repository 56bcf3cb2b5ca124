/**
 * The numbered lines of a run. Words, codes and levels are dbt's (events Q007 to Q047):
 * https://docs.getdbt.com/reference/events-logging
 */
import type { EventNode, Level, Line, NewEvent } from "../event.ts";
import { renderLine } from "../format.ts";

type Color = "green" | "red" | "yellow";

export interface Place {
  /** One-based number of the node and how many there are; left out, no number is shown. */
  index?: number | null;
  total?: number | null;
  node?: EventNode;
}

interface Numbered extends Place {
  name: string;
  code: string;
  level: Level;
  text: string;
  status: string;
  color?: Color;
  seconds?: number;
  truncate?: boolean;
  data: { [key: string]: unknown };
}

function numbered(parts: Numbered): NewEvent {
  const { index, total } = parts;
  const progress = index == null || total == null ? "" : `${index} of ${total} `;
  const line: Line = { text: progress + parts.text, status: parts.status };
  if (parts.seconds !== undefined) line.seconds = parts.seconds;
  if (parts.truncate) line.truncate = true;
  const event: NewEvent = {
    name: parts.name,
    code: parts.code,
    level: parts.level,
    message: renderLine(line),
    data: parts.data,
    line,
  };
  if (parts.node) event.node = parts.node;
  if (parts.color) event.status = { text: parts.status, color: parts.color };
  return event;
}

/** `1 of 5 START sql view model main.x .... [RUN]`; `description` as `describeNode` gives it. */
export function startLine(o: Place & { description: string }): NewEvent {
  return numbered({
    ...o,
    name: "LogStartLine",
    code: "Q011",
    level: "info",
    text: `START ${o.description}`,
    status: "RUN",
    data: { description: o.description, index: o.index, total: o.total },
  });
}

/** `Batch 1 of 3 START batch 2024-01-01 of main.x .... [RUN]`. */
export function batchStartLine(o: Place & { description: string }): NewEvent {
  const line = numbered({
    ...o,
    name: "LogStartBatch",
    code: "Q045",
    level: "info",
    text: `START ${o.description}`,
    status: "RUN",
    data: { batch_index: o.index, description: o.description, total_batches: o.total },
  });
  return prefixed("Batch ", line);
}

/** `Batch 1 of 3 OK created batch 2024-01-01 of main.x .... [OK in 0.05s]`, its error, or that it is skipped. */
export function batchResultLine(o: ResultLine & { description: string }): NewEvent {
  const failed = o.status === "error";
  const skipped = o.status === "skipped";
  const status = failed || skipped ? o.status : (o.message ?? "");
  const line = numbered({
    ...o,
    name: "LogBatchResult",
    code: "Q046",
    level: failed ? "error" : "info",
    text: `${failed ? "ERROR creating" : skipped ? "SKIP" : "OK created"} ${o.description}`,
    status: failed || skipped ? status.toUpperCase() : status,
    color: failed ? "red" : skipped ? "yellow" : "green",
    seconds: o.executionTime,
    data: {
      batch_index: o.index,
      description: o.description,
      execution_time: o.executionTime,
      status,
      total_batches: o.total,
    },
  });
  return prefixed("Batch ", line);
}

/** `1 of 3 OK created function main.add_tax .... [SUCCESS in 0.05s]`, or its error. */
export function functionResult(o: Omit<ResultLine, "message"> & { description: string }): NewEvent {
  const failed = o.status === "error";
  return numbered({
    ...o,
    name: "LogFunctionResult",
    code: "Q047",
    level: failed ? "error" : "info",
    text: `${failed ? "ERROR creating" : "OK created"} ${o.description}`,
    status: o.status.toUpperCase(),
    color: failed ? "red" : "green",
    seconds: o.executionTime,
    data: {
      description: o.description,
      execution_time: o.executionTime,
      index: o.index,
      status: o.status,
      total: o.total,
    },
  });
}

/** `Overload 1 of 2 START function f overload f_text .... [RUN]`. */
export function overloadStartLine(o: Place & { description: string }): NewEvent {
  const line = numbered({
    ...o,
    name: "LogStartOverload",
    code: "Q048",
    level: "info",
    text: `START ${o.description}`,
    status: "RUN",
    data: { description: o.description, overload_index: o.index, total_overloads: o.total },
  });
  return prefixed("Overload ", line);
}

/** `Overload 1 of 2 OK created function f overload f_text .... [SUCCESS in 0.05s]`, its error, or that it is skipped. */
export function overloadResultLine(o: Omit<ResultLine, "message"> & { description: string }): NewEvent {
  const failed = o.status === "error";
  const skipped = o.status === "skipped";
  const line = numbered({
    ...o,
    name: "LogOverloadResult",
    code: "Q049",
    level: failed ? "error" : "info",
    text: `${failed ? "ERROR creating" : skipped ? "SKIP" : "OK created"} ${o.description}`,
    status: o.status.toUpperCase(),
    color: failed ? "red" : skipped ? "yellow" : "green",
    seconds: o.executionTime,
    data: {
      description: o.description,
      execution_time: o.executionTime,
      overload_index: o.index,
      status: o.status,
      total_overloads: o.total,
    },
  });
  return prefixed("Overload ", line);
}

/** Why a batch failed, while the others go on. */
export function batchException(text: string): NewEvent {
  const message = `Unhandled error while executing \nException on worker thread. ${text}`;
  return {
    name: "GenericExceptionOnRun",
    code: "W004",
    level: "error",
    message: `[ERROR]: ${message}`,
    status: { text: "ERROR", color: "red" },
    data: { exc: text },
  };
}

/** The word stands before a line that is already as wide as it shall be. */
function prefixed(prefix: string, event: NewEvent): NewEvent {
  return { ...event, message: `${prefix}${event.message}`, line: { ...(event.line as Line), prefix } };
}

export interface ResultLine extends Place {
  /** The result's status: `success`, `error`, `pass`, `warn`, `fail`, `skipped`, `runtime error`. */
  status: string;
  /** The result's message: for a model what the engine answered, e.g. `OK` or `INSERT 3`. */
  message?: string | null;
  executionTime: number;
}

/** `1 of 5 OK created sql view model main.x .... [OK in 0.05s]`, or its error. */
export function resultLine(o: ResultLine & { description: string }): NewEvent {
  const failed = o.status === "error";
  const text = failed ? o.status : (o.message ?? "");
  const partial = !failed && text.includes("PARTIAL SUCCESS");
  return numbered({
    ...o,
    name: "LogModelResult",
    code: "Q012",
    level: failed ? "error" : "info",
    text: `${failed ? "ERROR creating" : partial ? "PARTIALLY created" : "OK created"} ${o.description}`,
    status: failed || partial ? text.toUpperCase() : text,
    color: failed ? "red" : partial ? "yellow" : "green",
    seconds: o.executionTime,
    data: {
      description: o.description,
      execution_time: o.executionTime,
      index: o.index,
      status: text,
      total: o.total,
    },
  });
}

/** `3 of 5 PASS not_null_x .... [PASS in 0.01s]`; `name` is the test's name. */
export function testResult(
  o: Omit<ResultLine, "message"> & { name: string; failures?: number | null; attachedNode?: string | null },
): NewEvent {
  const failures = o.failures ?? 0;
  const shown: { [status: string]: [string, Color] } = {
    error: ["ERROR", "red"],
    pass: ["PASS", "green"],
    warn: [`WARN ${failures}`, "yellow"],
  };
  const [info, color] = shown[o.status] ?? [`FAIL ${failures}`, "red"];
  const levels: { [status: string]: Level } = { fail: "error", error: "error", warn: "warn" };
  const data: { [key: string]: unknown } = {
    attached_node: o.attachedNode ?? "",
    execution_time: o.executionTime,
    index: o.index,
    name: o.name,
    num_failures: failures,
    num_models: o.total,
    status: o.status,
  };
  return numbered({
    ...o,
    name: "LogTestResult",
    code: "Q007",
    level: levels[o.status] ?? "info",
    text: `${info} ${o.name}`,
    status: info,
    color,
    seconds: o.executionTime,
    data,
  });
}

/** `2 of 5 OK loaded seed file main.x .... [INSERT 3 in 0.16s]`. */
export function seedResult(o: ResultLine & { schema: string; alias: string }): NewEvent {
  const failed = o.status === "error";
  return numbered({
    ...o,
    name: "LogSeedResult",
    code: "Q016",
    level: failed ? "error" : "info",
    text: `${failed ? "ERROR loading" : "OK loaded"} seed file ${o.schema}.${o.alias}`,
    status: failed ? "ERROR" : (o.message ?? ""),
    color: failed ? "red" : "green",
    seconds: o.executionTime,
    data: {
      execution_time: o.executionTime,
      index: o.index,
      relation: o.alias,
      result_message: o.message ?? "",
      schema: o.schema,
      status: o.status,
      total: o.total,
    },
  });
}

/** `4 of 5 OK snapshotted main.x .... [OK in 0.09s]`; `description` is schema and alias. */
export function snapshotResult(o: ResultLine & { description: string; config?: { [key: string]: unknown } }): NewEvent {
  const failed = o.status === "error";
  return numbered({
    ...o,
    name: "LogSnapshotResult",
    code: "Q015",
    level: failed ? "error" : "info",
    text: `${failed ? "ERROR snapshotting" : "OK snapshotted"} ${o.description}`,
    status: failed ? "ERROR" : (o.message ?? ""),
    color: failed ? "red" : "green",
    seconds: o.executionTime,
    data: {
      cfg: o.config ?? {},
      description: o.description,
      execution_time: o.executionTime,
      index: o.index,
      result_message: o.message ?? "",
      status: o.status,
      total: o.total,
    },
  });
}

/** `1 of 4 WARN freshness of raw.orders .... [WARN in 0.05s]`. */
export function freshnessResult(o: Omit<ResultLine, "message"> & { sourceName: string; tableName: string }): NewEvent {
  const shown: { [status: string]: [string, Color, Level] } = {
    "runtime error": ["ERROR", "red", "error"],
    error: ["ERROR STALE", "red", "error"],
    warn: ["WARN", "yellow", "warn"],
  };
  const [info, color, level] = shown[o.status] ?? ["PASS", "green", "info"];
  return numbered({
    ...o,
    name: "LogFreshnessResult",
    code: "Q018",
    level,
    text: `${info} freshness of ${o.sourceName}.${o.tableName}`,
    status: info,
    color,
    seconds: o.executionTime,
    data: {
      execution_time: o.executionTime,
      index: o.index,
      source_name: o.sourceName,
      status: o.status,
      table_name: o.tableName,
      total: o.total,
    },
  });
}

/** `5 of 5 NO-OP exposure dashboard .... [NO-OP in 0.00s]`. */
export function noOpResult(o: Omit<ResultLine, "message" | "status"> & { description: string }): NewEvent {
  return numbered({
    ...o,
    name: "LogNodeNoOpResult",
    code: "Q019",
    level: "info",
    text: `NO-OP ${o.description}`,
    status: "NO-OP",
    color: "yellow",
    seconds: o.executionTime,
    data: {
      description: o.description,
      execution_time: o.executionTime,
      index: o.index,
      status: "no-op",
      total: o.total,
    },
  });
}

/** `2 of 5 SKIP relation main.x .... [SKIP]`, for a node whose parent failed. */
export function skipLine(o: Place & { resourceType: string; schema?: string | null; nodeName: string }): NewEvent {
  const relation = o.resourceType === "model" || o.resourceType === "seed" || o.resourceType === "snapshot";
  return numbered({
    ...o,
    name: "SkippingDetails",
    code: "Q034",
    level: "info",
    text: relation ? `SKIP relation ${o.schema ?? ""}.${o.nodeName}` : `SKIP ${o.resourceType} ${o.nodeName}`,
    status: "SKIP",
    color: "yellow",
    data: {
      index: o.index,
      node_name: o.nodeName,
      resource_type: o.resourceType,
      schema: o.schema ?? "",
      total: o.total,
    },
  });
}

/** A node that is skipped because an ephemeral model it is built on failed to compile. */
export function skipBecauseEphemeral(o: Place & { schema: string; relation: string; status: string }): NewEvent {
  return numbered({
    ...o,
    name: "LogSkipBecauseError",
    code: "Z034",
    level: "error",
    text: `SKIP relation ${o.schema}.${o.relation} due to ephemeral model status '${o.status}'`,
    status: "ERROR SKIP",
    color: "red",
    data: { index: o.index, relation: o.relation, schema: o.schema, status: o.status, total: o.total },
  });
}

/** `1 of 2 START hook: shop.on-run-start.0 .... [RUN]`; `statement` is `<package>.<on-run-start|on-run-end>.<index>`. */
export function hookStartLine(o: Place & { statement: string }): NewEvent {
  return numbered({
    ...o,
    name: "LogHookStartLine",
    code: "Q032",
    level: "info",
    text: `START hook: ${o.statement}`,
    status: "RUN",
    truncate: true,
    data: { index: o.index, statement: o.statement, total: o.total },
  });
}

/** `1 of 2 OK hook: shop.on-run-start.0 .... [OK in 0.00s]`. */
export function hookLine(o: Omit<ResultLine, "message"> & { statement: string }): NewEvent {
  const shown: { [status: string]: [string, Color] } = { success: ["OK", "green"], skipped: ["SKIP", "yellow"] };
  const [info, color] = shown[o.status] ?? ["ERROR", "red"];
  return numbered({
    ...o,
    name: "LogHookEndLine",
    code: "Q033",
    level: "info",
    text: `${info} hook: ${o.statement}`,
    status: info,
    color,
    seconds: o.executionTime,
    truncate: true,
    data: {
      execution_time: o.executionTime,
      index: o.index,
      statement: o.statement,
      status: o.status,
      total: o.total,
    },
  });
}

/** `CANCEL query model.shop.orders .... [CANCEL]`. */
export function cancelLine(connectionName: string): NewEvent {
  return numbered({
    name: "LogCancelLine",
    code: "Q022",
    level: "error",
    text: `CANCEL query ${connectionName}`,
    status: "CANCEL",
    color: "red",
    data: { conn_name: connectionName },
  });
}

/**
 * What a line calls a node: `sql view model main.orders`, `seed file main.coins`, `snapshot main.prices`,
 * `test not_null_x`, `unit_test orders::adds_up`, `exposure dashboard`, `freshness of raw.orders`.
 * The database is shown where it is not the profile's own.
 */
export function describeNode(node: Described, defaultDatabase: string | null = node.database ?? null): string {
  switch (node.resource_type) {
    case "model":
      return `${node.language ?? "sql"} ${String(node.config?.materialized ?? "view")} model ${relationText(node, defaultDatabase)}`;
    case "seed":
      return `seed file ${relationText(node, defaultDatabase)}`;
    case "snapshot":
      return `snapshot ${relationText(node, defaultDatabase)}`;
    case "unit_test":
      return `unit_test ${node.model ?? ""}::${node.name}`;
    case "source":
      return `freshness of ${node.source_name ?? ""}.${node.name}`;
    default:
      return `${node.resource_type} ${node.name}`;
  }
}

/** What `describeNode` looks at; every resource fits. */
export interface Described {
  resource_type: string;
  name: string;
  database?: string | null;
  schema?: string | null;
  alias?: string;
  language?: string;
  config?: { materialized?: unknown };
  model?: string;
  source_name?: string;
}

/** `main.orders`, or `other_db.main.orders` outside the profile's database. */
export function relationText(node: Described, defaultDatabase: string | null = node.database ?? null): string {
  const relation = `${node.schema ?? ""}.${node.alias ?? node.name}`;
  return node.database && node.database !== defaultDatabase ? `${node.database}.${relation}` : relation;
}
