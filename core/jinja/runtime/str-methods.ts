import { JinjaError, typeError, valueError } from "../errors.ts";
import { codecName, PyBytes } from "./bytes.ts";
import { encodeText } from "./codecs.ts";
import { PyDict } from "./dict.ts";
import { defineMethod, type Method } from "./function.ts";
import { pyIterate } from "./iterate.ts";
import { toIndex } from "./numbers.ts";
import { PySlice, sliceArray, sliceBounds } from "./slice.ts";
import { capitalize, caseFold, isLower, isTitle, isUpper, swapCase, title } from "./str-case.ts";
import { textOf } from "./str-object.ts";
import {
  hasSurrogates,
  isPrintable,
  isSpace,
  rsplitWhitespace,
  splitLines,
  splitWhitespace,
  strip,
  stripLeft,
  stripRight,
  strLength,
  strSlice,
} from "./text.ts";
import { typeName } from "./types.ts";
import { HostObject, Tuple } from "./values.ts";

/** The methods of `str`; `format` and `format_map` stand in `attributes.ts`, as they look up attributes. */
export const strMethods = new Map<string, Method>();

function def(signature: string, impl: (self: string, ...args: never[]) => unknown): void {
  strMethods.set(signature.slice(0, signature.indexOf("(")), defineMethod("str", signature, impl));
}

function text(v: unknown, method: string, position: number | null): string {
  const t = textOf(v);
  if (t === undefined)
    throw typeError(
      position === null
        ? `must be str, not ${typeName(v)}`
        : `${method}() argument ${position} must be str, not ${typeName(v)}`,
    );
  return t;
}

def("upper()", (s) => s.toUpperCase());
def("lower()", (s) => s.toLowerCase());
def("title()", title);
def("capitalize()", capitalize);
def("swapcase()", swapCase);
def("casefold()", caseFold);

function stripChars(chars: unknown, method: string): string | undefined {
  if (chars === null) return undefined;
  const t = textOf(chars);
  if (t === undefined) throw typeError(`${method} arg must be None or str`);
  return t;
}
def("strip(chars=None, /)", (s, c: unknown) => strip(s, stripChars(c ?? null, "strip")));
def("lstrip(chars=None, /)", (s, c: unknown) => stripLeft(s, stripChars(c ?? null, "lstrip")));
def("rstrip(chars=None, /)", (s, c: unknown) => stripRight(s, stripChars(c ?? null, "rstrip")));

function separator(v: unknown): string | undefined {
  if (v === null || v === undefined) return undefined;
  const t = textOf(v);
  if (t === undefined) throw typeError(`must be str or None, not ${typeName(v)}`);
  if (t === "") throw valueError("empty separator");
  return t;
}

def("split(sep=None, maxsplit=-1)", (s, sep: unknown, max: unknown) => {
  const n = max === undefined ? -1 : toIndex(max);
  const by = separator(sep);
  if (by === undefined) return splitWhitespace(s, n);
  if (n < 0) return s.split(by);
  const out: string[] = [];
  let from = 0;
  while (out.length < n) {
    const at = s.indexOf(by, from);
    if (at < 0) break;
    out.push(s.slice(from, at));
    from = at + by.length;
  }
  out.push(s.slice(from));
  return out;
});
def("rsplit(sep=None, maxsplit=-1)", (s, sep: unknown, max: unknown) => {
  const n = max === undefined ? -1 : toIndex(max);
  const by = separator(sep);
  if (by === undefined) return rsplitWhitespace(s, n);
  const out: string[] = [];
  let to = s.length;
  while (n < 0 || out.length < n) {
    const at = to - by.length < 0 ? -1 : s.lastIndexOf(by, to - by.length);
    if (at < 0) break;
    out.push(s.slice(at + by.length, to));
    to = at;
  }
  out.push(s.slice(0, to));
  return out.reverse();
});
def("splitlines(keepends=False)", (s, keep: unknown) => splitLines(s, keep !== undefined && toIndex(keep) !== 0));
def("partition(sep, /)", (s, sep: unknown) => {
  const by = needSeparator(sep);
  const at = s.indexOf(by);
  return new Tuple(at < 0 ? [s, "", ""] : [s.slice(0, at), by, s.slice(at + by.length)]);
});
def("rpartition(sep, /)", (s, sep: unknown) => {
  const by = needSeparator(sep);
  const at = s.lastIndexOf(by);
  return new Tuple(at < 0 ? ["", "", s] : [s.slice(0, at), by, s.slice(at + by.length)]);
});
function needSeparator(v: unknown): string {
  const t = textOf(v);
  if (t === undefined) throw typeError(`must be str, not ${typeName(v)}`);
  if (t === "") throw valueError("empty separator");
  return t;
}

def("join(iterable, /)", (s, iterable: unknown) => joinStrings(s, iterable));

/** `separator.join(items)`: only strings, or a TypeError. */
export function joinStrings(by: string, iterable: unknown): string {
  let items: Iterable<unknown>;
  try {
    items = pyIterate(iterable);
  } catch (e) {
    if (e instanceof JinjaError && e.pythonType === "TypeError") throw typeError("can only join an iterable");
    throw e;
  }
  let out = "";
  let i = 0;
  for (const item of items) {
    const t = typeof item === "string" ? item : textOf(item);
    if (t === undefined) throw typeError(`sequence item ${i}: expected str instance, ${typeName(item)} found`);
    out += i === 0 ? t : by + t;
    i++;
  }
  return out;
}

def("replace(old, new, count=-1, /)", (s, old: unknown, by: unknown, count: unknown) =>
  replaceText(s, text(old, "replace", 1), text(by, "replace", 2), count === undefined ? -1 : toIndex(count)),
);

/** `s.replace(old, by, count)`. */
export function replaceText(s: string, old: string, by: string, count: number): string {
  if (count === 0) return s;
  if (old !== "" && count < 0) return s.replaceAll(old, () => by);
  const parts = old === "" ? ["", ...s] : s.split(old);
  if (old === "") parts.push("");
  const max = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  return (
    parts.slice(0, max + 1).join(by) +
    parts
      .slice(max + 1)
      .map((p) => old + p)
      .join("")
  );
}

/** The part of a string that `start` and `end` arguments mean, in code units; `undefined` where it is empty by inversion. */
function range(s: string, start: unknown, end: unknown): [number, number] | undefined {
  if ((start === undefined || start === null) && (end === undefined || end === null)) return [0, s.length];
  const n = strLength(s);
  const clamp = (v: unknown, dflt: number) => {
    if (v === undefined || v === null) return dflt;
    const i = toIndex(v);
    return i < 0 ? Math.max(0, i + n) : Math.min(i, n + 1);
  };
  const a = clamp(start, 0);
  const b = Math.min(clamp(end, n), n);
  if (a > b) return undefined;
  if (!hasSurrogates(s)) return [a, b];
  return [strSlice(s, 0, a).length, strSlice(s, 0, b).length];
}

function points(s: string, units: number): number {
  return units < 0 ? units : strLength(s.slice(0, units));
}

function find(s: string, sub: unknown, start: unknown, end: unknown, last: boolean, method: string): number {
  const t = text(sub, method, null);
  const r = range(s, start, end);
  if (r === undefined) return -1;
  const at = last ? s.slice(0, r[1]).lastIndexOf(t) : s.slice(0, r[1]).indexOf(t, r[0]);
  return at < r[0] ? -1 : points(s, at);
}
def("find(sub, start=None, end=None, /)", (s, t: unknown, a: unknown, b: unknown) => find(s, t, a, b, false, "find"));
def("rfind(sub, start=None, end=None, /)", (s, t: unknown, a: unknown, b: unknown) => find(s, t, a, b, true, "rfind"));
def("index(sub, start=None, end=None, /)", (s, t: unknown, a: unknown, b: unknown) =>
  found(find(s, t, a, b, false, "index")),
);
def("rindex(sub, start=None, end=None, /)", (s, t: unknown, a: unknown, b: unknown) =>
  found(find(s, t, a, b, true, "rindex")),
);
function found(i: number): number {
  if (i < 0) throw valueError("substring not found");
  return i;
}
def("count(sub, start=None, end=None, /)", (s, sub: unknown, a: unknown, b: unknown) => {
  const t = text(sub, "count", null);
  const r = range(s, a, b);
  if (r === undefined) return 0;
  const part = s.slice(r[0], r[1]);
  return t === "" ? strLength(part) + 1 : part.split(t).length - 1;
});

function affix(s: string, v: unknown, a: unknown, b: unknown, method: "startswith" | "endswith"): boolean {
  const r = range(s, a, b);
  const list = v instanceof Tuple ? v.items : [v];
  for (const item of list) {
    const t = textOf(item);
    if (t === undefined)
      throw typeError(
        v instanceof Tuple
          ? `tuple for ${method} must only contain str, not ${typeName(item)}`
          : `${method} first arg must be str or a tuple of str, not ${typeName(v)}`,
      );
    if (r === undefined) continue;
    const part = s.slice(r[0], r[1]);
    if (method === "startswith" ? part.startsWith(t) : part.endsWith(t)) return true;
  }
  return false;
}
def("startswith(prefix, start=None, end=None, /)", (s, v: unknown, a: unknown, b: unknown) =>
  affix(s, v, a, b, "startswith"),
);
def("endswith(suffix, start=None, end=None, /)", (s, v: unknown, a: unknown, b: unknown) =>
  affix(s, v, a, b, "endswith"),
);
def("removeprefix(prefix, /)", (s, v: unknown) => {
  const t = text(v, "removeprefix", 1);
  return s.startsWith(t) ? s.slice(t.length) : s;
});
def("removesuffix(suffix, /)", (s, v: unknown) => {
  const t = text(v, "removesuffix", 1);
  return t !== "" && s.endsWith(t) ? s.slice(0, -t.length) : s;
});

function fill(v: unknown): string {
  if (v === undefined) return " ";
  const t = textOf(v);
  if (t === undefined) throw typeError(`The fill character must be a unicode character, not ${typeName(v)}`);
  if (strLength(t) !== 1) throw typeError("The fill character must be exactly one character long");
  return t;
}
function gap(s: string, width: unknown): number {
  const n = toIndex(width) - strLength(s);
  if (n > 100_000_000) throw new JinjaError("MemoryError", "");
  return Math.max(0, n);
}
def("ljust(width, fillchar=' ', /)", (s, w: unknown, c: unknown) => s + fill(c).repeat(gap(s, w)));
def("rjust(width, fillchar=' ', /)", (s, w: unknown, c: unknown) => fill(c).repeat(gap(s, w)) + s);
def("center(width, fillchar=' ', /)", (s, w: unknown, c: unknown) => center(s, toIndex(w), fill(c)));

/** `s.center(width, fill)`: the odd space goes where CPython puts it. */
export function center(s: string, width: number, fillChar = " "): string {
  const n = gap(s, width);
  if (n === 0) return s;
  const left = Math.floor(n / 2) + (n & width & 1);
  return fillChar.repeat(left) + s + fillChar.repeat(n - left);
}
def("zfill(width, /)", (s, w: unknown) => {
  const n = gap(s, w);
  const sign = s.startsWith("+") || s.startsWith("-") ? (s[0] as string) : "";
  return sign + "0".repeat(n) + s.slice(sign.length);
});
def("expandtabs(tabsize=8)", (s, size: unknown) => {
  const n = size === undefined ? 8 : toIndex(size);
  let out = "";
  let column = 0;
  for (const c of s) {
    if (c === "\t") {
      const width = n > 0 ? n - (column % n) : 0;
      out += " ".repeat(width);
      column += width;
    } else {
      out += c;
      column = c === "\n" || c === "\r" ? 0 : column + 1;
    }
  }
  return out;
});
def("translate(table, /)", (s, table: unknown) => {
  let out = "";
  for (const c of s) {
    const v = translation(table, c.codePointAt(0) as number);
    if (v === undefined) out += c;
    else if (typeof v === "number") out += codePoint(v);
    else if (v !== null) {
      const t = textOf(v);
      if (t === undefined) throw typeError("character mapping must return integer, None or str");
      out += t;
    }
  }
  return out;
});

/** What a table gives for a code point; `undefined` where it has nothing, as for an index beyond its end. */
function translation(table: unknown, code: number): unknown {
  if (table instanceof PyDict) return table.get(code);
  if (table instanceof Tuple) return table.items[code];
  if (typeof table === "string") return Array.from(table)[code];
  if (Array.isArray(table)) return table[code];
  if (!(table instanceof HostObject)) throw typeError(`'${typeName(table)}' object is not subscriptable`);
  try {
    return table.item(code);
  } catch (e) {
    if (e instanceof JinjaError && e.is("LookupError")) return undefined;
    throw e;
  }
}

function codePoint(v: number): string {
  if (!(v >= 0 && v <= 0x10ffff)) throw valueError("character mapping must be in range(0x110000)");
  return String.fromCodePoint(v);
}
def("maketrans(x, y=None, z=None, /)", (_s, x: unknown, y: unknown, z: unknown) => {
  const table = new PyDict();
  if (y === undefined || y === null) {
    if (!(x instanceof PyDict)) throw typeError("if you give only one argument to maketrans it must be a dict");
    for (const [k, v] of x.entries()) table.set(typeof k === "string" ? k.codePointAt(0) : k, v);
    return table;
  }
  const from = Array.from(text(x, "maketrans", 1));
  const to = Array.from(text(y, "maketrans", 2));
  const dropped = z === undefined || z === null ? "" : text(z, "maketrans", 3);
  if (from.length !== to.length) throw valueError("the first two maketrans arguments must have equal length");
  from.forEach((c, i) => void table.set(c.codePointAt(0), to[i]?.codePointAt(0)));
  for (const c of dropped) table.set(c.codePointAt(0), null);
  return table;
});
def(
  "encode(encoding='utf-8', errors='strict')",
  (s, encoding: unknown, errors: unknown) =>
    new PyBytes(
      encodeText(
        s,
        codecName(encoding, "utf-8", "encode", "encoding"),
        codecName(errors, "strict", "encode", "errors"),
      ),
    ),
);

function every(name: string, pattern: RegExp): void {
  def(`${name}()`, (s) => s !== "" && pattern.test(s));
}
every("isalpha", /^\p{L}+$/u);
every("isdecimal", /^\p{Nd}+$/u);
every(
  "isdigit",
  /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490]+$/u,
);
every("isnumeric", /^\p{N}+$/u);
every("isalnum", /^[\p{L}\p{N}]+$/u);
every("isidentifier", /^[\p{XIDS}_]\p{XIDC}*$/u);
def("isascii()", (s) => !/[^\x00-\x7f]/.test(s));
def("islower()", isLower);
def("isupper()", isUpper);
def("istitle()", isTitle);
def("isprintable()", (s) => Array.from(s).every(isPrintable));
def("isspace()", (s) => {
  if (s === "") return false;
  for (let i = 0; i < s.length; i++) if (!isSpace(s.charCodeAt(i))) return false;
  return true;
});

/** `s[i]`; `undefined` where the key is no index; throws nothing. */
export function strItem(s: string, key: unknown): string | undefined {
  if (key instanceof PySlice) {
    return hasSurrogates(s) ? sliceArray(Array.from(s), key).join("") : sliceString(s, key);
  }
  if (typeof key !== "number" && typeof key !== "boolean") return undefined;
  const i = Number(key);
  if (!Number.isInteger(i)) return undefined;
  if (!hasSurrogates(s)) return i < 0 ? s[i + s.length] : s[i];
  return Array.from(s).at(i);
}

function sliceString(s: string, key: PySlice): string {
  const [start, stop, step] = sliceBounds(key, s.length);
  if (step === 1) return s.slice(start, Math.max(start, stop));
  return sliceArray(s.split(""), key).join("");
}
