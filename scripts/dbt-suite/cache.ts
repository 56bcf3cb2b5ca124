import { createHash } from "node:crypto";
import { type Dirent, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcomes, TestFolder } from "./run-tests.ts";

const PLUGIN = fileURLToPath(new URL("pytest", import.meta.url));

/** One of the two tools: what it is called in the cache, and what tells that it has changed. */
export interface Tool {
  name: string;
  version: string;
}

/** What a run of tests is told of the runs before it. */
export interface Remembered {
  /** Names of tests that need not run. */
  known: string[];
  /** Where outcomes are written as they come; undefined: nobody reads them. */
  report: string | undefined;
}

/**
 * What the run of the tests says with a tool. With a cache, only tests are run that it does not know for the same files, plugin
 * and version of the tool; what they say is added to it, also where the run is broken off, by whatever.
 */
export function rememberedOutcomes(
  { cache, only }: { cache: string | undefined; only: string[] },
  folder: TestFolder,
  tool: Tool,
  run: (remembered: Remembered) => Outcomes,
): Outcomes {
  if (!cache) return run({ known: [], report: undefined });
  const mark = fingerprint(folder, tool.version);
  const key = `${folder.name}, ${tool.name} ${mark}`;
  const report = `${cache}.${mark}`;
  const read = (path: string) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});
  /** Takes what the report has into the cache. */
  const keep = (): Outcomes => {
    const all: Record<string, Outcomes> = read(cache);
    const outcomes: Outcomes = { ...all[key], ...read(report) };
    writeFileSync(cache, JSON.stringify({ ...all, [key]: outcomes }, null, 1));
    rmSync(report, { force: true });
    return outcomes;
  };
  process.once("exit", keep);
  const known = keep();
  run({ known: Object.keys(known), report });
  const all = Object.entries(keep());
  process.off("exit", keep);
  return Object.fromEntries(all.filter(([test]) => only.length === 0 || only.some((part) => test.includes(part))));
}

/** The packages that are installed beside a Python. */
export function installedPackages(python: string): string {
  const lib = join(dirname(dirname(python)), "lib");
  return readdirSync(lib)
    .flatMap((version) => readdirSync(join(lib, version, "site-packages")))
    .filter((name) => name.endsWith(".dist-info"))
    .sort()
    .join("\n");
}

/** What the files of a folder hold, as a short text. */
export function contentOf(folder: string): string {
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath)) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest("hex");
}

function byPath(a: Dirent, b: Dirent): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;
}

function fingerprint(folder: TestFolder, version: string): string {
  const hash = createHash("sha256").update(JSON.stringify([folder.tests, folder.options]));
  const used = (path: string) => !path.endsWith("core_plugin.py"); // core.ts alone loads it
  for (const dir of [PLUGIN, ...folder.tests.map((path) => join(folder.dir, path))]) {
    for (const path of pythonFiles(dir).filter(used)) hash.update(path.slice(dir.length)).update(readFileSync(path));
  }
  return hash.update(version).digest("hex").slice(0, 16);
}

function pythonFiles(path: string): string[] {
  if (path.endsWith(".py")) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py"))
    .map((name) => join(path, name))
    .sort();
}
