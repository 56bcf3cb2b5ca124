import { join } from "node:path";
import { nearest } from "../core/config/nearest.ts";
import type { Data } from "../core/jinja/runtime/values.ts";
import { type RenderText, renderData } from "./render.ts";
import { repr } from "./repr.ts";
import type { DataObject } from "./types.ts";
import { errorAt, isObject, readYamlFileIfAny, shownPath, type YamlFile } from "./yaml-file.ts";

/** One entry of packages.yml, rendered, with what was written beside it. */
export interface PackageEntry {
  kind: "local" | "package" | "git" | "tarball" | "private";
  /** The folder, the name on the hub, or the address. */
  source: string;
  entry: DataObject;
  unrendered: DataObject;
}

export interface PackagesFile {
  /** `packages.yml` or `dependencies.yml`, whichever names the packages. */
  name: string;
  file: YamlFile | null;
  entries: PackageEntry[];
}

const KINDS = ["local", "package", "git", "tarball", "private"] as const;

const KEYS: { readonly [kind in PackageEntry["kind"]]: readonly string[] } = {
  local: ["local", "name"],
  package: ["package", "version", "install_prerelease", "install-prerelease", "name"],
  git: ["git", "revision", "warn-unpinned", "warn_unpinned", "subdirectory", "name"],
  tarball: ["tarball", "name"],
  private: ["private", "provider", "revision", "warn-unpinned", "warn_unpinned", "subdirectory", "name"],
};

/** packages.yml and dependencies.yml of a folder, not rendered yet. Throws where both name packages. */
export function readPackagesFiles(root: string, shownFrom: string): { name: string; file: YamlFile | null } {
  const read = (name: string) => readYamlFileIfAny(join(root, name), shownPath(join(root, name), shownFrom));
  const packages = read("packages.yml");
  const dependencies = read("dependencies.yml");
  const [inPackages, inDependencies] = [packages, dependencies].map(
    (file) => isObject(file?.data) && "packages" in file.data,
  );
  if (inPackages && inDependencies)
    throw errorAt(dependencies!, ["packages"], {
      code: "TD2502",
      on: "key",
      message: "The 'packages' key cannot be specified in both packages.yml and dependencies.yml",
      hint: "keep the list in one of the two files",
    });
  if (packages && isObject(packages.data) && "projects" in packages.data)
    throw errorAt(packages, ["projects"], {
      code: "TD2503",
      on: "key",
      message: "The 'projects' key cannot be specified in packages.yml",
      hint: "projects are named in dependencies.yml",
    });
  return inDependencies ? { name: "dependencies.yml", file: dependencies } : { name: "packages.yml", file: packages };
}

/**
 * The packages that a project names, rendered (dependencies.yml is taken as it is) and checked.
 * https://docs.getdbt.com/docs/build/packages
 */
export function packageEntries(found: { name: string; file: YamlFile | null }, render: RenderText): PackagesFile {
  const { name, file } = found;
  if (!file || file.data === null || file.data === "") return { name, file, entries: [] };
  if (!isObject(file.data))
    throw malformed(file, [], `${repr(file.data)} is not of type 'object'`, "write a list below the key `packages:`");
  for (const key of Object.keys(file.data))
    if (name === "packages.yml" && key !== "packages" && key !== "sha1_hash")
      throw malformed(
        file,
        [key],
        `Additional properties are not allowed ('${key}' was unexpected)`,
        keyHint(key, ["packages"]),
        "key",
      );
  const written = file.data.packages;
  if (written === undefined || written === null) return { name, file, entries: [] };
  if (!Array.isArray(written))
    throw malformed(
      file,
      ["packages"],
      `${repr(written)} is not of type 'array'`,
      "packages is a list: `- local: ../shared_macros`",
    );
  const entries = written.map((unrendered, i) => {
    const keys = ["packages", i];
    const entry = name === "dependencies.yml" ? unrendered : renderData(file, unrendered, keys, render);
    return entryOf(file, keys, entry, unrendered);
  });
  return { name, file, entries };
}

function entryOf(file: YamlFile, keys: (string | number)[], entry: Data, unrendered: Data): PackageEntry {
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
  const unknown = Object.keys(entry).find((key) => !KEYS[kind].includes(key));
  if (unknown !== undefined)
    throw malformed(
      file,
      [...keys, unknown],
      `${repr(entry)} is not valid under any of the given schemas`,
      keyHint(unknown, KEYS[kind]),
      "key",
    );
  if (kind === "package" && !entry.version)
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
  return { kind, source, entry, unrendered };
}

function keyHint(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near ? `did you mean '${near}'?` : `known keys: ${known.join(", ")}`;
}

function malformed(
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
