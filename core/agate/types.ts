import { defineFunction } from "../jinja/runtime/function.ts";
import { address, pyStr } from "../jinja/runtime/repr.ts";
import { float, HostObject, PyFloat } from "../jinja/runtime/values.ts";
import { daysInMonth } from "../python/datetime/calendar.ts";
import { PyDate } from "../python/datetime/date.ts";
import { PyDateTime } from "../python/datetime/datetime.ts";
import { PyTimedelta } from "../python/datetime/timedelta.ts";
import { PyDecimal } from "../python/decimal/decimal.ts";
import { finite, fix } from "../python/decimal/number.ts";
import { isInt, raise } from "../python/support.ts";
import { parseIsoDateTime } from "./isodate.ts";

/** Answers that a value cannot have a type. */
export const NO_CAST = Symbol("no cast");

/** A column's type, as agate and dbt name them. */
export class DataType extends HostObject {
  readonly typeName: string;
  private readonly module: string;
  /** The value as this type has it, or {@link NO_CAST}. */
  readonly cast: (value: unknown) => unknown;

  constructor(name: string, module: string, cast: (value: unknown) => unknown) {
    super();
    this.typeName = name;
    this.module = module;
    this.cast = cast;
  }
  override attr(name: string): unknown {
    if (name !== "cast") return undefined;
    return defineFunction("cast(d)", (value: unknown) => {
      const cast = this.cast(value);
      return cast === NO_CAST
        ? raise("ValueError", `Can not parse value "${pyStr(value)}" as ${this.typeName}.`)
        : cast;
    });
  }
  override repr(): string {
    return `<${this.module}.${this.typeName} object at ${address(this)}>`;
  }
  /** The value for JSON. */
  toJson(value: unknown): unknown {
    if (value === null) return null;
    if (value instanceof PyDecimal) return float(value.toFloat());
    if (value instanceof PyDateTime) return value.isoFormat();
    if (value instanceof PyDate) return value.isoDate();
    return this === TEXT || this === TIME_DELTA ? pyStr(value) : value;
  }
  /** The value for CSV. */
  toCsv(value: unknown): string {
    if (value === null) return "";
    return value instanceof PyDateTime ? value.isoFormat() : pyStr(value);
  }
}

/** `null` and the empty text are nulls, whatever their case and the spaces around. */
export function isNullText(text: string): boolean {
  if (text === "") return true;
  const trimmed = text.trim();
  return trimmed === "" || (trimmed.length === 4 && trimmed.toLowerCase() === "null");
}

const PLAIN_NUMBER = /^-?\d{1,27}(?:\.\d+)?$/;
const CURRENCY = ["؋", "$", "ƒ", "៛", "¥", "₡", "₱", "£", "€", "¢", "﷼", "₪", "₩", "₭", "₮", "₦", "฿", "₤", "₫"];

function strip(text: string, character: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === character) start++;
  while (end > start && text[end - 1] === character) end--;
  return text.slice(start, end);
}

/** Whether a text is a number of digits, a sign and a point alone, that no arithmetic rounds: what nearly all are. */
export const isPlainNumber = (text: string): boolean => text.length < 29 && PLAIN_NUMBER.test(text);

function plainNumber(text: string): PyDecimal {
  const negative = text.charCodeAt(0) === 45;
  const digits = negative ? text.slice(1) : text;
  const point = digits.indexOf(".");
  if (point < 0) return new PyDecimal(finite(negative, BigInt(digits), 0));
  return new PyDecimal(
    finite(negative, BigInt(digits.slice(0, point) + digits.slice(point + 1)), point + 1 - digits.length),
  );
}

function castNumberText(text: string): unknown {
  if (isPlainNumber(text)) return plainNumber(text);
  if (isNullText(text)) return null;
  let digits = strip(text.trim(), "%");
  const negative = digits.startsWith("-");
  if (negative) digits = digits.slice(1);
  for (const symbol of CURRENCY) digits = strip(digits, symbol);
  const number = PyDecimal.parse(digits.replaceAll(",", ""));
  if (!number) return NO_CAST;
  // agate multiplies by the sign, which rounds to the precision of arithmetic.
  const rounded = fix(number.digits);
  return new PyDecimal(negative ? { ...rounded, negative: !rounded.negative } : rounded);
}

function castNumber(value: unknown): unknown {
  if (value === null || value instanceof PyDecimal) return value;
  if (typeof value === "string") return castNumberText(value);
  if (typeof value === "boolean") return NO_CAST;
  if (isInt(value)) return PyDecimal.of(BigInt(value));
  if (typeof value === "number") return PyDecimal.parse(String(value)) ?? PyDecimal.ofDouble(value);
  return value instanceof PyFloat ? PyDecimal.parse(pyStr(value))! : NO_CAST;
}

const DATE_TEXT = /^(\d{4})-(\d\d?)-(\d\d?)$/;
const DATETIME_TEXT = /^(\d{4})-(\d\d?)-(\d\d?)\s+(\d\d?):(\d\d?):(\d\d?)$/;

const isDay = (year: number, month: number, day: number): boolean =>
  year > 0 && month > 0 && month < 13 && day > 0 && day <= daysInMonth(year, month);

function castDate(value: unknown): unknown {
  if (value === null) return null;
  if (typeof value !== "string") return value instanceof PyDate && !(value instanceof PyDateTime) ? value : NO_CAST;
  if (isNullText(value)) return null;
  const m = DATE_TEXT.exec(value.trim());
  if (!m) return NO_CAST;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  return isDay(year, month, day) ? new PyDate(year, month, day) : NO_CAST;
}

function castDateTime(value: unknown): unknown {
  const known = castKnownDateTime(value);
  if (known !== undefined) return known;
  const m = DATETIME_TEXT.exec((value as string).trim());
  if (!m) return NO_CAST;
  const [year, month, day, hour, minute, second] = m.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return NO_CAST;
  return new PyDateTime(year, month, day, hour, minute, second);
}

function castIsoDateTime(value: unknown): unknown {
  const known = castKnownDateTime(value);
  return known !== undefined ? known : (parseIsoDateTime((value as string).trim()) ?? NO_CAST);
}

/** What needs no parsing; `undefined` for a text that does. */
function castKnownDateTime(value: unknown): unknown {
  if (value === null || value instanceof PyDateTime) return value;
  if (value instanceof PyDate) return new PyDateTime(value.year, value.month, value.day);
  if (typeof value !== "string") return NO_CAST;
  return isNullText(value) ? null : undefined;
}

function castBoolean(value: unknown): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    const text = value.replaceAll(",", "").trim().toLowerCase();
    if (text === "true") return true;
    if (text === "false") return false;
    return text === "" || text === "null" ? null : NO_CAST;
  }
  const number = value instanceof PyDecimal ? value.hashKey() : Number.isInteger(value) ? value : undefined;
  return number === 1 ? true : number === 0 ? false : NO_CAST;
}

const castInteger = (value: unknown): unknown =>
  value === null || (isInt(value) && typeof value !== "boolean") ? value : NO_CAST;

function castText(value: unknown): unknown {
  if (value === null) return null;
  if (typeof value === "string") return isNullText(value) ? null : value;
  return pyStr(value);
}

const HELPER = "dbt_common.clients.agate_helper";

export const INTEGER = new DataType("Integer", HELPER, castInteger);
export const NUMBER = new DataType("Number", HELPER, castNumber);
export const DATE = new DataType("Date", "agate.data_types.date", castDate);
export const DATE_TIME = new DataType("DateTime", "agate.data_types.date_time", castDateTime);
export const ISO_DATE_TIME = new DataType("ISODateTime", HELPER, castIsoDateTime);
export const BOOLEAN = new DataType("Boolean", "agate.data_types.boolean", castBoolean);
export const TEXT = new DataType("Text", "agate.data_types.text", castText);
/** Text whose `null` and empty values stay what they are: how dbt reads the texts of a query's result. */
export const VERBATIM_TEXT = new DataType("Text", "agate.data_types.text", (value) =>
  value === null || typeof value === "string" ? value : pyStr(value),
);
export const TIME_DELTA = new DataType("TimeDelta", "agate.data_types.time_delta", (value) =>
  value === null || value instanceof PyTimedelta ? value : NO_CAST,
);

/** The types that dbt tries, in its order of preference. */
export const TRIED_TYPES: readonly DataType[] = [INTEGER, NUMBER, DATE, DATE_TIME, ISO_DATE_TIME, BOOLEAN, TEXT];
