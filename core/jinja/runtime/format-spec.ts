import { overflowError, typeError, valueError } from "../errors.ts";
import { floatRepr, int, toDouble } from "./numbers.ts";
import { pyStr } from "./repr.ts";
import { textOf } from "./str-object.ts";
import { hasSurrogates, strLength } from "./text.ts";
import { typeName } from "./types.ts";
import { type HostExtras, HostObject, PyFloat } from "./values.ts";

/** Python's format specification mini-language, https://docs.python.org/3/library/string.html#formatspec. */
interface Spec {
  fill: string;
  align: string;
  sign: string;
  z: boolean;
  alt: boolean;
  zero: boolean;
  width: number;
  grouping: string;
  precision: number | undefined;
  type: string;
}

const SPEC = /^(?:([\s\S]?)([<>=^]))?([ +-])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u;

function parseSpec(text: string, type: string): Spec {
  const m = SPEC.exec(text);
  if (m === null) throw valueError(`Invalid format specifier '${text}' for object of type '${type}'`);
  const zero = m[6] !== undefined;
  if (m[9] !== undefined && m[9].length > 9) throw valueError("Too many decimal digits in format string");
  const width = m[7] === undefined ? 0 : Number(m[7]);
  if (width > 100_000_000) throw valueError("Too many decimal digits in format string");
  return {
    fill: m[1] || (zero ? "0" : " "),
    align: m[2] ?? (zero && type !== "str" ? "=" : ""),
    sign: m[3] ?? "",
    z: m[4] !== undefined,
    alt: m[5] !== undefined,
    zero,
    width,
    grouping: m[8] ?? "",
    precision: m[9] === undefined ? undefined : Number(m[9]),
    type: m[10] ?? "",
  };
}

/** `format(value, spec)`. */
export function formatValue(value: unknown, spec: string): string {
  if (spec === "") return pyStr(value);
  const text = textOf(value);
  if (text !== undefined) return formatString(text, parseSpec(spec, "str"));
  if (typeof value === "boolean") return formatNumber(Number(value), parseSpec(spec, "bool"));
  if (typeof value === "number" || typeof value === "bigint" || value instanceof PyFloat)
    return formatNumber(value, parseSpec(spec, typeName(value)));
  if (value instanceof HostObject) {
    const own = (value as HostExtras).format;
    if (typeof own === "function") return own.call(value, spec);
  }
  throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`);
}

function pad(text: string, s: Spec, dflt: string): string {
  const gap = s.width - strLength(text);
  if (gap <= 0) return text;
  const align = s.align === "" ? dflt : s.align;
  if (align === "<") return text + s.fill.repeat(gap);
  if (align === "^") {
    const left = gap >> 1;
    return s.fill.repeat(left) + text + s.fill.repeat(gap - left);
  }
  return s.fill.repeat(gap) + text;
}

function noZeroCoercion(s: Spec, what: string): void {
  if (s.z) throw valueError(`Negative zero coercion (z) not allowed in ${what} format specifier`);
}

function formatString(value: string, s: Spec): string {
  if (s.type !== "" && s.type !== "s") throw valueError(`Unknown format code '${s.type}' for object of type 'str'`);
  if (s.sign !== "")
    throw valueError(
      s.sign === " " ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier",
    );
  noZeroCoercion(s, "string");
  if (s.alt) throw valueError("Alternate form (#) not allowed in string format specifier");
  if (s.grouping !== "") throw valueError(`Cannot specify '${s.grouping}' with 's'.`);
  if (s.align === "=") throw valueError("'=' alignment not allowed in string format specifier");
  let text = value;
  if (s.precision !== undefined)
    text = hasSurrogates(text) ? Array.from(text).slice(0, s.precision).join("") : text.slice(0, s.precision);
  return pad(text, s, "<");
}

function formatNumber(value: number | bigint | PyFloat, s: Spec): string {
  const isFloat = value instanceof PyFloat || (typeof value === "number" && !Number.isInteger(value));
  const type = s.type;
  const name = isFloat ? "float" : "int";
  if (isFloat && type !== "" && !"eEfFgG%n".includes(type))
    throw valueError(`Unknown format code '${type}' for object of type 'float'`);
  if (!isFloat && (type === "" || "bcdoxXn".includes(type))) return formatInt(value as number | bigint, s);
  if (!isFloat && !"eEfFgG%".includes(type))
    throw valueError(`Unknown format code '${type}' for object of type '${name}'`);
  if (type === "n" && s.grouping !== "") throw valueError(`Cannot specify '${s.grouping}' with 'n'.`);
  const d = toDouble(value);
  let body: string;
  if (type === "") {
    body = s.precision === undefined ? alternate(floatRepr(d), s.alt) : generalFormat(d, s.precision, s.alt, "r");
  } else {
    body = floatFormat(d, type, s.precision ?? 6, s.alt);
  }
  return finishNumber(body, "", s);
}

/** The alternate form always has a point. */
function alternate(text: string, alt: boolean): string {
  return alt && !text.includes(".") ? text.replace(/e/, ".e") : text;
}

function formatInt(value: number | bigint, s: Spec): string {
  if (s.precision !== undefined) throw valueError("Precision not allowed in integer format specifier");
  noZeroCoercion(s, "integer");
  if ((s.type === "n" || s.type === "c") && s.grouping !== "")
    throw valueError(`Cannot specify '${s.grouping}' with '${s.type}'.`);
  if (s.type === "c") {
    if (s.sign !== "") throw valueError("Sign not allowed with integer format specifier 'c'");
    if (s.alt) throw valueError("Alternate form (#) not allowed with integer format specifier 'c'");
    if (value < 0 || value > 0x10ffff) throw overflowError("%c arg not in range(0x110000)");
    return pad(String.fromCodePoint(Number(value)), { ...s, align: s.align === "=" ? ">" : s.align }, ">");
  }
  if (s.grouping === "," && "boxX".includes(s.type) && s.type !== "")
    throw valueError(`Cannot specify ',' with '${s.type}'.`);
  const big = BigInt(value);
  const digits = (big < 0n ? -big : big).toString(RADIX[s.type] ?? 10);
  const text = s.type === "X" ? digits.toUpperCase() : digits;
  const prefix = s.alt
    ? s.type === "x"
      ? "0x"
      : s.type === "X"
        ? "0X"
        : s.type === "o"
          ? "0o"
          : s.type === "b"
            ? "0b"
            : ""
    : "";
  return finishNumber((big < 0n ? "-" : "") + text, prefix, s);
}

const RADIX: Record<string, number> = { b: 2, o: 8, x: 16, X: 16 };

/** Sign, grouping and padding of a number's digits. */
function finishNumber(digits: string, prefix: string, s: Spec): string {
  let body = digits;
  let sign = "";
  if (body.startsWith("-")) {
    sign = "-";
    body = body.slice(1);
    if (s.z && /^[0.%e+]*$/i.test(body)) sign = "";
  }
  if (sign === "" && (s.sign === "+" || s.sign === " ")) sign = s.sign;
  const head = sign + prefix;
  if (s.grouping !== "") {
    const m = /^(\d|[a-f])+/i.exec(body);
    const whole = /[a-z]/i.test(body[0] ?? "") && s.type !== "x" && s.type !== "X" ? "" : (m?.[0] ?? "");
    const wholeDigits = s.type === "x" || s.type === "X" ? whole : (/^\d+/.exec(body)?.[0] ?? "");
    const rest = body.slice(wholeDigits.length);
    const size = "boxX".includes(s.type) && s.type !== "" ? 4 : 3;
    // With zero padding the zeros are grouped too.
    const minimum = s.align === "=" && s.fill === "0" ? s.width - head.length - rest.length : 0;
    body = group(wholeDigits, size, s.grouping, minimum) + rest;
  }
  if (s.align === "=") {
    const gap = s.width - head.length - body.length;
    return gap > 0 ? head + s.fill.repeat(gap) + body : head + body;
  }
  return pad(head + body, s, ">");
}

function group(digits: string, size: number, separator: string, minimum: number): string {
  let d = digits;
  if (minimum > 0) {
    // The smallest number of digits whose grouped form reaches the width.
    while (d.length + Math.floor((d.length - 1) / size) < minimum) d = `0${d}`;
  }
  let out = "";
  for (let i = d.length; i > 0; i -= size)
    out = d.slice(Math.max(0, i - size), i) + (out === "" ? "" : separator + out);
  return out;
}

/** The `e`, `f`, `g`, `n` and `%` presentations. */
export function floatFormat(d: number, type: string, precision: number, alt: boolean): string {
  if (precision > 100_000) throw valueError("precision too big");
  if (!Number.isFinite(d)) {
    const text = Number.isNaN(d) ? "nan" : d > 0 ? "inf" : "-inf";
    return (/[EFG]/.test(type) ? text.toUpperCase() : text) + (type === "%" ? "%" : "");
  }
  switch (type) {
    case "f":
    case "F":
      return fixed(d, precision) + (alt && precision === 0 ? "." : "");
    case "%":
      return `${fixed(d * 100, precision)}${alt && precision === 0 ? "." : ""}%`;
    case "e":
    case "E": {
      const text = exponential(d, precision, alt);
      return type === "E" ? text.toUpperCase() : text;
    }
    default: {
      const text = generalFormat(d, precision, alt, "g");
      return type === "G" ? text.toUpperCase() : text;
    }
  }
}

/** Exactly rounded decimal expansion of a double with `precision` digits after the point. */
export function fixed(d: number, precision: number): string {
  const negative = d < 0 || Object.is(d, -0);
  const [digits, scale] = exactDecimal(Math.abs(d));
  // The value is digits / 10**scale exactly.
  let q: bigint;
  if (scale <= precision) q = digits * 10n ** BigInt(precision - scale);
  else q = roundHalfEven(digits, 10n ** BigInt(scale - precision));
  let text = q.toString();
  if (precision > 0) {
    text = text.padStart(precision + 1, "0");
    text = `${text.slice(0, -precision)}.${text.slice(-precision)}`;
  }
  return negative ? `-${text}` : text;
}

function roundHalfEven(n: bigint, unit: bigint): bigint {
  const q = n / unit;
  const r = (n % unit) * 2n;
  if (r > unit || (r === unit && q % 2n === 1n)) return q + 1n;
  return q;
}

const buffer = new DataView(new ArrayBuffer(8));

/** A non-negative finite double as an exact decimal: `[digits, scale]` with value digits / 10**scale. */
export function exactDecimal(d: number): [bigint, number] {
  if (Number.isSafeInteger(d)) return [BigInt(d), 0];
  buffer.setFloat64(0, d);
  const bits = buffer.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  const e = (exponent === 0 ? 1 : exponent) - 1075;
  if (e >= 0) return [mantissa << BigInt(e), 0];
  return [mantissa * 5n ** BigInt(-e), -e];
}

function exponential(d: number, precision: number, alt: boolean): string {
  const [mantissa, exponent] = scientific(d, precision);
  const body = mantissa.length > 1 ? `${mantissa[0]}.${mantissa.slice(1)}` : mantissa + (alt ? "." : "");
  return `${d < 0 || Object.is(d, -0) ? "-" : ""}${body}e${exponentText(exponent)}`;
}

function exponentText(e: number): string {
  return (e < 0 ? "-" : "+") + String(Math.abs(e)).padStart(2, "0");
}

/** `precision + 1` correctly rounded significant digits and the decimal exponent of the first. */
function scientific(d: number, precision: number): [string, number] {
  if (d === 0) return ["0".repeat(precision + 1), 0];
  const [digits, scale] = exactDecimal(Math.abs(d));
  const text = digits.toString();
  let exponent = text.length - 1 - scale;
  const drop = text.length - (precision + 1);
  let kept: string;
  if (drop <= 0) {
    kept = text + "0".repeat(-drop);
  } else {
    kept = roundHalfEven(digits, 10n ** BigInt(drop)).toString();
    if (kept.length > precision + 1) {
      kept = kept.slice(0, -1);
      exponent++;
    }
  }
  return [kept, exponent];
}

/** The `g` presentation, or with mode `r` the one of an empty type with a precision. */
function generalFormat(d: number, precision: number, alt: boolean, mode: "g" | "r"): string {
  if (!Number.isFinite(d)) return Number.isNaN(d) ? "nan" : d > 0 ? "inf" : "-inf";
  const p = precision === 0 ? 1 : precision;
  const [digits, exponent] = scientific(d, p - 1);
  const sign = d < 0 || Object.is(d, -0) ? "-" : "";
  const threshold = mode === "r" ? p - 1 : p;
  let text: string;
  if (exponent < -4 || exponent >= (mode === "r" ? threshold : p)) {
    let mantissa = digits;
    if (!alt) mantissa = mantissa.replace(/0+$/, "") || "0";
    text = `${mantissa.length > 1 || alt ? `${mantissa[0]}.${mantissa.slice(1)}` : mantissa}e${exponentText(exponent)}`;
  } else {
    let whole = exponent >= 0 ? digits.slice(0, exponent + 1) : "0";
    let fraction = exponent >= 0 ? digits.slice(exponent + 1) : "0".repeat(-exponent - 1) + digits;
    if (!alt) fraction = fraction.replace(/0+$/, "");
    if (whole === "") whole = "0";
    text = fraction !== "" ? `${whole}.${fraction}` : alt ? `${whole}.` : mode === "r" ? `${whole}.0` : whole;
  }
  return sign + text;
}

/** Rounds a double to `digits` decimals as Python's `round` does: correctly, half to even on the exact value. */
export function roundDouble(d: number, digits: number): number {
  if (!Number.isFinite(d)) return d;
  if (digits >= 0) return digits > 400 ? d : Number(fixed(d, digits));
  const [exact, scale] = exactDecimal(Math.abs(d));
  const unit = 10n ** BigInt(scale - digits);
  const rounded = Number(roundHalfEven(exact, unit) * 10n ** BigInt(-digits));
  return d < 0 || Object.is(d, -0) ? -rounded : rounded;
}

/** Rounds an int to `digits` decimals (negative: tens, hundreds …), half to even. */
export function roundInt(v: bigint, digits: number): number | bigint {
  if (digits >= 0) return int(v);
  const unit = 10n ** BigInt(-digits);
  const abs = v < 0n ? -v : v;
  const r = roundHalfEven(abs, unit) * unit;
  return int(v < 0n ? -r : r);
}
