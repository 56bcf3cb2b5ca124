import { createHash } from "node:crypto";
import { type Dirent, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcomes, TestFolder } from "./run-tests.ts";

const PLUGIN = fileURLToPath(new URL("pytest", import.meta.url));

/** One of the two tools: what it is called in the cache, and what tells that it has changed. */
export interface Tool {
  name: string;
  version: string;
}

/**
 * What the run of the tests says with a tool. With a cache, only tests are run that it does not know for the same files, plugin
 * and version of the tool; what they say is added to it, also where the run is broken off.
 */
export function rememberedOutcomes(
  { cache, only }: { cache: string | undefined; only: string[] },
  folder: TestFolder,
  tool: Tool,
  run: (known: string[], keep: (outcomes: Outcomes) => void) => Outcomes,
): Outcomes {
  if (!cache) return run([], () => undefined);
  const read = (): Record<string, Outcomes> => (existsSync(cache) ? JSON.parse(readFileSync(cache, "utf8")) : {});
  const key = `${folder.name}, ${tool.name} ${fingerprint(folder, tool.version)}`;
  const known = read()[key] ?? {};
  const keep = (outcomes: Outcomes) =>
    writeFileSync(cache, JSON.stringify({ ...read(), [key]: { ...known, ...outcomes } }, null, 1));
  const all = Object.entries({ ...known, ...run(Object.keys(known), keep) });
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
