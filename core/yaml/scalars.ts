import { float, type PyFloat } from "../jinja/runtime/values.ts";
import { PyBytes } from "../python/bytes.ts";
import { PyDate } from "../python/datetime/date.ts";
import { PyDateTime } from "../python/datetime/datetime.ts";
import { PyTimedelta } from "../python/datetime/timedelta.ts";
import { PyTimezone, UTC } from "../python/datetime/tz.ts";

/** What a scalar's text cannot be made into; the message is Python's. */
export class BadScalar extends Error {}

const BOOLS: Readonly<Record<string, boolean>> = {
  yes: true,
  no: false,
  true: true,
  false: false,
  on: true,
  off: false,
};

/** A `!!bool`. */
export function toBool(text: string): boolean {
  const value = Object.hasOwn(BOOLS, text.toLowerCase()) ? BOOLS[text.toLowerCase()] : undefined;
  if (value === undefined) throw new BadScalar(`${JSON.stringify(text)} is not a boolean`);
  return value;
}

const bad = (text: string): never => {
  throw new BadScalar(`${JSON.stringify(text)} is not a number`);
};

/** An `!!int`: decimal, `0b`, `0x`, octal with a leading zero, or base sixty. */
export function toInt(text: string): number | bigint {
  const code = text.charCodeAt(0);
  // The common case: a few decimal digits.
  if (code >= 49 && code <= 57 && text.length < 16 && /^[0-9]+$/.test(text)) return Number(text);
  let digits = text.replaceAll("_", "");
  const negative = digits.startsWith("-");
  if (negative || digits.startsWith("+")) digits = digits.slice(1);
  let value: bigint;
  if (digits.startsWith("0b")) value = parse(digits, digits.slice(2), /^[01]+$/, "0b");
  else if (digits.startsWith("0x")) value = parse(digits, digits.slice(2), /^[0-9a-f]+$/i, "0x");
  else if (digits.startsWith("0")) value = parse(digits, digits, /^[0-7]+$/, "0o");
  else if (digits.includes(":")) {
    value = 0n;
    for (const part of digits.split(":")) value = value * 60n + parse(digits, part, /^[0-9]+$/, "");
  } else value = parse(digits, digits, /^[0-9]+$/, "");
  if (negative) value = -value;
  return value >= -MAX_SAFE && value <= MAX_SAFE ? Number(value) : value;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function parse(text: string, digits: string, valid: RegExp, prefix: string): bigint {
  const trimmed = digits.trim();
  return valid.test(trimmed) ? BigInt(prefix + trimmed) : bad(text);
}

/** A `!!float`: with `.inf`, `.nan` and base sixty. */
export function toFloat(text: string): number | PyFloat {
  let digits = text.replaceAll("_", "").toLowerCase();
  const negative = digits.startsWith("-");
  if (negative || digits.startsWith("+")) digits = digits.slice(1);
  let value: number;
  if (digits === ".inf") value = Number.POSITIVE_INFINITY;
  else if (digits === ".nan") value = Number.NaN;
  else if (digits.includes(":")) {
    value = 0;
    let base = 1;
    for (const part of digits.split(":").reverse()) {
      value += parseFloatStrictly(part) * base;
      base *= 60;
    }
  } else value = parseFloatStrictly(digits);
  return float(negative ? -value : value);
}

function parseFloatStrictly(text: string): number {
  const trimmed = text.trim();
  if (/^[-+]?(?:inf|infinity)$/.test(trimmed)) return trimmed.startsWith("-") ? -Infinity : Infinity;
  if (/^[-+]?nan$/.test(trimmed)) return Number.NaN;
  if (!/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(trimmed)) bad(text);
  return Number(trimmed);
}

const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:(Z)|([-+])(\d\d?)(?::(\d\d))?))?)?$/;

/** A `!!timestamp`: a date alone, or a datetime, aware if it names its offset. */
export function toTimestamp(text: string): PyDate | PyDateTime {
  const m = TIMESTAMP.exec(text);
  if (!m) throw new BadScalar(`${JSON.stringify(text)} is not a date`);
  const part = (i: number): number => Number(m[i]);
  try {
    if (m[4] === undefined) return new PyDate(part(1), part(2), part(3));
    let zone: PyTimezone | null = null;
    if (m[9] !== undefined) {
      const minutes = part(10) * 60 + Number(m[11] ?? 0);
      zone = new PyTimezone(PyTimedelta.ofSeconds((m[9] === "-" ? -minutes : minutes) * 60));
    } else if (m[8] !== undefined) {
      zone = UTC;
    }
    const micros = m[7] ? Number(m[7].slice(0, 6).padEnd(6, "0")) : 0;
    return new PyDateTime(part(1), part(2), part(3), part(4), part(5), part(6), micros, zone);
  } catch (error) {
    throw new BadScalar(error instanceof Error ? error.message : String(error));
  }
}

/** A `!!binary`. */
export function toBinary(text: string): PyBytes {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) throw new BadScalar("failed to convert base64 data into ascii");
  }
  const clean = text.replace(/[^A-Za-z0-9+/=]/g, "");
  const padding = clean.indexOf("=");
  const length = padding < 0 ? clean.length : padding;
  if (length % 4 === 1 || (length % 4 > 0 && clean.length - length < 4 - (length % 4))) {
    throw new BadScalar("failed to decode base64 data: Incorrect padding");
  }
  return new PyBytes(new Uint8Array(Buffer.from(clean, "base64")));
}
