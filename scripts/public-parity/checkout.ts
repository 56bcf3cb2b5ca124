import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Where the clone of `owner/name` lies under `dir`: as `owner/name`, `owner+name`, or a bare `owner+name/repo`.
 * One that is missing is cloned to `owner/name` where the network allows it; null where it does not.
 */
export function findCheckout(dir: string, repository: string): string | null {
  const flat = repository.replace("/", "+");
  const places = [join(dir, repository), join(dir, flat), join(dir, flat, "repo")];
  const found = places.find((place) => git(place, "rev-parse", "--git-dir") !== null && isRoot(place));
  if (found) return found;
  const target = join(dir, repository);
  const cloned = spawnSync("git", ["clone", "--quiet", `https://github.com/${repository}.git`, target], {
    encoding: "utf8",
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
    timeout: 600_000,
  });
  return cloned.status === 0 ? target : null;
}

/** Whether `commit` is in the clone; it is fetched where the network allows it. */
export function hasCommit(checkout: string, commit: string): boolean {
  const there = () => git(checkout, "cat-file", "-e", `${commit}^{commit}`) !== null;
  return there() || (git(checkout, "fetch", "--quiet", "--depth=1", "origin", commit) !== null && there());
}

/** Writes the files of a commit under `into`; answers the paths whose content the clone lacks. */
export function extract(checkout: string, commit: string, into: string, wanted: (path: string) => boolean): string[] {
  const missing: string[] = [];
  const files = execFileSync("git", ["-C", checkout, "ls-tree", "-r", "-z", commit], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  })
    .split("\0")
    .filter(Boolean)
    .map((line) => {
      const [meta, path] = line.split("\t") as [string, string];
      const [mode, , sha] = meta.split(" ") as [string, string, string];
      return { mode, sha, path };
    })
    .filter(({ mode, path }) => mode !== "160000" && wanted(path));
  const contents = execFileSync("git", ["-C", checkout, "cat-file", "--batch"], {
    input: `${files.map((f) => f.sha).join("\n")}\n`,
    maxBuffer: 1 << 30,
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, GIT_NO_LAZY_FETCH: "1" },
  });
  let at = 0;
  for (const { mode, path } of files) {
    const end = contents.indexOf(10, at);
    const [, type, size] = contents.toString("utf8", at, end).split(" ");
    at = end + 1;
    if (type !== "blob") {
      missing.push(path);
      continue;
    }
    const content = contents.subarray(at, at + Number(size));
    at += Number(size) + 1;
    const target = join(into, path);
    mkdirSync(dirname(target), { recursive: true });
    if (mode === "120000") symlinkSync(content.toString("utf8"), target);
    else writeFileSync(target, content);
    if (mode === "100755") chmodSync(target, 0o755);
  }
  return missing;
}

function git(dir: string, ...args: string[]): string | null {
  if (!existsSync(dir)) return null;
  const result = spawnSync("git", ["-C", dir, ...args], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** A folder inside another repository's work tree is not a clone of its own. */
function isRoot(dir: string): boolean {
  return existsSync(join(dir, ".git")) || existsSync(join(dir, "HEAD"));
}
