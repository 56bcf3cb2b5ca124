import type * as duckdb from "@duckdb/node-api";
import { PyDict } from "../../core/jinja/index.ts";
import { float, Tuple } from "../../core/jinja/runtime/values.ts";
import { PyBytes } from "../../core/python/bytes.ts";
import { PyDate } from "../../core/python/datetime/date.ts";
import { EPOCH_SECONDS, PyDateTime } from "../../core/python/datetime/datetime.ts";
import { PyTime } from "../../core/python/datetime/time.ts";
import { PyTimedelta } from "../../core/python/datetime/timedelta.ts";
import { PyTimezone } from "../../core/python/datetime/tz.ts";
import { PyDecimal } from "../../core/python/decimal/decimal.ts";
import { timezone } from "../../core/python/pytz/module.ts";
import { int } from "../../core/python/support.ts";
import { PyUuid } from "../uuid.ts";

/** A value of the driver as a Python value, exactly. */
export type Reader = (value: never) => unknown;

const MICROS = 1_000_000n;
const MICROS_PER_DAY = 86_400n * MICROS;
/** Days from 1970-01-01 to the first and the last day that Python's dates know. */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;
const FIRST_MICRO = BigInt(FIRST_DAY) * MICROS_PER_DAY;
const LAST_MICRO = BigInt(LAST_DAY + 1) * MICROS_PER_DAY - 1n;

/**
 * Reads values of a column as the Python driver of DuckDB gives them: decimals and 64-bit integers exact, structs and maps
 * as dicts, dates beyond Python's calendar as text. `zone` names the session's time zone.
 */
export function readerOf(api: typeof duckdb, type: duckdb.DuckDBType, zone: string): Reader {
  const { DuckDBTypeId: Id } = api;
  switch (type.typeId) {
    case Id.BIGINT:
    case Id.UBIGINT:
    case Id.HUGEINT:
    case Id.UHUGEINT:
    case Id.BIGNUM:
      return int as Reader;
    case Id.FLOAT:
    case Id.DOUBLE:
      return float as Reader;
    case Id.DECIMAL:
      return ((v: duckdb.DuckDBDecimalValue) => PyDecimal.of(v.value, v.scale)) as Reader;
    case Id.DATE:
      return readDate as Reader;
    case Id.TIMESTAMP:
      return ((v: duckdb.DuckDBTimestampValue) => dateTime(v.micros, v)) as Reader;
    case Id.TIMESTAMP_S:
      return ((v: duckdb.DuckDBTimestampSecondsValue) => dateTime(v.seconds * MICROS, v)) as Reader;
    case Id.TIMESTAMP_MS:
      return ((v: duckdb.DuckDBTimestampMillisecondsValue) => dateTime(v.millis * 1000n, v)) as Reader;
    case Id.TIMESTAMP_NS:
      return ((v: duckdb.DuckDBTimestampNanosecondsValue) => dateTime(floorDiv(v.nanos, 1000n), v)) as Reader;
    case Id.TIMESTAMP_TZ:
      return timestampTz(zone) as Reader;
    case Id.TIME:
      return ((v: duckdb.DuckDBTimeValue) => time(v.micros)) as Reader;
    case Id.TIME_NS:
      return ((v: duckdb.DuckDBTimeNSValue) => time(v.nanos / 1000n)) as Reader;
    case Id.TIME_TZ:
      return ((v: duckdb.DuckDBTimeTZValue) =>
        time(v.micros, new PyTimezone(PyTimedelta.ofSeconds(v.offset)))) as Reader;
    case Id.INTERVAL:
      return ((v: duckdb.DuckDBIntervalValue) =>
        PyTimedelta.ofMicros(BigInt(v.months * 30 + v.days) * MICROS_PER_DAY + v.micros)) as Reader;
    case Id.BLOB:
    case Id.GEOMETRY:
      return ((v: duckdb.DuckDBBlobValue) => new PyBytes(v.bytes)) as Reader;
    case Id.UUID:
      return ((v: duckdb.DuckDBUUIDValue) => new PyUuid(v.toString())) as Reader;
    case Id.BIT:
      return String as Reader;
    case Id.LIST:
      return list(readerOf(api, (type as duckdb.DuckDBListType).valueType, zone)) as Reader;
    case Id.ARRAY:
      return array(readerOf(api, (type as duckdb.DuckDBArrayType).valueType, zone)) as Reader;
    case Id.STRUCT:
      return struct(api, type as duckdb.DuckDBStructType, zone) as Reader;
    case Id.MAP:
      return map(api, type as duckdb.DuckDBMapType, zone) as Reader;
    case Id.UNION:
      return union(api, type as duckdb.DuckDBUnionType, zone) as Reader;
    case Id.BOOLEAN:
    case Id.TINYINT:
    case Id.SMALLINT:
    case Id.INTEGER:
    case Id.UTINYINT:
    case Id.USMALLINT:
    case Id.UINTEGER:
    case Id.VARCHAR:
    case Id.ENUM:
    case Id.SQLNULL:
      return same;
    default:
      return ((v: unknown) => (typeof v === "object" ? String(v) : v)) as Reader;
  }
}

const same: Reader = (value) => value;

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function readDate(value: duckdb.DuckDBDateValue): PyDate | string {
  if (!value.isFinite) return value.days > 0 ? new PyDate(9999, 12, 31) : new PyDate(1, 1, 1);
  if (value.days < FIRST_DAY || value.days > LAST_DAY) return String(value);
  return PyDate.ofOrdinal(value.days + 719_163);
}

interface Stamp {
  readonly isFinite: boolean;
}

function dateTime(micros: bigint, value: Stamp): PyDateTime | string {
  if (!value.isFinite) return micros > 0n ? lastMoment() : new PyDateTime(1, 1, 1);
  if (micros < FIRST_MICRO || micros > LAST_MICRO) return String(value);
  const seconds = floorDiv(micros, MICROS);
  return PyDateTime.ofLocalSeconds(Number(seconds) + EPOCH_SECONDS, Number(micros - seconds * MICROS), null);
}

function lastMoment(): PyDateTime {
  return new PyDateTime(9999, 12, 31, 23, 59, 59, 999_999);
}

/** Moments shown by the clock of the session's time zone, which is pytz's of that name, as DuckDB gives them to Python. */
function timestampTz(zone: string): (value: duckdb.DuckDBTimestampTZValue) => PyDateTime | string {
  const tz = timezone(zone);
  return (value) => {
    const { micros } = value;
    if (!value.isFinite || micros < FIRST_MICRO || micros > LAST_MICRO) return dateTime(micros, value);
    const seconds = floorDiv(micros, MICROS);
    return PyDateTime.ofEpoch(Number(seconds), Number(micros - seconds * MICROS), tz);
  };
}

function time(micros: bigint, zone: PyTimezone | null = null): PyTime {
  const total = Number(micros);
  if (total >= 86_400_000_000) return new PyTime(23, 59, 59, 999_999, zone);
  const seconds = Math.floor(total / 1e6);
  return new PyTime(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, total % 1e6, zone);
}

function orNull(read: Reader): (value: unknown) => unknown {
  return (value) => (value === null || value === undefined ? null : read(value as never));
}

function list(read: Reader): (value: duckdb.DuckDBListValue) => unknown[] {
  const item = orNull(read);
  return (value) => value.items.map(item);
}

function array(read: Reader): (value: duckdb.DuckDBArrayValue) => Tuple {
  const item = orNull(read);
  return (value) => new Tuple(value.items.map(item));
}

function struct(
  api: typeof duckdb,
  type: duckdb.DuckDBStructType,
  zone: string,
): (value: duckdb.DuckDBStructValue) => PyDict {
  const fields = type.entryNames.map((name, i) => [name, orNull(readerOf(api, type.entryTypes[i]!, zone))] as const);
  return (value) => {
    const dict = new PyDict();
    for (const [name, read] of fields) dict.set(name, read(value.entries[name]));
    return dict;
  };
}

function map(api: typeof duckdb, type: duckdb.DuckDBMapType, zone: string): (value: duckdb.DuckDBMapValue) => PyDict {
  const key = orNull(readerOf(api, type.keyType, zone));
  const item = orNull(readerOf(api, type.valueType, zone));
  return (value) => {
    const dict = new PyDict();
    for (const entry of value.entries) {
      const name = key(entry.key);
      dict.set(Array.isArray(name) ? new Tuple(name) : name, item(entry.value));
    }
    return dict;
  };
}

function union(
  api: typeof duckdb,
  type: duckdb.DuckDBUnionType,
  zone: string,
): (value: duckdb.DuckDBUnionValue) => unknown {
  const readers = new Map(type.memberTags.map((tag, i) => [tag, orNull(readerOf(api, type.memberTypes[i]!, zone))]));
  return (value) => readers.get(value.tag)!(value.value);
}
