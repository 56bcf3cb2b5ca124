/**
 * npm run suite:athena : the functional tests of dbt-athena's own repository, once with Python dbt and once with tsdbt, on the
 * stand-in for Athena (options.ts has the usage; docs/athena-stand-in.md says what it imitates).
 *
 * `--quick` takes a few of the files. Prints both counts and the difference test by test; `--record` writes
 * tests/adapters/athena/COVERAGE.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AthenaStandIn, startAthena } from "../../tests/services/athena/start.ts";
import { addAthena } from "../parity/reference.ts";
import { athenaReason } from "./athena-reasons.ts";
import { contentOf, installedPackages, rememberedOutcomes, type Tool } from "./cache.ts";
import { cloneAt } from "./clone.ts";
import { compareOutcomes, printComparison } from "./compare.ts";
import { recordCoverage } from "./coverage.ts";
import { suiteOptions } from "./options.ts";
import { type Outcomes, runTests, suitePython, type TestFolder } from "./run-tests.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
/** Version 1.11.1 of the package. */
const PINNED = { repository: "dbt-labs/dbt-adapters", commit: "802d40f0f0eb663c17e5be08d1e3fb2e55b9ee34" };
const TESTS = "tests/functional/adapter";
/** How many tests pass with Python dbt at the least: fewer mean that the stand-in is too weak. */
const LEAST = { repository: 110, quick: 8 };
/** They stop the clock of Python's process; by that of a command's own, each is of 2,500 batches and more. */
const STOP_THE_CLOCK = ["TestAthenaHiveMicrobatch", "TestAthenaIcebergMicrobatch"].map(
  (name) => `--deselect=${TESTS}/test_incremental_microbatch.py::${name}::test_run_with_event_time`,
);
const QUICK = ["test_partitions.py", "test_ha_iceberg.py", "test_seed_by_insert.py"];

const options = suiteOptions({
  command: "npm run suite:athena",
  about: `Runs the functional tests of dbt-athena in dbt-adapters' REPOSITORY (a clone of it, or $TSDBT_DBT_ADAPTERS; without one it is
cloned) once with Python dbt and once with tsdbt, on the stand-in for Athena.`,
  page: "tests/adapters/athena/COVERAGE.md",
  variable: "TSDBT_DBT_ADAPTERS",
});
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-suite-athena-"));
const athena = await startAthena();
let code = 1;
try {
  code = compareTools(athena);
} finally {
  await athena.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(code);

function compareTools(at: AthenaStandIn): number {
  const python = suitePython();
  addAthena(python);
  const clone = cloneAt(PINNED, join(scratch, "repository"), options.repository);
  const folder: TestFolder = {
    name: `dbt-athena/${TESTS} of ${PINNED.repository}`,
    dir: join(clone, "dbt-athena"),
    tests: options.quick ? QUICK.map((file) => join(TESTS, file)) : [TESTS],
    // Its own settings ask for options of plugins that are not here.
    options: ["-c", "/dev/null", ...STOP_THE_CLOCK],
    least: options.only.length > 0 ? 0 : options.quick ? LEAST.quick : LEAST.repository,
    env: {
      ...at.env,
      DBT_TEST_ATHENA_S3_STAGING_DIR: `s3://${at.bucket}/staging/`,
      DBT_TEST_ATHENA_S3_TMP_TABLE_DIR: `s3://${at.bucket}/tmp/`,
      DBT_TEST_ATHENA_REGION_NAME: at.region,
      DBT_TEST_ATHENA_DATABASE: "awsdatacatalog",
      DBT_TEST_ATHENA_WORK_GROUP: "primary",
      DBT_TEST_ATHENA_THREADS: "2",
      DBT_TEST_ATHENA_POLL_INTERVAL: "0.1",
    },
  };
  const services = contentOf(join(ROOT, "tests", "services", "athena"));
  const outcomesOf = (tool: Tool, dbt: string): Outcomes =>
    rememberedOutcomes(options, folder, tool, (remembered) =>
      runTests(folder, { python, workers: options.workers, scratch, only: options.only, dbt, ...remembered }),
    );
  const dbt = outcomesOf({ name: "Python dbt", version: installedPackages(python) + services }, "python");
  const command = `${process.execPath} ${join(ROOT, "bin", "tsdbt")}`;
  const tsdbt = outcomesOf({ name: "tsdbt", version: contentOf(join(ROOT, "dist")) + services }, command);
  const comparison = compareOutcomes(dbt, tsdbt, athenaReason);
  const sound = printComparison(folder.name, comparison, folder.least);
  if (options.record) {
    recordCoverage(join(ROOT, "tests", "adapters", "athena", "COVERAGE.md"), {
      title: "dbt-athena's own functional tests",
      about: [
        "dbt-athena/tests/functional of dbt-labs/dbt-adapters, driven once with Python dbt 1.12.6 and dbt-athena 1.11.1 and once with tsdbt as the",
        "command that they run, both on the stand-in for Athena (docs/athena-stand-in.md). Written by `npm run suite:athena -- --record`:",
        "",
        "```sh",
        "npm run suite:athena -- path/to/a/clone      # all of it; without a path it is cloned",
        "npm run suite:athena -- --only test_docs.py  # some tests, by parts of their names; --help tells the rest",
        "```",
        "",
        `The tests are those of commit ${PINNED.commit}, version 1.11.1.`,
        "Two of test_incremental_microbatch.py are left out: they stop the clock of Python's own process, which a command does not share.",
      ],
      folder: `${TESTS}/`,
      reason: athenaReason,
      dbt,
      tsdbt,
    });
  }
  return sound ? 0 : 1;
}
