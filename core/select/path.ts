import { existsSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { hasWildcard } from "./fnmatch.ts";

export interface PathMatcher {
  /** The path itself is meant. */
  exact(path: string, packageName: string): boolean;
  /** The path or a folder it lies in is meant. */
  file(path: string, packageName: string): boolean;
}

/**
 * `path:models/staging`, `path:models/stg_*.sql`: as Python's `Path.glob` finds files and folders in the root project.
 * Paths of packages are relative to their own root; like dbt, they only count where the root project has such a path too.
 * https://docs.python.org/3/library/pathlib.html#pathlib.Path.glob
 */
export function pathMatcher(selector: string, projectRoot: string, projectName: string): PathMatcher {
  const inside = isAbsolute(selector) ? relative(projectRoot, selector) : selector;
  const parts = inside
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const pattern = parts.some((part) => hasWildcard(part)) ? globRegex(parts) : null;
  const literal = parts.join("/");
  const known = new Map<string, boolean>();
  const exists = (path: string) => {
    let there = known.get(path);
    if (there === undefined) {
      there = existsSync(join(projectRoot, path));
      known.set(path, there);
    }
    return there;
  };
  const one = (path: string, isFolder: boolean) => {
    if (!pattern) return path === literal;
    if (parts.at(-1) === "**" && !isFolder) return false;
    return pattern.test(path);
  };
  const exact = (path: string, packageName: string) =>
    one(path, false) && (packageName === projectName || exists(path));
  return {
    exact,
    file(path, packageName) {
      if (parts.length === 0) return true;
      if (exact(path, packageName)) return true;
      for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
        const folder = path.slice(0, slash);
        if (one(folder, true) && (packageName === projectName || exists(folder))) return true;
      }
      return false;
    },
  };
}

function globRegex(parts: string[]): RegExp {
  let source = "";
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === "**") source += isLast ? "(?:[^/]+(?:/[^/]+)*)?" : "(?:[^/]+/)*";
    else source += segment(part) + (isLast ? "" : "/");
  });
  // `models/**` means models itself, too.
  return new RegExp(`^${source.replace(/\/\(\?:\[\^\/\]\+\(\?:\/\[\^\/\]\+\)\*\)\?$/, "(?:/[^/]+)*")}$`, "su");
}

function segment(part: string): string {
  let out = "";
  for (let i = 0; i < part.length; ) {
    const c = part[i++]!;
    if (c === "*") out += "[^/]*";
    else if (c === "?") out += "[^/]";
    else if (c === "[") {
      let end = i;
      if (part[end] === "!") end++;
      if (part[end] === "]") end++;
      while (end < part.length && part[end] !== "]") end++;
      if (end >= part.length) out += "\\[";
      else {
        const members = part
          .slice(i, end)
          .replaceAll("\\", "\\\\")
          .replace(/[[\]^]/g, "\\$&");
        out += members.startsWith("!") ? `[^/${members.slice(1)}]` : `[${members}]`;
        i = end + 1;
      }
    } else out += /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
  }
  return out;
}
