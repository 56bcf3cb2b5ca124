/** Strings as Python measures them: by code point, with its own idea of white space and line ends. */

/** Does the string hold surrogates, so that code units are not code points? */
export function hasSurrogates(s: string): boolean {
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c >= 0xd800 && c <= 0xdfff) return true;
  }
  return false;
}

/** `len(s)`. */
export function strLength(s: string): number {
  let n = s.length;
  for (let i = 0; i < s.length - 1; i++) {
    const c = s.charCodeAt(i);
    if (c >= 0xd800 && c <= 0xdbff) {
      const d = s.charCodeAt(i + 1);
      if (d >= 0xdc00 && d <= 0xdfff) {
        n--;
        i++;
      }
    }
  }
  return n;
}

/** `s[start:stop]` for indexes already brought into range. */
export function strSlice(s: string, start: number, stop: number): string {
  return hasSurrogates(s) ? Array.from(s).slice(start, stop).join("") : s.slice(start, stop);
}

/** `c.isspace()` for a code unit. */
export function isSpace(c: number): boolean {
  if (c <= 32) return c === 32 || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
  if (c < 0x1680) return c === 0x85 || c === 0xa0;
  return (
    c === 0x1680 ||
    (c >= 0x2000 && c <= 0x200a) ||
    c === 0x2028 ||
    c === 0x2029 ||
    c === 0x202f ||
    c === 0x205f ||
    c === 0x3000
  );
}

export function stripLeft(s: string, chars?: string): string {
  let i = 0;
  if (chars === undefined) {
    while (i < s.length && isSpace(s.charCodeAt(i))) i++;
  } else {
    const set = new Set(chars);
    for (const c of s) {
      if (!set.has(c)) break;
      i += c.length;
    }
  }
  return i === 0 ? s : s.slice(i);
}

export function stripRight(s: string, chars?: string): string {
  let i = s.length;
  if (chars === undefined) {
    while (i > 0 && isSpace(s.charCodeAt(i - 1))) i--;
  } else {
    const set = new Set(chars);
    const points = Array.from(s);
    for (let k = points.length - 1; k >= 0 && set.has(points[k] as string); k--) i -= (points[k] as string).length;
  }
  return i === s.length ? s : s.slice(0, i);
}

export function strip(s: string, chars?: string): string {
  return stripRight(stripLeft(s, chars), chars);
}

/** `s.split()`: words between white space, at most `max` splits; the last part keeps what follows it. */
export function splitWhitespace(s: string, max: number): string[] {
  const out: string[] = [];
  let i = 0;
  for (;;) {
    while (i < s.length && isSpace(s.charCodeAt(i))) i++;
    if (i >= s.length) return out;
    if (max >= 0 && out.length === max) {
      out.push(s.slice(i));
      return out;
    }
    const start = i;
    while (i < s.length && !isSpace(s.charCodeAt(i))) i++;
    out.push(s.slice(start, i));
  }
}

/** `s.rsplit()`: like {@link splitWhitespace}, from the right. */
export function rsplitWhitespace(s: string, max: number): string[] {
  const out: string[] = [];
  let i = s.length;
  for (;;) {
    while (i > 0 && isSpace(s.charCodeAt(i - 1))) i--;
    if (i <= 0) break;
    if (max >= 0 && out.length === max) {
      out.push(s.slice(0, i));
      break;
    }
    const end = i;
    while (i > 0 && !isSpace(s.charCodeAt(i - 1))) i--;
    out.push(s.slice(i, end));
  }
  return out.reverse();
}

function isLineEnd(c: number): boolean {
  return (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c === 0x85 || c === 0x2028 || c === 0x2029;
}

/** `s.splitlines(keepends)`. */
export function splitLines(s: string, keepEnds = false): string[] {
  const out: string[] = [];
  let start = 0;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (!isLineEnd(c)) continue;
    const end = i;
    if (c === 13 && s.charCodeAt(i + 1) === 10) i++;
    out.push(s.slice(start, keepEnds ? i + 1 : end));
    start = i + 1;
  }
  if (start < s.length) out.push(s.slice(start));
  return out;
}

const PLAIN = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;
const UNPRINTABLE = /[\p{C}\p{Z}]/u;

/** Is the code point one that `repr` shows as it is? */
export function isPrintable(c: string): boolean {
  return c === " " || !UNPRINTABLE.test(c);
}

/** `repr(s)`. */
export function strRepr(s: string): string {
  if (PLAIN.test(s)) return `'${s}'`;
  const quote = s.includes("'") && !s.includes('"') ? '"' : "'";
  let out = quote;
  for (const c of s) {
    if (c === quote || c === "\\") out += `\\${c}`;
    else if (c === "\n") out += "\\n";
    else if (c === "\r") out += "\\r";
    else if (c === "\t") out += "\\t";
    else if (isPrintable(c)) out += c;
    else out += escapeCodePoint(c.codePointAt(0) as number);
  }
  return out + quote;
}

/** `\xhh`, `\uhhhh` or `\Uhhhhhhhh`. */
export function escapeCodePoint(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** Order of two strings by code point. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    const xs = x >= 0xd800 && x <= 0xdfff;
    const ys = y >= 0xd800 && y <= 0xdfff;
    return xs === ys ? x - y : xs ? 1 : -1;
  }
  return a.length - b.length;
}
