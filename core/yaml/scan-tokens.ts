import { isBreakOrEnd, isDigit, isHex, isSpaceOrEnd, isTagCharacter, isWord, showCharacter } from "./chars.ts";
import type { Scanner } from "./scanner.ts";
import { ALIAS, DIRECTIVE, TAG } from "./tokens.ts";

const AFTER_ANCHOR = new Set("?:,]}%@`");

/** `&name` or `*name`. */
export function scanAnchor(s: Scanner, kind: number): void {
  const start = s.position;
  const context = `while scanning an ${kind === ALIAS ? "alias" : "anchor"}`;
  const value = scanWord(s, s.position + 1);
  s.position = start + 1 + value.length;
  const code = s.source.charCodeAt(s.position);
  if (value === "" || !(isSpaceOrEnd(code) || AFTER_ANCHOR.has(String.fromCharCode(code)))) {
    s.fail(`expected alphabetic or numeric character, but found ${showCharacter(code)}`, context, start);
  }
  s.push(kind, start, s.position, value);
}

/** `!<verbatim>`, `!local`, `!handle!suffix` or a lone `!`. */
export function scanTag(s: Scanner): void {
  const { source, position: start } = s;
  let handle: string | null = null;
  let suffix: string;
  const second = source.charCodeAt(start + 1);
  if (second === 60) {
    s.position += 2;
    suffix = scanUri(s, "tag", start, true);
    expect(s, 62, "while parsing a tag", start, "expected '>'");
    s.position++;
  } else if (isSpaceOrEnd(second)) {
    suffix = "!";
    s.position++;
  } else {
    let at = start + 1;
    while (source.charCodeAt(at) !== 33 && !endsTag(source.charCodeAt(at))) at++;
    if (source.charCodeAt(at) === 33) {
      handle = scanHandle(s, "tag", start);
    } else {
      handle = "!";
      s.position++;
    }
    suffix = scanUri(s, "tag", start);
  }
  const code = source.charCodeAt(s.position);
  if (!endsTag(code) && !(s.libyaml && code === 9) && !(s.libyaml && s.flowLevel > 0 && code === 44)) {
    s.fail(`expected ' ', but found ${showCharacter(code)}`, "while scanning a tag", start);
  }
  s.push(TAG, start, s.position, suffix, false, handle);
}

/** `%YAML 1.1`, `%TAG ! prefix`; others are stepped over. */
export function scanDirective(s: Scanner): void {
  const { source, position: start } = s;
  const context = "while scanning a directive";
  const name = scanWord(s, start + 1);
  s.position = start + 1 + name.length;
  const code = source.charCodeAt(s.position);
  if (name === "" || !(endsTag(code) || (s.libyaml && code === 9))) {
    s.fail(`expected alphabetic or numeric character, but found ${showCharacter(code)}`, context, start);
  }
  let handle: string | null = null;
  let value = name;
  if (name === "YAML") {
    skipSpaces(s);
    handle = scanNumber(s, context, start);
    expect(s, 46, context, start, "expected a digit or '.'");
    s.position++;
    scanNumber(s, context, start);
    expectEnd(s, context, start, "expected a digit or ' '");
  } else if (name === "TAG") {
    skipSpaces(s);
    handle = scanHandle(s, "directive", start);
    expect(s, 32, context, start, "expected ' '");
    skipSpaces(s);
    value = `TAG ${scanUri(s, "directive", start)}`;
    expectEnd(s, context, start, "expected ' '");
  } else {
    if (s.libyaml) s.fail("found unknown directive name", context, start);
    while (!isBreakOrEnd(source.charCodeAt(s.position))) s.position++;
  }
  const end = s.position;
  skipIgnoredLine(s, context, start);
  s.push(DIRECTIVE, start, end, value, false, handle);
}

/** The rest of a line that may hold nothing but a comment. */
export function skipIgnoredLine(s: Scanner, context: string, start: number): void {
  skipSpaces(s);
  if (s.source.charCodeAt(s.position) === 35) {
    while (!isBreakOrEnd(s.source.charCodeAt(s.position))) s.position++;
  }
  const code = s.source.charCodeAt(s.position);
  if (!isBreakOrEnd(code)) {
    s.fail(`expected a comment or a line break, but found ${showCharacter(code)}`, context, start);
  }
  s.skipBreak();
}

function skipSpaces(s: Scanner): void {
  let code = s.source.charCodeAt(s.position);
  while (code === 32 || (code === 9 && s.libyaml)) code = s.source.charCodeAt(++s.position);
}

const endsTag = (code: number): boolean => code === 32 || isBreakOrEnd(code);

function expect(s: Scanner, wanted: number, context: string, start: number, message: string): void {
  const code = s.source.charCodeAt(s.position);
  if (code !== wanted) s.fail(`${message}, but found ${showCharacter(code)}`, context, start);
}

function expectEnd(s: Scanner, context: string, start: number, message: string): void {
  const code = s.source.charCodeAt(s.position);
  if (!endsTag(code)) s.fail(`${message}, but found ${showCharacter(code)}`, context, start);
}

function scanWord(s: Scanner, from: number): string {
  let end = from;
  while (isWord(s.source.charCodeAt(end))) end++;
  return s.source.slice(from, end);
}

function scanNumber(s: Scanner, context: string, start: number): string {
  const from = s.position;
  while (isDigit(s.source.charCodeAt(s.position))) s.position++;
  if (s.position === from) {
    s.fail(`expected a digit, but found ${showCharacter(s.source.charCodeAt(from))}`, context, start);
  }
  return s.source.slice(from, s.position);
}

function scanHandle(s: Scanner, name: string, start: number): string {
  const { source, position: from } = s;
  const context = `while scanning a ${name}`;
  expect(s, 33, context, start, "expected '!'");
  s.position++;
  if (source.charCodeAt(s.position) !== 32) {
    while (isWord(source.charCodeAt(s.position))) s.position++;
    expect(s, 33, context, start, "expected '!'");
    s.position++;
  }
  return source.slice(from, s.position);
}

function scanUri(s: Scanner, name: string, start: number, verbatim = false): string {
  const { source } = s;
  const from = s.position;
  let text = "";
  let chunk = from;
  for (;;) {
    const code = source.charCodeAt(s.position);
    if (!isTagCharacter(code)) break;
    // libyaml keeps `,`, `[` and `]` to verbatim tags.
    if (s.libyaml && !verbatim && (code === 44 || code === 91 || code === 93)) break;
    if (code === 37) {
      text += source.slice(chunk, s.position) + scanUriEscapes(s, name, start);
      chunk = s.position;
    } else {
      s.position++;
    }
  }
  if (s.position === from) {
    const found = showCharacter(source.charCodeAt(s.position));
    s.fail(`expected URI, but found ${found}`, `while parsing a ${name}`, start);
  }
  return text + source.slice(chunk, s.position);
}

function scanUriEscapes(s: Scanner, name: string, start: number): string {
  const { source } = s;
  const from = s.position;
  const bytes: number[] = [];
  while (source.charCodeAt(s.position) === 37) {
    for (let k = 1; k <= 2; k++) {
      const code = source.charCodeAt(s.position + k);
      if (!isHex(code)) {
        s.position++;
        const message = `expected URI escape sequence of 2 hexadecimal numbers, but found ${showCharacter(code)}`;
        s.fail(message, `while scanning a ${name}`, start);
      }
    }
    bytes.push(Number.parseInt(source.slice(s.position + 1, s.position + 3), 16));
    s.position += 3;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return s.fail("an escape sequence is not UTF-8", `while scanning a ${name}`, start, from);
  }
}
