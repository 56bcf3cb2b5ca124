import type { SpawnOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import type { DepsSession } from "./session.ts";

/** Git 2.25 brought sparse checkouts. */
const SPARSE_SINCE = [2, 25, 0];
const COMMIT = /^[0-9a-f]{40}$/;

/** Variables of a surrounding git command (a hook, say) that would make ours work on that repository. */
const OF_OTHERS = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Clones a repository into a folder of the downloads and puts a revision (a tag, branch or commit) there: just that one, and
 * just the subdirectory where one is named. Answers the commit.
 */
export async function checkOut(
  session: DepsSession,
  what: { repository: string; folder: string; revision: string; subdirectory: string | null },
): Promise<string> {
  const { repository, folder, revision, subdirectory } = what;
  if (revision.startsWith("-"))
    throw new TsdbtError("TD2530", "Runtime Error", `'${revision}' is no tag, branch or commit of ${repository}`);
  const cwd = session.downloads();
  const inside = join(cwd, folder);
  if (!existsSync(inside)) {
    await clone(session, repository, folder, subdirectory);
    session.debug("GitProgressPullingNewDependency", "M004", `Pulling new dependency ${folder}.`, { dir: folder });
  } else
    session.debug("GitProgressUpdatingExistingDependency", "M003", `Updating existing dependency ${folder}.`, {
      dir: folder,
    });
  session.debug("GitProgressCheckoutRevision", "M002", `Checking out revision ${revision}.`, { revision });
  const must = async (...args: string[]) => {
    const output = await git(session, inside, args);
    if (output.code === 0) return output.stdout;
    throw checkOutFailed(session, repository, revision, output.stderr);
  };
  const fetch = ["fetch", "origin", "--depth", "1"];
  let target = revision;
  if (COMMIT.test(revision)) await must(...fetch, revision);
  else {
    await must("remote", "set-branches", "origin", revision);
    await must(...fetch, "--tags", revision);
    const tags = (await must("tag", "--list")).trim().split("\n");
    target = tags.includes(revision) ? `tags/${revision}` : `origin/${revision}`;
  }
  await must("reset", "--hard", target);
  const commit = (await must("rev-parse", "HEAD")).trim();
  session.debug("GitProgressCheckedOutAt", "M007", `Checked out at ${commit.slice(0, 7)}.`, {
    end_sha: commit.slice(0, 7),
  });
  return commit;
}

async function clone(
  session: DepsSession,
  repository: string,
  folder: string,
  subdirectory: string | null,
): Promise<void> {
  const cwd = session.downloads();
  const sparse: string[] = [];
  if (subdirectory) {
    session.debug(
      "GitSparseCheckoutSubdirectory",
      "M001",
      `Subdirectory specified: ${subdirectory}, using sparse checkout.`,
      { subdir: subdirectory },
    );
    await mustKnowSparse(session, cwd);
    sparse.push("--filter=blob:none", "--sparse");
  }
  const cloned = await git(session, cwd, ["clone", "--depth", "1", ...sparse, "--", repository, folder]);
  if (cloned.code !== 0) throw checkOutFailed(session, repository, "None", cloned.stderr);
  if (!subdirectory) return;
  const set = await git(session, join(cwd, folder), ["sparse-checkout", "set", subdirectory]);
  if (set.code !== 0) throw checkOutFailed(session, repository, "None", set.stderr);
}

async function mustKnowSparse(session: DepsSession, cwd: string): Promise<void> {
  const { stdout } = await git(session, cwd, ["--version"]);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "0.0.0";
  const parts = version.split(".").map(Number);
  const older = parts.findIndex((part, i) => part !== SPARSE_SINCE[i]);
  if (older < 0 || parts[older]! > SPARSE_SINCE[older]!) return;
  throw new TsdbtError(
    "TD2531",
    "Runtime Error",
    `Please update your git version to pull a dbt package from a subdirectory: your version is ${version}, >= 2.25.0 needed`,
  );
}

function checkOutFailed(session: DepsSession, repository: string, revision: string, stderr: string): TsdbtError {
  const said = stderr.trim().split("\nusage: git")[0]!;
  return new TsdbtError(
    "TD2532",
    "Internal Error",
    session.hide(`Error checking out spec='${revision}' for repo ${repository}\n${said}`),
    { hint: hintFor(said, revision) },
  );
}

function hintFor(stderr: string, revision: string): string | undefined {
  if (/couldn't find remote ref|not our ref/.test(stderr))
    return `\`revision:\` must be a tag, a branch or a whole commit of the repository: is ${revision} one of them?`;
  if (/Authentication failed|could not read Username|Permission denied/.test(stderr))
    return "git may not read this repository: check your ssh key, or put a token into the address by env_var('DBT_ENV_SECRET_…')";
  if (/does not appear to be a git repository|not found|does not exist/i.test(stderr))
    return "is the address of `git:` right? try `git clone` with it";
  return undefined;
}

/** Runs git and waits for it. Throws where there is no git. */
async function git(session: DepsSession, cwd: string, args: string[]): Promise<Output> {
  session.debug("SystemExecutingCmd", "Z006", `Executing "git ${args.join(" ")}"`, { cmd: ["git", ...args] });
  const { spawn } = await import("node:child_process");
  const env = { ...session.env, LC_ALL: "C" } as NodeJS.ProcessEnv;
  for (const name of OF_OTHERS) delete env[name];
  // Standard input stays open: git may ask for a password there.
  const options: SpawnOptions = { cwd, env, stdio: ["inherit", "pipe", "pipe"] };
  const output = await new Promise<Output>((resolve, reject) => {
    const child = spawn("git", args, { ...options, ...(session.signal ? { signal: session.signal } : {}) });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error) => reject(notStarted(session, error)));
    child.on("close", (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
  session.debug("SystemStdOut", "Z007", `STDOUT: "${output.stdout}"`, { bmsg: output.stdout });
  session.debug("SystemStdErr", "Z008", `STDERR: "${output.stderr}"`, { bmsg: output.stderr });
  if (output.code !== 0)
    session.debug("SystemReportReturnCode", "Z009", `command return code=${output.code}`, { returncode: output.code });
  return output;
}

function notStarted(session: DepsSession, error: Error): TsdbtError {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT")
    return new TsdbtError("TD2533", "Runtime Error", `git could not be run: ${session.hide(error.message)}`);
  session.say(
    "EnsureGitInstalled",
    "Z036",
    "[ERROR]: Make sure git is installed on your machine. More information: https://docs.getdbt.com/docs/package-management",
    {},
    "error",
  );
  return new TsdbtError("TD2534", "Runtime Error", 'Could not find command, ensure it is in the user\'s PATH: "git"', {
    hint: "packages from git need the git command: install it, or name the package with `package:`, `tarball:` or `local:`",
  });
}
