import { PyDict } from "../../core/jinja/index.ts";
import { float, Tuple } from "../../core/jinja/runtime/values.ts";
import { PyBytes } from "../../core/python/bytes.ts";
import { PyDate } from "../../core/python/datetime/date.ts";
import { PyDateTime } from "../../core/python/datetime/datetime.ts";
import { PyTimedelta } from "../../core/python/datetime/timedelta.ts";
import { PyTimezone, UTC } from "../../core/python/datetime/tz.ts";
import { PyDecimal } from "../../core/python/decimal/decimal.ts";
import { int } from "../../core/python/support.ts";
import { PyUuid } from "../uuid.ts";
import { isUtc, offsetAtLocal } from "../zones.ts";
import { BIG } from "./results.ts";
import { type ChType, parseType } from "./types.ts";

/** A value of ClickHouse's JSON formats as a Python value, exactly. */
export type Reader = (value: unknown) => unknown;

/**
 * Reads the values of a column of a type as Python's driver gives them. Decimals, infinities and NaN come as strings
 * (`JSON_SETTINGS` asks for that) and long integers as `BIG`, so that nothing is lost. `zone` is the server's time zone.
 */
export function readerOf(type: string, zone: string): Reader {
  return orNull(build(parseType(type), zone));
}

/** Settings under which the JSON formats lose nothing. */
export const JSON_SETTINGS: { readonly [name: string]: string } = {
  output_format_json_quote_64bit_integers: "0",
  output_format_json_quote_decimals: "1",
  output_format_json_quote_denormals: "1",
  output_format_decimal_trailing_zeros: "1",
  output_format_json_named_tuples_as_objects: "1",
};

function orNull(read: Reader): Reader {
  return (value) => (value === null || value === undefined ? null : read(value));
}

function build(type: ChType, zone: string): Reader {
  const { name, inner } = type;
  switch (name) {
    case "Nullable":
    case "LowCardinality":
    case "SimpleAggregateFunction":
      return inner.length > 0 ? orNull(build(inner[0]!, zone)) : same;
    case "Array":
      return list(orNull(build(inner[0]!, zone)));
    case "Nested":
      return list(tuple(type, zone));
    case "Tuple":
      return tuple(type, zone);
    case "Map":
      return map(build(inner[0]!, zone), orNull(build(inner[1]!, zone)));
    case "Date":
    case "Date32":
      return (value) => readDate(value as string);
    case "DateTime":
      return dateTime(unquote(type.params[0]) ?? zone);
    case "DateTime64":
      return dateTime(unquote(type.params[1]) ?? zone);
    case "UUID":
      return (value) => new PyUuid(value as string);
    case "FixedString":
      return (value) => new PyBytes(bytesOf(value));
    case "AggregateFunction":
      return (value) => bytesOf(value).toString("hex");
    case "Bool":
      return same;
    case "String":
      return readText;
    case "JSON":
    case "Dynamic":
    case "Variant":
      return anything;
  }
  if (/^(?:U?Int\d+|Interval\w+)$/.test(name)) return readInt;
  if (name === "Float32") return (value) => readFloat(typeof value === "number" ? Math.fround(value) : value);
  if (/^(?:B?Float\d+)$/.test(name)) return readFloat;
  if (name.startsWith("Decimal")) return (value) => PyDecimal.parse(String(value)) ?? value;
  const alias = GEOMETRY.get(name);
  return alias ? build(parseType(alias), zone) : anything;
}

const same: Reader = (value) => value;

/** Types that are names of others. */
const GEOMETRY: ReadonlyMap<string, string> = new Map([
  ["Point", "Tuple(Float64, Float64)"],
  ["Ring", "Array(Point)"],
  ["LineString", "Array(Point)"],
  ["MultiLineString", "Array(LineString)"],
  ["Polygon", "Array(Ring)"],
  ["MultiPolygon", "Array(Polygon)"],
]);

/** Bytes that are no text come as Python's driver shows them, in hex. */
const readText: Reader = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value);

const bytesOf = (value: unknown): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(value as string, "utf8");

/** A value whose type only it knows. */
function anything(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return readText(value);
  if (Array.isArray(value)) return value.map(anything);
  if (BIG in value) return readInt(value);
  const dict = new PyDict();
  for (const [key, item] of Object.entries(value)) dict.set(key, anything(item));
  return dict;
}

function readInt(value: unknown): number | bigint {
  if (typeof value === "number") return value;
  const text = typeof value === "object" ? (value as { [BIG]: string })[BIG] : String(value);
  return text.length < 16 ? Number(text) : int(BigInt(text));
}

function readFloat(value: unknown): unknown {
  if (typeof value === "number") return float(value);
  if (value === "inf") return Number.POSITIVE_INFINITY;
  return value === "-inf" ? Number.NEGATIVE_INFINITY : Number.NaN;
}

function unquote(text: string | undefined): string | undefined {
  return text?.replace(/^'|'$/g, "");
}

function list(read: Reader): Reader {
  return (value) => (value as unknown[]).map(read);
}

function tuple(type: ChType, zone: string): Reader {
  const readers = type.inner.map((inner) => orNull(build(inner, zone)));
  const names = type.fieldNames;
  if (!names) return (value) => new Tuple((value as unknown[]).map((item, i) => readers[i]!(item)));
  return (value) => {
    const dict = new PyDict();
    names.forEach((name, i) => {
      dict.set(name, readers[i]!((value as { [field: string]: unknown })[name]));
    });
    return dict;
  };
}

/** Keys of a JSON object are strings: each is read as its type. */
function map(key: Reader, item: Reader): Reader {
  return (value) => {
    const dict = new PyDict();
    for (const [name, inner] of Object.entries(value as object)) dict.set(key(name), item(inner));
    return dict;
  };
}

const digits = (text: string, from: number, to: number) => Number(text.slice(from, to));

function readDate(text: string): PyDate {
  return new PyDate(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
}

/** `2020-01-01 00:00:00.123` by the clock of the zone; at UTC the datetime says no zone, as Python's driver has it. */
function dateTime(zone: string): Reader {
  const utc = isUtc(zone);
  return (value) => {
    const text = String(value);
    const micros = Number(text.slice(20, 26).padEnd(6, "0")) || 0;
    const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
    const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
    if (utc) return new PyDateTime(year, month, day, hour, minute, second, micros);
    const offset = offsetAtLocal(zone, Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
    const tz = offset === 0 ? UTC : new PyTimezone(PyTimedelta.ofSeconds(offset));
    return new PyDateTime(year, month, day, hour, minute, second, micros, tz);
  };
}
