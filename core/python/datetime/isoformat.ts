import { raise } from "../support.ts";
import { fromOrdinal, ordinalOfIsoWeek } from "./calendar.ts";
import { PyDate } from "./date.ts";
import { PyDateTime } from "./datetime.ts";
import { PyTime } from "./time.ts";
import { PyTimedelta } from "./timedelta.ts";
import { PyTimezone, UTC } from "./tz.ts";

const DATE = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)|(\d{4})-W(\d\d)(?:-(\d))?|(\d{4})W(\d\d)(\d)?)$/;
const EXTENDED_TIME = /^(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?$/;
const BASIC_TIME = /^(\d\d)(?:(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)?$/;

const invalid = (text: string): never => raise("ValueError", `Invalid isoformat string: '${text}'`);

function parseDate(text: string, whole: string): [number, number, number] {
  const m = DATE.exec(text) ?? invalid(whole);
  const year = m[1] ?? m[4];
  if (year !== undefined) return [Number(year), Number(m[2] ?? m[5]), Number(m[3] ?? m[6])];
  const isoYear = Number(m[7] ?? m[10]);
  const week = Number(m[8] ?? m[11]);
  const day = Number(m[9] ?? m[12] ?? 1);
  const ordinal = ordinalOfIsoWeek(isoYear, week, day);
  if (ordinal === undefined) {
    return day < 1 || day > 7
      ? raise("ValueError", `Invalid weekday: ${day} (range is [1, 7])`)
      : raise("ValueError", `Invalid week: ${week}`);
  }
  return fromOrdinal(ordinal);
}

/** `date.fromisoformat(text)`: what Python 3.11 takes of ISO 8601. */
export function dateFromIso(text: string): PyDate {
  return new PyDate(...parseDate(text, text));
}

function parseClock(text: string, whole: string): [number, number, number, number] {
  const m = EXTENDED_TIME.exec(text) ?? BASIC_TIME.exec(text) ?? invalid(whole);
  return [Number(m[1]), Number(m[2] ?? 0), Number(m[3] ?? 0), Number((m[4] ?? "").slice(0, 6).padEnd(6, "0"))];
}

function parseTime(text: string, whole: string): PyTime {
  const at = text.search(/[+\-Z]/);
  const clock = parseClock(at < 0 ? text : text.slice(0, at), whole);
  if (at < 0) return new PyTime(...clock);
  if (text[at] === "Z") return at === text.length - 1 ? new PyTime(...clock, UTC) : invalid(whole);
  const [hours, minutes, seconds, micros] = parseClock(text.slice(at + 1), whole);
  const offset = hours * 3600 + minutes * 60 + seconds + micros / 1e6;
  if (offset === 0) return new PyTime(...clock, UTC);
  return new PyTime(...clock, new PyTimezone(PyTimedelta.ofSeconds(text[at] === "-" ? -offset : offset)));
}

/** `time.fromisoformat(text)`. */
export function timeFromIso(text: string): PyTime {
  return parseTime(text.startsWith("T") ? text.slice(1) : text, text);
}

/** `datetime.fromisoformat(text)`; any one character may stand between date and time. */
export function datetimeFromIso(text: string): PyDateTime {
  const length = dateLength(text);
  const [year, month, day] = parseDate(text.slice(0, length), text);
  if (text.length === length) return new PyDateTime(year, month, day);
  if (text.length === length + 1) return invalid(text);
  const time = parseTime(text.slice(length + 1), text);
  return new PyDateTime(year, month, day, time.hour, time.minute, time.second, time.microsecond, time.tzinfo);
}

/** How many characters at the start are the date. */
function dateLength(text: string): number {
  if (text[4] === "-") {
    if (text[5] !== "W") return 10;
    return text[8] === "-" && /^\d/.test(text.slice(9)) ? 10 : 8;
  }
  if (text[4] === "W") return /^\d(?:\D|$)/.test(text.slice(7)) ? 8 : 7;
  return 8;
}
