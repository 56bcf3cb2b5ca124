import { PyDict } from "./dict.ts";
import { setTypeNames } from "./numbers.ts";
import { PySet } from "./set.ts";
import { type HostExtras, HostObject, PyCallable, PyFloat, Tuple } from "./values.ts";

/** Python's `type(v).__name__`. */
export function typeName(v: unknown): string {
  if (v === null || v === undefined) return "NoneType";
  switch (typeof v) {
    case "string":
      return "str";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return Number.isInteger(v) ? "int" : "float";
  }
  if (Array.isArray(v)) return "list";
  if (v instanceof PyDict) return "dict";
  if (v instanceof Tuple) return "tuple";
  if (v instanceof PyFloat) return "float";
  if (v instanceof PySet) return v.frozen ? "frozenset" : "set";
  if (v instanceof HostObject) return v.typeName;
  if (v instanceof PyCallable) return "function";
  return "object";
}

setTypeNames(typeName);

/** What Jinja2 calls an object in messages: `dict object`, `None`; a host object's `pyModule` stands before its type. */
export function objectTypeRepr(v: unknown): string {
  if (v === null) return "None";
  const module = v instanceof HostObject ? (v as HostExtras).pyModule : undefined;
  return `${module === undefined ? "" : `${module}.`}${typeName(v)} object`;
}
