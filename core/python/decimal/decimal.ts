import { float, HostObject, PyFloat, Tuple } from "../../jinja/runtime/values.ts";
import { int, isInt, type Member, member, method, NamedStruct, raise, toIndex, typeName } from "../support.ts";
import { add, divide, divideWhole, multiply, negate, power, squareRoot } from "./arithmetic.ts";
import { formatDecimal } from "./format.ts";
import {
  compareDigits,
  type Digits,
  digitCount,
  digitsOfDouble,
  digitsText,
  finite,
  fix,
  PRECISION,
  parseDigits,
  type Rounding,
  roundAway,
  tenTo,
} from "./number.ts";

/** Python's `decimal.Decimal` in its default context: exact, 28 digits after arithmetic, ties to even. */
export class PyDecimal extends HostObject {
  readonly typeName = "decimal.Decimal";
  readonly digits: Digits;

  constructor(digits: Digits) {
    super();
    this.digits = digits;
  }
  /** The number that a text says; `undefined` where it says none. */
  static parse(text: string): PyDecimal | undefined {
    const digits = parseDigits(text);
    return digits && new PyDecimal(digits);
  }
  /** A number of unscaled digits, as databases give it: `of(150n, 2)` is `1.50`. */
  static of(unscaled: bigint, scale = 0): PyDecimal {
    return new PyDecimal(finite(unscaled < 0n, unscaled < 0n ? -unscaled : unscaled, -scale));
  }
  /** `Decimal(float)`: the double's exact value. */
  static ofDouble(value: number): PyDecimal {
    return new PyDecimal(digitsOfDouble(value));
  }

  get isFinite(): boolean {
    return this.digits.special === "";
  }
  isNaN(): boolean {
    return this.digits.special === "NaN" || this.digits.special === "sNaN";
  }
  /** The nearest double. */
  toFloat(): number {
    return this.digits.special === "" ? Number(digitsText(this.digits)) : this.isNaN() ? Number.NaN : this.infinity();
  }
  /** `int(x)`: cut towards zero. */
  toInt(): number | bigint {
    if (this.isNaN()) raise("ValueError", "cannot convert NaN to integer");
    if (!this.isFinite) raise("OverflowError", "cannot convert Infinity to integer");
    const { negative, coefficient, exponent } = this.digits;
    const whole = exponent >= 0 ? coefficient * tenTo(exponent) : coefficient / tenTo(-exponent);
    return int(negative ? -whole : whole);
  }
  isInteger(): boolean {
    const { coefficient, exponent, special } = this.digits;
    return special === "" && (exponent >= 0 || (-exponent < 5000 && coefficient % tenTo(-exponent) === 0n));
  }
  private infinity(): number {
    return this.digits.negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  /** `round(x, places)`, ties to even. */
  round(places: number): PyDecimal {
    return this.rescaled(-places, "ROUND_HALF_EVEN");
  }
  /** The number with exactly that exponent. */
  rescaled(exponent: number, rounding: Rounding): PyDecimal {
    if (!this.isFinite) return this;
    const { negative, coefficient } = this.digits;
    const rounded = roundAway(coefficient, exponent - this.digits.exponent, negative, rounding);
    return new PyDecimal(finite(negative, rounded, exponent));
  }
  format(spec: string): string {
    return formatDecimal(this.digits, spec);
  }

  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
  override truth(): boolean {
    return !this.isFinite || this.digits.coefficient !== 0n;
  }
  override str(): string {
    return digitsText(this.digits);
  }
  override repr(): string {
    return `Decimal('${this.str()}')`;
  }
  override equals(other: unknown): boolean {
    const digits = asComparable(other);
    if (!digits || this.isNaN() || digits.special === "NaN") return false;
    return compareDigits(this.digits, digits) === 0;
  }
  override hashKey(): string | number | bigint {
    if (this.isInteger()) return this.toInt();
    const double = this.toFloat();
    if (this.isFinite && compareDigits(this.digits, digitsOfDouble(double)) === 0) return double;
    return `\0decimal:${normalize(this.digits).negative ? "-" : ""}${digitsText(normalize(this.digits))}`;
  }
  override compare(other: unknown): number | undefined {
    const digits = asComparable(other);
    if (!digits) return undefined;
    if (this.isNaN() || digits.special === "NaN") return Number.NaN;
    return compareDigits(this.digits, digits);
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (op === "neg")
      return new PyDecimal(fix(this.truth() ? negate(this.digits) : { ...this.digits, negative: false }));
    if (op === "abs") return new PyDecimal(fix({ ...this.digits, negative: false }));
    if (op === "round")
      return other === null ? this.round(0).toInt() : quantize(this, PyDecimal.of(1n, toIndex(other)), null);
    if (op === "pos") return new PyDecimal(fix(this.digits));
    const digits = other instanceof PyDecimal ? other.digits : isInt(other) ? digitsOfInt(other) : undefined;
    if (!digits) return undefined;
    const result = reflected ? calculate(op, digits, this.digits) : calculate(op, this.digits, digits);
    return result && new PyDecimal(result);
  }
}

function calculate(op: string, a: Digits, b: Digits): Digits | undefined {
  switch (op) {
    case "+":
      return add(a, b);
    case "-":
      return add(a, negate(b));
    case "*":
      return multiply(a, b);
    case "/":
      return divide(a, b);
    case "//":
      return divideWhole(a, b)[0];
    case "%":
      if (a.special === "Infinity") raise("ValueError", "[<class 'decimal.InvalidOperation'>]");
      return divideWhole(a, b)[1];
    case "**":
      return power(a, b);
  }
  return undefined;
}

function digitsOfInt(value: number | bigint | boolean): Digits {
  const whole = BigInt(value);
  return finite(whole < 0n, whole < 0n ? -whole : whole, 0);
}

/** What a Decimal can be compared with: ints and floats too. */
function asComparable(value: unknown): Digits | undefined {
  if (value instanceof PyDecimal) return value.digits;
  if (isInt(value)) return digitsOfInt(value);
  if (typeof value === "number") return digitsOfDouble(value);
  return value instanceof PyFloat ? digitsOfDouble(value.value) : undefined;
}

/** Without trailing zeros. */
function normalize(d: Digits): Digits {
  if (d.special !== "") return d;
  let { coefficient, exponent } = fix(d);
  if (coefficient === 0n) return finite(d.negative, 0n, 0);
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent++;
  }
  return finite(d.negative, coefficient, exponent);
}

function asDecimal(value: unknown): PyDecimal {
  if (value instanceof PyDecimal) return value;
  if (isInt(value)) return new PyDecimal(digitsOfInt(value));
  return raise("TypeError", `conversion from ${typeName(value)} to Decimal is not supported`);
}

function quantize(self: PyDecimal, exponent: unknown, rounding: unknown): PyDecimal {
  const target = asDecimal(exponent).digits;
  if (!self.isFinite || target.special !== "") {
    if (self.isNaN()) return self;
    return raise("ValueError", "[<class 'decimal.InvalidOperation'>]");
  }
  const result = self.rescaled(target.exponent, asRounding(rounding));
  if (digitCount(result.digits.coefficient) > PRECISION) raise("ValueError", "[<class 'decimal.InvalidOperation'>]");
  return result;
}

function asRounding(value: unknown): Rounding {
  if (value === null || value === undefined) return "ROUND_HALF_EVEN";
  if (typeof value === "string" && /^ROUND_(?:HALF_(?:EVEN|UP|DOWN)|UP|DOWN|CEILING|FLOOR|05UP)$/.test(value)) {
    return value as Rounding;
  }
  return raise(
    "TypeError",
    "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n" +
      "   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
  );
}

function toIntegral(self: PyDecimal, rounding: unknown): PyDecimal {
  return self.digits.exponent >= 0 ? self : self.rescaled(0, asRounding(rounding));
}

function integerRatio(self: PyDecimal): Tuple {
  if (self.isNaN()) raise("ValueError", "cannot convert NaN to integer ratio");
  if (!self.isFinite) raise("OverflowError", "cannot convert Infinity to integer ratio");
  const { negative, coefficient, exponent } = normalize(self.digits);
  let top = exponent >= 0 ? coefficient * tenTo(exponent) : coefficient;
  let bottom = exponent >= 0 ? 1n : tenTo(-exponent);
  for (const factor of [2n, 5n]) {
    while (top % factor === 0n && bottom % factor === 0n) {
      top /= factor;
      bottom /= factor;
    }
  }
  return new Tuple([int(negative ? -top : top), int(bottom)]);
}

const MEMBERS = new Map<string, Member<PyDecimal>>([
  ["real", (self) => self],
  ["imag", () => new PyDecimal(finite(false, 0n, 0))],
  ["conjugate", method("conjugate()", (self: PyDecimal) => self)],
  ["quantize", method("quantize(exp, rounding=None, context=None)", quantize)],
  ["to_integral_value", method("to_integral_value(rounding=None, context=None)", toIntegral)],
  ["to_integral", method("to_integral(rounding=None, context=None)", toIntegral)],
  ["to_integral_exact", method("to_integral_exact(rounding=None, context=None)", toIntegral)],
  ["normalize", method("normalize(context=None)", (self: PyDecimal) => new PyDecimal(normalize(self.digits)))],
  ["sqrt", method("sqrt(context=None)", (self: PyDecimal) => new PyDecimal(squareRoot(self.digits)))],
  ["copy_abs", method("copy_abs()", (self: PyDecimal) => new PyDecimal({ ...self.digits, negative: false }))],
  ["copy_negate", method("copy_negate()", (self: PyDecimal) => new PyDecimal(negate(self.digits)))],
  [
    "copy_sign",
    method("copy_sign(other, context=None)", (self: PyDecimal, other: unknown) => {
      return new PyDecimal({ ...self.digits, negative: asDecimal(other).digits.negative });
    }),
  ],
  ["is_nan", method("is_nan()", (self: PyDecimal) => self.isNaN())],
  ["is_infinite", method("is_infinite()", (self: PyDecimal) => self.digits.special === "Infinity")],
  ["is_finite", method("is_finite()", (self: PyDecimal) => self.isFinite)],
  ["is_zero", method("is_zero()", (self: PyDecimal) => !self.truth())],
  ["is_signed", method("is_signed()", (self: PyDecimal) => self.digits.negative)],
  [
    "adjusted",
    method("adjusted()", (self: PyDecimal) => self.digits.exponent + digitCount(self.digits.coefficient) - 1),
  ],
  ["as_integer_ratio", method("as_integer_ratio()", integerRatio)],
  [
    "as_tuple",
    method("as_tuple()", (self: PyDecimal) => {
      const { negative, coefficient, exponent, special } = self.digits;
      const shown = special === "" ? exponent : special === "Infinity" ? "F" : special === "NaN" ? "n" : "N";
      const digits = new Tuple([...String(coefficient)].map(Number));
      return new NamedStruct("DecimalTuple", ["sign", "digits", "exponent"], [negative ? 1 : 0, digits, shown]);
    }),
  ],
  [
    "compare",
    method("compare(other, context=None)", (self: PyDecimal, other: unknown) =>
      asDecimal(Math.sign(compareDigits(self.digits, asDecimal(other).digits))),
    ),
  ],
  [
    "max",
    method("max(other, context=None)", (self: PyDecimal, other: unknown) => {
      const right = asDecimal(other);
      return compareDigits(self.digits, right.digits) >= 0 ? self : right;
    }),
  ],
  [
    "min",
    method("min(other, context=None)", (self: PyDecimal, other: unknown) => {
      const right = asDecimal(other);
      return compareDigits(self.digits, right.digits) <= 0 ? self : right;
    }),
  ],
  ["__float__", method("__float__()", (self: PyDecimal) => float(self.toFloat()))],
]);
