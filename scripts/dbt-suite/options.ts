import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

const USAGE = `usage: npm run suite -- [options] [REPOSITORY]

Runs dbt's own functional tests once with Python dbt and once with tsdbt: those of dbt-duckdb's REPOSITORY (a clone of it, or
$TSDBT_DBT_DUCKDB; without one it is cloned) and the classes of dbt-tests-adapter that tests/ subclasses.

  --only NAME    only the tests whose name holds NAME, such as TestBuild or test_hooks.py; may be given several times
  --quick        only some of the classes of dbt-tests-adapter
  --cache FILE   keep what the tests say in FILE; the next run asks only for what it lacks for the same tests, packages and dist/
  --record       write docs/dbt-suite.md
  --workers N    how many tests run at a time (default: one for each processor)

exit codes: 0; 1 where tsdbt fails a test that Python dbt passes, or Python dbt passes too few; 2 for a mistake in the command
line; 3 where the repository cannot be had`;

export interface SuiteOptions {
  quick: boolean;
  record: boolean;
  workers: number;
  /** Parts of names; a test runs if its name holds one of them. Empty: all run. */
  only: string[];
  cache: string | undefined;
  repository: string | undefined;
}

/** Reads the command line; a mistake in it, or `--help`, ends the program with the usage. */
export function suiteOptions(): SuiteOptions {
  const { values, positionals } = parsed();
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { quick = false, record = false, only = [], cache } = values;
  const workers = Number(values.workers ?? availableParallelism());
  if (!Number.isInteger(workers) || workers < 1) refuse(`--workers takes a number above 0, not "${values.workers}"`);
  if (record && (quick || only.length > 0)) refuse("--record needs the whole run, without --quick and --only");
  if (positionals.length > 1)
    refuse(`one repository is enough: ${positionals.join(" ")} (names of tests follow --only)`);
  const repository = positionals[0] ?? process.env.TSDBT_DBT_DUCKDB;
  if (repository && !repository.includes("://") && !existsSync(repository)) refuse(`there is no ${repository}`);
  return { quick, record, workers, only, cache, repository };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        quick: { type: "boolean" },
        record: { type: "boolean" },
        workers: { type: "string" },
        only: { type: "string", multiple: true },
        cache: { type: "string" },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
