/**
 * npm run suite:core -- [--record] [--workers N] [--only FOLDER]... [CLONE] : the functional tests in dbt-core's own repository,
 * with tsdbt as the command that they run, on DuckDB; those that fail are run with Python dbt too, the same way, but for those
 * that ask a Postgres server themselves.
 *
 * CLONE or $TSDBT_DBT_CORE is a clone of dbt-labs/dbt-core; without one it is cloned where the network allows it. `--only` takes
 * folders under tests/functional. `--record` writes the counts and the differences to docs/dbt-core-suite.md.
 *
 * No gate: most were written for Postgres, and many replace parts of the running Python process. Ends with 3 if there is no clone.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cloneAt } from "./clone.ts";
import { asksPostgres, recordCoreResult, sortOutcomes } from "./core-record.ts";
import { type Outcomes, runTests, suitePython } from "./run-tests.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PINNED = { repository: "dbt-labs/dbt-core", commit: "eef816df0e4fd16ce3a358b782076a43aa3f2a3f" };
const FOLDER = "tests/functional";
/** What the tests import beside dbt and the runner. */
const IMPORTED = ["hypothesis", "pytest-mock", "pytest-dotenv", "opentelemetry-sdk", "psycopg2-binary"];
/** Without its dependencies, as the others of dbt: it would bring another dbt-core. */
const ADAPTER = "dbt-postgres>=1.10,<2";
const OPTIONS = ["-p", "core_plugin", "-o", "pythonpath=.", "--continue-on-collection-errors"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: "boolean" },
    workers: { type: "string" },
    only: { type: "string", multiple: true },
  },
});
const workers = Number(values.workers ?? availableParallelism());
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-suite-core-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const dir = cloneAt(PINNED, join(scratch, "dbt-core"), positionals[0] ?? process.env.TSDBT_DBT_CORE);
const python = suitePython();
for (const packages of [IMPORTED, ["--no-deps", ADAPTER]])
  execFileSync(python, ["-m", "pip", "-q", "--disable-pip-version-check", "install", ...packages], {
    stdio: "inherit",
  });
const run = (dbt: string, tests: string[]): Outcomes =>
  runTests({ name: FOLDER, dir, tests, options: OPTIONS, least: 0 }, { python, dbt, workers, scratch });

const tsdbt = run(
  `${process.execPath} ${join(ROOT, "bin", "tsdbt")}`,
  (values.only ?? [""]).map((folder) => join(FOLDER, folder)),
);
const failed = Object.keys(tsdbt).filter((test) => tsdbt[test]!.outcome === "failed" && !asksPostgres(tsdbt[test]!));
const result = sortOutcomes(tsdbt, failed.length ? run("python", failed) : {});
const { total, onlyDbt } = result;
console.log(
  `\n${total.tests} tests: ${total.passed} pass with tsdbt, ${total.both} fail with both, ${total.postgres} need Postgres, ` +
    `${onlyDbt.length} pass with Python dbt alone`,
);
for (const { test, why } of onlyDbt) console.log(`DIFFERENT ${test}\n    ${why}`);
if (values.record) recordCoreResult(join(ROOT, "docs", "dbt-core-suite.md"), PINNED.commit, result);
