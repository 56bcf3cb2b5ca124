import { Table } from "../../agate/table.ts";
import { compileUnitTest, unitTestName } from "../../compile/index.ts";
import { templateError } from "../../context/shared/index.ts";
import { type ErrorDetails, TsdbtError } from "../../errors.ts";
import { startLine, testResult } from "../../events/messages/index.ts";
import { sortBy } from "../../jinja/runtime/compare.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { Tuple } from "../../jinja/runtime/values.ts";
import type { UnitTest } from "../../manifest/resources.ts";
import { errorText, nodeError } from "../errors.ts";
import type { Outcome, Runner } from "../job.ts";
import type { Grid } from "../unit-test-diff.ts";
import { callMaterialization, contextOf, type Materialized, mainResult, responseEntry } from "./materialize.ts";
import { place } from "./model.ts";

const nameOf = ({ node }: { node: UnitTest }): string => `${node.model}::${unitTestName(node)}`;

/** Unit tests: the model over the given rows, compared with the expected ones. */
export const unitTestRunner: Runner<UnitTest> = {
  start: (job) => startLine({ ...place(job, "started"), description: `unit_test ${nameOf(job)}` }),
  async execute(job) {
    const { connection, threadId } = job;
    const node = await compileUnitTest(job.run.env, job.node, { connection, threadId });
    const own: Materialized = { run: job.run, node, connection, threadId };
    const context = contextOf(own);
    try {
      await callMaterialization(own, context);
    } catch (error) {
      throw explained(error, own);
    }
    const main = mainResult(context, node);
    if (!(main.table instanceof Table)) throw templateError("TD3093", "The unit test gave no rows", node);
    const diff = await differences(main.table, job.run.options.flags.use_colors !== false);
    return { ...outcome(diff), node, adapter_response: responseEntry(main.response) };
  },
  finish: (job, result) =>
    testResult({
      ...place(job, result.status),
      name: nameOf(job),
      failures: result.failures,
      status: result.status,
      executionTime: result.execution_time,
    }),
};

/** What the actual rows have and the expected ones do not, and the other way round; `null` where they are the same. */
async function differences(table: Table, colors: boolean): Promise<string | null> {
  const expected = side(table, "expected");
  const actual = side(table, "actual");
  if (JSON.stringify(expected) === JSON.stringify(actual)) return null;
  // Comparing tables cell by cell is a program of its own, and seldom needed.
  const { gridDiff } = await import("../unit-test-diff.ts");
  return gridDiff(expected, actual, colors);
}

/** The rows of one side, sorted, without the column that tells the sides apart. */
function side(table: Table, which: string): Grid {
  const names = table.columnNames.map((name) => name.toLowerCase());
  const marker = names.indexOf("actual_or_expected");
  const without = <T>(values: readonly T[]): T[] => values.filter((_, index) => index !== marker);
  const rows = table.rows
    .map((row) => row.values)
    .filter((values) => values[marker] === which)
    .map(without);
  const keys = rows.map((row) => row.map((value) => new Tuple([value === null, value])));
  const sorted = sortBy(rows, keys);
  return [without(names), ...sorted.map((row) => row.map((value) => (value === null ? null : pyStr(value))))];
}

function outcome(diff: string | null): Outcome {
  return diff === null
    ? { status: "pass", message: null, failures: 0 }
    : { status: "fail", message: diff, failures: 1 };
}

/** What went wrong says nothing of unit tests, so it is said what may be the matter. */
function explained(thrown: unknown, { node, run }: Materialized): TsdbtError {
  const error = nodeError(thrown, node, { root: run.env.config.project.root });
  const { engineText, file, span, source } = error.details;
  // A place in a built-in macro, or in a statement that was not written, tells nobody anything.
  const place = file !== undefined && file === node.build_path ? { file, span, source } : {};
  const text = errorText(error, node);
  const inner = engineText === undefined ? text : text.replace(/^.*/, error.kind);
  return new TsdbtError(
    "TD3094",
    "Runtime Error",
    `An error occurred during execution of unit test '${node.name}'. ` +
      `There may be an error in the unit test definition: check the data types.\n ${inner}`,
    { ...place, cause: error } as ErrorDetails,
  );
}
