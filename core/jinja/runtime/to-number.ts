import { typeError } from "../errors.ts";
import { PyBytes } from "./bytes.ts";
import { isNumber, parseFloat_, parseInt_, toBigInt, toDouble, truncate } from "./numbers.ts";
import { pyRepr } from "./repr.ts";
import { textOf } from "./str-object.ts";
import { typeName } from "./types.ts";
import { UndefinedValue } from "./undefined.ts";
import { type HostExtras, HostObject } from "./values.ts";

/** The text of what `int()` and `float()` read: a string, or bytes. */
function textToRead(v: unknown): string | undefined {
  return v instanceof PyBytes ? Buffer.from(v.bytes).toString("latin1") : textOf(v);
}

/** `int(v)`. */
export function intOf(v: unknown): number | bigint {
  const text = textToRead(v);
  if (text !== undefined) return parseInt_(text, 10, pyRepr(v));
  const n = toBigInt(v);
  if (n !== undefined) return typeof v === "boolean" ? Number(v) : (v as number | bigint);
  if (isNumber(v)) return truncate(toDouble(v));
  if (v instanceof HostObject) {
    if (v instanceof UndefinedValue) v.fail();
    const own = v as HostExtras;
    if (own.toInt !== undefined) return own.toInt();
    if (own.toFloat !== undefined) return truncate(own.toFloat());
  }
  throw typeError(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(v)}'`);
}

/** `float(v)` as a JS double. */
export function floatOf(v: unknown): number {
  const text = textToRead(v);
  if (text !== undefined) return parseFloat_(text, pyRepr(v));
  if (isNumber(v)) return toDouble(v);
  if (v instanceof HostObject) {
    if (v instanceof UndefinedValue) v.fail();
    const own = v as HostExtras;
    if (own.toFloat !== undefined) return own.toFloat();
    if (own.toInt !== undefined) return Number(own.toInt());
  }
  throw typeError(`float() argument must be a string or a real number, not '${typeName(v)}'`);
}
