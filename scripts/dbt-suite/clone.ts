import { spawnSync } from "node:child_process";

/** A repository of GitHub at the commit whose tests are run. */
export interface Pinned {
  repository: string;
  commit: string;
}

/** Clones it from `source` (GitHub, if left out) into `dir`, and answers that; ends the process with 3 where it cannot be had. */
export function cloneAt({ repository, commit }: Pinned, dir: string, source: string | undefined): string {
  const from = source ?? `https://github.com/${repository}.git`;
  const git = (...args: string[]) =>
    spawnSync("git", args, { encoding: "utf8", env: { ...process.env, GIT_TERMINAL_PROMPT: "0" }, timeout: 600_000 });
  const steps = [git("clone", "--quiet", from, dir), git("-C", dir, "checkout", "--quiet", commit)];
  const failed = steps.find((step) => step.status !== 0);
  if (failed) {
    console.error(`${repository} at ${commit} cannot be had from ${from}\n${failed.stderr}`);
    process.exit(3);
  }
  return dir;
}
