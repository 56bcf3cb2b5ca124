import { HostObject, PyFloat } from "../../jinja/runtime/values.ts";
import { entriesOf } from "../python-text.ts";

export type Dict = { [key: string]: unknown };

/** A mapping: a plain object, or the runtime's dict where keys are not plain strings. */
export function isDict(value: unknown): value is Dict {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof HostObject) &&
    !(value instanceof PyFloat)
  );
}

/** One with both's keys, the second's values winning; plain unless a key forbids it. */
export function mergedDicts(a: Dict, b: Dict): Dict {
  if (isPlain(a) && isPlain(b)) return { ...a, ...b };
  const copy = isPlain(a) ? undefined : (a as { copy?: () => Dict }).copy?.();
  if (copy !== undefined) {
    for (const [key, value] of entriesOf(b)) (copy as unknown as Map<unknown, unknown>).set(key, value);
    return copy;
  }
  const out: Dict = {};
  for (const [key, value] of entriesOf(a)) out[String(key)] = value;
  for (const [key, value] of entriesOf(b)) out[String(key)] = value;
  return out;
}

export function isPlain(value: object): boolean {
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

/** Nested mappings joined key by key, the second's values winning; a list of both goes before the first's. */
export function deepMerged(a: Dict, b: Dict): Dict {
  const out: Dict = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = out[key];
    if (isDict(known) && isDict(value)) out[key] = deepMerged(known, value);
    else if (Array.isArray(value) && key in out) out[key] = [...value, ...(Array.isArray(known) ? known : [known])];
    else out[key] = value;
  }
  return out;
}

export function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
