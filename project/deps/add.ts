import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { writeFileAtomic } from "../../core/artifacts/atomic.ts";
import { TsdbtError } from "../../core/errors.ts";
import type { Data } from "../../core/jinja/runtime/values.ts";
import { dumpYaml, loadYaml, positionOf } from "../../core/yaml/index.ts";
import type { PackagesFile } from "../packages-file.ts";
import { repr } from "../repr.ts";
import type { DataObject, Flags } from "../types.ts";
import { isObject } from "../yaml-file.ts";
import type { DepsSession } from "./session.ts";

const LAYOUT = { sortKeys: true, indentSequences: true };

/** What `--add-package NAME@VERSION` asks for. Throws where the version is missing. */
export function packageToAdd(flags: Flags): { name: string; version: string | null; source: string } | null {
  const given = flags.add_package;
  if (typeof given !== "string") return null;
  const parts = given.split("@");
  const [name, version] = parts.length === 2 ? (parts as [string, string]) : [given, null];
  const source = String(flags.source ?? "hub");
  if (!version && source !== "local")
    throw new TsdbtError(
      "TD2580",
      "Runtime Error",
      `Version is required in --add-package when a package when source is ${source}`,
      { hint: `for example: --add-package ${name}@1.0.0` },
    );
  return { name, version: version || null, source };
}

/**
 * Writes a package into packages.yml, in the place of one that is there by another version or from another source. The file is
 * laid out anew as dbt does it, but for one with comments, which stays as it is.
 */
export function addPackage(
  session: DepsSession,
  declared: PackagesFile,
  asked: { name: string; version: string | null; source: string },
): void {
  const { name, version, source } = asked;
  const path = join(session.project.root, declared.name);
  if (!existsSync(path)) {
    writeFileAtomic(path, dumpYaml({ packages: [] }, LAYOUT));
    session.say("Formatting", "Z017", "Created packages.yml", { msg: "Created packages.yml" });
  }
  const text = readFileSync(path, "utf8");
  const data: DataObject = isObject(declared.file?.data) ? declared.file.data : {};
  const before = Array.isArray(data.packages) ? data.packages : [];
  const variants = namesOf(name);
  const removed: number[] = [];
  before.forEach((entry, i) => {
    if (isObject(entry) && isSame(entry, variants)) removed.push(i);
  });
  for (const i of [...removed].reverse()) {
    const shown = Object.fromEntries(
      Object.entries(before[i] as DataObject)
        .filter(([, value]) => typeof value === "string" || typeof value === "number")
        .map(([key, value]) => [key, String(value)]),
    );
    session.say(
      "DepsFoundDuplicatePackage",
      "M033",
      `Found duplicate package in packages.yml, removing: ${repr(shown)}`,
      {
        removed_package: shown,
      },
    );
  }
  const entry: DataObject = { [source === "hub" ? "package" : source]: name };
  if (version) entry[source === "git" ? "revision" : "version"] = version.includes(",") ? version.split(",") : version;
  const kept: Data[] = before.filter((_, i) => !removed.includes(i));
  const whole = { ...data, packages: [...kept, entry] };
  const edited = /(^|\s)#/m.test(text) ? editedText(text, before, removed, entry) : undefined;
  const changed = edited !== undefined && saysTheSame(edited, whole) ? edited : dumpYaml(whole, LAYOUT);
  writeFileAtomic(path, changed);
  session.say("DepsAddPackage", "M032", `Added new package ${name}@${version ?? ""} to ${path}`, {
    package_name: name,
    version: version ?? "",
    packages_filepath: path,
  });
}

/** The name with `-` and `_`, with and without its namespace: repositories and packages differ in that. */
function namesOf(name: string): string[] {
  const short = name.split("/").at(-1)!;
  const spelled = [name, short].flatMap((each) => [each, each.replaceAll("_", "-"), each.replaceAll("-", "_")]);
  return [...new Set(spelled)].filter((each) => each !== "");
}

/** Whether an entry is of a package of one of these names: whole words between `/` and `.`. */
function isSame(entry: DataObject, names: readonly string[]): boolean {
  const source = ["package", "git", "local", "tarball", "private"].map((key) => entry[key]).find(Boolean);
  if (typeof source !== "string") return false;
  return names.some((name) => {
    const start = source.indexOf(name);
    if (start < 0) return false;
    const end = start + name.length;
    return (start === 0 || "/.".includes(source[start - 1]!)) && (end === source.length || "/.".includes(source[end]!));
  });
}

/** The text with entries taken out and one put in, all else as it was; `undefined` where its list is not one item a line. */
function editedText(text: string, entries: Data[], removed: number[], added: DataObject): string | undefined {
  const lines = text.split("\n");
  const written = (indent: string) =>
    dumpYaml([added], LAYOUT)
      .trimEnd()
      .split("\n")
      .map((line) => indent + line);
  const places = entries.map((_, i) => positionOf(text, ["packages", i]));
  const last = places.at(-1);
  if (!last) {
    const key = positionOf(text, ["packages"], "key");
    if (!key) return `${text.replace(/\n*$/, "\n")}packages:\n${written("  ").join("\n")}\n`;
    const line = lines[key.line - 1]!;
    if (!/^packages:\s*(\[\s*\]|null|~)?\s*(#.*)?$/.test(line)) return undefined;
    lines.splice(key.line - 1, 1, line.replace(/:\s*(\[\s*\]|null|~)/, ":"), ...written("  "));
    return lines.join("\n");
  }
  const indents = places.map((place) => /^(\s*)-\s/.exec(lines[(place?.line ?? 0) - 1] ?? "")?.[1]);
  if (indents.includes(undefined)) return undefined;
  const ends = places.map((place, i) => lastLine(lines, place!.line, indents[i]!.length));
  lines.splice(ends.at(-1)!, 0, ...written(indents.at(-1)!));
  for (const i of [...removed].reverse()) lines.splice(places[i]!.line - 1, ends[i]! - places[i]!.line + 1);
  return lines.join("\n");
}

function saysTheSame(text: string, data: DataObject): boolean {
  try {
    return isDeepStrictEqual(loadYaml(text), data);
  } catch {
    return false;
  }
}

/** The last line of the list item that begins in a line: what is further right than its dash, without comments behind it. */
function lastLine(lines: readonly string[], first: number, indent: number): number {
  let last = first;
  for (let line = first + 1; line <= lines.length; line++) {
    const text = lines[line - 1]!;
    const start = text.search(/\S/);
    if (start < 0 || text[start] === "#") continue;
    if (start <= indent) break;
    last = line;
  }
  return last;
}
