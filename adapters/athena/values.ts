import { PyDict } from "../../core/jinja/index.ts";
import { float } from "../../core/jinja/runtime/values.ts";
import { PyBytes } from "../../core/python/bytes.ts";
import { PyDate } from "../../core/python/datetime/date.ts";
import { PyDateTime } from "../../core/python/datetime/datetime.ts";
import { PyTime } from "../../core/python/datetime/time.ts";
import { PyTimedelta } from "../../core/python/datetime/timedelta.ts";
import { PyTimezone, UTC } from "../../core/python/datetime/tz.ts";
import { loadJson } from "../../core/python/json.ts";
import { int } from "../../core/python/support.ts";
import { PyUuid } from "../uuid.ts";
import { offsetAtLocal } from "../zones.ts";

export type Reader = (text: string) => unknown;

/** Reads a column's texts as dbt-athena does: what it has no type for, such as decimals, stays text. */
export function readerOf(type: string): Reader {
  return READERS[type] ?? same;
}

const same: Reader = (text) => text;
const integer: Reader = (text) => int(BigInt(text));

const READERS: { readonly [type: string]: Reader } = {
  int: integer,
  integer,
  bigint: integer,
  tinyint: integer,
  smallint: integer,
  float: (text) => float(Number(text)),
  double: (text) => float(Number(text)),
  boolean: (text) => text.toLowerCase() !== "false",
  date: readDate,
  timestamp: readTimestamp,
  "timestamp with time zone": readZonedTimestamp,
  time: (text) => readTime(text, null),
  "time with time zone": readZonedTime,
  varbinary: (text) => new PyBytes(Buffer.from(text.replaceAll(" ", ""), "hex")),
  json: loadJson,
  uuid: (text) => new PyUuid(text),
  array: readArray,
  map: readFields,
  row: readFields,
};

function readDate(text: string): unknown {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return match ? new PyDate(Number(match[1]), Number(match[2]), Number(match[3])) : text;
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?$/;

/** Beyond microseconds and outside the years that Python's datetime knows nothing can be told: the text stays. */
function readTimestamp(text: string): unknown {
  return momentIn(text, null) ?? text;
}

function momentIn(text: string, zone: PyTimezone | null): PyDateTime | undefined {
  const match = MOMENT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return new PyDateTime(year, month, day, hour, minute, second, Number((match[7] ?? "").padEnd(6, "0")), zone);
}

function readZonedTimestamp(text: string): unknown {
  const space = text.lastIndexOf(" ");
  const local = text.slice(0, space);
  const zone = zoneOf(text.slice(space + 1), Date.parse(`${local.replace(" ", "T").slice(0, 19)}Z`) / 1000);
  return (zone && momentIn(local, zone)) ?? text;
}

/** A zone by its offset or its name; a named one as the offset that it has at that local time. */
function zoneOf(name: string, localSeconds: number): PyTimezone | undefined {
  if (name === "UTC") return UTC;
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(name);
  if (offset) {
    const seconds = (Number(offset[2]) * 60 + Number(offset[3])) * 60;
    return new PyTimezone(PyTimedelta.ofSeconds(offset[1] === "-" ? -seconds : seconds));
  }
  if (Number.isNaN(localSeconds)) return undefined;
  return new PyTimezone(PyTimedelta.ofSeconds(offsetAtLocal(name, localSeconds)));
}

function readTime(text: string, zone: PyTimezone | null): unknown {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?$/.exec(text);
  if (!match) return text;
  const [hour, minute, second] = match.slice(1, 4).map(Number) as [number, number, number];
  return new PyTime(hour, minute, second, Number((match[4] ?? "").padEnd(6, "0")), zone);
}

function readZonedTime(text: string): unknown {
  const match = /^([\d:.]+)\s*(.*)$/.exec(text);
  const zone = match && zoneOf(match[2]!, 0);
  return zone ? readTime(match![1]!, zone) : text;
}

/** `[a, [b, c]]`: Athena neither quotes texts nor escapes commas in them. */
function readArray(text: string): unknown[] {
  return split(text).map(nested);
}

/** `{a=1, b={c=2}}`, of maps and rows alike. */
function readFields(text: string): PyDict {
  const dict = new PyDict();
  for (const part of split(text)) {
    const at = part.indexOf("=");
    if (at >= 0) dict.set(part.slice(0, at).trim(), nested(part.slice(at + 1).trim()));
  }
  return dict;
}

function nested(text: string): unknown {
  if (text.startsWith("[")) return readArray(text);
  return text.startsWith("{") ? readFields(text) : text;
}

/** The parts between the commas of the outermost brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const char of text.slice(1, -1)) {
    if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth--;
    if (char === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += char;
  }
  if (part.trim() !== "") parts.push(part.trim());
  return parts;
}
