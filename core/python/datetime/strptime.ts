import { raise } from "../support.ts";
import { DAY_NAMES, fromOrdinal, MONTH_NAMES, ordinalOfIsoWeek, toOrdinal, weekdayOf } from "./calendar.ts";
import { PyDateTime } from "./datetime.ts";
import { PyTimedelta } from "./timedelta.ts";
import { PyTimezone, UTC } from "./tz.ts";

const names = (all: readonly string[]): string => `(${[...all].sort((a, b) => b.length - a.length).join("|")})`;
const short = (all: readonly string[]): string[] => all.map((name) => name.slice(0, 3));

/** The pattern each directive matches; each has exactly one group. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  d: "(3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])",
  f: "([0-9]{1,6})",
  H: "(2[0-3]|[0-1]\\d|\\d)",
  I: "(1[0-2]|0[1-9]|[1-9]| [1-9])",
  G: "(\\d\\d\\d\\d)",
  j: "(36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])",
  m: "(1[0-2]|0[1-9]|[1-9])",
  M: "([0-5]\\d|\\d)",
  S: "(6[0-1]|[0-5]\\d|\\d)",
  U: "(5[0-3]|[0-4]\\d|\\d)",
  w: "([0-6])",
  u: "([1-7])",
  V: "(5[0-3]|0[1-9]|[1-4]\\d|\\d)",
  y: "(\\d\\d)",
  Y: "(\\d\\d\\d\\d)",
  z: "([+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|Z)",
  A: names(DAY_NAMES),
  a: names(short(DAY_NAMES)),
  B: names(MONTH_NAMES),
  b: names(short(MONTH_NAMES)),
  p: "(am|pm)",
  W: "(5[0-3]|[0-4]\\d|\\d)",
  Z: "(utc|gmt)",
};

const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %d %H:%M:%S %Y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

interface Compiled {
  pattern: RegExp;
  order: string[];
}

const compiled = new Map<string, Compiled>();

function compile(format: string): Compiled {
  const known = compiled.get(format);
  if (known) return known;
  const order: string[] = [];
  let source = "";
  const flat = format.replace(/%([cxX])/g, (_, name: string) => COMPOSED[name]!);
  for (let i = 0; i < flat.length; i++) {
    const character = flat[i]!;
    if (/\s/.test(character)) {
      while (i + 1 < flat.length && /\s/.test(flat[i + 1]!)) i++;
      source += "\\s+";
    } else if (character !== "%") {
      source += character.replace(/[\\.^$*+?(){}[\]|]/g, "\\$&");
    } else {
      const name = flat[++i];
      if (name === undefined) raise("ValueError", `stray % in format '${format}'`);
      if (name === "%") {
        source += "%";
        continue;
      }
      const directive = DIRECTIVES[name];
      if (directive === undefined) raise("ValueError", `'${name}' is a bad directive in format '${format}'`);
      if (order.includes(name)) {
        const group = order.indexOf(name) + 1;
        const message = `redefinition of group name '${name}' as group ${order.length + 1}; was group ${group}`;
        raise("RuntimeError", message);
      }
      order.push(name);
      source += directive;
    }
  }
  const result = { pattern: new RegExp(source, "iy"), order };
  if (compiled.size > 100) compiled.clear();
  compiled.set(format, result);
  return result;
}

const quote = (text: string): string =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;

/** `datetime.strptime(text, format)`, with the messages of Python's ValueErrors. */
export function strptime(text: string, format: string): PyDateTime {
  const { pattern, order } = compile(format);
  pattern.lastIndex = 0;
  const match = pattern.exec(text);
  if (!match) raise("ValueError", `time data ${quote(text)} does not match format ${quote(format)}`);
  if (match[0].length !== text.length) {
    raise("ValueError", `unconverted data remains: ${text.slice(match[0].length)}`);
  }
  const found = new Map(order.map((name, i) => [name, match[i + 1]!]));
  const number = (name: string): number | undefined => {
    const value = found.get(name);
    return value === undefined ? undefined : Number(value);
  };
  const monthName = found.get("B") ?? found.get("b");
  const dayName = found.get("A") ?? found.get("a");

  let year = number("Y");
  const shortYear = number("y");
  if (year === undefined && shortYear !== undefined) year = shortYear + (shortYear <= 68 ? 2000 : 1900);
  let month = number("m") ?? (monthName === undefined ? undefined : indexByPrefix(MONTH_NAMES, monthName) + 1);
  let day = number("d");
  let weekday: number | undefined;
  if (dayName !== undefined) weekday = indexByPrefix(DAY_NAMES, dayName);
  if (found.has("w")) weekday = (number("w")! + 6) % 7;
  if (found.has("u")) weekday = number("u")! - 1;

  const isoYear = number("G");
  const isoWeek = number("V");
  const ofYear = number("j");
  checkIsoDirectives(year, isoYear, isoWeek, weekday, ofYear);

  const leapFill = year === undefined && month === 2 && day === 29;
  const fullYear = year ?? (leapFill ? 1904 : 1900);
  let ordinal: number | undefined;
  if (ofYear !== undefined) {
    ordinal = toOrdinal(fullYear, 1, 1) + ofYear - 1;
  } else if (weekday !== undefined) {
    if (found.has("U") || found.has("W")) {
      if (year !== undefined) {
        ordinal = ordinalOfWeek(fullYear, number("U") ?? number("W")!, weekday, !found.has("U"));
      }
    } else if (isoYear !== undefined && isoWeek !== undefined) {
      ordinal = ordinalOfIsoWeek(isoYear, isoWeek, weekday + 1);
      if (ordinal === undefined) raise("ValueError", `Invalid week: ${isoWeek}`);
    }
  }
  let resolvedYear = fullYear;
  if (ordinal !== undefined && (ofYear === undefined || (month === undefined && day === undefined))) {
    [resolvedYear, month, day] = fromOrdinal(ordinal);
  }
  let hour = number("H") ?? 0;
  if (found.has("I")) {
    hour = number("I")! % 12;
    if (found.get("p")?.toLowerCase() === "pm") hour += 12;
  }
  const micro = Number((found.get("f") ?? "0").padEnd(6, "0"));
  const finalYear = leapFill ? 1900 : resolvedYear;
  return new PyDateTime(
    finalYear,
    month ?? 1,
    day ?? 1,
    hour,
    number("M") ?? 0,
    number("S") ?? 0,
    micro,
    zoneOf(found.get("z"), found.get("Z")),
  );
}

const indexByPrefix = (all: readonly string[], name: string): number =>
  all.findIndex((full) => full.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase());

function checkIsoDirectives(
  year: number | undefined,
  isoYear: number | undefined,
  isoWeek: number | undefined,
  weekday: number | undefined,
  ofYear: number | undefined,
): void {
  if (isoYear !== undefined) {
    if (ofYear !== undefined) {
      raise(
        "ValueError",
        "Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.",
      );
    }
    if (isoWeek === undefined || weekday === undefined) {
      raise(
        "ValueError",
        "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive " +
          "('%A', '%a', '%w', or '%u').",
      );
    }
  } else if (isoWeek !== undefined) {
    if (year === undefined || weekday === undefined) {
      raise(
        "ValueError",
        "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday directive " +
          "('%A', '%a', '%w', or '%u').",
      );
    }
    raise(
      "ValueError",
      "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.",
    );
  }
}

function ordinalOfWeek(year: number, week: number, weekday: number, startsMonday: boolean): number {
  const first = toOrdinal(year, 1, 1);
  const firstWeekday = startsMonday ? weekdayOf(first) : (weekdayOf(first) + 1) % 7;
  const shifted = startsMonday ? weekday : (weekday + 1) % 7;
  const weekZeroLength = (7 - firstWeekday) % 7;
  return week === 0 ? first + shifted - firstWeekday : first + weekZeroLength + 7 * (week - 1) + shifted;
}

function zoneOf(offset: string | undefined, name: string | undefined): PyTimezone | null {
  if (offset === undefined) return null;
  if (offset === "Z") return UTC;
  const digits = offset.slice(1).replaceAll(":", "");
  const part = (at: number): number => Number(digits.slice(at, at + 2) || "0");
  const micros = Number((digits.split(".")[1] ?? "").padEnd(6, "0"));
  const seconds = part(0) * 3600 + part(2) * 60 + (digits.length > 4 ? part(4) : 0) + micros / 1e6;
  const delta = PyTimedelta.ofSeconds(offset.startsWith("-") ? -seconds : seconds);
  return new PyTimezone(delta, name ?? null);
}
