import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type MacroDefinition, type MacroPlace, parseMacroFile } from "../jinja/index.ts";
import { type MacroUses, usesOf } from "./macro-uses.ts";

/** A built-in macro as the index keeps it: all that must be known of it before it is called. */
export interface IndexedMacro extends MacroPlace, Pick<MacroDefinition, "kind" | "name" | "args"> {
  supportedLanguages?: string[];
  uses: MacroUses;
}

/** Macros by the hash of the file that holds them, so that an edited file is simply not in the index. */
type Index = { [hash: string]: IndexedMacro[] };

/** What the build writes beside the bundle. */
export const INDEX_FILE = "builtin-macros.json";

/**
 * The index of the given texts of macro files, which the build writes.
 *
 * @throws JinjaError
 * @public
 */
export function indexOf(texts: Iterable<string>): Index {
  const index: Index = {};
  for (const text of texts) {
    index[keyOf(text)] = parseMacroFile(text).map(
      ({ kind, name, args, source, start, span, supportedLanguages, node }) => ({
        kind,
        name,
        args,
        start,
        end: start + source.length,
        span,
        ...(supportedLanguages && { supportedLanguages }),
        uses: usesOf(node),
      }),
    );
  }
  return index;
}

function keyOf(text: string): string {
  return hash("sha1", text, "base64");
}

let index: Index | undefined;

/** The macros of a built-in file by its text. `undefined` in a checkout that runs from its sources, and for changed files. */
export function indexedMacros(text: string): IndexedMacro[] | undefined {
  index ??= readIndex();
  return index[keyOf(text)];
}

/** Only the bundle has an index beside it: one chunk deep, or not. */
function readIndex(): Index {
  for (const place of [`./${INDEX_FILE}`, `../${INDEX_FILE}`]) {
    const url = new URL(place, import.meta.url);
    if (existsSync(url)) return JSON.parse(readFileSync(url, "utf8")) as Index;
  }
  return {};
}
