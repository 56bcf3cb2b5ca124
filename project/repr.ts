import { type Data, HostObject, PyFloat } from "../core/jinja/runtime/values.ts";

/** A value of a configuration file as Python's `repr` writes it, for messages in dbt's words. */
export function repr(value: Data): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return text(value);
  if (value instanceof PyFloat) return value.value.toFixed(1);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return `{${Object.entries(value)
      .map(([key, item]) => `${text(key)}: ${repr(item)}`)
      .join(", ")}}`;
  return value instanceof HostObject ? value.repr() : String(value);
}

function text(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}
