import { argumentError, JinjaError, typeError } from "../errors.ts";
import { pyDiv, pyMul, pyNeg, pyPow } from "../runtime/arith.ts";
import { attributeOf, pyGetAttr } from "../runtime/attributes.ts";
import { PyBytes } from "../runtime/bytes.ts";
import { compareNumbers } from "../runtime/compare.ts";
import { roundDouble, roundInt } from "../runtime/format-spec.ts";
import { hashKey } from "../runtime/hash.ts";
import { isFloat, isNumber, parseInt_, toBigInt, toDouble, toIndex, truncate } from "../runtime/numbers.ts";
import { pprint } from "../runtime/pprint.ts";
import { pyRepr, pyStr } from "../runtime/repr.ts";
import { StrObject, textOf } from "../runtime/str-object.ts";
import { floatOf, intOf } from "../runtime/to-number.ts";
import { pyTruth } from "../runtime/truth.ts";
import { typeName } from "../runtime/types.ts";
import { UndefinedValue } from "../runtime/undefined.ts";
import { float, HostObject, PyFloat } from "../runtime/values.ts";
import { defineFilter, type FilterFunction } from "./define.ts";

function isConversionError(e: unknown, ...more: string[]): boolean {
  return e instanceof JinjaError && (e.is("TypeError") || e.is("ValueError") || more.some((m) => e.is(m)));
}

const int = defineFilter("do_int(value, default=0, base=10)", (_env, value: unknown, dflt: unknown, base: unknown) => {
  const text = textOf(value);
  try {
    return text === undefined ? intOf(value) : parseInt_(text, toIndex(base), pyRepr(text));
  } catch (e) {
    if (!isConversionError(e)) throw e;
    try {
      return truncate(floatOf(value));
    } catch (again) {
      if (isConversionError(again, "OverflowError")) return dflt;
      throw again;
    }
  }
});

const toFloat = defineFilter("do_float(value, default=0.0)", (_env, value: unknown, dflt: unknown) => {
  try {
    return float(floatOf(value));
  } catch (e) {
    if (isConversionError(e)) return dflt;
    throw e;
  }
});

const abs = defineFilter("abs(x, /)", (_env, v: unknown) => {
  if (isNumber(v)) {
    if (typeof v === "boolean") return Number(v);
    if (v instanceof PyFloat) return new PyFloat(Math.abs(v.value));
    return compareNumbers(v, 0) < 0 ? pyNeg(v) : v;
  }
  if (v instanceof HostObject && !(v instanceof UndefinedValue)) {
    const r = v.binary("abs", null, false);
    if (r !== undefined) return r;
  }
  throw typeError(`bad operand type for abs(): '${typeName(v)}'`);
});

const round = defineFilter(
  "do_round(value, precision=0, method='common')",
  (_env, value: unknown, precision: unknown, method: unknown) => {
    if (method !== "common" && method !== "ceil" && method !== "floor")
      throw argumentError("method must be common, ceil or floor");
    if (method !== "common") {
      const power = pyPow(10, precision);
      const scaled = pyMul(value, power);
      const d = isFloat(scaled) ? toDouble(scaled) : undefined;
      const cut = d === undefined ? intOrFail(scaled) : truncate(method === "ceil" ? Math.ceil(d) : Math.floor(d));
      return pyDiv(cut, power);
    }
    if (isNumber(value)) {
      if (precision === null) return isFloat(value) ? truncate(roundDouble(toDouble(value), 0)) : intOf(value);
      const digits = toIndex(precision);
      if (!isFloat(value)) return roundInt(toBigInt(value) as bigint, digits);
      const rounded = roundDouble(toDouble(value), digits);
      if (!Number.isFinite(rounded) && Number.isFinite(toDouble(value)))
        throw new JinjaError("OverflowError", "rounded value too large to represent");
      return float(rounded);
    }
    if (value instanceof HostObject && !(value instanceof UndefinedValue)) {
      const r = value.binary("round", precision, false);
      if (r !== undefined) return r;
    }
    throw typeError(`type ${typeName(value)} doesn't define __round__ method`);
  },
);

function intOrFail(v: unknown): unknown {
  if (toBigInt(v) !== undefined) return v;
  if (v instanceof HostObject && !(v instanceof StrObject) && !(v instanceof PyBytes)) return intOf(v);
  throw typeError(`must be real number, not ${typeName(v)}`);
}

const dflt = defineFilter(
  "do_default(value, default_value='', boolean=False)",
  (_env, value: unknown, other: unknown, boolean: unknown) =>
    value instanceof UndefinedValue || (pyTruth(boolean) && !pyTruth(value)) ? other : value,
);

const attr = defineFilter("do_attr(obj, name)", (env, object: unknown, name: unknown) => {
  const text = textOf(name);
  if (text === undefined) {
    hashKey(name);
    throw typeError(`attribute name must be string, not '${typeName(name)}'`);
  }
  if (!text.startsWith("_") && attributeOf(object, text, env) === undefined)
    return env.undefined({ object, name: text });
  return pyGetAttr(object, text, env);
});

const UNITS = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];

const filesizeformat = defineFilter(
  "do_filesizeformat(value, binary=False)",
  (_env, value: unknown, binary: unknown) => {
    const bytes = floatOf(value);
    const isBinary = pyTruth(binary);
    const base = isBinary ? 1024 : 1000;
    if (bytes === 1) return "1 Byte";
    if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
    for (const [i, unit] of UNITS.entries()) {
      const limit = base ** (i + 2);
      if (bytes < limit || i === UNITS.length - 1) {
        const name = isBinary ? `${(unit[0] as string).toUpperCase()}iB` : unit;
        return `${oneDecimal((base * bytes) / limit)} ${name}`;
      }
    }
    return "";
  },
);

function oneDecimal(v: number): string {
  return Number.isFinite(v) ? roundedText(v) : pyStr(v);
}

function roundedText(v: number): string {
  const rounded = roundDouble(v, 1);
  return Math.abs(rounded) < 1e15 ? rounded.toFixed(1) : BigInt(rounded).toString().concat(".0");
}

export const valueFilters: Record<string, FilterFunction> = {
  int,
  float: toFloat,
  abs,
  round,
  default: dflt,
  d: dflt,
  attr,
  filesizeformat,
  pprint: defineFilter("do_pprint(value)", (_env, value: unknown) => pprint(value)),
};
