import { overflowError, valueError } from "../errors.ts";
import { PyBytes } from "./bytes.ts";
import { exactDecimal } from "./format-spec.ts";
import { defineMethod, type Method } from "./function.ts";
import { int, toBigInt, toDouble, toIndex } from "./numbers.ts";
import { float, type PyFloat, Tuple } from "./values.ts";

/** The methods and attributes of `int` and `bool`. */
export const intMethods = new Map<string, Method>([
  ["bit_length", defineMethod("int", "bit_length()", (v: number | bigint) => bits(big(v)).length)],
  ["bit_count", defineMethod("int", "bit_count()", (v: number | bigint) => bits(big(v)).replace(/0/g, "").length)],
  ["conjugate", defineMethod("int", "conjugate()", (v: number | bigint) => int(toBigInt(v) as bigint))],
  [
    "as_integer_ratio",
    defineMethod("int", "as_integer_ratio()", (v: number | bigint) => new Tuple([int(toBigInt(v) as bigint), 1])),
  ],
  [
    "to_bytes",
    defineMethod(
      "int",
      "to_bytes(length=1, byteorder='big', *, signed=False)",
      (v: number | bigint, length: unknown, order: unknown, signed: unknown) =>
        toBytes(toBigInt(v) as bigint, toIndex(length), order, signed === true),
    ),
  ],
]);

/** The methods of `float`. */
export const floatMethods = new Map<string, Method>([
  ["is_integer", defineMethod("float", "is_integer()", (v: number | PyFloat) => Number.isInteger(toDouble(v)))],
  ["conjugate", defineMethod("float", "conjugate()", (v: number | PyFloat) => v)],
  ["hex", defineMethod("float", "hex()", (v: number | PyFloat) => hex(toDouble(v)))],
  ["as_integer_ratio", defineMethod("float", "as_integer_ratio()", (v: number | PyFloat) => ratio(toDouble(v)))],
]);

function toBytes(value: bigint, length: number, order: unknown, signed: boolean): PyBytes {
  if (order !== "big" && order !== "little") throw valueError("byteorder must be either 'little' or 'big'");
  if (length < 0) throw valueError("length argument must be non-negative");
  if (value < 0n && !signed) throw overflowError("can't convert negative int to unsigned");
  const bits = BigInt(8 * length - (signed ? 1 : 0));
  if (value >= 1n << bits || value < -(1n << bits)) throw overflowError("int too big to convert");
  const out = new Uint8Array(length);
  let rest = BigInt.asUintN(8 * length, value);
  for (let i = length - 1; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return new PyBytes(order === "big" ? out : out.reverse());
}

function big(v: number | bigint): bigint {
  const b = toBigInt(v) as bigint;
  return b < 0n ? -b : b;
}

function bits(v: bigint): string {
  return v === 0n ? "" : v.toString(2);
}

function ratio(d: number): Tuple {
  if (Number.isNaN(d)) throw valueError("cannot convert NaN to integer ratio");
  if (!Number.isFinite(d)) throw overflowError("cannot convert Infinity to integer ratio");
  const [digits, scale] = exactDecimal(Math.abs(d));
  let n = digits;
  let m = 10n ** BigInt(scale);
  let a = n;
  let b = m;
  while (b !== 0n) [a, b] = [b, a % b];
  n /= a;
  m /= a;
  return new Tuple([int(d < 0 ? -n : n), int(m)]);
}

function hex(d: number): string {
  if (!Number.isFinite(d))
    return String(d)
      .toLowerCase()
      .slice(0, d < 0 ? 4 : 3);
  const sign = d < 0 || Object.is(d, -0) ? "-" : "";
  if (d === 0) return `${sign}0x0.0p+0`;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(d));
  const raw = view.getBigUint64(0);
  const exponent = Number(raw >> 52n);
  const fraction = (raw & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, "0");
  const e = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${fraction}p${e < 0 ? "-" : "+"}${Math.abs(e)}`;
}

/** `v.real`, `v.imag`, `v.numerator`, `v.denominator`. */
export function numberAttribute(v: number | bigint | boolean | PyFloat, name: string, isFloat: boolean): unknown {
  switch (name) {
    case "real":
      return typeof v === "boolean" ? Number(v) : v;
    case "imag":
      return isFloat ? float(0) : 0;
    case "numerator":
      return isFloat ? undefined : typeof v === "boolean" ? Number(v) : v;
    case "denominator":
      return isFloat ? undefined : 1;
  }
  return undefined;
}
