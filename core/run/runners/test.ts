import { Table } from "../../agate/table.ts";
import { templateError } from "../../context/shared/index.ts";
import { pluralize } from "../../events/format.ts";
import { describeNode, startLine, testResult } from "../../events/messages/index.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { PyFloat } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";
import type { Job, Outcome, Runner } from "../job.ts";
import { warningsAreErrors } from "../warnings-as-errors.ts";
import { callMaterialization, contextOf, mainResult, responseEntry } from "./materialize.ts";
import { place } from "./model.ts";

/** The row that a test's query gives: how many rows failed, and whether that is worth a warning or an error. */
interface TestRow {
  failures: number;
  should_warn: boolean;
  should_error: boolean;
}

/** Data tests, generic and singular. */
export const testRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: describeNode(job.node) }),
  compile: (job) => job.run.compiler.compile(job.node, { connection: job.connection, threadId: job.threadId }),
  async execute(job) {
    const context = contextOf(job);
    await callMaterialization(job, context);
    const main = mainResult(context, job.node);
    const row = testRow(main.table, job.node);
    return { ...judge(job, row), adapter_response: responseEntry(main.response) };
  },
  finish: (job, result) =>
    testResult({
      ...place(job, result.status),
      name: job.node.name,
      failures: result.failures,
      attachedNode: job.node.attached_node ?? null,
      status: result.status,
      executionTime: result.execution_time,
    }),
};

/** Fail, warn or pass, in dbt's words: `Got 3 results, configured to fail if != 0`. */
function judge(job: Job, row: TestRow): Outcome {
  const { severity, error_if: errorIf, warn_if: warnIf } = job.node.config as { [key: string]: unknown };
  const got = `Got ${pluralize(row.failures, "result")}, configured to`;
  if (String(severity ?? "error").toUpperCase() === "ERROR" && row.should_error) {
    return { status: "fail", message: `${got} fail if ${String(errorIf)}`, failures: row.failures };
  }
  if (!row.should_warn) return { status: "pass", message: null, failures: 0 };
  if (warningsAreErrors(job.run.options.flags, "LogTestResult")) {
    return { status: "fail", message: `${got} fail if ${String(warnIf)}`, failures: row.failures };
  }
  return { status: "warn", message: `${got} warn if ${String(warnIf)}`, failures: row.failures };
}

function testRow(table: unknown, node: Node): TestRow {
  const fail = (message: string): never => {
    const text = `dbt internally failed to execute ${node.unique_id}: ${message}`;
    throw templateError("TD3050", text, node, "Internal Error");
  };
  if (!(table instanceof Table)) return fail("Returned no rows, but expected 1 row");
  const { rows } = table;
  if (rows.length !== 1) fail(`Returned ${rows.length} rows, but expected 1 row`);
  const names = table.columnNames.map((name) => name.toLowerCase());
  if (names.length !== 3) fail(`Returned ${names.length} columns, but expected 3 columns`);
  const value = (name: string): unknown => rows[0]?.values[names.indexOf(name)];
  return {
    failures: count(value("failures")),
    should_warn: truth(value("should_warn"), node),
    should_error: truth(value("should_error"), node),
  };
}

function count(value: unknown): number {
  if (value instanceof PyFloat) return value.value;
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  return Number(pyStr(value));
}

const YES = new Set(["y", "yes", "t", "true", "on", "1"]);
const NO = new Set(["n", "no", "f", "false", "off", "0"]);

function truth(value: unknown, node: Node): boolean {
  if (typeof value !== "string") return value === true || value === 1 || value === 1n;
  const text = value.toLowerCase();
  if (YES.has(text)) return true;
  if (NO.has(text)) return false;
  throw templateError(
    "TD3051",
    `Macro 'get_test_sql' returns '${value}'.  It is not type 'bool' and cannot not be converted reliably to a bool.`,
    node,
  );
}
