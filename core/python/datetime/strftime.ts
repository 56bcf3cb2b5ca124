import { DAY_NAMES, dayOfYear, isoCalendar, MONTH_NAMES, pad, toOrdinal, weekdayOf } from "./calendar.ts";

/** What `strftime` can print of a date, a time or a datetime. */
export interface Formatted {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** `+0530`, or empty. */
  readonly offset: string;
  readonly zone: string;
}

/** `value.strftime(format)` as on Linux: Python's directives and glibc's, with glibc's flags `- _ 0 ^ #` and widths. */
export function strftime(value: Formatted, format: string): string {
  let text = "";
  for (let i = 0; i < format.length; i++) {
    const character = format[i]!;
    if (character !== "%") {
      text += character;
      continue;
    }
    const start = i++;
    let flags = "";
    while (i < format.length && "-_0^#".includes(format[i]!)) flags += format[i++];
    let width = "";
    while (i < format.length && format[i]! >= "0" && format[i]! <= "9") width += format[i++];
    if (format[i] === "E" || format[i] === "O") i++;
    const directive = format[i];
    const field = directive === undefined ? undefined : formatField(value, directive);
    // Python itself replaces `%f`, `%z` and `%Z`; with flags they are the C library's, which knows no `%f`.
    const isPlain = flags === "" && width === "";
    if (field === undefined || (directive === "f" && !isPlain)) {
      text += format.slice(start, i + 1).padStart(Number(width || 0));
    } else if (isPlain || directive !== "z") {
      text += applyFlags(field, directive!, flags, width);
    }
  }
  return text;
}

/** A directive's text; for numbers also how wide it is and what fills it. */
interface Field {
  text: string;
  fill: "0" | " ";
  width: number;
}

const number = (value: number, width: number, fill: "0" | " " = "0"): Field => ({ text: String(value), fill, width });
const word = (text: string): Field => ({ text, fill: " ", width: 0 });

function applyFlags(field: Field, directive: string, flags: string, width: string): string {
  let { text, fill } = field;
  let least = width === "" ? field.width : Math.max(field.width, Number(width));
  for (const flag of flags) {
    if (flag === "_") fill = " ";
    else if (flag === "0") fill = "0";
    else if (flag === "-") least = 0;
    else if (flag === "^") text = text.toUpperCase();
    else if (flag === "#" && "aAbBh".includes(directive)) text = text.toUpperCase();
    else if (flag === "#" && "pZ".includes(directive)) text = text.toLowerCase();
  }
  return text.padStart(least, fill);
}

function formatField(v: Formatted, directive: string): Field | undefined {
  const ordinal = toOrdinal(v.year, v.month, v.day);
  const weekday = weekdayOf(ordinal);
  const ofYear = dayOfYear(v.year, v.month, v.day);
  const hour12 = v.hour % 12 === 0 ? 12 : v.hour % 12;
  switch (directive) {
    case "a":
      return word(DAY_NAMES[weekday]!.slice(0, 3));
    case "A":
      return word(DAY_NAMES[weekday]!);
    case "b":
    case "h":
      return word(MONTH_NAMES[v.month - 1]!.slice(0, 3));
    case "B":
      return word(MONTH_NAMES[v.month - 1]!);
    case "c":
      return word(strftime(v, "%a %b %e %H:%M:%S %Y"));
    case "C":
      return number(Math.floor(v.year / 100), v.year < 1000 ? 1 : 2);
    case "d":
      return number(v.day, 2);
    case "D":
    case "x":
      return word(strftime(v, "%m/%d/%y"));
    case "e":
      return number(v.day, 2, " ");
    case "f":
      return number(v.microsecond, 6);
    case "F":
      return word(strftime(v, "%Y-%m-%d"));
    case "g":
      return number(isoCalendar(ordinal)[0] % 100, 2);
    case "G":
      return number(isoCalendar(ordinal)[0], 1);
    case "H":
      return number(v.hour, 2);
    case "I":
      return number(hour12, 2);
    case "j":
      return number(ofYear, 3);
    case "k":
      return number(v.hour, 2, " ");
    case "l":
      return number(hour12, 2, " ");
    case "m":
      return number(v.month, 2);
    case "M":
      return number(v.minute, 2);
    case "n":
      return word("\n");
    case "p":
      return word(v.hour < 12 ? "AM" : "PM");
    case "P":
      return word(v.hour < 12 ? "am" : "pm");
    case "r":
      return word(strftime(v, "%I:%M:%S %p"));
    case "R":
      return word(strftime(v, "%H:%M"));
    case "s":
      return number(secondsSinceEpoch(v, ordinal), 1);
    case "S":
      return number(v.second, 2);
    case "t":
      return word("\t");
    case "T":
    case "X":
      return word(strftime(v, "%H:%M:%S"));
    case "u":
      return number(weekday + 1, 1);
    case "U":
      return number(Math.floor((ofYear + 6 - ((weekday + 1) % 7)) / 7), 2);
    case "V":
      return number(isoCalendar(ordinal)[1], 2);
    case "w":
      return number((weekday + 1) % 7, 1);
    case "W":
      return number(Math.floor((ofYear + 6 - weekday) / 7), 2);
    case "y":
      return number(v.year % 100, 2);
    case "Y":
      return number(v.year, 1);
    case "z":
      return word(v.offset);
    case "Z":
      return word(v.zone);
    case "%":
      return word("%");
  }
  return undefined;
}

/** glibc reads the fields as local time, whatever the value's own zone. */
function secondsSinceEpoch(v: Formatted, ordinal: number): number {
  const local = new Date(0);
  local.setFullYear(v.year, v.month - 1, v.day);
  local.setHours(v.hour, v.minute, v.second, 0);
  return Number.isNaN(local.getTime()) ? (ordinal - 719163) * 86400 : Math.floor(local.getTime() / 1000);
}

/** `10:00:00.000100`, to the precision that `timespec` names. */
export function formatTime(
  hour: number,
  minute: number,
  second: number,
  micro: number,
  timespec: string,
): string | undefined {
  const minutes = `${pad(hour, 2)}:${pad(minute, 2)}`;
  switch (timespec) {
    case "auto":
      return micro === 0 ? `${minutes}:${pad(second, 2)}` : `${minutes}:${pad(second, 2)}.${pad(micro, 6)}`;
    case "hours":
      return pad(hour, 2);
    case "minutes":
      return minutes;
    case "seconds":
      return `${minutes}:${pad(second, 2)}`;
    case "milliseconds":
      return `${minutes}:${pad(second, 2)}.${pad(Math.floor(micro / 1000), 3)}`;
    case "microseconds":
      return `${minutes}:${pad(second, 2)}.${pad(micro, 6)}`;
  }
  return undefined;
}
