import { createHash } from "node:crypto";
import { writeFileAtomic } from "../../core/artifacts/atomic.ts";
import { toPython } from "../../core/jinja/index.ts";
import type { Data } from "../../core/jinja/runtime/values.ts";
import { dumpJson } from "../../core/python/index.ts";
import { dumpYaml } from "../../core/yaml/index.ts";
import type { PackageEntry } from "../package-entry.ts";
import { packageEntries } from "../packages-file.ts";
import { isObject, readYamlFileIfAny } from "../yaml-file.ts";
import type { Resolved } from "./listing.ts";
import type { DepsSession } from "./session.ts";

/** The hash of what packages.yml asks for: a lock file with another one is out of date. */
export function packagesHash(entries: readonly PackageEntry[]): string {
  const texts = entries
    .map(({ entry, unrendered }) => dumpJson(toPython({ ...entry, unrendered }), true))
    .sort(byCodePoint);
  return createHash("sha1").update(texts.join("\n")).digest("hex");
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The hash and packages of package-lock.yml, `null` where there is none. */
export async function readLock(
  session: DepsSession,
  path: string,
): Promise<{ hash: Data | undefined; entries: PackageEntry[] } | null> {
  const file = readYamlFileIfAny(path, "package-lock.yml");
  if (!file) return null;
  const render = await session.rendererFor(file.text);
  const { entries } = packageEntries({ name: "package-lock.yml", file }, render);
  return { hash: isObject(file.data) ? file.data.sha1_hash : undefined, entries };
}

/** Writes package-lock.yml in dbt's layout. */
export function writeLock(path: string, packages: readonly Resolved[], hash: string): void {
  const entries = packages.map(({ pinned, name }) => ({ ...pinned.entry(), name }));
  const data = { packages: entries, sha1_hash: hash };
  writeFileAtomic(path, dumpYaml(data, { sortKeys: true, indentSequences: true }));
}
