import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** What the two programs that take these options say of themselves. */
export interface SuiteUsage {
  command: string;
  about: string;
  /** The page that `--record` writes. */
  page: string;
  /** The environment variable that names a clone of the repository. */
  variable: string;
}

const usageOf = ({ command, about, page }: SuiteUsage) => `usage: ${command} -- [options] [REPOSITORY]

${about}

  --only NAME    only the tests whose name holds NAME, such as TestBuild or test_hooks.py; may be given several times
  --quick        only some of the classes of dbt-tests-adapter
  --cache FILE   keep what the tests say in FILE; the next run asks only for what it lacks for the same tests, packages and dist/
  --record       write ${page}
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
export function suiteOptions(program: SuiteUsage): SuiteOptions {
  const usage = usageOf(program);
  const { values, positionals } = parsed(usage);
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const { quick = false, record = false, only = [], cache } = values;
  const workers = Number(values.workers ?? availableParallelism());
  if (!Number.isInteger(workers) || workers < 1)
    refuse(`--workers takes a number above 0, not "${values.workers}"`, usage);
  if (record && (quick || only.length > 0)) refuse("--record needs the whole run, without --quick and --only", usage);
  if (positionals.length > 1)
    refuse(`one repository is enough: ${positionals.join(" ")} (names of tests follow --only)`, usage);
  const repository = positionals[0] ?? process.env[program.variable];
  if (repository && !repository.includes("://") && !existsSync(repository)) refuse(`there is no ${repository}`, usage);
  return { quick, record, workers, only, cache, repository };
}

function parsed(usage: string) {
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
    return refuse((error as Error).message, usage);
  }
}

function refuse(message: string, usage: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}
