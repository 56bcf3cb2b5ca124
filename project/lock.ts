import { createHash, randomUUID } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import type { Data } from "../core/jinja/runtime/values.ts";
import type { PackageEntry } from "./packages-file.ts";
import { isObject, readYamlFileIfAny } from "./yaml-file.ts";

export interface LockedPackage {
  local: string;
  name: string;
}

/** The hash of what packages.yml asks for: a lock file with another one is out of date. */
export function packagesHash(entries: readonly PackageEntry[]): string {
  const texts = entries.map(({ entry, unrendered }) => json({ ...entry, unrendered })).sort();
  return createHash("sha1").update(texts.join("\n")).digest("hex");
}

/** The hash and packages of package-lock.yml, `null` where there is none. */
export function readLock(path: string): { hash: string | null; packages: Data[] } | null {
  const file = readYamlFileIfAny(path, "package-lock.yml");
  if (!file) return null;
  if (!isObject(file.data)) return { hash: null, packages: [] };
  const { packages, sha1_hash: hash } = file.data;
  return { hash: typeof hash === "string" ? hash : null, packages: Array.isArray(packages) ? packages : [] };
}

/** Writes package-lock.yml in dbt's layout. */
export function writeLock(path: string, packages: readonly LockedPackage[], hash: string): void {
  const lines = packages.flatMap(({ local, name }) => [`  - local: ${scalar(local)}`, `    name: ${scalar(name)}`]);
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, `packages:\n${lines.join("\n")}\nsha1_hash: ${scalar(hash)}\n`);
  renameSync(temporary, path);
}

/** Plain where YAML reads it back as the same text. */
function scalar(text: string): string {
  const plain = /^[A-Za-z_./][\w./-]*$/.test(text) || /^[0-9a-f]*[a-f][0-9a-f]*$/.test(text);
  return plain && !/^(true|false|yes|no|on|off|null|~|\.|\d+e\d+)$/i.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`;
}

/** JSON as Python writes it, keys sorted. */
function json(value: Data): string {
  if (typeof value === "string")
    return JSON.stringify(value).replace(
      /[\x7f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  if (Array.isArray(value)) return `[${value.map(json).join(", ")}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${json(key)}: ${json(value[key]!)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}
