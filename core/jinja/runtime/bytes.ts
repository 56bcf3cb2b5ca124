import { indexError, overflowError, typeError, valueError } from "../errors.ts";
import { decodeBytes } from "./codecs.ts";
import { defineMethod, type Method } from "./function.ts";
import { toBigInt, toIndex } from "./numbers.ts";
import { PySlice, sliceArray } from "./slice.ts";
import { strip, stripLeft, stripRight } from "./text.ts";
import { typeName } from "./types.ts";
import { HostObject, PyCallable } from "./values.ts";

/** Python's `bytes`, as `str.encode` makes them. */
export class PyBytes extends HostObject {
  readonly typeName = "bytes";
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }
  override length(): number {
    return this.bytes.length;
  }
  override iterate(): Iterable<unknown> {
    return this.bytes;
  }
  override item(key: unknown): unknown {
    if (key instanceof PySlice) return new PyBytes(Uint8Array.from(sliceArray([...this.bytes], key)));
    const i = toBigInt(key) === undefined ? undefined : toIndex(key);
    if (i === undefined) return undefined;
    const b = this.bytes[i < 0 ? i + this.bytes.length : i];
    if (b === undefined) throw indexError("index out of range");
    return b;
  }
  override contains(item: unknown): boolean {
    if (item instanceof PyBytes) return latin(this).includes(latin(item));
    const n = toBigInt(item);
    if (n === undefined) throw typeError(`a bytes-like object is required, not '${typeName(item)}'`);
    if (n < 0n || n > 255n) throw valueError("byte must be in range(0, 256)");
    return this.bytes.includes(Number(n));
  }
  override attr(name: string): unknown {
    const method = methods.get(name);
    return method && new PyCallable(name, (args, kwargs) => method(this as never, args, kwargs));
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (op === "+" && other instanceof PyBytes && !reflected)
      return new PyBytes(Buffer.concat([this.bytes, other.bytes]));
    const times = op === "*" ? toBigInt(other) : undefined;
    if (times === undefined) return undefined;
    if (times > 0x7fff_ffff_ffff_ffffn || times < -0x8000_0000_0000_0000n)
      throw overflowError("cannot fit 'int' into an index-sized integer");
    return new PyBytes(Buffer.concat(Array.from({ length: Math.max(0, toIndex(other)) }, () => this.bytes)));
  }
  override equals(other: unknown): boolean {
    return other instanceof PyBytes && Buffer.compare(this.bytes, other.bytes) === 0;
  }
  override compare(other: unknown): number | undefined {
    return other instanceof PyBytes ? Buffer.compare(this.bytes, other.bytes) : undefined;
  }
  override hashKey(): string {
    return `\0b${latin(this)}`;
  }
  override repr(): string {
    let out = "";
    const quote = this.bytes.includes(39) && !this.bytes.includes(34) ? '"' : "'";
    for (const b of this.bytes) {
      const c = String.fromCharCode(b);
      if (c === "\\" || c === quote) out += `\\${c}`;
      else if (c === "\n") out += "\\n";
      else if (c === "\r") out += "\\r";
      else if (c === "\t") out += "\\t";
      else out += b >= 32 && b < 127 ? c : `\\x${b.toString(16).padStart(2, "0")}`;
    }
    return `b${quote}${out}${quote}`;
  }
}

/** The bytes as text of one character each, on which the methods work. */
const latin = (b: PyBytes) => Buffer.from(b.bytes).toString("latin1");
const fromLatin = (text: string) => new PyBytes(Buffer.from(text, "latin1"));

function need(v: unknown): string {
  if (v instanceof PyBytes) return latin(v);
  throw typeError(`a bytes-like object is required, not '${typeName(v)}'`);
}

const methods = new Map<string, Method>();

function def(signature: string, impl: (self: PyBytes, ...args: never[]) => unknown): void {
  methods.set(signature.slice(0, signature.indexOf("(")), defineMethod("bytes", signature, impl));
}

def("decode(encoding='utf-8', errors='strict')", (b, encoding: unknown, errors: unknown) =>
  decodeBytes(
    b.bytes,
    codecName(encoding, "utf-8", "decode", "encoding"),
    codecName(errors, "strict", "decode", "errors"),
  ),
);
def("hex(sep=None)", (b, sep: unknown) => {
  const text = Buffer.from(b.bytes).toString("hex");
  return typeof sep === "string" ? (text.match(/../g) ?? []).join(sep) : text;
});
def("upper()", (b) => fromLatin(latin(b).replace(/[a-z]+/g, (t) => t.toUpperCase())));
def("lower()", (b) => fromLatin(latin(b).replace(/[A-Z]+/g, (t) => t.toLowerCase())));
def("startswith(prefix, /)", (b, v: unknown) => latin(b).startsWith(need(v)));
def("endswith(suffix, /)", (b, v: unknown) => latin(b).endsWith(need(v)));
def("find(sub, /)", (b, v: unknown) => latin(b).indexOf(sought(v)));
def("index(sub, /)", (b, v: unknown) => {
  const at = latin(b).indexOf(sought(v));
  if (at < 0) throw valueError("subsection not found");
  return at;
});
def("count(sub, /)", (b, v: unknown) => {
  const text = sought(v);
  return text === "" ? b.length() + 1 : latin(b).split(text).length - 1;
});
def("replace(old, new, /)", (b, old: unknown, by: unknown) =>
  fromLatin(latin(b).replaceAll(need(old), () => need(by))),
);
def("split(sep=None)", (b, sep: unknown) => {
  const text = latin(b);
  const parts =
    sep === null || sep === undefined ? text.split(/[ \t-\r]+/).filter((p) => p !== "") : text.split(need(sep));
  return parts.map(fromLatin);
});
const chars = (v: unknown) => (v === null || v === undefined ? " \t\n\r\x0b\x0c" : need(v));
def("strip(chars=None, /)", (b, v: unknown) => fromLatin(strip(latin(b), chars(v))));
def("lstrip(chars=None, /)", (b, v: unknown) => fromLatin(stripLeft(latin(b), chars(v))));
def("rstrip(chars=None, /)", (b, v: unknown) => fromLatin(stripRight(latin(b), chars(v))));

/** What `find` and its kind look for: bytes, or one byte. */
function sought(v: unknown): string {
  const n = toBigInt(v);
  return n === undefined ? need(v) : String.fromCharCode(Number(n));
}

/** The name of an encoding or of an error handler. */
export function codecName(v: unknown, dflt: string, method: string, name: string): string {
  if (v === undefined) return dflt;
  const text = typeof v === "string" ? v : (v as { text?: unknown } | null)?.text;
  if (typeof text === "string") return text;
  throw typeError(`${method}() argument '${name}' must be str, not ${typeName(v)}`);
}
