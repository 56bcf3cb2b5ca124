import { typeError } from "../errors.ts";
import { PyDict } from "./dict.ts";
import { isNumber } from "./numbers.ts";
import { PySet } from "./set.ts";
import { compareStrings } from "./text.ts";
import { typeName } from "./types.ts";
import { HostObject, type OrderOp, PyFloat, Tuple } from "./values.ts";

/** `a == b`. */
export function pyEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") return false;
  if (typeof a === "string" && typeof b === "string") return false;
  return equalsAny(a, b);
}

function equalsAny(a: unknown, b: unknown): boolean {
  const ta = typeof a;
  const tb = typeof b;
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
  if (a instanceof HostObject) return a.equals(b);
  if (b instanceof HostObject) return b.equals(a);
  if (ta !== "object" || tb !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a, b);
  if (a instanceof Tuple) return b instanceof Tuple && equalItems(a.items, b.items);
  if (a instanceof PyDict) {
    if (!(b instanceof PyDict) || a.size !== b.size) return false;
    for (const [k, v] of a.entries()) {
      const w = b.get(k);
      if (w === undefined || !pyEquals(v, w)) return false;
    }
    return true;
  }
  if (a instanceof PySet) return b instanceof PySet && a.size === b.size && isSubset(a, b);
  return false;
}

function equalItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!pyEquals(a[i], b[i])) return false;
  return true;
}

/** Is every member of `a` in `b`? */
export function isSubset(a: PySet, b: PySet): boolean {
  for (const item of a) if (!b.has(item)) return false;
  return true;
}

/** The order of two numbers; NaN where one of them is nan. */
export function compareNumbers(a: number | bigint | boolean | PyFloat, b: number | bigint | boolean | PyFloat): number {
  const x = a instanceof PyFloat ? a.value : typeof a === "boolean" ? Number(a) : a;
  const y = b instanceof PyFloat ? b.value : typeof b === "boolean" ? Number(b) : b;
  // JavaScript compares numbers with bigints exactly.
  if (x < y) return -1;
  if (x > y) return 1;
  return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : 0;
}

/** `a < b`; throws TypeError for types that do not compare. */
export function pyLess(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a < b;
  return order("<", a, b);
}
export function pyLessEqual(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a <= b;
  return order("<=", a, b);
}
export function pyGreater(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a > b;
  return order(">", a, b);
}
export function pyGreaterEqual(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a >= b;
  return order(">=", a, b);
}

function holds(op: OrderOp, c: number): boolean {
  switch (op) {
    case "<":
      return c < 0;
    case "<=":
      return c <= 0;
    case ">":
      return c > 0;
    default:
      return c >= 0;
  }
}

const REFLECTED: Readonly<Record<OrderOp, OrderOp>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function order(op: OrderOp, a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string") return holds(op, compareStrings(a, b));
  if (isNumber(a) && isNumber(b)) return holds(op, compareNumbers(a, b));
  if (a instanceof HostObject) {
    const c = a.compares(op, b) ?? a.compare(b);
    if (c !== undefined) return typeof c === "boolean" ? c : holds(op, c);
  }
  if (b instanceof HostObject) {
    const c = b.compares(REFLECTED[op], a) ?? b.compare(a);
    if (c !== undefined) return typeof c === "boolean" ? c : holds(op, -c);
  }
  if (Array.isArray(a) && Array.isArray(b)) return orderItems(op, a, b);
  if (a instanceof Tuple && b instanceof Tuple) return orderItems(op, a.items, b.items);
  if (a instanceof PySet && b instanceof PySet) {
    switch (op) {
      case "<":
        return a.size < b.size && isSubset(a, b);
      case "<=":
        return isSubset(a, b);
      case ">":
        return b.size < a.size && isSubset(b, a);
      default:
        return isSubset(b, a);
    }
  }
  throw typeError(`'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function orderItems(op: OrderOp, a: readonly unknown[], b: readonly unknown[]): boolean {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (!pyEquals(a[i], b[i])) return order(op, a[i], b[i]);
  return holds(op, a.length - b.length);
}

/** `sorted(items, key=…)` for keys already computed; stable. */
export function sortBy<T>(items: readonly T[], keys: readonly unknown[], reverse = false): T[] {
  const index = items.map((_, i) => i);
  const cmp = (i: number, j: number) => (pyLess(keys[i], keys[j]) ? -1 : pyLess(keys[j], keys[i]) ? 1 : i - j);
  if (reverse) index.sort((i, j) => (pyLess(keys[j], keys[i]) ? -1 : pyLess(keys[i], keys[j]) ? 1 : i - j));
  else index.sort(cmp);
  return index.map((i) => items[i] as T);
}
