/**
 * npm run suite:clickhouse : the functional tests of dbt-clickhouse's own repository, once with Python dbt and once with tsdbt, on
 * the embedded ClickHouse behind its HTTP front (options.ts has the usage; tests/services/clickhouse-front.ts says what it imitates).
 *
 * What does not pass with Python dbt on a server alone runs a second time, as a cluster of that one server. `--quick` takes classes of dbt-tests-adapter
 * in its place, which need no clone. Prints both counts and the difference test by test; `--record` writes
 * tests/adapters/clickhouse/COVERAGE.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startClickHouse } from "../../tests/services/clickhouse.ts";
import { contentOf, installedPackages, rememberedOutcomes, type Tool } from "./cache.ts";
import { recordCoverage } from "./clickhouse-record.ts";
import { cloneAt } from "./clone.ts";
import { compareOutcomes, printComparison } from "./compare.ts";
import { suiteOptions } from "./options.ts";
import { type Outcomes, runTests, suitePython, type TestFolder } from "./run-tests.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
/** The nearest commit to version 1.10.3 of the package. */
const PINNED = { repository: "ClickHouse/dbt-clickhouse", commit: "c5c810b8740b417c695e22007f4e08e500d91320" };
/** How many tests pass with Python dbt at the least: fewer mean that the front is too weak. */
const LEAST = { repository: 190, quick: 13 };
const QUICK = ["test_basics.py"];
const CLUSTER = "test_shard";

const options = suiteOptions({
  command: "npm run suite:clickhouse",
  about: `Runs the functional tests of dbt-clickhouse's REPOSITORY (a clone of it, or $TSDBT_DBT_CLICKHOUSE; without one it is cloned) once
with Python dbt and once with tsdbt, on the embedded ClickHouse.`,
  page: "tests/adapters/clickhouse/COVERAGE.md",
  variable: "TSDBT_DBT_CLICKHOUSE",
});
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-suite-clickhouse-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const python = suitePython();
const tools: (Tool & { dbt: string })[] = [
  { name: "Python dbt", version: installedPackages(python), dbt: "python" },
  {
    name: "tsdbt",
    version: contentOf(join(ROOT, "dist")),
    dbt: `${process.execPath} ${join(ROOT, "bin", "tsdbt")}`,
  },
];
const folder: TestFolder = options.quick
  ? {
      name: "classes of dbt-tests-adapter on ClickHouse",
      dir: HERE,
      tests: QUICK.map((file) => join("tests", file)),
      least: LEAST.quick,
    }
  : {
      name: `tests/integration of ${PINNED.repository}`,
      dir: cloneAt(PINNED, join(scratch, "repository"), options.repository),
      tests: ["tests/integration"],
      least: LEAST.repository,
    };

const outcomes: Outcomes[] = [];
let ofCluster: string[] | undefined;
for (const tool of tools) {
  const alone = await outcomesOf(tool, folder, options.only);
  ofCluster ??= Object.keys(alone).filter((test) => alone[test]!.outcome !== "passed");
  const together =
    ofCluster.length === 0
      ? {}
      : await outcomesOf(
          tool,
          { ...folder, name: `${folder.name}, cluster`, env: { DBT_CH_TEST_CLUSTER: CLUSTER } },
          ofCluster,
        );
  const ran = Object.entries(together).filter(([, { outcome }]) => outcome !== "skipped");
  outcomes.push({ ...alone, ...Object.fromEntries(ran) });
}
const comparison = compareOutcomes(outcomes[0]!, outcomes[1]!);
if (comparison.total === 0) {
  console.error(`no test has a name with ${options.only.join(" or ")} in it`);
  process.exit(2);
}
const sound = printComparison(folder.name, comparison, options.only.length > 0 ? 0 : folder.least);
if (options.record) {
  recordCoverage(
    join(ROOT, "tests", "adapters", "clickhouse", "COVERAGE.md"),
    PINNED.commit,
    outcomes[0]!,
    outcomes[1]!,
  );
}
process.exit(sound ? 0 : 1);

/** What the tests say with a tool, on a server of their own. */
async function outcomesOf(tool: Tool & { dbt: string }, tests: TestFolder, only: string[]): Promise<Outcomes> {
  const server = await startClickHouse({ clusters: [CLUSTER], cwd: scratch });
  const profile = { type: "clickhouse", host: "127.0.0.1", port: server.port, threads: 4 };
  const env = {
    ...tests.env,
    DBT_CH_TEST_HOST: profile.host,
    DBT_CH_TEST_PORT: String(profile.port),
    SUITE_PROFILE: JSON.stringify(profile),
  };
  try {
    return rememberedOutcomes({ cache: options.cache, only }, tests, tool, (remembered) =>
      runTests({ ...tests, env }, { python, workers: options.workers, scratch, only, dbt: tool.dbt, ...remembered }),
    );
  } finally {
    server.stop();
  }
}
