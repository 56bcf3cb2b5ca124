import { HostObject } from "../../jinja/runtime/values.ts";
import { type Member, member, method, raise, typeName } from "../support.ts";
import { pad } from "./calendar.ts";
import { PyTimedelta } from "./timedelta.ts";

/** What a time zone needs to know of a datetime. */
export interface Moment {
  readonly year: number;
  /** Seconds since 0001-01-01 by its own clock, whatever the zone. */
  localSeconds(): number;
  readonly fold: number;
}

/** Python's `datetime.tzinfo`: offsets in whole seconds; `null` where the zone cannot tell. */
export abstract class PyTzinfo extends HostObject {
  abstract utcOffset(moment: Moment | null): number | null;
  abstract zoneName(moment: Moment | null): string | null;
  abstract dstOffset(moment: Moment | null): number | null;
  /** The zone and offset in force at a moment given in UTC seconds since 0001-01-01. */
  abstract atUtc(utcSeconds: number): { zone: PyTzinfo; offset: number; fold: number };
  override attr(name: string): unknown {
    return member(TZ_MEMBERS, this, name);
  }
}

const delta = (seconds: number | null): PyTimedelta | null =>
  seconds === null ? null : PyTimedelta.ofSeconds(seconds);

/** Members that every time zone has. */
export const TZ_MEMBERS = new Map<string, Member<PyTzinfo>>([
  ["utcoffset", method("utcoffset(dt)", (self: PyTzinfo, dt: Moment | null) => delta(self.utcOffset(dt)))],
  ["tzname", method("tzname(dt)", (self: PyTzinfo, dt: Moment | null) => self.zoneName(dt))],
  ["dst", method("dst(dt)", (self: PyTzinfo, dt: Moment | null) => delta(self.dstOffset(dt)))],
]);

/** `+05:30`, with seconds only where there are any. */
export function formatOffset(seconds: number, separator = ":"): string {
  const sign = seconds < 0 ? "-" : "+";
  const total = Math.abs(seconds);
  const whole = Math.floor(total);
  let text = `${sign}${pad(Math.floor(whole / 3600), 2)}${separator}${pad(Math.floor(whole / 60) % 60, 2)}`;
  const micros = Math.round((total - whole) * 1e6);
  if (whole % 60 || micros) text += `${separator}${pad(whole % 60, 2)}`;
  if (micros) text += `.${pad(micros, 6)}`;
  return text;
}

/** Python's `datetime.timezone`: a fixed offset. */
export class PyTimezone extends PyTzinfo {
  readonly typeName = "datetime.timezone";
  readonly offset: number;
  readonly name: string | null;

  constructor(offset: PyTimedelta, name: string | null = null) {
    super();
    this.offset = offset.totalSeconds();
    this.name = name;
    if (Math.abs(this.offset) >= 86400) {
      raise(
        "ValueError",
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), " +
          `not ${offset.repr()}`,
      );
    }
  }
  override utcOffset(): number {
    return this.offset;
  }
  override zoneName(): string {
    if (this.name !== null) return this.name;
    return this.offset === 0 ? "UTC" : `UTC${formatOffset(this.offset)}`;
  }
  override dstOffset(): null {
    return null;
  }
  override atUtc(): { zone: PyTzinfo; offset: number; fold: number } {
    return { zone: this, offset: this.offset, fold: 0 };
  }
  override str(): string {
    return this.zoneName();
  }
  override repr(): string {
    if (this.name === null && this.offset === 0) return "datetime.timezone.utc";
    const offset = PyTimedelta.ofSeconds(this.offset).repr();
    const name = this.name === null ? "" : `, ${JSON.stringify(this.name).replaceAll('"', "'")}`;
    return `datetime.timezone(${offset}${name})`;
  }
  override equals(other: unknown): boolean {
    return other instanceof PyTimezone && other.offset === this.offset;
  }
  override hashKey(): string {
    return `\0timezone:${this.offset}`;
  }
}

/** `datetime.timezone.utc`. */
export const UTC = new PyTimezone(PyTimedelta.ofMicros(0n));

/** Checks a `tzinfo` argument. */
export function asTzinfo(value: unknown): PyTzinfo | null {
  if (value === null || value === undefined) return null;
  if (value instanceof PyTzinfo) return value;
  return raise("TypeError", `tzinfo argument must be None or of a tzinfo subclass, not type '${typeName(value)}'`);
}
