import { HostObject } from "../../jinja/runtime/values.ts";
import { pyStr } from "../python-text.ts";
import { type Shape, ShapeProblem } from "./shape.ts";

const DATE =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ]+(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d\d?(?::?\d\d)?)?)?$/;

/** A date or time as artifacts show it: midnight where there is no time, the machine's zone where there is none. @throws ShapeProblem */
export function isoDeprecation(shape: Shape, key: string): string | null {
  const value = shape.raw(key);
  if (value === undefined || value === null) return null;
  const text = value instanceof HostObject ? value.str() : pyStr(value);
  const match = DATE.exec(text.trim());
  if (!match) {
    throw shape.notAny(key, value instanceof HostObject ? text : value, "write a date such as 2030-01-31");
  }
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  const two = (part: string | number) => String(part).padStart(2, "0");
  const moment = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (moment.getMonth() !== Number(month) - 1)
    throw new ShapeProblem(`${text} is no date`, [...shape.path, key], { hint: "write a date such as 2030-01-31" });
  const micros = fraction === "" || Number(fraction) === 0 ? "" : `.${fraction.padEnd(6, "0")}`;
  const local = `${year}-${two(month!)}-${two(day!)}T${two(hour)}:${two(minute)}:${two(second)}${micros}`;
  return local + (zone === undefined ? offsetOf(moment) : zone === "Z" ? "+00:00" : fullOffset(zone));
}

function offsetOf(moment: Date): string {
  const minutes = -moment.getTimezoneOffset();
  const abs = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${String(Math.floor(abs / 60)).padStart(2, "0")}:${String(abs % 60).padStart(2, "0")}`;
}

function fullOffset(zone: string): string {
  const [, sign, hours, minutes = "00"] = /^([+-])(\d\d?):?(\d\d)?$/.exec(zone)!;
  return `${sign}${hours!.padStart(2, "0")}:${minutes}`;
}
