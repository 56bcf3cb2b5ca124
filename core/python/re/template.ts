import { strRepr } from "../../jinja/runtime/text.ts";
import { raise } from "../support.ts";
import { reError } from "./parse.ts";
import type { ReMatch, RePattern } from "./pattern.ts";

/** A replacement: texts and the numbers of groups between them. */
export type Template = readonly (string | number)[];

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Reads the replacement of `re.sub`: `\1`, `\g<name>`, escapes. */
export function parseTemplate(source: string, pattern: RePattern): Template {
  const parts: (string | number)[] = [];
  let literal = "";
  const group = (index: number, position: number): void => {
    if (index > pattern.groups) reError(`invalid group reference ${index}`, source, position);
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(index);
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (c !== "\\") {
      literal += c;
      continue;
    }
    const start = i;
    const next = source[++i];
    if (next === undefined) return reError("bad escape (end of pattern)", source, start);
    if (next === "g") {
      i = readGroupName(source, i + 1, pattern, group);
    } else if (next === "0") {
      const digits = /^0[0-7]{0,2}/.exec(source.slice(i))![0];
      literal += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
      i += digits.length - 1;
    } else if (next >= "1" && next <= "9") {
      const octal = /^[0-3][0-7]{2}/.exec(source.slice(i));
      const tooLarge = /^[4-7][0-7]{2}/.exec(source.slice(i));
      if (tooLarge) reError(`octal escape value \\${tooLarge[0]} outside of range 0-0o377`, source, start);
      if (octal) {
        literal += String.fromCharCode(Number.parseInt(octal[0], 8));
        i += 2;
        continue;
      }
      const digits = /^\d{1,2}/.exec(source.slice(i))![0];
      group(Number(digits), start + 1);
      i += digits.length - 1;
    } else if (Object.hasOwn(ESCAPES, next)) {
      literal += ESCAPES[next];
    } else {
      if (/[A-Za-z]/.test(next)) reError(`bad escape \\${next}`, source, start);
      literal += `\\${next}`;
    }
  }
  if (literal !== "") parts.push(literal);
  return parts;
}

function readGroupName(
  source: string,
  from: number,
  pattern: RePattern,
  group: (index: number, at: number) => void,
): number {
  if (source[from] !== "<") return reError("missing <", source, from);
  const at = from + 1;
  const close = source.indexOf(">", at);
  if (close < 0) {
    return at === source.length
      ? reError("missing group name", source, at)
      : reError("missing >, unterminated name", source, at);
  }
  const name = source.slice(at, close);
  if (name === "") return reError("missing group name", source, at);
  if (/^\p{Nd}+$/u.test(name)) {
    group(Number(name), at);
    return close;
  }
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
    return reError(`bad character in group name ${strRepr(name)}`, source, at);
  const index = pattern.names.get(name);
  if (index === undefined) return raise("IndexError", `unknown group name ${strRepr(name)}`);
  group(index, at);
  return close;
}

/** The replacement for one match; groups that did not match are empty. */
export function expandTemplate(template: Template, match: ReMatch): string {
  let text = "";
  for (const part of template) text += typeof part === "string" ? part : (match.groupText(part) ?? "");
  return text;
}
