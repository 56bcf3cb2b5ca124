import { raise } from "../support.ts";
import { type Digits, digitCount, digitsText, finite, placePoint, roundAway, tenTo } from "./number.ts";

const SPEC = /^(?:(.)?([<>=^]))?([-+ ]?)(z?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([eEfFgGn%]?)$/su;

/** `format(Decimal, spec)`: exact, unlike a float's. */
export function formatDecimal(d: Digits, spec: string): string {
  const m = SPEC.exec(spec);
  if (!m) return raise("ValueError", "invalid format string");
  const zeroPadded = m[6] === "0";
  const fill = m[1] ?? (zeroPadded && m[2] === undefined ? "0" : " ");
  const align = m[2] ?? (zeroPadded ? "=" : ">");
  const precision = m[9] === undefined ? undefined : Number(m[9]);
  const body = d.special === "" ? bodyOf(d, m[10]!, precision) : digitsText({ ...d, negative: false });
  const grouped = m[8] ? group(body, m[8]) : body;
  const sign = d.negative ? "-" : m[3] === "-" ? "" : m[3]!;
  const gap = Math.max(0, Number(m[7] || 0) - sign.length - grouped.length);
  switch (align) {
    case "<":
      return sign + grouped + fill.repeat(gap);
    case "^":
      return fill.repeat(Math.floor(gap / 2)) + sign + grouped + fill.repeat(Math.ceil(gap / 2));
    case "=":
      return sign + fill.repeat(gap) + grouped;
  }
  return fill.repeat(gap) + sign + grouped;
}

function bodyOf(d: Digits, type: string, precision: number | undefined): string {
  switch (type) {
    case "f":
    case "F":
      return fixedPoint(d, precision);
    case "%":
      return `${fixedPoint({ ...d, exponent: d.exponent + 2 }, precision)}%`;
    case "e":
    case "E":
      return scientific(rounded(d, precision === undefined ? undefined : precision + 1), type);
  }
  const most = precision === 0 ? 1 : precision;
  const significant = most === undefined || digitCount(d.coefficient) <= most ? d : rounded(d, most);
  const digits = String(significant.coefficient);
  const left = significant.exponent + digits.length;
  if (significant.exponent <= 0 && left > -6) return placePoint(digits, left);
  return scientific(significant, type === "g" ? "e" : "E");
}

function fixedPoint(d: Digits, precision: number | undefined): string {
  if (precision === undefined) {
    if (d.exponent >= 0) return String(d.coefficient * tenTo(d.exponent));
    return placePoint(String(d.coefficient), d.exponent + digitCount(d.coefficient));
  }
  const coefficient = roundAway(d.coefficient, -precision - d.exponent, d.negative, "ROUND_HALF_EVEN");
  const digits = String(coefficient);
  return placePoint(digits, digits.length - precision);
}

function rounded(d: Digits, count: number | undefined): Digits {
  if (count === undefined) return d;
  const drop = digitCount(d.coefficient) - count;
  if (d.coefficient === 0n) return finite(d.negative, 0n, d.exponent);
  const coefficient = roundAway(d.coefficient, drop, d.negative, "ROUND_HALF_EVEN");
  if (digitCount(coefficient) > count) return finite(d.negative, coefficient / 10n, d.exponent + drop + 1);
  return drop > 0 || count > digitCount(d.coefficient) ? finite(d.negative, coefficient, d.exponent + drop) : d;
}

function scientific(d: Digits, letter: string): string {
  const digits = String(d.coefficient);
  const exponent = d.exponent + digits.length - 1;
  return `${placePoint(digits, 1)}${letter}${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function group(text: string, separator: string): string {
  const point = text.search(/[.eE%]/);
  const whole = point < 0 ? text : text.slice(0, point);
  return whole.replace(/\B(?=(\d{3})+$)/g, separator) + (point < 0 ? "" : text.slice(point));
}
