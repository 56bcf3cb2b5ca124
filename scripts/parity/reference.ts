import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const CORE = [
  "agate>=1.7,<1.15",
  "click>=8.3,<9",
  "daff>=1.3.46",
  "dbt-adapters>=1.24.5,<2",
  "dbt-common>=1.37.5,<2",
  "dbt-extractor>=0.5,<=0.6",
  "dbt-protos<2",
  "jinja2>=3.1.3,<4",
  "jsonschema<5",
  "mashumaro[msgpack]>=3.9,<3.18",
  "metricflow>=0.213,<1",
  "networkx<4",
  "opentelemetry-api",
  "packaging",
  "pathspec<1.1",
  "protobuf>=6,<8",
  "pydantic<3",
  "python-dotenv",
  "pytz",
  "pyyaml",
  "requests",
  "snowplow-tracker>=1.0.2,<2",
  "sqlparse>=0.5.5,<0.7",
  // the engine inside @duckdb/node-api, so that both tools run on the same one
  "duckdb==1.5.6",
  "clickhouse-connect",
  "clickhouse-driver",
  "tenacity",
];
/** Installed without their dependencies: dbt-core names a parser whose package downloads a binary that nothing here needs. */
const DBT = ["dbt-core==1.12.6", "dbt-duckdb==1.11.1", "dbt-clickhouse==1.10.3"];

/**
 * The folder of a virtual environment that holds Python dbt: `$TSDBT_REFERENCE_DBT`, or a cache in the home folder,
 * filled on first use (about half a minute; needs python3 and PyPI).
 */
export function referenceDbt(): { dbt: string; python: string } {
  const dir = process.env.TSDBT_REFERENCE_DBT ?? join(homedir(), ".cache", "tsdbt", "reference-dbt-1.12.6");
  const python = join(dir, "bin", "python");
  const dbt = join(dir, "bin", "dbt");
  if (!existsSync(dbt)) {
    process.stderr.write(`installing Python dbt 1.12.6 into ${dir}\n`);
    mkdirSync(dir, { recursive: true });
    execFileSync("python3", ["-m", "venv", dir], { stdio: "inherit" });
    const pip = [join(dir, "bin", "pip"), "-q", "--disable-pip-version-check", "install"];
    execFileSync(pip[0]!, [...pip.slice(1), ...CORE], { stdio: "inherit" });
    execFileSync(pip[0]!, [...pip.slice(1), "--no-deps", ...DBT], { stdio: "inherit" });
  }
  return { dbt, python };
}

/** What dbt-athena needs beside Python dbt, some of it only to be imported. */
const ATHENA = [
  "boto3",
  "pyathena<3.35",
  "mmh3<4.2",
  "mypy-boto3-athena",
  "mypy-boto3-glue",
  "mypy-boto3-lakeformation",
  "mypy-boto3-sts",
];

/** Puts dbt-athena beside the Python dbt of a virtual environment, where it is not there yet. */
export function addAthena(python: string): void {
  try {
    execFileSync(python, ["-c", "import dbt.adapters.athena"], { stdio: "ignore" });
  } catch {
    process.stderr.write("installing dbt-athena beside Python dbt\n");
    const pip = ["-m", "pip", "-q", "--disable-pip-version-check", "install"];
    execFileSync(python, [...pip, ...ATHENA], { stdio: "inherit" });
    execFileSync(python, [...pip, "--no-deps", "dbt-athena==1.11.1"], { stdio: "inherit" });
  }
}
