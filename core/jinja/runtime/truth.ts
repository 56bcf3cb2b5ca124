import { PyDict } from "./dict.ts";
import { PySet } from "./set.ts";
import { HostObject, PyFloat, Tuple } from "./values.ts";

/** `bool(v)`. */
export function pyTruth(v: unknown): boolean {
  switch (typeof v) {
    case "boolean":
      return v;
    case "string":
      return v !== "";
    case "number":
      return v !== 0;
    case "bigint":
      return v !== 0n;
    case "undefined":
      return false;
  }
  if (v === null) return false;
  if (Array.isArray(v)) return v.length > 0;
  if (v instanceof PyDict) return v.size > 0;
  if (v instanceof HostObject) return v.truth();
  if (v instanceof Tuple) return v.items.length > 0;
  if (v instanceof PyFloat) return v.value !== 0;
  if (v instanceof PySet) return v.size > 0;
  return true;
}
