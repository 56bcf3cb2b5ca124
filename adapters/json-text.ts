import { PyDict } from "../core/jinja/index.ts";
import { pyStr } from "../core/jinja/runtime/repr.ts";
import { float, HostObject, PyCallable, PyFloat, Tuple } from "../core/jinja/runtime/values.ts";
import { PyDate } from "../core/python/datetime/date.ts";
import { PyTime } from "../core/python/datetime/time.ts";
import { PyDecimal } from "../core/python/decimal/decimal.ts";

/**
 * A list or dict of a result as Python's `json.dumps` writes it, with dbt's rules for what JSON does not have: decimals are
 * numbers, dates their ISO text, anything else its text.
 */
export function jsonText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  switch (typeof value) {
    case "string":
      return quote(value);
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return `${value}`;
    case "number":
      return number(value);
  }
  if (value instanceof PyFloat) return pyStr(value);
  if (value instanceof PyDecimal) return jsonText(float(value.toFloat()));
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (value instanceof Tuple) return `[${value.items.map(jsonText).join(", ")}]`;
  if (value instanceof PyDict) {
    const entries = [...value.entries()].map(([key, item]) => `${quote(keyText(key))}: ${jsonText(item)}`);
    return `{${entries.join(", ")}}`;
  }
  if (value instanceof PyDate || value instanceof PyTime) return quote(isoText(value));
  return quote(value instanceof HostObject ? value.str() : String(value));
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? pyStr(value) : value > 0 ? "Infinity" : "-Infinity";
}

function keyText(key: unknown): string {
  if (typeof key === "string") return key;
  return key === null || typeof key === "boolean" ? String(key) : pyStr(key);
}

/** JSON's own escapes, and every character beyond ASCII as `\uXXXX`. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function isoText(value: HostObject): string {
  const method = value.attr("isoformat");
  return method instanceof PyCallable ? (method.fn([], undefined) as string) : value.str();
}
