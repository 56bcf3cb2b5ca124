import { PyIterator } from "../../jinja/runtime/iterate.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "../../jinja/runtime/values.ts";
import { method, raise, toIndex, typeName } from "../support.ts";
import { asSubject, compile, extendMembers, type ReMatch, type RePattern } from "./pattern.ts";
import { expandTemplate, parseTemplate } from "./template.ts";

/** What `findall` gives of a match: its text, its one group, or all its groups. */
function found(match: ReMatch): unknown {
  const { groups } = match.pattern;
  if (groups === 0) return match.groupText(0);
  if (groups === 1) return match.groupText(1) ?? "";
  return new Tuple(match.groupTexts(""));
}

/** `pattern.findall(string)`. */
export function findAll(pattern: RePattern, string: unknown, pos = 0, endpos?: number): unknown[] {
  const subject = asSubject(string);
  const end = Math.min(endpos ?? subject.codes.length, subject.codes.length);
  return Array.from(pattern.matches(subject, pos, end), found);
}

/** `pattern.finditer(string)`. */
export function findIter(pattern: RePattern, string: unknown, pos = 0, endpos?: number): PyIterator {
  const subject = asSubject(string);
  const end = Math.min(endpos ?? subject.codes.length, subject.codes.length);
  return new PyIterator(pattern.matches(subject, pos, end), "callable_iterator");
}

/** `pattern.split(string, maxsplit)`: groups are part of the result. */
export function split(pattern: RePattern, string: unknown, maxsplit: unknown): unknown[] {
  const subject = asSubject(string);
  const most = toIndex(maxsplit);
  const parts: unknown[] = [];
  let last = 0;
  let count = 0;
  if (most >= 0) {
    for (const match of pattern.matches(subject)) {
      if (most > 0 && count >= most) break;
      parts.push(subject.slice(last, match.start), ...match.groupTexts(null));
      last = match.end;
      count++;
    }
  }
  parts.push(subject.slice(last, subject.codes.length));
  return parts;
}

/** `pattern.subn(replacement, string, count)`: the text and how many were replaced. */
export function substitute(
  pattern: RePattern,
  replacement: unknown,
  string: unknown,
  count: unknown,
): [string, number] {
  const subject = asSubject(string);
  const most = toIndex(count);
  const replace = replacer(pattern, replacement);
  let text = "";
  let last = 0;
  let done = 0;
  if (most >= 0) {
    for (const match of pattern.matches(subject)) {
      if (most > 0 && done >= most) break;
      text += subject.slice(last, match.start) + replace(match);
      last = match.end;
      done++;
    }
  }
  return [text + subject.slice(last, subject.codes.length), done];
}

type Callable = { call(args: unknown[], kwargs: Kwargs): unknown };

function replacer(pattern: RePattern, replacement: unknown): (match: ReMatch) => string {
  if (typeof replacement === "string") {
    if (!replacement.includes("\\")) return () => replacement;
    const template = parseTemplate(replacement, pattern);
    return (match) => expandTemplate(template, match);
  }
  const answer = (match: ReMatch): unknown => {
    if (replacement instanceof PyCallable) return replacement.fn([match], undefined);
    return replacement instanceof HostObject ? (replacement as Callable).call([match], undefined) : undefined;
  };
  return (match) => {
    const text = answer(match);
    if (typeof text === "string") return text;
    if (text instanceof HostObject && "text" in text) return pyStr(text);
    if (text === null) return "";
    return raise("TypeError", `expected str instance, ${typeName(text ?? replacement)} found`);
  };
}

extendMembers(
  [
    ["findall", method("findall(string, pos=0, endpos=...)", findAll)],
    ["finditer", method("finditer(string, pos=0, endpos=...)", findIter)],
    ["split", method("split(string, maxsplit=0)", split)],
    [
      "sub",
      method(
        "sub(repl, string, count=0)",
        (p: RePattern, r: unknown, s: unknown, n: unknown) => substitute(p, r, s, n)[0],
      ),
    ],
    [
      "subn",
      method(
        "subn(repl, string, count=0)",
        (p: RePattern, r: unknown, s: unknown, n: unknown) => new Tuple(substitute(p, r, s, n)),
      ),
    ],
    ["scanner", () => undefined],
  ],
  [
    [
      "expand",
      method("expand(template)", (self: ReMatch, template: unknown) =>
        typeof template === "string"
          ? expandTemplate(parseTemplate(template, self.pattern), self)
          : raise("TypeError", `expected str instance, ${typeName(template)} found`),
      ),
    ],
  ],
);

export { compile };
