import { typeError, valueError } from "../errors.ts";
import { pyMul } from "./arith.ts";
import { pyLess, sortBy } from "./compare.ts";
import { PyDict } from "./dict.ts";
import { floatRepr } from "./numbers.ts";
import { pyStr } from "./repr.ts";
import { textOf } from "./str-object.ts";
import { typeName } from "./types.ts";
import { PyFloat, Tuple } from "./values.ts";

export interface JsonOptions {
  sortKeys?: boolean;
  /** Spaces (or the text) to indent by; `undefined` writes one line. */
  indent?: number | string | undefined;
}

/** Python's `json.dumps`. */
export function jsonDumps(value: unknown, options: JsonOptions = {}): string {
  const indent = typeof options.indent === "number" ? (pyMul(" ", options.indent) as string) : options.indent;
  return write(value, options.sortKeys === true, indent, "", []);
}

function write(v: unknown, sort: boolean, indent: string | undefined, prefix: string, active: object[]): string {
  const text = textOf(v);
  if (text !== undefined) return quote(text);
  if (v === null) return "null";
  if (v === true) return "true";
  if (v === false) return "false";
  if (typeof v === "bigint") return String(v);
  if (typeof v === "number") return Number.isInteger(v) ? String(v) : floatText(v);
  if (v instanceof PyFloat) return floatText(v.value);
  const isList = Array.isArray(v) || v instanceof Tuple;
  if (!isList && !(v instanceof PyDict)) throw typeError(`Object of type ${typeName(v)} is not JSON serializable`);
  if (active.includes(v as object)) throw valueError("Circular reference detected");
  active.push(v as object);
  const inner = indent === undefined ? "" : prefix + indent;
  const parts: string[] = [];
  if (v instanceof PyDict) {
    for (const [k, x] of entries(v, sort)) parts.push(`${quote(keyText(k))}: ${write(x, sort, indent, inner, active)}`);
  } else {
    for (const x of Array.isArray(v) ? v : (v as Tuple).items) parts.push(write(x, sort, indent, inner, active));
  }
  active.pop();
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(", ") + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${prefix}${close}`;
}

function entries(d: PyDict, sort: boolean): Iterable<[unknown, unknown]> {
  if (!sort) return d.entries();
  const list = [...d.entries()];
  // Python sorts the pairs, so that keys of different types do not compare.
  if (list.length > 1) for (let i = 1; i < list.length; i++) pyLess(list[i]?.[0], list[i - 1]?.[0]);
  return sortBy(
    list,
    list.map(([k]) => k),
  );
}

function keyText(k: unknown): string {
  if (typeof k === "string") return k;
  if (k === null) return "null";
  if (typeof k === "boolean") return String(k);
  if (typeof k === "number" || typeof k === "bigint" || k instanceof PyFloat) return pyStr(k);
  const text = textOf(k);
  if (text === undefined) throw typeError(`keys must be str, int, float, bool or None, not ${typeName(k)}`);
  return text;
}

function floatText(v: number): string {
  if (Number.isNaN(v)) return "NaN";
  if (!Number.isFinite(v)) return v > 0 ? "Infinity" : "-Infinity";
  return floatRepr(v);
}

function quote(s: string): string {
  return JSON.stringify(s).replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
