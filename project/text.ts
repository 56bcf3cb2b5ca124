import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { TsdbtError } from "../core/errors.ts";

/**
 * What Python takes for white space, as `str.strip()` and `str.split()` do, but for a space that stands alone: most do,
 * and are what they are to become.
 */
const SPACES =
  / {2,}(?![\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])| *[\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/g;

function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31);
  if (code < 0x85) return false;
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Python's `str.strip()`: unlike `trim()` it keeps a byte order mark. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Python's `" ".join(text.split())`. */
export function collapseSpaces(text: string): string {
  return strip(text).replace(SPACES, " ");
}

/**
 * Reads a text file whole, byte order mark and line ends kept. `shown` is the path as the user knows it.
 * Throws a Parsing Error with line and column of the first byte that is not UTF-8.
 */
export function readText(path: string, shown: string): string {
  const text = readFile(path, shown);
  // Only a replacement character can stand for bytes that are no UTF-8.
  return text.includes("\ufffd") ? decode(readFileSync(path), shown) : text;
}

const UNREADABLE: { readonly [code: string]: [why: string, hint: string] } = {
  EISDIR: ["it is a folder", "a file of that name is needed here"],
  EACCES: ["permission denied", "make it readable for the user who runs tsdbt"],
  ELOOP: ["the link leads in a circle", "remove the link, or let it lead to a file"],
  ENOENT: ["there is no such file", "it may have been removed meanwhile"],
};

function readFile(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const [why, hint] = UNREADABLE[code] ?? [message, undefined];
    throw new TsdbtError("TD2202", "Runtime Error", `Could not read ${shown}: ${why}`, {
      file: shown,
      hint,
      cause: error,
    });
  }
}

/** The text of a file's bytes; see {@link readText}. */
export function decode(bytes: Buffer, shown: string): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const offset = firstInvalidByte(bytes);
  const before = bytes.toString("utf8", 0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  const value = bytes[offset]!.toString(16).padStart(2, "0");
  throw new TsdbtError(
    "TD2201",
    "Parsing Error",
    `${shown} is not valid UTF-8: 'utf-8' codec can't decode byte 0x${value} in position ${offset}`,
    {
      file: shown,
      span: { line, column: [...before.slice(lineStart)].length + 1 },
      source: bytes.toString("utf8"),
      hint:
        bytes[0] === 0xff || bytes[0] === 0xfe
          ? "the file looks like UTF-16: save it as UTF-8"
          : "save the file as UTF-8",
    },
  );
}

/** Offset of the first byte that cannot stand in UTF-8. */
function firstInvalidByte(bytes: Buffer): number {
  let i = 0;
  while (i < bytes.length) {
    const first = bytes[i]!;
    const size =
      first < 0x80
        ? 1
        : first >= 0xc2 && first < 0xe0
          ? 2
          : first >= 0xe0 && first < 0xf0
            ? 3
            : first >= 0xf0 && first < 0xf5
              ? 4
              : 0;
    if (size === 0 || !isUtf8(bytes.subarray(i, i + size))) return i;
    i += size;
  }
  return i;
}
