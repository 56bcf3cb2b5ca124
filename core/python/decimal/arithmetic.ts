import { raise } from "../support.ts";
import { type Digits, digitCount, digitsOfDouble, finite, fix, PRECISION, tenTo } from "./number.ts";

const invalid = (): never => raise("ValueError", "[<class 'decimal.InvalidOperation'>]");
const infinity = (negative: boolean): Digits => ({ negative, coefficient: 0n, exponent: 0, special: "Infinity" });
const NAN: Digits = { negative: false, coefficient: 0n, exponent: 0, special: "NaN" };
const isZero = (d: Digits): boolean => d.special === "" && d.coefficient === 0n;

function nanOf(a: Digits, b: Digits): Digits | undefined {
  if (a.special === "sNaN" || b.special === "sNaN") return invalid();
  if (a.special === "NaN") return a;
  return b.special === "NaN" ? b : undefined;
}

export function add(a: Digits, b: Digits): Digits {
  const nan = nanOf(a, b);
  if (nan) return nan;
  if (a.special !== "") return b.special !== "" && a.negative !== b.negative ? invalid() : a;
  if (b.special !== "") return b;
  const exponent = Math.min(a.exponent, b.exponent);
  if (Math.abs(a.exponent - b.exponent) > 100_000) return raise("MemoryError", "a decimal number has too many digits");
  const x = (a.negative ? -a.coefficient : a.coefficient) * tenTo(a.exponent - exponent);
  const y = (b.negative ? -b.coefficient : b.coefficient) * tenTo(b.exponent - exponent);
  const sum = x + y;
  if (sum === 0n) return finite(a.negative && b.negative, 0n, exponent);
  return fix(finite(sum < 0n, sum < 0n ? -sum : sum, exponent));
}

export const negate = (d: Digits): Digits => ({ ...d, negative: !d.negative });

export function multiply(a: Digits, b: Digits): Digits {
  const nan = nanOf(a, b);
  if (nan) return nan;
  const negative = a.negative !== b.negative;
  if (a.special !== "" || b.special !== "") return isZero(a) || isZero(b) ? invalid() : infinity(negative);
  return fix(finite(negative, a.coefficient * b.coefficient, a.exponent + b.exponent));
}

export function divide(a: Digits, b: Digits): Digits {
  const nan = nanOf(a, b);
  if (nan) return nan;
  const negative = a.negative !== b.negative;
  if (a.special !== "") return b.special !== "" ? invalid() : infinity(negative);
  if (b.special !== "") return finite(negative, 0n, 0);
  if (b.coefficient === 0n) return divideByZero(a);
  if (a.coefficient === 0n) return finite(negative, 0n, a.exponent - b.exponent);
  const shift = digitCount(b.coefficient) - digitCount(a.coefficient) + PRECISION + 1;
  let exponent = a.exponent - b.exponent - shift;
  const top = shift >= 0 ? a.coefficient * tenTo(shift) : a.coefficient;
  const bottom = shift >= 0 ? b.coefficient : b.coefficient * tenTo(-shift);
  let quotient = top / bottom;
  if (top % bottom !== 0n) {
    // A sticky digit, so that rounding sees that something follows.
    if (quotient % 5n === 0n) quotient += 1n;
  } else {
    while (exponent < a.exponent - b.exponent && quotient % 10n === 0n) {
      quotient /= 10n;
      exponent++;
    }
  }
  return fix(finite(negative, quotient, exponent));
}

function divideByZero(a: Digits): never {
  const name = isZero(a) ? "DivisionUndefined" : "DivisionByZero";
  return raise("ZeroDivisionError", `[<class 'decimal.${name}'>]`);
}

/** The whole quotient, cut towards zero, and the remainder, which has the dividend's sign. */
export function divideWhole(a: Digits, b: Digits): [Digits, Digits] {
  const nan = nanOf(a, b);
  if (nan) return [nan, nan];
  const negative = a.negative !== b.negative;
  if (a.special !== "") return [b.special === "" ? infinity(negative) : invalid(), NAN];
  if (b.special !== "") return [finite(negative, 0n, 0), a];
  if (b.coefficient === 0n) return divideByZero(a);
  const exponent = Math.min(a.exponent, b.exponent);
  const x = a.coefficient * tenTo(a.exponent - exponent);
  const y = b.coefficient * tenTo(b.exponent - exponent);
  const quotient = x / y;
  if (digitCount(quotient) > PRECISION) return raise("ValueError", "[<class 'decimal.DivisionImpossible'>]");
  return [finite(negative, quotient, 0), fix(finite(a.negative, x % y, exponent))];
}

export function power(a: Digits, b: Digits): Digits {
  const nan = nanOf(a, b);
  if (nan) return nan;
  const exponent = Number(`${b.negative ? "-" : ""}${b.coefficient}e${b.exponent}`);
  if (exponent === 0) return isZero(a) ? invalid() : finite(false, 1n, 0);
  if (a.special !== "" || b.special !== "" || !Number.isInteger(exponent) || Math.abs(exponent) > 10_000) {
    if (a.negative && !Number.isInteger(exponent)) return invalid();
    const base = Number(`${a.negative ? "-" : ""}${a.coefficient}e${a.exponent}`);
    return fix(digitsOfDouble((a.special !== "" ? (a.negative ? -Infinity : Infinity) : base) ** exponent));
  }
  const count = BigInt(Math.abs(exponent));
  const negative = a.negative && count % 2n === 1n;
  if (isZero(a)) return exponent > 0 ? finite(negative, 0n, 0) : infinity(negative);
  const exact = finite(negative, a.coefficient ** count, a.exponent * Math.abs(exponent));
  if (exponent > 0) return fix(exact);
  const result = divide(finite(negative, 1n, 0), { ...exact, negative: false });
  return result;
}

/** The square root, to the context's precision. */
export function squareRoot(d: Digits): Digits {
  if (d.special === "NaN" || (d.special === "Infinity" && !d.negative)) return d;
  if (d.negative && !isZero(d)) return invalid();
  if (isZero(d)) return finite(d.negative, 0n, Math.floor(d.exponent / 2));
  const ideal = Math.floor(d.exponent / 2);
  const even = d.exponent % 2 === 0;
  let coefficient = even ? d.coefficient : d.coefficient * 10n;
  let exponent = (even ? d.exponent : d.exponent - 1) / 2;
  const wanted = PRECISION + 2;
  const shift = Math.max(0, wanted - Math.ceil(digitCount(coefficient) / 2));
  coefficient *= tenTo(2 * shift);
  exponent -= shift;
  let root = integerRoot(coefficient);
  if (root * root !== coefficient) {
    if (root % 5n === 0n) root += 1n;
  } else {
    while (exponent < ideal && root % 10n === 0n) {
      root /= 10n;
      exponent++;
    }
  }
  return fix(finite(false, root, exponent));
}

function integerRoot(n: bigint): bigint {
  let x = 10n ** BigInt(Math.ceil(String(n).length / 2));
  for (;;) {
    const next = (x + n / x) / 2n;
    if (next >= x) return x;
    x = next;
  }
}
