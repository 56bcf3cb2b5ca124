import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both streams, without colours. */
  text: string;
}

/** The environment of a user whose home is a folder; what is kept of compiled code is shared by all of them. */
export function userOf(home: string): { [name: string]: string } {
  return { PATH: process.env.PATH!, HOME: home, XDG_CACHE_HOME: join(ROOT, "node_modules", ".cache"), NO_COLOR: "1" };
}

/** Runs bin/tsdbt as a user would, in `cwd`. */
export function tsdbt(cwd: string, args: string[], env: { [name: string]: string } = {}): Run {
  const result = spawnSync(process.execPath, [join(ROOT, "bin", "tsdbt"), ...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...userOf(cwd), ...env },
  });
  if (result.error) throw result.error;
  return { code: result.status, stdout: result.stdout, stderr: result.stderr, text: result.stdout + result.stderr };
}

/** Runs bin/tsdbt while other things go on. */
export function tsdbtBeside(cwd: string, args: string[], env: { [name: string]: string } = {}): Promise<Run> {
  return new Promise((resolve) => {
    const options = { cwd, maxBuffer: 1 << 28, env: { ...userOf(cwd), ...env } };
    const child = execFile(process.execPath, [join(ROOT, "bin", "tsdbt"), ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr, text: stdout + stderr }),
    );
  });
}

/** A copy of a project in a folder of its own, under the same name, without what earlier runs left; remove it with {@link discard}. */
export function copyOf(project: string): string {
  const into = join(mkdtempSync(join(tmpdir(), "tsdbt-test-")), basename(project));
  cpSync(join(ROOT, project), into, {
    recursive: true,
    filter: (path) => !/^(target|logs)$/.test(basename(path)) && !/\.duckdb(\.wal)?$/.test(path),
  });
  return into;
}

export function discard(copy: string): void {
  rmSync(join(copy, ".."), { recursive: true, force: true });
}

/** Runs statements on a project's DuckDB file and answers the rows of the last one, as JSON values. */
export async function query(file: string, ...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export function artifact<T = Record<string, unknown>>(project: string, name: string): T {
  return JSON.parse(readFileSync(join(project, "target", name), "utf8")) as T;
}
