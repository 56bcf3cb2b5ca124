import { HostObject, PyFloat } from "../jinja/runtime/values.ts";

/** Python's `str(value)` of plain data. */
export function pyStr(value: unknown): string {
  return typeof value === "string" ? value : pyRepr(value);
}

/** Python's `repr(value)` of plain data, as it stands in messages and is hashed into test ids. */
export function pyRepr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  switch (typeof value) {
    case "string":
      return reprString(value);
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return value.toString();
    case "number":
      return reprNumber(value);
  }
  if (value instanceof PyFloat) return reprFloat(value.value);
  if (Array.isArray(value)) return `[${value.map(pyRepr).join(", ")}]`;
  if (value instanceof HostObject) return value.repr();
  const parts: string[] = [];
  for (const [key, item] of entriesOf(value as object)) parts.push(`${pyRepr(key)}: ${pyRepr(item)}`);
  return `{${parts.join(", ")}}`;
}

/** Python's name of a value's type, as in `<class 'int'>`. */
export function pyTypeName(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  switch (typeof value) {
    case "string":
      return "str";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return Number.isInteger(value) ? "int" : "float";
  }
  if (value instanceof PyFloat) return "float";
  if (Array.isArray(value)) return "list";
  if (value instanceof HostObject) return value.typeName;
  return "dict";
}

/** `<class 'int'>`. */
export function pyType(value: unknown): string {
  return `<class '${pyTypeName(value)}'>`;
}

/** Key and value of a mapping, be it a plain object or something with `entries()`. */
export function entriesOf(mapping: object): Iterable<[unknown, unknown]> {
  const entries = (mapping as { entries?: unknown }).entries;
  if (typeof entries === "function") return (mapping as { entries(): Iterable<[unknown, unknown]> }).entries();
  return Object.entries(mapping);
}

function reprNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : reprFloat(value);
}

function reprFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const digits = String(Math.abs(power)).padStart(2, "0");
    return `${mantissa}e${power < 0 ? "-" : "+"}${digits}`;
  }
  const text = Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

const PLAIN = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;

function reprString(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === quote || char === "\\") out += `\\${char}`;
    else if (char === "\n") out += "\\n";
    else if (char === "\r") out += "\\r";
    else if (char === "\t") out += "\\t";
    else if (code < 32 || code === 127) out += `\\x${hex(code, 2)}`;
    else if (code < 127 || !UNPRINTABLE.test(char)) out += char;
    else if (code < 256) out += `\\x${hex(code, 2)}`;
    else if (code < 0x10000) out += `\\u${hex(code, 4)}`;
    else out += `\\U${hex(code, 8)}`;
  }
  return out + quote;
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u;

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
