import { HostObject } from "../jinja/runtime/values.ts";
import { PyDate } from "../python/datetime/date.ts";
import { PyDateTime } from "../python/datetime/datetime.ts";
import { PyTime } from "../python/datetime/time.ts";

/** Whether JSON says all there is to say of a value; asking is quicker than having every value looked at while it is written. */
export function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) if (!isPlain((value as { [key: string]: unknown })[key])) return false;
  return true;
}

/** Values that JSON does not know: big integers, dates and other objects of templates, dicts with odd keys. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof HostObject) return isoDate(value) ?? value.str();
  if (value instanceof Map || isDictLike(value)) {
    return Object.fromEntries(
      [...(value as Map<unknown, unknown>).entries()].map(([key, item]) => [String(key), item]),
    );
  }
  return value;
}

/** The text of a date or time in ISO form. */
function isoDate(value: HostObject): string | undefined {
  if (value instanceof PyDateTime || value instanceof PyTime) return value.isoFormat();
  return value instanceof PyDate ? value.isoDate() : undefined;
}

function isDictLike(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { entries?: unknown }).entries === "function" &&
    !Array.isArray(value)
  );
}
