import type { PyDict } from "../../jinja/runtime/dict.ts";
import { textOf } from "../../jinja/runtime/str-object.ts";
import {
  type Body,
  int,
  isInt,
  type Member,
  method,
  moduleDict,
  numberOf,
  PyType,
  raise,
  toIndex,
  typeName,
} from "../support.ts";
import { MAX_YEAR, ordinalOfIsoWeek } from "./calendar.ts";
import { asString, PyDate } from "./date.ts";
import { combine, PyDateTime } from "./datetime.ts";
import { dateFromIso, datetimeFromIso, timeFromIso } from "./isoformat.ts";
import { strptime } from "./strptime.ts";
import { PyTime } from "./time.ts";
import { makeTimedelta, PyTimedelta } from "./timedelta.ts";
import { asTzinfo, type PyTzinfo, UTC } from "./tz.ts";

const isoArgument = (text: unknown): string =>
  textOf(text) ?? raise("TypeError", "fromisoformat: argument must be str");

/** A POSIX timestamp as whole seconds and microseconds, rounded half to even. */
function splitTimestamp(value: unknown): [number, number] {
  if (isInt(value)) return [toIndex(value), 0];
  const seconds = numberOf(value);
  if (seconds === undefined)
    return raise("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
  if (!Number.isFinite(seconds)) raise("ValueError", "cannot convert float NaN to integer");
  const whole = Math.floor(seconds);
  const exact = (seconds - whole) * 1e6;
  let micros = Math.floor(exact);
  const rest = exact - micros;
  if (rest > 0.5 || (rest === 0.5 && micros % 2 === 1)) micros++;
  return micros === 1_000_000 ? [whole + 1, 0] : [whole, micros];
}

function fromIsoCalendar(year: unknown, week: unknown, day: unknown): PyDate {
  const ordinal = ordinalOfIsoWeek(toIndex(year), toIndex(week), toIndex(day));
  if (ordinal !== undefined) return PyDate.ofOrdinal(ordinal);
  const weekday = toIndex(day);
  return weekday < 1 || weekday > 7
    ? raise("ValueError", `Invalid weekday: ${weekday} (range is [1, 7])`)
    : raise("ValueError", `Invalid week: ${int(BigInt(toIndex(week)))}`);
}

const fromEpoch = (value: unknown, zone: PyTzinfo | null): PyDateTime =>
  PyDateTime.ofEpoch(...splitTimestamp(value), zone);
const withMidnight = (date: PyDate): PyDateTime => new PyDateTime(date.year, date.month, date.day);
const classMethod = (signature: string, body: Body): Member<PyType> =>
  method(signature, (_: PyType, ...args: unknown[]) => body(...args));

/** A method called on the class with the instance as first argument, e.g. `datetime.strftime(d, "%Y")`. */
const unbound = (name: string): [string, Member<PyType>] => [
  name,
  classMethod(
    `${name}(self, *args, **kwargs)`,
    (self: PyDate, args: unknown[], kwargs: Iterable<[string, unknown]>) => {
      const bound = self.attr(name) as { fn(args: unknown[], kwargs: Map<string, unknown>): unknown };
      return bound.fn(args, new Map(kwargs));
    },
  ),
];
const SHARED = ["strftime", "isoformat", "weekday", "isoweekday", "toordinal", "replace"].map(unbound);

const dateType = (): PyType =>
  new PyType(
    "datetime.date",
    "date(year, month, day)",
    (year, month, day) => new PyDate(toIndex(year), toIndex(month), toIndex(day)),
    [
      ...SHARED,
      ["today", classMethod("today()", () => PyDate.today())],
      ["fromisoformat", classMethod("fromisoformat(date_string)", (text) => dateFromIso(isoArgument(text)))],
      ["fromordinal", classMethod("fromordinal(ordinal)", (ordinal) => PyDate.ofOrdinal(toIndex(ordinal)))],
      ["fromisocalendar", classMethod("fromisocalendar(year, week, day)", fromIsoCalendar)],
      [
        "fromtimestamp",
        classMethod("fromtimestamp(timestamp)", (value) => {
          const at = fromEpoch(value, null);
          return new PyDate(at.year, at.month, at.day);
        }),
      ],
      ["min", () => new PyDate(1, 1, 1)],
      ["max", () => new PyDate(MAX_YEAR, 12, 31)],
      ["resolution", () => PyTimedelta.ofSeconds(86400)],
    ],
  );

const datetimeType = (): PyType =>
  new PyType(
    "datetime.datetime",
    "datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
    (year, month, day, hour, minute, second, micro, zone, fold) =>
      new PyDateTime(
        toIndex(year),
        toIndex(month),
        toIndex(day),
        toIndex(hour),
        toIndex(minute),
        toIndex(second),
        toIndex(micro),
        asTzinfo(zone),
        toIndex(fold),
      ),
    [
      ...SHARED,
      ...["date", "time", "timestamp", "astimezone"].map(unbound),
      ["now", classMethod("now(tz=None)", (zone) => PyDateTime.now(asTzinfo(zone)))],
      ["today", classMethod("today()", () => PyDateTime.now(null))],
      ["utcnow", classMethod("utcnow()", () => PyDateTime.now(UTC).withZone(null))],
      ["fromtimestamp", classMethod("fromtimestamp(timestamp, tz=None)", (at, zone) => fromEpoch(at, asTzinfo(zone)))],
      ["utcfromtimestamp", classMethod("utcfromtimestamp(timestamp)", (at) => fromEpoch(at, UTC).withZone(null))],
      ["fromisoformat", classMethod("fromisoformat(date_string)", (text) => datetimeFromIso(isoArgument(text)))],
      ["fromordinal", classMethod("fromordinal(ordinal)", (n) => withMidnight(PyDate.ofOrdinal(toIndex(n))))],
      [
        "fromisocalendar",
        classMethod("fromisocalendar(year, week, day)", (y, w, d) => withMidnight(fromIsoCalendar(y, w, d))),
      ],
      [
        "strptime",
        classMethod("strptime(date_string, format)", (text, format) =>
          strptime(asString(text, "strptime() argument 1"), asString(format, "strptime() argument 2")),
        ),
      ],
      ["combine", classMethod("combine(date, time, tzinfo=...)", combine)],
      ["min", () => new PyDateTime(1, 1, 1)],
      ["max", () => new PyDateTime(MAX_YEAR, 12, 31, 23, 59, 59, 999999)],
      ["resolution", () => PyTimedelta.ofMicros(1n)],
    ],
  );

const timeType = (): PyType =>
  new PyType(
    "datetime.time",
    "time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
    (hour, minute, second, micro, zone, fold) =>
      new PyTime(toIndex(hour), toIndex(minute), toIndex(second), toIndex(micro), asTzinfo(zone), toIndex(fold)),
    [
      ["fromisoformat", classMethod("fromisoformat(time_string)", (text) => timeFromIso(isoArgument(text)))],
      ["min", () => new PyTime()],
      ["max", () => new PyTime(23, 59, 59, 999999)],
      ["resolution", () => PyTimedelta.ofMicros(1n)],
    ],
  );

const timedeltaType = (): PyType =>
  new PyType(
    "datetime.timedelta",
    "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)",
    makeTimedelta,
    [
      ["min", () => makeTimedelta(-999999999)],
      ["max", () => makeTimedelta(999999999, 86399, 999999)],
      ["resolution", () => PyTimedelta.ofMicros(1n)],
    ],
  );

const tzinfoType = (): PyType =>
  new PyType(
    "datetime.tzinfo",
    "tzinfo()",
    () => raise("RuntimeError", "a tzinfo subclass must implement utcoffset()"),
    [],
  );

/** `modules.datetime`. */
export const datetimeModule = (): PyDict =>
  moduleDict([
    ["date", dateType],
    ["datetime", datetimeType],
    ["time", timeType],
    ["timedelta", timedeltaType],
    ["tzinfo", tzinfoType],
  ]);
