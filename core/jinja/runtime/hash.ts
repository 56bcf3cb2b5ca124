import { typeError } from "../errors.ts";
import { identity } from "./identity.ts";
import { HostObject, PyCallable, PyFloat, Tuple } from "./values.ts";

/**
 * What a value is as a key of a JavaScript `Map`: equal exactly for values that are equal in Python (1, 1.0 and True are one key).
 * Strings stand for themselves. Throws TypeError for values that have no hash.
 */
export function hashKey(v: unknown): unknown {
  switch (typeof v) {
    case "string":
      return v.charCodeAt(0) === 0 ? `\0s${v}` : v;
    case "number":
      return v;
    case "boolean":
      return v ? 1 : 0;
    case "bigint":
      return v;
  }
  if (v === null) return null;
  if (v instanceof PyFloat) {
    const d = v.value;
    return Number.isSafeInteger(d) ? d + 0 : BigInt(d);
  }
  if (v instanceof Tuple) return tupleKey(v);
  if (v instanceof HostObject) {
    const key = v.hashKey();
    return key === undefined ? v : key;
  }
  if (v instanceof PyCallable) return v;
  const name = Array.isArray(v) ? "list" : (v as { pyName?: string }).pyName;
  throw typeError(`unhashable type: '${name ?? "object"}'`);
}

function tupleKey(t: Tuple): string {
  let key = `\0t${t.items.length}`;
  for (const item of t.items) {
    const k = hashKey(item);
    const text =
      typeof k === "string"
        ? `s${k.length}:${k}`
        : typeof k === "object" && k !== null
          ? `o${identity(k)}`
          : typeof k === "function"
            ? `f${identity(k)}`
            : `n${String(k)}`;
    key += `,${text}`;
  }
  return key;
}
