import { existsSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./text.ts";

interface Rule {
  matches: RegExp;
  include: boolean;
}

/** Whether a path, relative to the project and with slashes, is left out by .dbtignore. */
export type Ignore = (path: string) => boolean;

/**
 * Reads a project's .dbtignore: patterns of .gitignore, the last one that matches decides.
 * https://docs.getdbt.com/reference/dbtignore
 */
export function readIgnore(projectRoot: string): Ignore | null {
  const path = join(projectRoot, ".dbtignore");
  return existsSync(path) ? ignoreFrom(readText(path, ".dbtignore")) : null;
}

/** The rules of a .dbtignore's text. */
export function ignoreFrom(text: string): Ignore {
  const rules = text
    .split(/\r?\n/)
    .map(ruleOf)
    .filter((rule) => rule !== null);
  return (path) => {
    let ignored = false;
    for (const rule of rules) if (rule.matches.test(path)) ignored = rule.include;
    return ignored;
  };
}

/** https://git-scm.com/docs/gitignore#_pattern_format */
function ruleOf(line: string): Rule | null {
  let pattern = line.endsWith("\\ ") ? line : line.trimEnd();
  if (pattern === "" || pattern.startsWith("#")) return null;
  const include = !pattern.startsWith("!");
  if (!include) pattern = pattern.slice(1);
  pattern = pattern.replace(/^\\([#!])/, "$1");
  const folderOnly = pattern.endsWith("/");
  if (folderOnly) pattern = pattern.slice(0, -1);
  const anchored = pattern.startsWith("/") || pattern.includes("/");
  const segments = pattern.replace(/^\//, "").split("/");
  if (segments.length === 0 || segments.every((segment) => segment === "")) return null;
  let source = anchored ? "^" : "^(?:.+/)?";
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === "**") {
      source += last ? ".*" : "(?:.+/)?";
      return;
    }
    source += segmentSource(segment) + (last ? "" : "/");
  });
  if (segments.at(-1) !== "**") source += folderOnly ? "/.*" : "(?:/.*)?";
  return { matches: new RegExp(`${source}$`, "s"), include };
}

function segmentSource(segment: string): string {
  let source = "";
  for (let i = 0; i < segment.length; i++) {
    const c = segment[i]!;
    if (c === "*") source += "[^/]*";
    else if (c === "?") source += "[^/]";
    else if (c === "[") {
      const end = segment.indexOf("]", segment[i + 1] === "!" || segment[i + 1] === "^" ? i + 3 : i + 2);
      if (end < 0) source += "\\[";
      else {
        const body = segment
          .slice(i + 1, end)
          .replace(/^[!^]/, "^")
          .replaceAll("\\", "\\\\")
          .replaceAll("[", "\\[");
        source += `[${body}]`;
        i = end;
      }
    } else if (c === "\\" && i + 1 < segment.length) source += escapeRegex(segment[++i]!);
    else source += escapeRegex(c);
  }
  return source;
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
