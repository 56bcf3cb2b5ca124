import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Env } from "./flags.ts";

/** What a `.env` file adds to the environment, and the lines of it that say nothing. */
export interface Dotenv {
  values: { [name: string]: string };
  unreadable: number[];
}

/**
 * The `.env` file of the working directory, or of the nearest folder above that has one; null where there is none, or
 * `PYTHON_DOTENV_DISABLED` is set. What the environment has already stays. https://docs.getdbt.com/docs/build/environment-variables
 */
export function readDotenv(env: Env, cwd: string): Dotenv | null {
  if (["1", "true", "t", "yes", "y"].includes((env.PYTHON_DOTENV_DISABLED ?? "").toLowerCase())) return null;
  for (let dir = cwd; ; dir = dirname(dir)) {
    const path = join(dir, ".env");
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return dotenvOf(readFileSync(path, "utf8"), env);
    if (dir === dirname(dir)) return null;
  }
}

/** What a text in the format of python-dotenv adds to an environment. */
export function dotenvOf(text: string, env: Env): Dotenv {
  const { bindings, unreadable } = parse(text);
  const all = new Map<string, string | null>();
  for (const [name, value] of bindings) all.set(name, value === null ? null : interpolated(value, all, env));
  const added = [...all].filter((entry): entry is [string, string] => entry[1] !== null && env[entry[0]] === undefined);
  return { values: Object.fromEntries(added), unreadable };
}

/** `${NAME}` and `${NAME:-otherwise}`: the environment counts for more than the file. */
function interpolated(value: string, before: ReadonlyMap<string, string | null>, env: Env): string {
  return value.replace(/\$\{([^}:]*)(?::-([^}]*))?\}/g, (_, name: string, otherwise: string | undefined) => {
    const known = env[name] ?? before.get(name);
    return known === undefined ? (otherwise ?? "") : (known ?? "");
  });
}

const BLANK = /\s*/y;
const SPACES = /[^\S\r\n]*/y;
const EXPORT = /(?:export[^\S\r\n]+)?/y;
const QUOTED_KEY = /'([^']+)'/y;
const KEY = /([^=#\s]+)/y;
const EQUALS = /=[^\S\r\n]*/y;
const SINGLE_QUOTED = /'((?:\\.|[^'\\])*)'/sy;
const DOUBLE_QUOTED = /"((?:\\.|[^"\\])*)"/sy;
const UNQUOTED = /([^\r\n]*)/y;
const END = /(?:[^\S\r\n]*#[^\r\n]*)?[^\S\r\n]*(?:\r\n|\n|\r|$)/y;
const REST = /[^\r\n]*(?:\r\n|\n|\r)?/y;
const ESCAPED: { [letter: string]: string } = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The assignments in order, null for a name without `=`; and the numbers of the lines that are none. */
function parse(text: string): { bindings: [string, string | null][]; unreadable: number[] } {
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const value = (): string | undefined => {
    if (text[at] === "'")
      return read(SINGLE_QUOTED)
        ?.at(1)
        ?.replace(/\\([\\'])/g, "$1");
    if (text[at] === '"')
      return read(DOUBLE_QUOTED)
        ?.at(1)
        ?.replace(/\\([\\'"abfnrtv])/g, (_, letter: string) => ESCAPED[letter] ?? letter);
    return read(UNQUOTED)![1]!
      .replace(/\s+#.*/, "")
      .trimEnd();
  };
  const binding = (): [string, string | null] | "comment" | undefined => {
    read(EXPORT);
    if (text[at] === "#") return read(END) ? "comment" : undefined;
    const key = read(text[at] === "'" ? QUOTED_KEY : KEY)?.[1];
    if (key === undefined) return undefined;
    read(SPACES);
    const equals = read(EQUALS)?.[0];
    const assigned = equals === undefined ? null : equals.length > 1 && text[at] === "#" ? "" : value();
    return assigned !== undefined && read(END) ? [key, assigned] : undefined;
  };
  const bindings: [string, string | null][] = [];
  const unreadable: number[] = [];
  for (read(BLANK); at < text.length; read(BLANK)) {
    const start = at;
    const found = binding();
    if (found === undefined) {
      unreadable.push(text.slice(0, start).split(/\r\n|\n|\r/).length);
      read(REST);
    } else if (found !== "comment") bindings.push(found);
  }
  return { bindings, unreadable };
}
