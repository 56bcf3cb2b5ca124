import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcomes, TestFolder } from "./run-tests.ts";

const PLUGIN = fileURLToPath(new URL("pytest", import.meta.url));

/**
 * What Python dbt's run of the tests says. With a cache, only tests are run that it does not know for the same files, plugin
 * and packages; what they say is added to it, also where the run is broken off.
 */
export function rememberedOutcomes(
  { cache, only }: { cache: string | undefined; only: string[] },
  folder: TestFolder,
  python: string,
  run: (known: string[], keep: (outcomes: Outcomes) => void) => Outcomes,
): Outcomes {
  if (!cache) return run([], () => undefined);
  const key = `${folder.name} ${fingerprint(folder, python)}`;
  const kept: Record<string, Outcomes> = existsSync(cache) ? JSON.parse(readFileSync(cache, "utf8")) : {};
  const known = kept[key] ?? {};
  const keep = (outcomes: Outcomes) =>
    writeFileSync(cache, JSON.stringify({ ...kept, [key]: { ...known, ...outcomes } }, null, 1));
  const all = Object.entries({ ...known, ...run(Object.keys(known), keep) });
  return Object.fromEntries(all.filter(([test]) => only.length === 0 || only.some((part) => test.includes(part))));
}

function fingerprint(folder: TestFolder, python: string): string {
  const hash = createHash("sha256").update(JSON.stringify([folder.tests, folder.options]));
  const used = (path: string) => !path.endsWith("core_plugin.py"); // core.ts alone loads it
  for (const dir of [PLUGIN, ...folder.tests.map((path) => join(folder.dir, path))]) {
    for (const path of pythonFiles(dir).filter(used)) hash.update(path.slice(dir.length)).update(readFileSync(path));
  }
  const lib = join(dirname(dirname(python)), "lib");
  for (const version of readdirSync(lib)) {
    const packages = readdirSync(join(lib, version, "site-packages")).filter((name) => name.endsWith(".dist-info"));
    hash.update(packages.sort().join("\n"));
  }
  return hash.digest("hex").slice(0, 16);
}

function pythonFiles(path: string): string[] {
  if (path.endsWith(".py")) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py"))
    .map((name) => join(path, name))
    .sort();
}
