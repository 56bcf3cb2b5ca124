import { PyDict } from "../../core/jinja/runtime/dict.ts";
import { floatRepr } from "../../core/jinja/runtime/numbers.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { PySet } from "../../core/jinja/runtime/set.ts";
import { textOf } from "../../core/jinja/runtime/str-object.ts";
import { PyFloat, Tuple } from "../../core/jinja/runtime/values.ts";
import { PyBytes, PyDate, PyDateTime, PyDecimal } from "../../core/python/index.ts";
import { isPlainObject } from "../../core/yaml/mapping.ts";

/** A value in the form of the case files: `{"$int": "1"}`, `{"$dict": [[key, value], …]}` and so on mark what JSON cannot say. */
export function encode(value: unknown): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { $int: String(value) };
  if (typeof value === "number")
    return Number.isInteger(value) ? { $int: String(value) } : { $float: floatRepr(value) };
  if (value instanceof PyFloat) return { $float: floatRepr(value.value) };
  if (value instanceof PyDateTime) return { $datetime: value.isoFormat() };
  if (value instanceof PyDate) return { $date: value.isoDate() };
  if (value instanceof PyDecimal) return { $decimal: value.str() };
  if (value instanceof PyBytes) return { $bytes: Buffer.from(value.bytes).toString("hex") };
  if (value instanceof PySet) return { $set: [...value].map(encode) };
  if (value instanceof Tuple) return { $tuple: value.items.map(encode) };
  if (Array.isArray(value)) return value.map(encode);
  const entries =
    value instanceof PyDict ? [...value.entries()] : isPlainObject(value) ? Object.entries(value) : undefined;
  if (entries) return { $dict: entries.map(([key, item]) => [encode(key), encode(item)]) };
  return textOf(value) ?? { $object: pyStr(value) };
}

/** The members of sets in an order of their own: Python's is arbitrary. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const inner = canonical(item);
      if (key === "$set") return [key, (inner as unknown[]).map((member) => JSON.stringify(member)).sort()];
      return [key, inner];
    }),
  );
}

/** Whether two encoded values are the same. */
export const isSame = (a: unknown, b: unknown): boolean =>
  JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
