import { PyDict } from "../../jinja/runtime/dict.ts";
import { PyFloat, Tuple } from "../../jinja/runtime/values.ts";
import { PyDate } from "../../python/datetime/date.ts";
import { PyDateTime } from "../../python/datetime/datetime.ts";
import { PyTimedelta } from "../../python/datetime/timedelta.ts";
import { PyTimezone } from "../../python/datetime/tz.ts";

/** A value that cannot be kept; then nothing is. */
export class NotKeepable extends Error {}

const MARK = "$py";

/** A value as plain JSON, with values of Python's marked. Undone by {@link unmarked}. @throws NotKeepable */
export function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value === "bigint") return { [MARK]: "int", of: String(value) };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return { [MARK]: "number", of: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value !== "object" || value === null) {
    if (typeof value === "function" || typeof value === "symbol") throw new NotKeepable();
    return value;
  }
  if (value instanceof PyFloat) return { [MARK]: "float", of: Object.is(value.value, -0) ? "-0" : String(value.value) };
  if (value instanceof Tuple) return { [MARK]: "tuple", of: value.items.map(marked) };
  if (value instanceof PyDict && value.pyName === "dict")
    return { [MARK]: "dict", of: [...value.entries()].map(([key, item]) => [marked(key), marked(item)]) };
  if (value instanceof PyDateTime) return { [MARK]: "datetime", of: datetimeParts(value) };
  if (value instanceof PyDate) return { [MARK]: "date", of: [value.year, value.month, value.day] };
  const prototype = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || Object.hasOwn(value, MARK)) throw new NotKeepable();
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item)]));
}

function datetimeParts(value: PyDateTime): unknown[] {
  const { year, month, day, hour, minute, second, microsecond, tzinfo } = value;
  if (tzinfo !== null && !(tzinfo instanceof PyTimezone && tzinfo.name === null)) throw new NotKeepable();
  return [year, month, day, hour, minute, second, microsecond, tzinfo === null ? null : tzinfo.utcOffset()];
}

/** The value that {@link marked} was given. */
export function unmarked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unmarked);
  if (Object.hasOwn(value, MARK)) return restored(value as { [MARK]: string; of: unknown });
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unmarked(item)]));
}

function restored(value: { [MARK]: string; of: unknown }): unknown {
  const parts = value.of as unknown[];
  switch (value[MARK]) {
    case "int":
      return BigInt(value.of as string);
    case "number":
      return Number(value.of);
    case "float":
      return new PyFloat(Number(value.of));
    case "tuple":
      return new Tuple(parts.map(unmarked));
    case "dict":
      return PyDict.from(
        (parts as [unknown, unknown][]).map(([key, item]) => [unmarked(key), unmarked(item)] as const),
      );
    case "date":
      return new PyDate(...(parts as [number, number, number]));
    case "datetime": {
      const [year, month, day, hour, minute, second, micro, offset] = parts as number[];
      const zone = offset == null ? null : new PyTimezone(PyTimedelta.ofSeconds(offset));
      return new PyDateTime(year!, month!, day!, hour, minute, second, micro, zone);
    }
    default:
      throw new NotKeepable();
  }
}
