import { float } from "../../jinja/runtime/values.ts";
import { type Member, method, raise, typeName } from "../support.ts";
import { dayOfYear, fromOrdinal, MAX_ORDINAL, toOrdinal, weekdayOf } from "./calendar.ts";
import { asString, DATE_MEMBERS, orIndex, PyDate, structTime } from "./date.ts";
import { formatTime, strftime } from "./strftime.ts";
import { checkTime, PyTime, reprClock } from "./time.ts";
import { PyTimedelta } from "./timedelta.ts";
import { asTzinfo, formatOffset, type Moment, PyTimezone, type PyTzinfo, UTC } from "./tz.ts";

const DAY = 86400;
/** Seconds from 0001-01-01 to 1970-01-01. */
export const EPOCH_SECONDS = 719163 * DAY - DAY;

/** Python's `datetime.datetime`, which is a date. */
export class PyDateTime extends PyDate implements Moment {
  override readonly typeName: string = "datetime.datetime";
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly tzinfo: PyTzinfo | null;
  readonly fold: number;

  constructor(
    year: number,
    month: number,
    day: number,
    hour = 0,
    minute = 0,
    second = 0,
    microsecond = 0,
    tzinfo: PyTzinfo | null = null,
    fold = 0,
  ) {
    super(year, month, day);
    checkTime(hour, minute, second, microsecond);
    if (fold !== 0 && fold !== 1) raise("ValueError", "fold must be either 0 or 1");
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = microsecond;
    this.tzinfo = tzinfo;
    this.fold = fold;
  }

  /** The datetime that a clock shows so many seconds after 0001-01-01. */
  static ofLocalSeconds(seconds: number, micro: number, zone: PyTzinfo | null, fold = 0): PyDateTime {
    const days = Math.floor(seconds / DAY);
    if (days < 0 || days + 1 > MAX_ORDINAL) raise("OverflowError", "date value out of range");
    const rest = seconds - days * DAY;
    const [year, month, day] = fromOrdinal(days + 1);
    const hour = Math.floor(rest / 3600);
    return new PyDateTime(year, month, day, hour, Math.floor(rest / 60) % 60, rest % 60, micro, zone, fold);
  }
  /** Seconds since 1970, at UTC where the zone says nothing else; whole seconds and microseconds apart to stay exact. */
  static ofEpoch(seconds: number, micro: number, zone: PyTzinfo | null): PyDateTime {
    if (zone === null) {
      const offset = -new Date(seconds * 1000).getTimezoneOffset() * 60;
      return PyDateTime.ofLocalSeconds(seconds + EPOCH_SECONDS + offset, micro, null);
    }
    const utc = seconds + EPOCH_SECONDS;
    const at = zone.atUtc(utc);
    return PyDateTime.ofLocalSeconds(utc + at.offset, micro, at.zone, at.fold);
  }
  /** The current time, by this machine's clock where `zone` is null. */
  static now(zone: PyTzinfo | null): PyDateTime {
    const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
    return PyDateTime.ofEpoch(Math.floor(micros / 1e6), micros % 1e6, zone);
  }

  localSeconds(): number {
    return (this.ordinal() - 1) * DAY + this.hour * 3600 + this.minute * 60 + this.second;
  }
  offset(): number | null {
    return this.tzinfo ? this.tzinfo.utcOffset(this) : null;
  }
  private sortKey(): bigint {
    return BigInt(this.localSeconds() - (this.offset() ?? 0)) * 1_000_000n + BigInt(this.microsecond);
  }
  /** Seconds since 1970; a naive datetime is this machine's time. */
  timestamp(): number {
    const offset = this.offset();
    if (offset !== null) return this.localSeconds() - offset - EPOCH_SECONDS + this.microsecond / 1e6;
    const local = new Date(0);
    local.setFullYear(this.year, this.month - 1, this.day);
    local.setHours(this.hour, this.minute, this.second, 0);
    return local.getTime() / 1000 + this.microsecond / 1e6;
  }
  isoFormat(separator = "T", timespec = "auto"): string {
    const time = formatTime(this.hour, this.minute, this.second, this.microsecond, timespec);
    if (time === undefined) raise("ValueError", "Unknown timespec value");
    const offset = this.offset();
    return `${this.isoDate()}${separator}${time}${offset === null ? "" : formatOffset(offset)}`;
  }
  /** The same moment in another zone; `null` means this machine's. */
  astimezone(zone: PyTzinfo | null): PyDateTime {
    const offset = this.offset();
    const utc =
      offset === null ? this.timestamp() - this.microsecond / 1e6 + EPOCH_SECONDS : this.localSeconds() - offset;
    if (zone === null) {
      const here = -new Date((utc - EPOCH_SECONDS) * 1000).getTimezoneOffset() * 60;
      return PyDateTime.ofLocalSeconds(utc + here, this.microsecond, new PyTimezone(PyTimedelta.ofSeconds(here)));
    }
    const at = zone.atUtc(utc);
    return PyDateTime.ofLocalSeconds(utc + at.offset, this.microsecond, at.zone, at.fold);
  }
  withZone(zone: PyTzinfo | null, fold = this.fold): PyDateTime {
    const { year, month, day, hour, minute, second, microsecond } = this;
    return new PyDateTime(year, month, day, hour, minute, second, microsecond, zone, fold);
  }
  shifted(micros: bigint): PyDateTime {
    const total = BigInt(this.localSeconds()) * 1_000_000n + BigInt(this.microsecond) + micros;
    const seconds = total / 1_000_000n - (total < 0n && total % 1_000_000n !== 0n ? 1n : 0n);
    return PyDateTime.ofLocalSeconds(Number(seconds), Number(total - seconds * 1_000_000n), this.tzinfo);
  }

  override attr(name: string): unknown {
    return (DATETIME_MEMBERS.get(name) ?? DATE_MEMBERS.get(name))?.(this);
  }
  override str(): string {
    return this.isoFormat(" ");
  }
  override repr(): string {
    const clock = reprClock(this.hour, this.minute, this.second, this.microsecond);
    const fold = this.fold ? ", fold=1" : "";
    const zone = this.tzinfo ? `, tzinfo=${this.tzinfo.repr()}` : "";
    return `datetime.datetime(${this.year}, ${this.month}, ${this.day}, ${clock}${fold}${zone})`;
  }
  override equals(other: unknown): boolean {
    if (!(other instanceof PyDateTime)) return false;
    return (this.offset() === null) === (other.offset() === null) && this.sortKey() === other.sortKey();
  }
  override hashKey(): string {
    return `\0datetime:${this.sortKey()}`;
  }
  override compare(other: unknown): number | undefined {
    if (!(other instanceof PyDateTime)) return super.compare(other);
    this.sameKind(other, "can't compare offset-naive and offset-aware datetimes");
    const difference = this.sortKey() - other.sortKey();
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (other instanceof PyTimedelta) {
      if (op === "+") return this.shifted(other.micros());
      if (op === "-" && !reflected) return this.shifted(-other.micros());
    } else if (op === "-" && other instanceof PyDateTime) {
      this.sameKind(other, "can't subtract offset-naive and offset-aware datetimes");
      const difference = this.sortKey() - other.sortKey();
      return PyTimedelta.ofMicros(reflected ? -difference : difference);
    }
    return undefined;
  }
  private sameKind(other: PyDateTime, message: string): void {
    if ((this.offset() === null) !== (other.offset() === null)) raise("TypeError", message);
  }
  override strftime(format: string): string {
    const { year, month, day, hour, minute, second, microsecond } = this;
    const seconds = this.offset();
    const offset = seconds === null ? "" : formatOffset(seconds, "");
    const zone = this.tzinfo?.zoneName(this) ?? "";
    return strftime({ year, month, day, hour, minute, second, microsecond, offset, zone }, format);
  }
}

const deltaOrNull = (seconds: number | null): PyTimedelta | null =>
  seconds === null ? null : PyTimedelta.ofSeconds(seconds);

const DATETIME_MEMBERS = new Map<string, Member<PyDateTime>>([
  ["hour", (self: PyDateTime) => self.hour],
  ["minute", (self: PyDateTime) => self.minute],
  ["second", (self: PyDateTime) => self.second],
  ["microsecond", (self: PyDateTime) => self.microsecond],
  ["tzinfo", (self: PyDateTime) => self.tzinfo],
  ["fold", (self: PyDateTime) => self.fold],
  ["date", method("date()", (self: PyDateTime) => new PyDate(self.year, self.month, self.day))],
  ["time", method("time()", (self: PyDateTime) => timeOf(self, null))],
  ["timetz", method("timetz()", (self: PyDateTime) => timeOf(self, self.tzinfo))],
  ["timestamp", method("timestamp()", (self: PyDateTime) => float(self.timestamp()))],
  ["tzname", method("tzname()", (self: PyDateTime) => self.tzinfo?.zoneName(self) ?? null)],
  ["utcoffset", method("utcoffset()", (self: PyDateTime) => deltaOrNull(self.offset()))],
  ["dst", method("dst()", (self: PyDateTime) => deltaOrNull(self.tzinfo?.dstOffset(self) ?? null))],
  [
    "isoformat",
    method("isoformat(sep='T', timespec='auto')", (self: PyDateTime, separator: unknown, timespec: string) =>
      self.isoFormat(asString(separator, "isoformat() argument 1"), timespec),
    ),
  ],
  [
    "astimezone",
    method("astimezone(tz=None)", (self: PyDateTime, zone: unknown) => {
      const checked = asTzinfo(zone);
      return checked !== null && checked === self.tzinfo ? self : self.astimezone(checked);
    }),
  ],
  [
    "utctimetuple",
    method("utctimetuple()", (self: PyDateTime) => {
      const utc = self.shifted(BigInt(-(self.offset() ?? 0)) * 1_000_000n);
      const weekday = weekdayOf(toOrdinal(utc.year, utc.month, utc.day));
      const ofYear = dayOfYear(utc.year, utc.month, utc.day);
      return structTime([utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, weekday, ofYear, 0]);
    }),
  ],
  [
    "replace",
    method(
      "replace(year=..., month=..., day=..., hour=..., minute=..., second=..., microsecond=..., tzinfo=..., *, fold=...)",
      (self: PyDateTime, ...given: unknown[]) => {
        const fields = [
          self.year,
          self.month,
          self.day,
          self.hour,
          self.minute,
          self.second,
          self.microsecond,
        ] as const;
        const [year, month, day, hour, minute, second, micro] = fields.map((field, i) => orIndex(given[i], field));
        const zone = given[7] === undefined ? self.tzinfo : asTzinfo(given[7]);
        return new PyDateTime(year!, month!, day!, hour, minute, second, micro, zone, orIndex(given[8], self.fold));
      },
    ),
  ],
]);

function timeOf(self: PyDateTime, zone: PyTzinfo | null): PyTime {
  return new PyTime(self.hour, self.minute, self.second, self.microsecond, zone, self.fold);
}

/** `datetime.combine(date, time, tzinfo=…)`. */
export function combine(date: unknown, time: unknown, zone: unknown): PyDateTime {
  if (!(date instanceof PyDate)) {
    raise("TypeError", `combine() argument 1 must be datetime.date, not ${typeName(date)}`);
  }
  if (!(time instanceof PyTime)) {
    raise("TypeError", `combine() argument 2 must be datetime.time, not ${typeName(time)}`);
  }
  const tzinfo = zone === undefined ? time.tzinfo : asTzinfo(zone);
  const { hour, minute, second, microsecond, fold } = time;
  return new PyDateTime(date.year, date.month, date.day, hour, minute, second, microsecond, tzinfo, fold);
}

/** The moment so many milliseconds after 1970 began, in UTC. */
export function utcMoment(millis: number): PyDateTime {
  const seconds = Math.floor(millis / 1000);
  return PyDateTime.ofEpoch(seconds, Math.round((millis - seconds * 1000) * 1000), UTC);
}
