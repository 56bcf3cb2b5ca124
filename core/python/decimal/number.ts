/** A decimal number as digits and exponent: `(-1)^negative * coefficient * 10^exponent`, or a special value. */
export interface Digits {
  readonly negative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
  readonly special: "" | "Infinity" | "NaN" | "sNaN";
}

/** How many digits a result of arithmetic keeps: Python's default context. */
export const PRECISION = 28;

export type Rounding =
  | "ROUND_HALF_EVEN"
  | "ROUND_HALF_UP"
  | "ROUND_HALF_DOWN"
  | "ROUND_UP"
  | "ROUND_DOWN"
  | "ROUND_CEILING"
  | "ROUND_FLOOR"
  | "ROUND_05UP";

const POWERS: bigint[] = [1n];
/** `10^n`. */
export function tenTo(n: number): bigint {
  if (n > 5000) return 10n ** BigInt(n);
  for (let i = POWERS.length; i <= n; i++) POWERS.push(POWERS[i - 1]! * 10n);
  return POWERS[n]!;
}

export const finite = (negative: boolean, coefficient: bigint, exponent: number): Digits => ({
  negative,
  coefficient,
  exponent,
  special: "",
});

export const digitCount = (coefficient: bigint): number => (coefficient === 0n ? 1 : String(coefficient).length);

const PATTERN = /^([-+]?)(?:(\d[\d_]*)?(?:\.([\d_]*))?(?:[eE]([-+]?\d+))?|(inf(?:inity)?)|(s?nan)(\d*))$/i;

/** Reads what Python's `Decimal(text)` reads; `undefined` for anything else. */
export function parseDigits(text: string): Digits | undefined {
  const m = PATTERN.exec(text.trim().replaceAll("_", ""));
  if (!m) return undefined;
  const negative = m[1] === "-";
  if (m[5] !== undefined) return { negative, coefficient: 0n, exponent: 0, special: "Infinity" };
  if (m[6] !== undefined) {
    return { negative, coefficient: BigInt(m[7] || 0), exponent: 0, special: m[6].length === 4 ? "sNaN" : "NaN" };
  }
  const whole = m[2] ?? "";
  const fraction = m[3] ?? "";
  if (whole === "" && fraction === "") return undefined;
  return finite(negative, BigInt(whole + fraction), Number(m[4] ?? 0) - fraction.length);
}

/** The exact decimal value of a double. */
export function digitsOfDouble(value: number): Digits {
  if (Number.isNaN(value)) return { negative: false, coefficient: 0n, exponent: 0, special: "NaN" };
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return { negative, coefficient: 0n, exponent: 0, special: "Infinity" };
  let rest = Math.abs(value);
  let halvings = 0;
  while (!Number.isInteger(rest)) {
    rest *= 2;
    halvings++;
  }
  return finite(negative, BigInt(rest) * 5n ** BigInt(halvings), -halvings);
}

/** Drops the last `drop` digits of a coefficient. */
export function roundAway(coefficient: bigint, drop: number, negative: boolean, rounding: Rounding): bigint {
  if (drop <= 0) return coefficient * tenTo(-drop);
  const unit = tenTo(drop);
  const quotient = coefficient / unit;
  const rest = coefficient % unit;
  if (rest === 0n) return quotient;
  const half = rest * 2n < unit ? -1 : rest * 2n > unit ? 1 : 0;
  let up: boolean;
  switch (rounding) {
    case "ROUND_HALF_EVEN":
      up = half > 0 || (half === 0 && quotient % 2n === 1n);
      break;
    case "ROUND_HALF_UP":
      up = half >= 0;
      break;
    case "ROUND_HALF_DOWN":
      up = half > 0;
      break;
    case "ROUND_UP":
      up = true;
      break;
    case "ROUND_DOWN":
      up = false;
      break;
    case "ROUND_CEILING":
      up = !negative;
      break;
    case "ROUND_FLOOR":
      up = negative;
      break;
    case "ROUND_05UP":
      up = quotient % 5n === 0n;
      break;
  }
  return up ? quotient + 1n : quotient;
}

/** Rounds to the context's precision. */
export function fix(d: Digits): Digits {
  const excess = digitCount(d.coefficient) - PRECISION;
  if (d.special !== "" || excess <= 0) return d;
  const coefficient = roundAway(d.coefficient, excess, d.negative, "ROUND_HALF_EVEN");
  const exponent = d.exponent + excess;
  return digitCount(coefficient) > PRECISION
    ? finite(d.negative, coefficient / 10n, exponent + 1)
    : finite(d.negative, coefficient, exponent);
}

/** The order of two numbers that are no NaN. */
export function compareDigits(a: Digits, b: Digits): number {
  const rank = (d: Digits): number => (d.special === "Infinity" ? (d.negative ? -1 : 1) : 0);
  if (rank(a) !== 0 || rank(b) !== 0) return rank(a) - rank(b);
  const left = a.negative ? -a.coefficient : a.coefficient;
  const right = b.negative ? -b.coefficient : b.coefficient;
  const exponent = Math.min(a.exponent, b.exponent);
  const x = left * tenTo(a.exponent - exponent);
  const y = right * tenTo(b.exponent - exponent);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The text of a number as Python's `str` has it, e.g. `1.50`, `1E+3`. */
export function digitsText(d: Digits): string {
  const sign = d.negative ? "-" : "";
  if (d.special === "Infinity") return `${sign}Infinity`;
  if (d.special !== "") return `${sign}${d.special}${d.coefficient === 0n ? "" : d.coefficient}`;
  const digits = String(d.coefficient);
  const left = d.exponent + digits.length;
  if (d.exponent <= 0 && left > -6) return sign + placePoint(digits, left);
  const exponent = left - 1;
  return `${sign}${placePoint(digits, 1)}E${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

/** Digits with the point after the first `left` of them. */
export function placePoint(digits: string, left: number): string {
  if (left <= 0) return `0.${"0".repeat(-left)}${digits}`;
  if (left >= digits.length) return digits + "0".repeat(left - digits.length);
  return `${digits.slice(0, left)}.${digits.slice(left)}`;
}
