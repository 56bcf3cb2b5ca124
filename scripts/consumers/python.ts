import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const PACKAGES = [
  "dbt-artifacts-parser==0.15.0",
  "openlineage-integration-common==1.54.0",
  "jinja2",
  "astronomer-cosmos==1.15.1",
  "apache-airflow-core==3.3.2",
];

/** The Python of a virtual environment that holds the consumers; filled on first use, in a cache in the home folder. */
export function consumersPython(): string {
  const dir = process.env.TSDBT_CONSUMERS ?? join(homedir(), ".cache", "tsdbt", "consumers-1");
  const python = join(dir, "bin", "python");
  const complete = join(dir, "complete");
  if (!existsSync(complete)) {
    process.stderr.write(`installing readers of artifacts into ${dir}\n`);
    mkdirSync(dir, { recursive: true });
    execFileSync("python3", ["-m", "venv", "--clear", dir], { stdio: "inherit" });
    execFileSync(python, ["-m", "pip", "-q", "--disable-pip-version-check", "install", "uv"], { stdio: "inherit" });
    // uv, since pip needs minutes to find out which versions fit together
    const uv = ["pip", "install", "-q", "--python", python, ...PACKAGES];
    execFileSync(join(dir, "bin", "uv"), uv, { stdio: "inherit" });
    writeFileSync(complete, "");
  }
  return python;
}
