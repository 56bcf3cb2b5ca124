import { overflowError, typeError, valueError } from "../errors.ts";
import { PyFloat } from "./values.ts";

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER);

/** The normal form of an int: a number while safe, else a bigint. */
export function int(value: bigint): number | bigint {
  return value <= MAX_SAFE && value >= MIN_SAFE ? Number(value) : value;
}

/** Is it a Python int (not a bool)? */
export function isInt(v: unknown): v is number | bigint {
  return typeof v === "number" ? Number.isInteger(v) : typeof v === "bigint";
}

/** Is it a Python float? */
export function isFloat(v: unknown): v is number | PyFloat {
  return typeof v === "number" ? !Number.isInteger(v) : v instanceof PyFloat;
}

/** Is it a number in Python's sense, bool included? */
export function isNumber(v: unknown): v is number | bigint | boolean | PyFloat {
  return typeof v === "number" || typeof v === "boolean" || typeof v === "bigint" || v instanceof PyFloat;
}

/** The value of an int or bool as a bigint; `undefined` for anything else. */
export function toBigInt(v: unknown): bigint | undefined {
  if (typeof v === "number") return Number.isInteger(v) ? BigInt(v) : undefined;
  if (typeof v === "bigint") return v;
  if (typeof v === "boolean") return v ? 1n : 0n;
  return undefined;
}

/** `operator.index(v)` as a JS number, clamped to ±2^53; used for indexes, widths and counts. */
export function toIndex(v: unknown, what = "int"): number {
  if (typeof v === "number" && Number.isInteger(v)) return v;
  if (typeof v === "boolean") return v ? 1 : 0;
  if (typeof v === "bigint") return v > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  throw typeError(`'${numberTypeName(v)}' object cannot be interpreted as an ${what === "int" ? "integer" : what}`);
}

let nameOf: (v: unknown) => string = (v) => typeof v;
/** Lets `types.ts` give the names of types without a circular import. */
export function setTypeNames(fn: (v: unknown) => string): void {
  nameOf = fn;
}
function numberTypeName(v: unknown): string {
  return nameOf(v);
}

/** The number as a JS double; throws OverflowError for ints beyond a double's range. */
export function toDouble(v: number | bigint | boolean | PyFloat): number {
  if (typeof v === "number") return v;
  if (typeof v === "boolean") return v ? 1 : 0;
  if (typeof v === "bigint") {
    const d = Number(v);
    if (!Number.isFinite(d)) throw overflowError("int too large to convert to float");
    return d;
  }
  return v.value;
}

/** `repr(float)`: the shortest digits that give the number back, in Python's notation. */
export function floatRepr(v: number): string {
  if (Number.isNaN(v)) return "nan";
  if (!Number.isFinite(v)) return v > 0 ? "inf" : "-inf";
  if (Object.is(v, -0)) return "-0.0";
  const s = String(v);
  const e = s.indexOf("e");
  const abs = Math.abs(v);
  if (abs !== 0 && (abs >= 1e16 || abs < 1e-4)) {
    const [mantissa, exponent] = e >= 0 ? [s.slice(0, e), Number(s.slice(e + 1))] : toExponential(s);
    const sign = exponent < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (e >= 0) {
    // JavaScript writes 1e-7 and smaller with an exponent only, which the branch above covers.
    return s;
  }
  return s.includes(".") ? s : `${s}.0`;
}

function toExponential(s: string): [string, number] {
  const negative = s.startsWith("-");
  const body = negative ? s.slice(1) : s;
  const dot = body.indexOf(".");
  const digits = dot < 0 ? body : body.slice(0, dot) + body.slice(dot + 1);
  const first = digits.search(/[1-9]/);
  const exponent = (dot < 0 ? body.length : dot) - 1 - first;
  const significant = digits.slice(first).replace(/0+$/, "");
  const mantissa = significant.length > 1 ? `${significant[0]}.${significant.slice(1)}` : significant;
  return [(negative ? "-" : "") + mantissa, exponent];
}

const INT_TEXT = /^[+-]?\d+(_\d+)*$/;
const FLOAT_TEXT = /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/;

/** Decimal digits of other scripts are digits to Python too. */
export function asciiDigits(text: string): string {
  return /[^\x00-\x7f]/.test(text)
    ? text.replace(/\p{Nd}/gu, (c) => (c < "\x80" ? c : String(digitValue(c.codePointAt(0) as number))))
    : text;
}

function digitValue(code: number): number {
  let start = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1)) && code - start < 9) start--;
  // Every block of decimal digits starts at a code point whose last digit is aligned to ten.
  return (code - start) % 10;
}

/** `int(text, base)`; throws ValueError. */
export function parseInt_(text: string, base: number, shown: string): number | bigint {
  const t = asciiDigits(text.trim());
  const fail = () => valueError(`invalid literal for int() with base ${base}: ${shown}`);
  if (base !== 0 && (base < 2 || base > 36)) throw valueError("int() base must be >= 2 and <= 36, or 0");
  if (base === 10) {
    if (!INT_TEXT.test(t)) throw fail();
    const plain = t.includes("_") ? t.replace(/_/g, "") : t;
    if (plain.length <= 15) return Number(plain) + 0;
    return int(BigInt(plain.startsWith("+") ? plain.slice(1) : plain));
  }
  let s = t;
  let negative = false;
  if (s.startsWith("+") || s.startsWith("-")) {
    negative = s.startsWith("-");
    s = s.slice(1);
  }
  let radix = base;
  const prefix = s.slice(0, 2).toLowerCase();
  const prefixBase = prefix === "0x" ? 16 : prefix === "0o" ? 8 : prefix === "0b" ? 2 : 0;
  if (prefixBase !== 0 && (base === 0 || base === prefixBase)) {
    radix = prefixBase;
    s = s.slice(2);
    if (s.startsWith("_")) s = s.slice(1);
  } else if (base === 0) {
    radix = 10;
    if (/^0[0-9_]*[1-9]/.test(s)) throw fail();
  }
  if (!/^[0-9a-z]+(_[0-9a-z]+)*$/i.test(s)) throw fail();
  let value = 0n;
  for (const c of s.toLowerCase()) {
    if (c === "_") continue;
    const digit = c <= "9" ? c.charCodeAt(0) - 48 : c.charCodeAt(0) - 87;
    if (digit >= radix) throw fail();
    value = value * BigInt(radix) + BigInt(digit);
  }
  return int(negative ? -value : value);
}

/** `float(text)` as a JS double; throws ValueError. */
export function parseFloat_(text: string, shown: string): number {
  const t = asciiDigits(text.trim());
  if (FLOAT_TEXT.test(t)) return Number(t.includes("_") ? t.replace(/_/g, "") : t);
  const m = /^([+-]?)(inf|infinity|nan)$/i.exec(t);
  if (m !== null) {
    if ((m[2] as string).toLowerCase() === "nan") return Number.NaN;
    return m[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  throw valueError(`could not convert string to float: ${shown}`);
}

/** `int(float)`: cuts the fraction off; throws for infinities and nan. */
export function truncate(d: number): number | bigint {
  if (Number.isNaN(d)) throw valueError("cannot convert float NaN to integer");
  if (!Number.isFinite(d)) throw overflowError("cannot convert float infinity to integer");
  const t = Math.trunc(d);
  return Number.isSafeInteger(t) ? t + 0 : BigInt(t);
}
