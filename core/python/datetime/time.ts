import { HostObject } from "../../jinja/runtime/values.ts";
import { type Member, member, method, raise } from "../support.ts";
import { asString, orIndex } from "./date.ts";
import { formatTime, strftime } from "./strftime.ts";
import { PyTimedelta } from "./timedelta.ts";
import { asTzinfo, formatOffset, type PyTzinfo } from "./tz.ts";

/** Throws a ValueError where a clock shows no such time. */
export function checkTime(hour: number, minute: number, second: number, micro: number): void {
  if (hour < 0 || hour > 23) raise("ValueError", "hour must be in 0..23");
  if (minute < 0 || minute > 59) raise("ValueError", "minute must be in 0..59");
  if (second < 0 || second > 59) raise("ValueError", "second must be in 0..59");
  if (micro < 0 || micro > 999999) raise("ValueError", "microsecond must be in 0..999999");
}

/** The `hour, minute, second, microsecond` of a repr: trailing zeros are left out, but for the minute. */
export function reprClock(hour: number, minute: number, second: number, micro: number): string {
  const parts = [hour, minute];
  if (second || micro) parts.push(second);
  if (micro) parts.push(micro);
  return parts.join(", ");
}

/** Python's `datetime.time`. */
export class PyTime extends HostObject {
  readonly typeName = "datetime.time";
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly tzinfo: PyTzinfo | null;
  readonly fold: number;

  constructor(hour = 0, minute = 0, second = 0, microsecond = 0, tzinfo: PyTzinfo | null = null, fold = 0) {
    super();
    checkTime(hour, minute, second, microsecond);
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = microsecond;
    this.tzinfo = tzinfo;
    this.fold = fold;
  }
  private offset(): number | null {
    return this.tzinfo ? this.tzinfo.utcOffset(null) : null;
  }
  isoFormat(timespec = "auto"): string {
    const text = formatTime(this.hour, this.minute, this.second, this.microsecond, timespec);
    if (text === undefined) raise("ValueError", "Unknown timespec value");
    const offset = this.offset();
    return offset === null ? text : text + formatOffset(offset);
  }
  /** Microseconds of the day, in UTC where the offset is known. */
  private sortKey(): number {
    const seconds = this.hour * 3600 + this.minute * 60 + this.second - (this.offset() ?? 0);
    return seconds * 1e6 + this.microsecond;
  }
  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
  override str(): string {
    return this.isoFormat();
  }
  override repr(): string {
    const zone = this.tzinfo ? `, tzinfo=${this.tzinfo.repr()}` : "";
    return `datetime.time(${reprClock(this.hour, this.minute, this.second, this.microsecond)}${zone})`;
  }
  override equals(other: unknown): boolean {
    if (!(other instanceof PyTime)) return false;
    return (this.offset() === null) === (other.offset() === null) && this.sortKey() === other.sortKey();
  }
  override hashKey(): string {
    return `\0time:${this.sortKey()}`;
  }
  override compare(other: unknown): number | undefined {
    if (!(other instanceof PyTime)) return undefined;
    if ((this.offset() === null) !== (other.offset() === null)) {
      raise("TypeError", "can't compare offset-naive and offset-aware times");
    }
    return this.sortKey() - other.sortKey();
  }
  /** `format(x, spec)`. */
  format(spec: string): string {
    return spec === "" ? this.str() : this.strftime(spec);
  }
  strftime(format: string): string {
    const { hour, minute, second, microsecond } = this;
    const offset = this.offset();
    const shown = offset === null ? "" : formatOffset(offset, "");
    const zone = this.tzinfo?.zoneName(null) ?? "";
    return strftime({ year: 1900, month: 1, day: 1, hour, minute, second, microsecond, offset: shown, zone }, format);
  }
}

const MEMBERS = new Map<string, Member<PyTime>>([
  ["hour", (self) => self.hour],
  ["minute", (self) => self.minute],
  ["second", (self) => self.second],
  ["microsecond", (self) => self.microsecond],
  ["tzinfo", (self) => self.tzinfo],
  ["fold", (self) => self.fold],
  ["isoformat", method("isoformat(timespec='auto')", (self: PyTime, timespec: string) => self.isoFormat(timespec))],
  [
    "strftime",
    method("strftime(format)", (self: PyTime, format: unknown) =>
      self.strftime(asString(format, "strftime() argument 1")),
    ),
  ],
  ["tzname", method("tzname()", (self: PyTime) => self.tzinfo?.zoneName(null) ?? null)],
  [
    "utcoffset",
    method("utcoffset()", (self: PyTime) => {
      const offset = self.tzinfo?.utcOffset(null) ?? null;
      return offset === null ? null : PyTimedelta.ofSeconds(offset);
    }),
  ],
  ["dst", method("dst()", () => null)],
  [
    "replace",
    method(
      "replace(hour=..., minute=..., second=..., microsecond=..., tzinfo=..., *, fold=...)",
      (self: PyTime, hour: unknown, minute: unknown, second: unknown, micro: unknown, zone: unknown, fold: unknown) =>
        new PyTime(
          orIndex(hour, self.hour),
          orIndex(minute, self.minute),
          orIndex(second, self.second),
          orIndex(micro, self.microsecond),
          zone === undefined ? self.tzinfo : asTzinfo(zone),
          orIndex(fold, self.fold),
        ),
    ),
  ],
]);
