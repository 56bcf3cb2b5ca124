import { hash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Ignore, readIgnore } from "./ignore.ts";
import { collapseSpaces, readText, strip } from "./text.ts";
import type { Project } from "./types.ts";

/** What a file is read as; the same file may be found as two kinds (a .yml under models-paths is a `schema`, its .md a `docs`). */
export type FileKind =
  | "macro"
  | "model"
  | "snapshot"
  | "analysis"
  | "singular_test"
  | "generic_test"
  | "seed"
  | "docs"
  | "schema"
  | "fixture"
  | "function";

export interface FoundFile {
  kind: FileKind;
  packageName: string;
  /** The entry of `model-paths` … under which it was found, e.g. `models`. */
  searchedPath: string;
  /** Relative to `searchedPath`: dbt's `path` of a node. */
  relativePath: string;
  /** Relative to the project, as the user knows it: dbt's `original_file_path`. */
  path: string;
  absolutePath: string;
}

export interface Checksum {
  name: "sha256" | "path" | "none";
  checksum: string;
}

export interface SourceFile extends FoundFile {
  /** Stripped as dbt strips it; empty for seeds, whose rows are read when they are loaded. */
  contents: string;
  checksum: Checksum;
}

interface Search {
  kind: FileKind;
  paths: string[];
  extensions: string[];
}

/**
 * Finds every file of a package, kind by kind in dbt's order; within a folder files come first, by name.
 * Hidden and temporary files (`.x`, `#x`, `~x`) and what .dbtignore names are left out.
 */
export function findFiles(project: Project, options: { jinjaExtensions?: boolean } = {}): FoundFile[] {
  const ignore = readIgnore(project.root);
  const walked = new Map<string, string[]>();
  const found: FoundFile[] = [];
  for (const { kind, paths, extensions } of searches(project, options.jinjaExtensions ?? false)) {
    for (const extension of extensions) {
      for (const searchedPath of paths) {
        let names = walked.get(searchedPath);
        if (!names) {
          names = walk(resolve(project.root, searchedPath), searchedPath, ignore);
          walked.set(searchedPath, names);
        }
        const prefix = searchedPath === "" || searchedPath.endsWith("/") ? searchedPath : `${searchedPath}/`;
        for (const relativePath of names) {
          if (!hasExtension(relativePath, extension)) continue;
          if (kind === "singular_test" && /^(generic|fixtures)\//.test(relativePath)) continue;
          found.push({
            kind,
            packageName: project.name,
            searchedPath,
            relativePath,
            path: prefix + relativePath,
            absolutePath: resolve(project.root, prefix, relativePath),
          });
        }
      }
    }
  }
  return found;
}

/** Reads a file that was found. Throws a Parsing Error where it is no UTF-8. */
export function readSourceFile(file: FoundFile, options: { maximumSeedSizeMib?: number } = {}): SourceFile {
  if (file.kind === "seed")
    return { ...file, contents: "", checksum: seedChecksum(file, options.maximumSeedSizeMib ?? 1) };
  const contents = strip(readText(file.absolutePath, file.path));
  return { ...file, contents, checksum: contentsChecksum(contents) };
}

/** The sha256 of a text whose runs of white space count as one space, so that formatting does not change it. */
export function contentsChecksum(contents: string): Checksum {
  return { name: "sha256", checksum: hash("sha256", collapseSpaces(contents)) };
}

/** A seed's rows with line ends made one and the ends stripped; beyond the size limit only its path. */
export function seedChecksum(file: FoundFile, maximumMib: number): Checksum {
  if (maximumMib !== 0 && statSync(file.absolutePath).size > maximumMib * 1024 * 1024)
    return { name: "path", checksum: file.path };
  const text = readText(file.absolutePath, file.path);
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  return { name: "sha256", checksum: hash("sha256", strip(lines)) };
}

/** `model-paths` and the like without repeats, slashes at the end dropped: where properties are looked for. */
export function allSourcePaths(
  project: Pick<
    Project,
    "modelPaths" | "seedPaths" | "snapshotPaths" | "analysisPaths" | "macroPaths" | "testPaths" | "functionPaths"
  >,
): string[] {
  const paths = [
    ...project.modelPaths,
    ...project.seedPaths,
    ...project.snapshotPaths,
    ...project.analysisPaths,
    ...project.macroPaths,
    ...project.testPaths,
    ...project.functionPaths,
  ];
  return [...new Set(paths.map((path) => path.replace(/\/+$/, "")))];
}

/** https://docs.getdbt.com/reference/dbt_project.yml and the kinds of files it speaks of. */
function searches(project: Project, jinjaExtensions: boolean): Search[] {
  const jinja = (extension: string) =>
    jinjaExtensions ? [extension, `${extension}.j2`, `${extension}.jinja2`, `${extension}.jinja`] : [extension];
  const sql = jinja(".sql");
  return [
    { kind: "macro", paths: project.macroPaths, extensions: sql },
    { kind: "model", paths: project.modelPaths, extensions: [".py", ...sql] },
    { kind: "snapshot", paths: project.snapshotPaths, extensions: sql },
    { kind: "analysis", paths: project.analysisPaths, extensions: sql },
    { kind: "singular_test", paths: project.testPaths, extensions: sql },
    { kind: "generic_test", paths: project.testPaths.map((path) => join(path, "generic")), extensions: sql },
    { kind: "seed", paths: project.seedPaths, extensions: [".csv"] },
    { kind: "docs", paths: project.docsPaths, extensions: jinja(".md") },
    { kind: "schema", paths: allSourcePaths(project), extensions: [".yml", ".yaml"] },
    { kind: "fixture", paths: project.testPaths.map((path) => join(path, "fixtures")), extensions: [".csv", ...sql] },
    { kind: "function", paths: project.functionPaths, extensions: [".py", ".js", ...sql] },
  ];
}

function hasExtension(path: string, extension: string): boolean {
  if (path.endsWith(extension)) return true;
  return path.length >= extension.length && path.slice(-extension.length).toLowerCase() === extension;
}

/** Files below a folder, relative to it. Links to folders are not followed, as in dbt. */
function walk(root: string, searchedPath: string, ignore: Ignore | null): string[] {
  const names: string[] = [];
  const visit = (folder: string, prefix: string) => {
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const folders: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      if (entry.isDirectory()) {
        folders.push(name);
        continue;
      }
      const first = name.charCodeAt(0);
      if (first === 46 || first === 35 || first === 126) continue;
      if (entry.isSymbolicLink() && !isFile(`${folder}/${name}`)) continue;
      const path = prefix + name;
      if (ignore?.(searchedPath === "" ? path : `${searchedPath}/${path}`)) continue;
      names.push(path);
    }
    for (const name of folders) visit(`${folder}/${name}`, `${prefix}${name}/`);
  };
  visit(root, "");
  return names;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
