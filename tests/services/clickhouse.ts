import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const FRONT = fileURLToPath(new URL("clickhouse-front.ts", import.meta.url));

/** So many queries run at a time; the one that ends another needs a thread of its own. */
const THREADS = "16";

/** A ClickHouse that answers over HTTP on 127.0.0.1. */
export interface RunningClickHouse {
  port: number;
  stop(): void;
}

/**
 * Starts the HTTP front with its own data folder. `users` maps names to passwords; `clusters` are names of clusters that have this
 * server alone; `cwd` is where the engine looks for files of `file(…)`; `log` is a file for the statements that come, a line of
 * JSON each.
 */
export async function startClickHouse(
  options: { users?: { [name: string]: string }; clusters?: string[]; cwd?: string; log?: string } = {},
): Promise<RunningClickHouse> {
  const { users = { default: "" }, clusters = [], cwd = process.cwd(), log = "" } = options;
  const folder = mkdtempSync(join(tmpdir(), "tsdbt-clickhouse-"));
  const given = Object.entries(users).map((pair) => pair.join(":"));
  const front = spawn(process.execPath, ["--import", TSX, FRONT, folder], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: THREADS,
      FRONT_USERS: given.join(","),
      FRONT_CLUSTERS: clusters.join(","),
      FRONT_LOG: log,
    },
  });
  const port = await firstLine(front);
  return {
    port: Number(port),
    stop() {
      front.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  return new Promise((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the ClickHouse front ended with ${code}`)));
  });
}
