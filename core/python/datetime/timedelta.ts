import { float, HostObject } from "../../jinja/runtime/values.ts";
import { int, isInt, type Member, member, method, numberOf, raise, typeName } from "../support.ts";
import { pad } from "./calendar.ts";

const MICROS_PER_DAY = 86_400_000_000n;
const MAX_DAYS = 999_999_999;

/** Python's `datetime.timedelta`: days, seconds and microseconds, the last two never negative. */
export class PyTimedelta extends HostObject {
  readonly typeName = "datetime.timedelta";
  readonly days: number;
  readonly seconds: number;
  readonly microseconds: number;

  private constructor(days: number, seconds: number, microseconds: number) {
    super();
    this.days = days;
    this.seconds = seconds;
    this.microseconds = microseconds;
  }

  static ofMicros(total: bigint): PyTimedelta {
    const days = floorDiv(total, MICROS_PER_DAY);
    if (days > MAX_DAYS || days < -MAX_DAYS) raise("OverflowError", `days=${days}; must have magnitude <= ${MAX_DAYS}`);
    const rest = Number(total - days * MICROS_PER_DAY);
    return new PyTimedelta(Number(days), Math.floor(rest / 1e6), rest % 1e6);
  }
  static ofSeconds(seconds: number): PyTimedelta {
    return PyTimedelta.ofMicros(BigInt(Math.round(seconds * 1e6)));
  }
  /** All of it in microseconds, exactly. */
  micros(): bigint {
    return BigInt(this.days) * MICROS_PER_DAY + BigInt(this.seconds) * 1_000_000n + BigInt(this.microseconds);
  }
  totalSeconds(): number {
    return Number(this.micros()) / 1e6;
  }
  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
  override truth(): boolean {
    return this.days !== 0 || this.seconds !== 0 || this.microseconds !== 0;
  }
  override str(): string {
    const hours = Math.floor(this.seconds / 3600);
    const minutes = Math.floor(this.seconds / 60) % 60;
    let text = `${hours}:${pad(minutes, 2)}:${pad(this.seconds % 60, 2)}`;
    if (this.microseconds) text += `.${pad(this.microseconds, 6)}`;
    if (this.days === 0) return text;
    return `${this.days} day${Math.abs(this.days) === 1 ? "" : "s"}, ${text}`;
  }
  override repr(): string {
    const parts: string[] = [];
    if (this.days) parts.push(`days=${this.days}`);
    if (this.seconds) parts.push(`seconds=${this.seconds}`);
    if (this.microseconds) parts.push(`microseconds=${this.microseconds}`);
    return `datetime.timedelta(${parts.length === 0 ? "0" : parts.join(", ")})`;
  }
  override equals(other: unknown): boolean {
    return other instanceof PyTimedelta && other.micros() === this.micros();
  }
  override hashKey(): string {
    return `\0timedelta:${this.micros()}`;
  }
  override compare(other: unknown): number | undefined {
    if (!(other instanceof PyTimedelta)) return undefined;
    const difference = this.micros() - other.micros();
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (op === "neg") return this.negated();
    if (op === "pos") return this;
    if (op === "abs") return this.days < 0 ? this.negated() : this;
    if (other instanceof PyTimedelta) {
      return reflected ? between(other.micros(), op, this.micros()) : between(this.micros(), op, other.micros());
    }
    const factor = numberOf(other);
    if (factor === undefined) return undefined;
    if (op === "*")
      return PyTimedelta.ofMicros(isInt(other) ? this.micros() * BigInt(other) : this.scaled(factor, false));
    if (reflected || (op !== "/" && op !== "//") || (op === "//" && !isInt(other))) return undefined;
    if (factor === 0)
      raise("ZeroDivisionError", isInt(other) ? "integer division or modulo by zero" : "division by zero");
    if (op === "//") return PyTimedelta.ofMicros(floorDiv(this.micros(), BigInt(other as number)));
    return PyTimedelta.ofMicros(isInt(other) ? divideEven(this.micros(), BigInt(other)) : this.scaled(factor, true));
  }
  /** Times a float, or divided by it: by the float's exact value, rounded half to even. */
  private scaled(factor: number, divides: boolean): bigint {
    if (Number.isNaN(factor)) raise("ValueError", "cannot convert NaN to integer ratio");
    if (!Number.isFinite(factor)) raise("OverflowError", "cannot convert Infinity to integer ratio");
    const [top, bottom] = integerRatio(factor);
    return divides ? divideEven(this.micros() * bottom, top) : divideEven(this.micros() * top, bottom);
  }
  negated(): PyTimedelta {
    return PyTimedelta.ofMicros(-this.micros());
  }
}

function between(left: bigint, op: string, right: bigint): unknown {
  switch (op) {
    case "+":
      return PyTimedelta.ofMicros(left + right);
    case "-":
      return PyTimedelta.ofMicros(left - right);
    case "/":
      if (right === 0n) raise("ZeroDivisionError", "division by zero");
      return float(Number(left) / Number(right));
    case "//":
    case "%": {
      if (right === 0n) raise("ZeroDivisionError", "integer division or modulo by zero");
      const quotient = floorDiv(left, right);
      return op === "//" ? int(quotient) : PyTimedelta.ofMicros(left - quotient * right);
    }
  }
  return undefined;
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** A double as a fraction. */
function integerRatio(value: number): [bigint, bigint] {
  let top = value;
  let bottom = 1n;
  while (!Number.isInteger(top)) {
    top *= 2;
    bottom *= 2n;
  }
  return [BigInt(top), bottom];
}

/** Division that rounds half to even, as timedelta's does. */
function divideEven(a: bigint, b: bigint): bigint {
  const quotient = floorDiv(a, b);
  const doubled = (a - quotient * b) * 2n;
  const magnitude = doubled < 0n ? -doubled : doubled;
  const whole = b < 0n ? -b : b;
  if (magnitude > whole || (magnitude === whole && quotient % 2n !== 0n)) return quotient + 1n;
  return quotient;
}

function roundEven(value: number): bigint {
  const floor = Math.floor(value);
  const fraction = value - floor;
  const up = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0);
  return BigInt(up ? floor + 1 : floor);
}

const MEMBERS = new Map<string, Member<PyTimedelta>>([
  ["days", (self) => self.days],
  ["seconds", (self) => self.seconds],
  ["microseconds", (self) => self.microseconds],
  ["total_seconds", method("total_seconds()", (self: PyTimedelta) => float(self.totalSeconds()))],
  ["min", () => PyTimedelta.ofMicros(-999999999n * MICROS_PER_DAY)],
  ["max", () => PyTimedelta.ofMicros(1000000000n * MICROS_PER_DAY - 1n)],
  ["resolution", () => PyTimedelta.ofMicros(1n)],
]);

const UNITS: readonly [string, bigint][] = [
  ["days", MICROS_PER_DAY],
  ["seconds", 1_000_000n],
  ["microseconds", 1n],
  ["milliseconds", 1000n],
  ["minutes", 60_000_000n],
  ["hours", 3_600_000_000n],
  ["weeks", 7n * MICROS_PER_DAY],
];

/** `timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks)`; each may be an int or a float. */
export function makeTimedelta(...amounts: unknown[]): PyTimedelta {
  let total = 0n;
  let fraction = 0;
  for (let i = 0; i < UNITS.length; i++) {
    const amount = amounts[i] ?? 0;
    const [name, micros] = UNITS[i]!;
    if (isInt(amount)) {
      total += BigInt(amount) * micros;
      continue;
    }
    const value = numberOf(amount);
    if (value === undefined)
      raise("TypeError", `unsupported type for timedelta ${name} component: ${typeName(amount)}`);
    if (Number.isNaN(value)) raise("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(value)) raise("OverflowError", "cannot convert float infinity to integer");
    const whole = Math.trunc(value);
    total += BigInt(whole) * micros;
    const rest = (value - whole) * Number(micros);
    const wholeRest = Math.trunc(rest);
    total += BigInt(wholeRest);
    fraction += rest - wholeRest;
  }
  return PyTimedelta.ofMicros(total + roundEven(fraction));
}
