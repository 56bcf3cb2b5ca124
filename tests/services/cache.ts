import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where downloads and builds of the services are kept: outside the checkout, so that a clean one finds them again. */
export const CACHE = process.env.TSDBT_SERVICES_CACHE ?? join(homedir(), ".cache", "tsdbt-services");

/**
 * A folder of the cache. Where it is missing, `fill` writes it beside its place and it is moved there whole; another process
 * that wants it meanwhile waits. Says what it makes, since that may take minutes.
 */
export async function cached(name: string, what: string, fill: (folder: string) => void): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const lock = `${folder}.lock`;
  while (!takeLock(lock)) {
    await sleep(500);
    if (existsSync(folder)) return folder;
  }
  try {
    if (existsSync(folder)) return folder;
    console.error(`${what}: once, into ${folder}`);
    const fresh = `${folder}.${process.pid}`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh);
    fill(fresh);
    renameSync(fresh, folder);
    return folder;
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    const owner = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program at low priority, for what compiles or unpacks. */
export function runNicely(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): void {
  execFileSync("nice", ["-n", "10", command, ...args], {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits until `probe` answers true; gives up with `failure()` after `seconds`. */
export async function until(probe: () => Promise<boolean>, seconds: number, failure: () => string): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await probe())) {
    if (Date.now() > end) throw new Error(failure());
    await sleep(50);
  }
}
