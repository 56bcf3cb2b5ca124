import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The tests drive bin/tsdbt, which runs dist/: build it again where a source is newer. */
export default function setup(): void {
  const built = join(ROOT, "dist", "cli.js");
  const since = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (["core", "adapters", "project", "sink", "site"].some((dir) => newest(join(ROOT, dir)) > since)) {
    execFileSync(process.execPath, [join(ROOT, "scripts", "build.mjs"), "--no-types"], { stdio: "inherit" });
  }
}

function newest(dir: string): number {
  let latest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (/\.(tsx?|css)$/.test(entry.name)) latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}
