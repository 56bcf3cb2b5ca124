import { HostObject } from "../../jinja/runtime/values.ts";
import { pad } from "../datetime/calendar.ts";
import { EPOCH_SECONDS, PyDateTime } from "../datetime/datetime.ts";
import { PyTimedelta } from "../datetime/timedelta.ts";
import { type Moment, PyTzinfo, TZ_MEMBERS } from "../datetime/tz.ts";
import { type Member, method, raise, typeName } from "../support.ts";
import { ABBREVIATIONS } from "./data.ts";

/** What pytz's zones have on top of Python's. */
const PYTZ_MEMBERS = new Map<string, Member<PytzInfo>>([
  ["zone", (self) => self.zone],
  [
    "localize",
    method("localize(dt, is_dst=False)", (self: PytzInfo, dt: unknown, isDst: boolean | null) => {
      const moment = asDateTime(dt);
      if (moment.tzinfo !== null) raise("ValueError", "Not naive datetime (tzinfo is already set)");
      return self.localize(moment, isDst);
    }),
  ],
  [
    "normalize",
    method("normalize(dt, is_dst=False)", (self: PytzInfo, dt: unknown) => {
      const moment = asDateTime(dt);
      if (moment.tzinfo === null) raise("ValueError", "Naive time - no tzinfo set");
      return moment.astimezone(self);
    }),
  ],
  ["fromutc", method("fromutc(dt)", (self: PytzInfo, dt: unknown) => asDateTime(dt).withZone(UTC).astimezone(self))],
]);

function asDateTime(value: unknown): PyDateTime {
  return value instanceof PyDateTime
    ? value
    : raise("AttributeError", `'${typeName(value)}' object has no attribute 'tzinfo'`);
}

/** A time zone of pytz. */
export abstract class PytzInfo extends PyTzinfo {
  abstract readonly zone: string | null;
  abstract localize(moment: PyDateTime, isDst: boolean | null): PyDateTime;
  override attr(name: string): unknown {
    return PYTZ_MEMBERS.get(name)?.(this) ?? TZ_MEMBERS.get(name)?.(this);
  }
}

/** A zone whose offset never changes: UTC, `Etc/GMT+5`, `FixedOffset(330)`. */
export class StaticZone extends PytzInfo {
  readonly typeName: string;
  readonly zone: string | null;
  private readonly offset: number;
  private readonly name: string | null;
  private readonly shown: string;

  constructor(zone: string | null, offset: number, name: string | null, shown: string, typeName: string) {
    super();
    this.zone = zone;
    this.offset = offset;
    this.name = name;
    this.shown = shown;
    this.typeName = typeName;
  }
  override utcOffset(): number {
    return this.offset;
  }
  override zoneName(): string | null {
    return this.name;
  }
  override dstOffset(): number {
    return 0;
  }
  override atUtc(): { zone: PyTzinfo; offset: number; fold: number } {
    return { zone: this, offset: this.offset, fold: 0 };
  }
  override localize(moment: PyDateTime): PyDateTime {
    return moment.withZone(this);
  }
  override str(): string {
    return this.zone ?? this.shown;
  }
  override repr(): string {
    return this.shown;
  }
}

/** `pytz.utc`. */
export const UTC = new StaticZone("UTC", 0, "UTC", "<UTC>", "UTC");

/** The moment for which the abbreviations are recorded. */
const PRESENT = Date.UTC(2026, 0, 1) / 1000;

/** Standard times of a region by their offset in hours, with the summer times that go with them. */
const FAMILIES: readonly Readonly<Record<number, string>>[] = [
  {
    [-10]: "HST/HDT",
    [-9]: "AKST/AKDT",
    [-8]: "PST/PDT",
    [-7]: "MST/MDT",
    [-6]: "CST/CDT",
    [-5]: "EST/EDT",
    [-4]: "AST/ADT",
  },
  { 0: "WET/WEST", 1: "CET/CEST", 2: "EET/EEST" },
];

const SPAN = 2 ** 31;

/** The times of a zone: offsets by the engine's tz database, abbreviations by ours. */
class ZoneTimes {
  readonly zone: string;
  private readonly formatter: Intl.DateTimeFormat;
  private readonly standardName: string;
  private readonly summerName: string;
  /** One instance for each offset, as in pytz, so that equal times have the same zone. */
  private readonly instances = new Map<string, DstZone>();
  private present: number | undefined;
  private readonly standards = new Map<number, number>();

  constructor(zone: string, names: string) {
    this.zone = zone;
    [this.standardName = "", this.summerName = ""] = names.split("/") as [string?, string?];
    this.formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** The offset in seconds at a moment, given in seconds since 1970. */
  offsetAt(epoch: number): number {
    const fields: Record<string, number> = {};
    let isBefore = false;
    for (const { type, value } of this.formatter.formatToParts(epoch * 1000)) {
      if (type === "era") isBefore = value.startsWith("B");
      else if (type !== "literal") fields[type] = Number(value);
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    const local = new Date(0);
    local.setUTCFullYear(isBefore ? 1 - year : year, month - 1, day);
    local.setUTCHours(hour, minute, second);
    return Math.round(local.getTime() / 1000 - epoch);
  }

  /** The offset of standard time in the year of a moment. */
  private standardOffset(epoch: number): number {
    const year = new Date(epoch * 1000).getUTCFullYear();
    let offset = this.standards.get(year);
    if (offset === undefined) {
      const january = this.offsetAt(Date.UTC(year, 0, 1) / 1000);
      const july = this.offsetAt(Date.UTC(year, 6, 1) / 1000);
      offset = Math.min(january, july);
      this.standards.set(year, offset);
    }
    return offset;
  }

  /** The zone as it is at a moment. pytz knows the transitions of 32-bit times: before them is local mean time, after them none. */
  at(moment: number): DstZone {
    if (moment < -SPAN) return this.first();
    const epoch = Math.min(moment, SPAN - 1);
    const offset = this.offsetAt(epoch);
    const dst = Math.max(0, offset - this.standardOffset(epoch));
    return this.instance(offset, dst, this.nameOf(offset, dst));
  }

  /** The zone's local mean time, which pytz shows for a zone that was not localized. */
  first(): DstZone {
    const offset = this.offsetAt(-5_000_000_000);
    return this.instance(Math.round(offset / 60) * 60, 0, "LMT");
  }

  private instance(offset: number, dst: number, name: string): DstZone {
    const key = `${offset},${dst},${name}`;
    let zone = this.instances.get(key);
    if (!zone) {
      zone = new DstZone(this, offset, dst, name);
      this.instances.set(key, zone);
    }
    return zone;
  }

  private presentStandard(): number {
    this.present ??= this.standardOffset(PRESENT);
    return this.present;
  }

  private nameOf(offset: number, dst: number): string {
    const name = dst > 0 ? this.summerName : this.standardName;
    const standard = offset - dst;
    if (/^[A-Z]/.test(name) && standard === this.presentStandard()) return name;
    // The zone was another one's neighbour then.
    const family = FAMILIES.find((names) => Object.values(names).some((pair) => pair.startsWith(this.standardName)));
    const then = /^[A-Z]/.test(this.standardName) ? family?.[standard / 3600]?.split("/") : undefined;
    if (then) return then[dst > 0 ? 1 : 0] ?? then[0]!;
    const total = Math.abs(offset);
    const minutes = Math.floor(total / 60) % 60;
    return `${offset < 0 ? "-" : "+"}${pad(Math.floor(total / 3600), 2)}${minutes === 0 ? "" : pad(minutes, 2)}`;
  }
}

/** A zone with summer time, as it is at some time of its history. */
class DstZone extends PytzInfo {
  readonly typeName: string;
  readonly times: ZoneTimes;
  private readonly offset: number;
  private readonly dst: number;
  private readonly name: string;

  constructor(times: ZoneTimes, offset: number, dst: number, name: string) {
    super();
    this.times = times;
    this.typeName = times.zone;
    this.offset = offset;
    this.dst = dst;
    this.name = name;
  }
  get zone(): string {
    return this.times.zone;
  }
  override utcOffset(moment: Moment | null): number | null {
    return moment === null ? null : this.effective(moment).offset;
  }
  override zoneName(moment: Moment | null): string | null {
    return moment === null ? this.zone : this.effective(moment).name;
  }
  override dstOffset(moment: Moment | null): number | null {
    return moment === null ? null : this.effective(moment).dst;
  }
  /** A datetime of this zone keeps the offset it got when it was localized; a naive one is localized now. */
  private effective(moment: Moment): DstZone {
    if (moment instanceof PyDateTime && moment.tzinfo === null) return this.localize(moment, false).tzinfo as DstZone;
    return this;
  }
  override atUtc(utcSeconds: number): { zone: PyTzinfo; offset: number; fold: number } {
    const zone = this.times.at(utcSeconds - EPOCH_SECONDS);
    return { zone, offset: zone.offset, fold: 0 };
  }
  override localize(moment: PyDateTime, isDst: boolean | null): PyDateTime {
    const epoch = moment.localSeconds() - EPOCH_SECONDS;
    const candidates = new Set<DstZone>();
    for (const day of [-86400, 86400]) {
      const zone = this.times.at(epoch + day);
      const at = this.times.at(epoch - zone.offset);
      if (at.offset === zone.offset) candidates.add(at);
    }
    const [only] = candidates;
    if (candidates.size === 1) return moment.withZone(only!);
    if (candidates.size === 0) return this.localizeInGap(moment, isDst);
    if (isDst === null) raise("ValueError", moment.str());
    const wanted = [...candidates].filter((zone) => zone.dst > 0 === isDst);
    const choice = wanted.length === 1 ? wanted : [...candidates];
    // Of several the later moment in UTC, the earlier one for summer time.
    choice.sort((a, b) => (isDst ? b.offset - a.offset : a.offset - b.offset));
    return moment.withZone(choice[0]!);
  }
  /** A time that the clocks skip. */
  private localizeInGap(moment: PyDateTime, isDst: boolean | null): PyDateTime {
    if (isDst === null) raise("ValueError", moment.str());
    const hours = isDst ? 6 : -6;
    const shifted = moment.shifted(BigInt(hours) * 3_600_000_000n);
    const localized = this.localize(shifted, isDst);
    return moment.withZone(localized.tzinfo);
  }
  override str(): string {
    return this.zone;
  }
  override repr(): string {
    const offset = PyTimedelta.ofSeconds(this.offset).str();
    return `<DstTzInfo '${this.zone}' ${this.name}${offset.startsWith("-") ? "" : "+"}${offset} ${this.dst > 0 ? "DST" : "STD"}>`;
  }
}

const abbreviations = new Map<string, string>();

function namesOf(zone: string): string {
  if (abbreviations.size === 0) {
    for (const [names, zones] of Object.entries(ABBREVIATIONS)) {
      for (const name of zones.split(" ")) abbreviations.set(name, names);
    }
  }
  return abbreviations.get(zone) ?? "";
}

const STATIC = /^(?:Etc\/.*|GMT(?:[+-]?0)?|Greenwich|UCT|Universal|Zulu)$/;

/** The zone of a name that pytz knows. */
export function makeZone(zone: string): PytzInfo {
  const times = new ZoneTimes(zone, namesOf(zone));
  if (!STATIC.test(zone)) return times.first();
  const at = times.at(0);
  return new StaticZone(
    zone,
    at.utcOffset(at as never) as number,
    at.zoneName(at as never),
    `<StaticTzInfo '${zone}'>`,
    zone,
  );
}

/** Names the classes that pytz exports but templates cannot make use of. */
export class PytzClass extends HostObject {
  readonly typeName = "type";
  private readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
  override repr(): string {
    return `<class 'pytz.${this.name}'>`;
  }
}
