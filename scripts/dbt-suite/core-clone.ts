import { spawnSync } from "node:child_process";
import { join } from "node:path";

const REPOSITORY = "dbt-labs/dbt-core";
export const CORE_COMMIT = "eef816df0e4fd16ce3a358b782076a43aa3f2a3f";

/** A clone of dbt-core at the commit that is tested, in `scratch`; ends the process with 3 where it cannot be had. */
export function cloneCore(named: string | undefined, scratch: string): string {
  const source = named ?? process.env.TSDBT_DBT_CORE ?? `https://github.com/${REPOSITORY}.git`;
  const dir = join(scratch, "dbt-core");
  const git = (...args: string[]) =>
    spawnSync("git", args, { encoding: "utf8", env: { ...process.env, GIT_TERMINAL_PROMPT: "0" }, timeout: 600_000 });
  for (const step of [
    () => git("clone", "--quiet", source, dir),
    () => git("-C", dir, "checkout", "--quiet", CORE_COMMIT),
  ]) {
    const { status, stderr } = step();
    if (status !== 0) {
      console.error(`${REPOSITORY} at ${CORE_COMMIT} cannot be had from ${source}\n${stderr}`);
      process.exit(3);
    }
  }
  return dir;
}
