import { JinjaError, valueError } from "../errors.ts";
import { PyDict } from "./dict.ts";
import { address } from "./identity.ts";
import { floatRepr } from "./numbers.ts";
import { PySet } from "./set.ts";
import { strRepr } from "./text.ts";
import { HostObject, PyCallable, PyFloat, Tuple } from "./values.ts";

export { address };

const MAX_DIGITS = 4300;
const LIMIT = 10n ** BigInt(MAX_DIGITS);

/** `str(v)`: what `{{ v }}` prints. */
export function pyStr(v: unknown): string {
  if (typeof v === "string") return v;
  if (typeof v === "number" && (v | 0) === v) return `${v}`;
  return v instanceof HostObject ? v.str() : pyRepr(v);
}

/** `repr(v)`. */
export function pyRepr(v: unknown): string {
  switch (typeof v) {
    case "string":
      return strRepr(v);
    case "number":
      return Number.isInteger(v) ? String(v) : floatRepr(v);
    case "boolean":
      return v ? "True" : "False";
    case "bigint":
      return bigIntText(v);
    case "undefined":
      return "None";
  }
  if (v === null) return "None";
  if (v instanceof HostObject) return v.repr();
  if (v instanceof PyFloat) return floatRepr(v.value);
  if (v instanceof PyCallable) {
    const own = (v as { repr?: () => string }).repr;
    return own === undefined ? `<function ${v.name} at ${address(v)}>` : own.call(v);
  }
  return containerRepr(v as object);
}

function bigIntText(v: bigint): string {
  if (v >= LIMIT || v <= -LIMIT)
    throw valueError(
      `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`,
    );
  return String(v);
}

const active = new Set<object>();

function containerRepr(v: object): string {
  if (active.has(v))
    return Array.isArray(v) ? "[...]" : v instanceof Tuple ? "(...)" : v instanceof PySet ? "set(...)" : "{...}";
  active.add(v);
  try {
    if (Array.isArray(v)) return `[${join(v)}]`;
    if (v instanceof Tuple) return tupleRepr(v.items);
    if (v instanceof PyDict && v.pyName !== "dict") {
      const entries = join(Array.from(v.entries(), (entry) => new Tuple(entry)));
      return `${v.pyName}(${entries === "" ? "" : `[${entries}]`})`;
    }
    if (v instanceof PyDict) {
      let out = "";
      for (const [k, x] of v.entries()) out += `${out === "" ? "" : ", "}${pyRepr(k)}: ${pyRepr(x)}`;
      return `{${out}}`;
    }
    if (v instanceof PySet) {
      if (v.frozen) return v.size === 0 ? "frozenset()" : `frozenset({${join([...v])}})`;
      return v.size === 0 ? "set()" : `{${join([...v])}}`;
    }
    // Only a host that answers calls of a synchronous rendering with promises gets here.
    if (v instanceof Promise)
      throw new JinjaError("RuntimeError", "a call that has to be waited for was made while parsing");
    return "<object>";
  } finally {
    active.delete(v);
  }
}

/** `repr` of a tuple of these items. */
export function tupleRepr(items: readonly unknown[]): string {
  return items.length === 1 ? `(${pyRepr(items[0])},)` : `(${join(items)})`;
}

function join(items: readonly unknown[]): string {
  let out = "";
  for (let i = 0; i < items.length; i++) out += i === 0 ? pyRepr(items[i]) : `, ${pyRepr(items[i])}`;
  return out;
}
