import { keyError, overflowError, typeError, valueError } from "../errors.ts";
import { PyDict } from "./dict.ts";
import { floatFormat } from "./format-spec.ts";
import { isNumber, toBigInt, toDouble, truncate } from "./numbers.ts";
import { pyRepr, pyStr } from "./repr.ts";
import { StrObject, textOf } from "./str-object.ts";
import { escapeCodePoint, hasSurrogates, strLength } from "./text.ts";
import { typeName } from "./types.ts";
import { UndefinedValue } from "./undefined.ts";
import { type HostExtras, HostObject, PyFloat, Tuple } from "./values.ts";

/** `format % values`, https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting. */
export function percentFormat(format: string, values: unknown): string {
  const tuple = values instanceof Tuple ? values.items : undefined;
  const mapping = values instanceof PyDict ? values : undefined;
  // Anything that can be subscribed may be left unused, as CPython sees it as a mapping.
  const lenient =
    mapping !== undefined ||
    Array.isArray(values) ||
    (values instanceof HostObject && !(values instanceof StrObject) && values.item !== HostObject.prototype.item);
  let used = 0;
  let next = 0;
  const take = (): unknown => {
    if (tuple === undefined) {
      if (used > 0) throw typeError("not enough arguments for format string");
      used++;
      return values;
    }
    if (next >= tuple.length) throw typeError("not enough arguments for format string");
    return tuple[next++];
  };
  let out = "";
  let i = 0;
  for (;;) {
    const p = format.indexOf("%", i);
    if (p < 0) break;
    out += format.slice(i, p);
    i = p + 1;
    if (format[i] === "%") {
      out += "%";
      i++;
      continue;
    }
    let value: unknown;
    let keyed = false;
    if (format[i] === "(") {
      if (!lenient) throw typeError("format requires a mapping");
      let depth = 1;
      const start = i + 1;
      i = start;
      for (; i < format.length && depth > 0; i++) {
        if (format[i] === "(") depth++;
        else if (format[i] === ")") depth--;
      }
      if (depth > 0) throw valueError("incomplete format key");
      const key = format.slice(start, i - 1);
      if (mapping === undefined) {
        if (!(values instanceof HostObject)) throw typeError("list indices must be integers or slices, not str");
        value = values.item(key);
      } else {
        value = mapping.get(key);
      }
      if (value === undefined) throw keyError(pyRepr(key));
      keyed = true;
      used = 1;
    }
    let minus = false;
    let plus = false;
    let space = false;
    let alt = false;
    let zero = false;
    for (; ; i++) {
      const c = format[i];
      if (c === "-") minus = true;
      else if (c === "+") plus = true;
      else if (c === " ") space = true;
      else if (c === "#") alt = true;
      else if (c === "0") zero = true;
      else break;
    }
    let width = 0;
    let precision: number | undefined;
    if (format[i] === "*") {
      width = starArgument(take());
      if (width < 0) {
        minus = true;
        width = -width;
      }
      i++;
    } else {
      const w = /\d*/y;
      w.lastIndex = i;
      const digits = w.exec(format)?.[0] ?? "";
      width = Number(digits);
      i += digits.length;
    }
    if (format[i] === ".") {
      i++;
      if (format[i] === "*") {
        precision = Math.max(0, starArgument(take()));
        i++;
      } else {
        const w = /\d*/y;
        w.lastIndex = i;
        const digits = w.exec(format)?.[0] ?? "";
        precision = Number(digits);
        i += digits.length;
      }
    }
    if (format[i] === "h" || format[i] === "l" || format[i] === "L") i++;
    if (i >= format.length) throw valueError("incomplete format");
    const type = String.fromCodePoint(format.codePointAt(i) as number);
    i += type.length;
    if (!keyed) value = take();
    if (width > 100_000_000) throw valueError("width too big");
    if (precision !== undefined && precision > 100_000) throw valueError("precision too big");
    if (!"diouxXeEfFgGcrsa".includes(type))
      throw valueError(
        `unsupported format character '${type}' (0x${(type.codePointAt(0) as number).toString(16)}) at index ${strLength(format.slice(0, i - type.length))}`,
      );
    out += convert(value, type, { minus, plus, space, alt, zero, width, precision });
  }
  out += format.slice(i);
  if (tuple !== undefined ? next < tuple.length && !(used > 0) : used === 0 && !lenient)
    throw typeError("not all arguments converted during string formatting");
  return out;
}

function starArgument(v: unknown): number {
  const n = toBigInt(v);
  if (n === undefined) throw typeError("* wants int");
  if (n > 0x7fff_ffff_ffff_ffffn || n < -0x8000_0000_0000_0000n)
    throw overflowError("Python int too large to convert to C ssize_t");
  return Number(n);
}

interface Flags {
  minus: boolean;
  plus: boolean;
  space: boolean;
  alt: boolean;
  zero: boolean;
  width: number;
  precision: number | undefined;
}

function convert(value: unknown, type: string, f: Flags): string {
  switch (type) {
    case "s":
    case "r":
    case "a": {
      let text = type === "s" ? pyStr(value) : pyRepr(value);
      if (type === "a") text = text.replace(/[^\x00-\x7f]/gu, (c) => escapeCodePoint(c.codePointAt(0) as number));
      if (f.precision !== undefined)
        text = hasSurrogates(text) ? Array.from(text).slice(0, f.precision).join("") : text.slice(0, f.precision);
      return padText(text, f);
    }
    case "c":
      return padText(character(value), f);
    case "d":
    case "i":
    case "u":
    case "o":
    case "x":
    case "X":
      return integer(value, type, f);
    default:
      return signed(floatFormat(doubleOf(value), type, f.precision ?? 6, f.alt), "", f);
  }
}

function character(value: unknown): string {
  const text = textOf(value);
  if (text !== undefined) {
    if (strLength(text) !== 1) throw typeError("%c requires int or char");
    return text;
  }
  const n = toBigInt(value);
  if (n === undefined) throw typeError("%c requires int or char");
  if (n < 0n || n > 0x10ffffn) throw overflowError("%c arg not in range(0x110000)");
  return String.fromCodePoint(Number(n));
}

function doubleOf(value: unknown): number {
  if (isNumber(value)) return toDouble(value);
  if (value instanceof HostObject) {
    const own = (value as HostExtras).toFloat;
    if (typeof own === "function") return own.call(value);
    if (value instanceof UndefinedValue) value.fail();
  }
  throw typeError(`must be real number, not ${typeName(value)}`);
}

function integer(value: unknown, type: string, f: Flags): string {
  let n = toBigInt(value);
  if (n === undefined) {
    const isFloat = typeof value === "number" || value instanceof PyFloat;
    if ("oxX".includes(type)) throw typeError(`%${type} format: an integer is required, not ${typeName(value)}`);
    if (isFloat) n = BigInt(truncate(toDouble(value as number)));
    else if (value instanceof HostObject && "toInt" in value) n = BigInt((value as HostExtras).toInt?.() ?? 0);
    else if (value instanceof UndefinedValue) return value.fail();
    else throw typeError(`%${type} format: a real number is required, not ${typeName(value)}`);
  }
  const abs = n < 0n ? -n : n;
  let digits = abs.toString(type === "o" ? 8 : type === "x" || type === "X" ? 16 : 10);
  if (f.precision !== undefined) digits = digits.padStart(f.precision, "0");
  const prefix = f.alt ? (type === "o" ? "0o" : type === "x" ? "0x" : type === "X" ? "0X" : "") : "";
  if (type === "X") digits = digits.toUpperCase();
  return signed((n < 0n ? "-" : "") + digits, prefix, f);
}

function signed(text: string, prefix: string, f: Flags): string {
  let sign = "";
  let body = text;
  if (body.startsWith("-")) {
    sign = "-";
    body = body.slice(1);
  } else if (f.plus) sign = "+";
  else if (f.space) sign = " ";
  const head = sign + prefix;
  const gap = f.width - head.length - body.length;
  if (gap <= 0) return head + body;
  if (f.minus) return head + body + " ".repeat(gap);
  return f.zero ? head + "0".repeat(gap) + body : " ".repeat(gap) + head + body;
}

function padText(text: string, f: Flags): string {
  const gap = f.width - strLength(text);
  if (gap <= 0) return text;
  return f.minus ? text + " ".repeat(gap) : " ".repeat(gap) + text;
}
