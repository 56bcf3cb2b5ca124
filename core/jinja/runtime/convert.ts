import { PyDict } from "./dict.ts";
import { PySet } from "./set.ts";
import { type HostObject, type PyFloat, Tuple } from "./values.ts";

/** Plain JavaScript data as YAML and JSON give it, with what JavaScript cannot say kept as Python values. */
export type Data =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | PyDict
  | HostObject
  | Data[]
  | { [key: string]: Data };

/**
 * The Python value of plain data: objects become dicts, arrays are copied, scalars stay.
 *
 *     toPython({ a: [1, 2] }) // a PyDict
 */
export function toPython(data: unknown): unknown {
  if (data === undefined) return null;
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) {
    const out = new Array<unknown>(data.length);
    for (let i = 0; i < data.length; i++) out[i] = toPython(data[i]);
    return out;
  }
  if (data instanceof PyDict) {
    const out = new PyDict();
    for (const [k, v] of data.entries()) out.set(k, toPython(v));
    return out;
  }
  const proto = Object.getPrototypeOf(data);
  if (proto !== Object.prototype && proto !== null) return data;
  const out = new PyDict();
  for (const k of Object.keys(data)) {
    const v = (data as Record<string, unknown>)[k];
    if (v !== undefined) out.set(k, toPython(v));
  }
  return out;
}

/**
 * The plain data of a Python value: dicts become objects, tuples and sets arrays.
 * A dict with a key that an object cannot hold in its place (not a string, a whole number such as "10", "__proto__") stays a PyDict.
 */
export function toData(value: unknown): Data {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value as Data;
  if (Array.isArray(value)) return value.map(toData);
  if (value instanceof Tuple) return value.items.map(toData);
  if (value instanceof PySet) return [...value].map(toData);
  if (value instanceof PyDict) {
    const keys = value.keyArray();
    if (keys.every(isPlainKey)) {
      const out: { [key: string]: Data } = {};
      for (const [k, v] of value.entries()) out[k as string] = toData(v);
      return out;
    }
    const out = new PyDict();
    for (const [k, v] of value.entries()) out.set(k, toData(v));
    return out;
  }
  return value as Data;
}

function isPlainKey(k: unknown): boolean {
  if (typeof k !== "string" || k === "__proto__") return false;
  const c = k.charCodeAt(0);
  return !(c >= 48 && c <= 57 && /^(0|[1-9]\d{0,9})$/.test(k));
}
