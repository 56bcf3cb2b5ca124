import { textOf } from "../../jinja/runtime/str-object.ts";
import { HostObject } from "../../jinja/runtime/values.ts";
import { type Member, member, method, NamedStruct, raise, toIndex, typeName } from "../support.ts";
import {
  DAY_NAMES,
  dayOfYear,
  daysInMonth,
  fromOrdinal,
  isoCalendar,
  MAX_ORDINAL,
  MAX_YEAR,
  MIN_YEAR,
  MONTH_NAMES,
  pad,
  toOrdinal,
  weekdayOf,
} from "./calendar.ts";
import { strftime } from "./strftime.ts";
import { PyTimedelta } from "./timedelta.ts";

/** Python's `datetime.date`. Throws a ValueError where there is no such day. */
export class PyDate extends HostObject {
  readonly typeName: string = "datetime.date";
  readonly year: number;
  readonly month: number;
  readonly day: number;

  constructor(year: number, month: number, day: number) {
    super();
    if (year < MIN_YEAR || year > MAX_YEAR) raise("ValueError", `year ${year} is out of range`);
    if (month < 1 || month > 12) raise("ValueError", "month must be in 1..12");
    if (day < 1 || day > daysInMonth(year, month)) raise("ValueError", "day is out of range for month");
    this.year = year;
    this.month = month;
    this.day = day;
  }

  static ofOrdinal(ordinal: number): PyDate {
    if (ordinal < 1 || ordinal > MAX_ORDINAL) raise("OverflowError", "date value out of range");
    return new PyDate(...fromOrdinal(ordinal));
  }
  /** The day on this machine's calendar. */
  static today(): PyDate {
    const now = new Date();
    return new PyDate(now.getFullYear(), now.getMonth() + 1, now.getDate());
  }
  ordinal(): number {
    return toOrdinal(this.year, this.month, this.day);
  }
  isoDate(): string {
    return `${pad(this.year, 4)}-${pad(this.month, 2)}-${pad(this.day, 2)}`;
  }
  override attr(name: string): unknown {
    return member(DATE_MEMBERS, this, name);
  }
  override str(): string {
    return this.isoDate();
  }
  override repr(): string {
    return `datetime.date(${this.year}, ${this.month}, ${this.day})`;
  }
  override equals(other: unknown): boolean {
    return isPlainDate(other) && other.year === this.year && other.month === this.month && other.day === this.day;
  }
  override hashKey(): string {
    return `\0date:${this.isoDate()}`;
  }
  override compare(other: unknown): number | undefined {
    if (isPlainDate(other)) return this.ordinal() - other.ordinal();
    if (other instanceof PyDate) raise("TypeError", `can't compare ${this.typeName} to ${other.typeName}`);
    return undefined;
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (other instanceof PyTimedelta) {
      if (op === "+") return PyDate.ofOrdinal(this.ordinal() + other.days);
      if (op === "-" && !reflected) return PyDate.ofOrdinal(this.ordinal() - other.days);
    } else if (op === "-" && isPlainDate(other)) {
      const days = reflected ? other.ordinal() - this.ordinal() : this.ordinal() - other.ordinal();
      return PyTimedelta.ofSeconds(days * 86400);
    }
    return undefined;
  }
  /** `format(x, spec)`. */
  format(spec: string): string {
    return spec === "" ? this.str() : this.strftime(spec);
  }
  strftime(format: string): string {
    const { year, month, day } = this;
    return strftime({ year, month, day, hour: 0, minute: 0, second: 0, microsecond: 0, offset: "", zone: "" }, format);
  }
}

/** A date that is not a datetime. */
export const isPlainDate = (value: unknown): value is PyDate =>
  value instanceof PyDate && value.typeName === "datetime.date";

/** Checks that an argument is a string, with Python's message. */
export function asString(value: unknown, position: string): string {
  const text = textOf(value);
  if (text !== undefined) return text;
  return raise("TypeError", `${position} must be str, not ${typeName(value)}`);
}

/** The `time.struct_time` of `timetuple()`. */
function timeTuple(date: PyDate): NamedStruct {
  const clock = date as PyDate & { hour?: number; minute?: number; second?: number };
  return structTime([
    date.year,
    date.month,
    date.day,
    clock.hour ?? 0,
    clock.minute ?? 0,
    clock.second ?? 0,
    weekdayOf(date.ordinal()),
    dayOfYear(date.year, date.month, date.day),
    -1,
  ]);
}

const TIME_FIELDS = "tm_year tm_mon tm_mday tm_hour tm_min tm_sec tm_wday tm_yday tm_isdst".split(" ");
export const structTime = (items: readonly number[]): NamedStruct =>
  new NamedStruct("time.struct_time", TIME_FIELDS, items);

/** Members of dates and datetimes alike. */
export const DATE_MEMBERS = new Map<string, Member<PyDate>>([
  ["year", (self) => self.year],
  ["month", (self) => self.month],
  ["day", (self) => self.day],
  ["weekday", method("weekday()", (self: PyDate) => weekdayOf(self.ordinal()))],
  ["isoweekday", method("isoweekday()", (self: PyDate) => weekdayOf(self.ordinal()) + 1)],
  [
    "isocalendar",
    method(
      "isocalendar()",
      (self: PyDate) =>
        new NamedStruct("datetime.IsoCalendarDate", ["year", "week", "weekday"], isoCalendar(self.ordinal())),
    ),
  ],
  ["isoformat", method("isoformat()", (self: PyDate) => self.isoDate())],
  [
    "strftime",
    method("strftime(format)", (self: PyDate, format: unknown) =>
      self.strftime(asString(format, "strftime() argument 1")),
    ),
  ],
  ["toordinal", method("toordinal()", (self: PyDate) => self.ordinal())],
  ["timetuple", method("timetuple()", timeTuple)],
  [
    "ctime",
    method("ctime()", (self: PyDate) => {
      const clock = self as PyDate & { hour?: number; minute?: number; second?: number };
      const time = [clock.hour ?? 0, clock.minute ?? 0, clock.second ?? 0].map((part) => pad(part, 2)).join(":");
      const day = DAY_NAMES[weekdayOf(self.ordinal())]!.slice(0, 3);
      const month = MONTH_NAMES[self.month - 1]!.slice(0, 3);
      return `${day} ${month} ${String(self.day).padStart(2)} ${time} ${pad(self.year, 4)}`;
    }),
  ],
  [
    "replace",
    method(
      "replace(year=..., month=..., day=...)",
      (self: PyDate, year: unknown, month: unknown, day: unknown) =>
        new PyDate(orIndex(year, self.year), orIndex(month, self.month), orIndex(day, self.day)),
    ),
  ],
]);

/** An optional integer argument. */
export const orIndex = (value: unknown, otherwise: number): number =>
  value === undefined ? otherwise : toIndex(value);
