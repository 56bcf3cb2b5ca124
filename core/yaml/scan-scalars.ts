import {
  isBreak,
  isBreakOrEnd,
  isDigit,
  isHex,
  isSpaceOrEnd,
  showCharacter,
  stopsFlowPlain,
  stopsLibyamlFlowPlain,
  stopsPlain,
} from "./chars.ts";
import { skipIgnoredLine } from "./scan-tokens.ts";
import type { Scanner } from "./scanner.ts";
import { SCALAR } from "./tokens.ts";

/** A scalar without quotes, over as many lines as it has; folds its line breaks. */
export function scanPlain(s: Scanner): void {
  const { source, position: start } = s;
  const inFlow = s.flowLevel > 0;
  let chunk = start;
  let end = plainEnd(source, start, inFlow, s.libyaml, s);
  let text = "";
  for (;;) {
    let at = end;
    let code = source.charCodeAt(at);
    while (code === 32 || (s.libyaml && code === 9)) code = source.charCodeAt(++at);
    if (!isBreak(code)) {
      s.position = at;
      // Without a space nothing more can belong to it, and after one a `#` begins a comment.
      if (at === end || code === 35) break;
      const next = plainEnd(source, at, inFlow, s.libyaml, s);
      if (next === at) break;
      end = next;
      continue;
    }
    text += source.slice(chunk, end);
    s.position = at;
    const folded = foldPlainBreaks(s);
    chunk = s.position;
    end = chunk;
    if (folded === undefined) break;
    if (source.charCodeAt(chunk) === 35 || (!inFlow && s.position - s.lineStart <= s.indent)) break;
    end = plainEnd(source, chunk, inFlow, s.libyaml, s);
    if (end === chunk) break;
    text += folded;
    s.allowSimpleKey = false;
  }
  s.push(SCALAR, start, end, text === "" ? source.slice(chunk, end) : text + source.slice(chunk, end), true);
}

/** Where a run of a plain scalar's characters that begins at `from` ends. */
function plainEnd(source: string, from: number, inFlow: boolean, libyaml: boolean, s: Scanner): number {
  let at = from;
  const stops = inFlow ? (libyaml ? stopsLibyamlFlowPlain : stopsFlowPlain) : stopsPlain;
  for (;;) {
    const code = source.charCodeAt(at);
    if (stops(code)) {
      if (code !== 58) return at;
      const next = source.charCodeAt(at + 1);
      if (isSpaceOrEnd(next)) return at;
      if (inFlow && stopsFlowPlain(next) && next !== 58 && (libyaml || next !== 63)) {
        if (libyaml) s.fail("found unexpected ':'", "while scanning a plain scalar", from, at);
        return at;
      }
    }
    at++;
  }
}

/** Steps over the line breaks within a plain scalar; answers what they fold to, `undefined` where the document ends. */
function foldPlainBreaks(s: Scanner): string | undefined {
  const { source } = s;
  const first = s.skipBreak();
  s.allowSimpleKey = true;
  if (s.atDocumentSeparator()) return undefined;
  let breaks = "";
  for (;;) {
    const code = source.charCodeAt(s.position);
    if (code === 32) {
      s.position++;
    } else if (code === 9 && s.libyaml) {
      if (s.position - s.lineStart <= s.indent) {
        s.fail("found a tab character that violates indentation", "while scanning a plain scalar");
      }
      s.position++;
    } else if (isBreak(code)) {
      breaks += s.skipBreak();
      if (s.atDocumentSeparator()) return undefined;
    } else {
      break;
    }
  }
  if (first !== "\n") return first + breaks;
  return breaks === "" ? " " : breaks;
}

const ESCAPES: Readonly<Record<string, string>> = {
  0: "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "\\": "\\",
  "/": "/",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};

const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A scalar in single or double quotes. */
export function scanQuoted(s: Scanner, quote: number): void {
  const { source, position: start } = s;
  const double = quote === 34;
  const context = "while scanning a quoted scalar";
  let text = "";
  let chunk = ++s.position;
  for (;;) {
    const at = s.position;
    const code = source.charCodeAt(at);
    if (code === quote) {
      text += source.slice(chunk, at);
      if (!double && source.charCodeAt(at + 1) === 39) {
        chunk = at + 1;
        s.position = at + 2;
        continue;
      }
      s.position = at + 1;
      s.push(SCALAR, start, s.position, text);
      return;
    }
    if (double && code === 92) {
      text += source.slice(chunk, at) + scanEscape(s, start);
      chunk = s.position;
    } else if (code === 32 || code === 9) {
      while (source.charCodeAt(s.position) === 32 || source.charCodeAt(s.position) === 9) s.position++;
      if (isBreak(source.charCodeAt(s.position))) {
        text += source.slice(chunk, at) + foldQuotedBreaks(s, start);
        chunk = s.position;
      }
    } else if (isBreak(code)) {
      text += source.slice(chunk, at) + foldQuotedBreaks(s, start);
      chunk = s.position;
    } else if (code === 0) {
      s.fail("found unexpected end of stream", context, start);
    } else {
      s.position = at + 1;
    }
  }
}

function foldQuotedBreaks(s: Scanner, start: number): string {
  const first = s.skipBreak();
  const breaks = quotedBreaks(s, start);
  if (first !== "\n") return first + breaks;
  return breaks === "" ? " " : breaks;
}

function quotedBreaks(s: Scanner, start: number): string {
  let breaks = "";
  for (;;) {
    if (s.atDocumentSeparator() && s.position === s.lineStart) {
      s.fail("found unexpected document separator", "while scanning a quoted scalar", start);
    }
    while (s.source.charCodeAt(s.position) === 32 || s.source.charCodeAt(s.position) === 9) s.position++;
    if (!isBreak(s.source.charCodeAt(s.position))) return breaks;
    breaks += s.skipBreak();
  }
}

function scanEscape(s: Scanner, start: number): string {
  const { source } = s;
  const context = "while scanning a double-quoted scalar";
  const code = source.charCodeAt(++s.position);
  const character = source[s.position]!;
  const replacement = ESCAPES[character];
  if (replacement !== undefined) {
    s.position++;
    return replacement;
  }
  const length = ESCAPE_LENGTHS[character];
  if (length !== undefined) {
    s.position++;
    for (let k = 0; k < length; k++) {
      const digit = source.charCodeAt(s.position + k);
      if (!isHex(digit)) {
        const message = `expected escape sequence of ${length} hexadecimal numbers, but found ${showCharacter(digit)}`;
        s.fail(message, context, start);
      }
    }
    const point = Number.parseInt(source.slice(s.position, s.position + length), 16);
    if (point > 0x10ffff) s.fail("an escape sequence names no character", context, start);
    s.position += length;
    return String.fromCodePoint(point);
  }
  if (isBreak(code)) {
    s.skipBreak();
    return quotedBreaks(s, start);
  }
  return s.fail(`found unknown escape character ${showCharacter(code)}`, context, start);
}

/** A literal (`|`) or folded (`>`) block. */
export function scanBlockScalar(s: Scanner, folded: boolean): void {
  const { source, position: start } = s;
  const context = "while scanning a block scalar";
  s.position++;
  let keep: boolean | undefined;
  let increment = 0;
  for (let i = 0; i < 2; i++) {
    const code = source.charCodeAt(s.position);
    if (keep === undefined && (code === 43 || code === 45)) {
      keep = code === 43;
    } else if (increment === 0 && isDigit(code)) {
      increment = code - 48;
      if (increment === 0) {
        s.fail("expected indentation indicator in the range 1-9, but found 0", context, start);
      }
    } else break;
    s.position++;
  }
  const after = source.charCodeAt(s.position);
  if (after !== 32 && !isBreakOrEnd(after) && !(s.libyaml && after === 9)) {
    s.fail(`expected chomping or indentation indicators, but found ${showCharacter(after)}`, context, start);
  }
  skipIgnoredLine(s, context, start);

  const least = Math.max(s.indent + 1, 1);
  let indent: number;
  let breaks: string;
  if (increment > 0) {
    indent = least + increment - 1;
    breaks = blockBreaks(s, indent, start);
  } else {
    let deepest = 0;
    breaks = "";
    for (;;) {
      const code = source.charCodeAt(s.position);
      if (code === 32) {
        s.position++;
        if (s.column > deepest) deepest = s.column;
      } else if (isBreak(code)) {
        breaks += s.skipBreak();
      } else {
        if (code === 9 && s.libyaml) failTab(s, start);
        break;
      }
    }
    indent = Math.max(least, deepest);
  }
  let text = "";
  let lineBreak = "";
  while (s.position - s.lineStart === indent && source.charCodeAt(s.position) !== 0) {
    text += breaks;
    const first = source.charCodeAt(s.position);
    const from = s.position;
    let at = from;
    while (!isBreakOrEnd(source.charCodeAt(at))) at++;
    text += source.slice(from, at);
    s.position = at;
    lineBreak = s.skipBreak();
    breaks = blockBreaks(s, indent, start);
    const next = source.charCodeAt(s.position);
    if (s.position - s.lineStart !== indent || next === 0) break;
    const spaced = first === 32 || first === 9 || next === 32 || next === 9;
    if (folded && lineBreak === "\n" && !spaced) {
      if (breaks === "") text += " ";
    } else {
      text += lineBreak;
    }
  }
  if (keep !== false) text += lineBreak;
  if (keep === true) text += breaks;
  s.push(SCALAR, start, s.position, text);
}

/** Steps over empty lines and up to `indent` spaces of the next one; answers the lines' breaks. */
function blockBreaks(s: Scanner, indent: number, start: number): string {
  const { source } = s;
  let breaks = "";
  for (;;) {
    while (s.position - s.lineStart < indent && source.charCodeAt(s.position) === 32) s.position++;
    const code = source.charCodeAt(s.position);
    if (code === 9 && s.libyaml && s.position - s.lineStart < indent) failTab(s, start);
    if (!isBreak(code)) return breaks;
    breaks += s.skipBreak();
  }
}

function failTab(s: Scanner, start: number): never {
  return s.fail("found a tab character where an indentation space is expected", "while scanning a block scalar", start);
}
