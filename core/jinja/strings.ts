import { escapeCodePoint } from "./runtime/text.ts";

const SIMPLE: Record<string, string> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

/** Resolves the escapes of a string literal as Python's `unicode-escape` codec does. */
export function unescapeString(raw: string, fail: (message: string) => never): string {
  let out = "";
  let i = 0;
  for (;;) {
    const slash = raw.indexOf("\\", i);
    if (slash < 0) return out + raw.slice(i);
    out += raw.slice(i, slash);
    const c = raw[slash + 1];
    if (c === undefined) fail("\\ at end of string");
    i = slash + 2;
    const simple = SIMPLE[c];
    if (simple !== undefined) {
      out += simple;
    } else if (c >= "0" && c <= "7") {
      let end = slash + 1;
      while (end < slash + 4 && end < raw.length && (raw[end] as string) >= "0" && (raw[end] as string) <= "7") end++;
      out += String.fromCharCode(Number.parseInt(raw.slice(slash + 1, end), 8));
      i = end;
    } else if (c === "x" || c === "u" || c === "U") {
      const length = c === "x" ? 2 : c === "u" ? 4 : 8;
      const digits = /^[0-9a-fA-F]*/.exec(raw.slice(i, i + length))?.[0] ?? "";
      if (digits.length < length)
        fail(c === "x" ? "truncated \\xXX escape" : `truncated \\${c}${"X".repeat(length)} escape`);
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) fail("illegal Unicode character");
      out += String.fromCodePoint(code);
      i += length;
    } else if (c === "N") {
      fail(
        raw[i] === "{" && raw.indexOf("}", i) > i + 1
          ? "unknown Unicode character name"
          : "malformed \\N character escape",
      );
    } else if (c > "\x7f") {
      // The codec sees the escape sequence of the character behind the backslash.
      const code = raw.codePointAt(slash + 1) as number;
      out += escapeCodePoint(code);
      i = slash + 1 + String.fromCodePoint(code).length;
    } else {
      out += `\\${c}`;
    }
  }
}
