import { nearest } from "../core/config/nearest.ts";
import { type Data, PyFloat } from "../core/jinja/runtime/values.ts";
import { repr } from "./repr.ts";
import type { DataObject } from "./types.ts";
import { errorAt, isObject, type KeyPath, type YamlFile } from "./yaml-file.ts";

/** One entry of packages.yml, rendered, with what was written beside it. */
export interface PackageEntry {
  kind: "local" | "package" | "git" | "tarball" | "private";
  /** The folder, the name on the hub, or the address. */
  source: string;
  /** Every key of its kind, those left out with their defaults; whole numbers as versions are text. */
  entry: DataObject;
  /** Empty where there is no file behind it, as in the hub's index. */
  unrendered: DataObject;
}

const KINDS = ["local", "package", "git", "tarball", "private"] as const;

type Check = "text" | "version" | "versions" | "flag";

/** The keys of each kind beside its own. A required one has no default. */
const KEYS: { readonly [kind in PackageEntry["kind"]]: { readonly [key: string]: [check: Check, otherwise?: Data] } } =
  {
    local: {},
    package: { version: ["versions"], install_prerelease: ["flag", false] },
    git: { revision: ["version", null], "warn-unpinned": ["flag", null], subdirectory: ["text", null] },
    tarball: { name: ["text"] },
    private: {
      provider: ["text", null],
      revision: ["version", null],
      "warn-unpinned": ["flag", null],
      subdirectory: ["text", null],
    },
  };

/** Checks one entry of a list of packages. Throws a Runtime Error in dbt's words with its place. */
export function entryOf(file: YamlFile, keys: (string | number)[], entry: Data, unrendered: Data): PackageEntry {
  if (!isObject(entry) || !isObject(unrendered))
    throw malformed(
      file,
      keys,
      `${repr(entry)} is not of type 'object'`,
      `say where it comes from: \`- local: ${String(entry)}\``,
    );
  const kind = KINDS.find((name) => name in entry);
  if (!kind) {
    const first = Object.keys(entry)[0] ?? "";
    throw malformed(
      file,
      [...keys, first],
      `${repr(entry)} is not valid under any of the given schemas`,
      keyHint(first, KINDS),
      "key",
    );
  }
  const source = entry[kind];
  if (typeof source !== "string" || source === "")
    throw malformed(
      file,
      [...keys, kind],
      source === "" || source === null
        ? `A ${kind === "package" ? "hub" : kind} package is missing the value. It is a required property.`
        : `${repr(entry)} is not valid under any of the given schemas`,
      kind === "local" ? "name the folder of the package, relative to this project" : `\`${kind}:\` must be a string`,
    );
  if (kind === "package" && (!entry.version || (Array.isArray(entry.version) && entry.version.length === 0)))
    throw malformed(
      file,
      keys,
      `${source} is missing the version. When installing from the Hub package index, version is a required property`,
      'add `version: "1.3.0"` or a range `version: [">=1.0.0", "<2.0.0"]`',
    );
  if (kind === "package" && !source.includes("/"))
    throw malformed(
      file,
      [...keys, kind],
      `${source} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils`,
      `write namespace and name: \`package: dbt-labs/${source}\``,
    );
  return { kind, source, entry: completed(file, keys, kind, entry), unrendered };
}

/** An entry of the hub's index: what is not known there is passed over. */
export function entryInIndex(entry: Data): PackageEntry[] {
  const kind = isObject(entry) ? KINDS.find((name) => name in entry) : undefined;
  if (!isObject(entry) || !kind) return [];
  const known = [kind, ...Object.keys(KEYS[kind]), "name"];
  const kept = Object.fromEntries(Object.entries(entry).filter(([key]) => known.includes(key)));
  const text = JSON.stringify({ packages: [kept] });
  const file = { path: "", shown: "the hub's index", text, data: null };
  return [{ ...entryOf(file, ["packages", 0], kept, kept), unrendered: {} }];
}

/** Checks the keys of an entry and fills in those left out. */
function completed(file: YamlFile, keys: KeyPath, kind: PackageEntry["kind"], entry: DataObject): DataObject {
  const known = KEYS[kind];
  const refused = (key: string, on: "key" | "value", hint: string) =>
    malformed(file, [...keys, key], `${repr(entry)} is not valid under any of the given schemas`, hint, on);
  const all: DataObject = { [kind]: entry[kind]! };
  for (const [key, [check, otherwise]] of Object.entries(known)) {
    const value = entry[key];
    if (value === undefined && otherwise === undefined)
      throw refused(kind, "key", `a ${kind} package needs \`${key}:\``);
    const read =
      value === undefined || value === null
        ? value === undefined
          ? otherwise
          : otherwise === undefined
            ? undefined
            : null
        : CHECKS[check](value);
    if (read === undefined) throw refused(key, "value", HINTS[check]);
    all[key] = read;
  }
  if (typeof entry.name === "string") all.name = entry.name;
  else if (entry.name !== undefined && entry.name !== null) throw refused("name", "value", HINTS.text);
  const unknown = Object.keys(entry).find((key) => key !== "name" && !(key in all));
  if (unknown !== undefined) throw refused(unknown, "key", keyHint(unknown, [kind, ...Object.keys(known), "name"]));
  return all;
}

/** The value as dbt reads it, `undefined` where it is of another type. */
const CHECKS: { readonly [check in Check]: (value: Data) => Data | undefined } = {
  text: (value) => (typeof value === "string" ? value : undefined),
  flag: (value) => (typeof value === "boolean" ? value : undefined),
  version: (value) => {
    if (typeof value === "bigint" || Number.isInteger(value)) return String(value);
    return typeof value === "string" || typeof value === "number" || value instanceof PyFloat ? value : undefined;
  },
  versions: (value) => {
    if (!Array.isArray(value)) return CHECKS.version(value);
    const list = value.map(CHECKS.version);
    return list.includes(undefined) ? undefined : (list as Data[]);
  },
};

const HINTS: { readonly [check in Check]: string } = {
  text: "it must be text",
  flag: "it must be true or false",
  version: "it must be one tag, branch or commit",
  versions: 'it must be a version such as "1.3.0" or a list such as [">=1.0.0", "<2.0.0"]',
};

/** The known key that a wrong one is like. */
export function keyHint(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near ? `did you mean '${near}'?` : `known keys: ${known.join(", ")}`;
}

/** What dbt says of a packages.yml that it cannot read. */
export function malformed(
  file: YamlFile,
  keys: (string | number)[],
  why: string,
  hint: string,
  on: "key" | "value" = "value",
) {
  return errorAt(file, keys, {
    code: "TD2504",
    on,
    message:
      "The packages.yml file in this project is malformed. Please double check\n" +
      "the contents of this file and fix any errors before retrying.\n\n" +
      "You can find more information on the syntax for this file here:\n" +
      `https://docs.getdbt.com/docs/package-management\n\nValidator Error:\n${why}\n`,
    hint,
  });
}
