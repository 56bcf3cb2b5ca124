import { JinjaError, overflowError, typeError } from "../errors.ts";
import { PyComplex } from "./complex.ts";
import { exactDecimal } from "./format-spec.ts";
import { int, isNumber, toBigInt, toDouble } from "./numbers.ts";
import { percentFormat } from "./percent.ts";
import { PySet } from "./set.ts";
import { typeName } from "./types.ts";
import { float, HostObject, PyFloat, Tuple } from "./values.ts";

/** The longest string and list a repetition may make; what the sandbox's memory is bounded by. */
const MAX_TEXT = 100_000_000;
const MAX_ITEMS = 20_000_000;
/** The largest int an operation may make, in bits. */
const MAX_BITS = 8_000_000;

type Num = number | bigint | boolean | PyFloat;

const zeroDivision = (message: string) => new JinjaError("ZeroDivisionError", message);
const memoryError = () => new JinjaError("MemoryError", "");

function isFloaty(v: Num): boolean {
  return v instanceof PyFloat || (typeof v === "number" && !Number.isInteger(v));
}

/** The reflected operation of a host object, or Python's TypeError. */
function fallback(op: string, a: unknown, b: unknown, shown = op): unknown {
  if (a instanceof HostObject) {
    const r = a.binary(op, b, false);
    if (r !== undefined) return r;
  }
  if (b instanceof HostObject) {
    const r = b.binary(op, a, true);
    if (r !== undefined) return r;
  }
  throw typeError(`unsupported operand type(s) for ${shown}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** `a + b`. */
export function pyAdd(a: unknown, b: unknown): unknown {
  // Small ints and strings first, in a function small enough to be inlined.
  if (isSmall(a) && isSmall(b)) return a + b;
  return typeof a === "string" && typeof b === "string" ? a + b : addAny(a, b);
}

/** Is it an int of 32 bits? Sums and differences of two are safe integers. */
function isSmall(v: unknown): v is number {
  return typeof v === "number" && (v | 0) === v;
}

function addAny(a: unknown, b: unknown): unknown {
  if (typeof a === "number" && typeof b === "number") {
    const r = a + b;
    if (!Number.isInteger(r)) return r;
    if (Number.isInteger(a) && Number.isInteger(b)) return Number.isSafeInteger(r) ? r : BigInt(a) + BigInt(b);
    return new PyFloat(r);
  }
  if (isNumber(a) && isNumber(b)) {
    if (isFloaty(a) || isFloaty(b)) return float(toDouble(a) + toDouble(b));
    return int((toBigInt(a) as bigint) + (toBigInt(b) as bigint));
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.concat(b);
  if (a instanceof Tuple && b instanceof Tuple) return new Tuple([...a.items, ...b.items]);
  if (b instanceof HostObject || a instanceof HostObject) {
    const r = hostBinary("+", a, b);
    if (r !== undefined) return r;
  }
  const left = typeName(a);
  if (left === "str" || left === "list" || left === "tuple")
    throw typeError(`can only concatenate ${left} (not "${typeName(b)}") to ${left}`);
  return fallback("+", a, b);
}

function hostBinary(op: string, a: unknown, b: unknown): unknown {
  if (a instanceof HostObject) {
    const r = a.binary(op, b, false);
    if (r !== undefined) return r;
  }
  return b instanceof HostObject ? b.binary(op, a, true) : undefined;
}

/** `a - b`. */
export function pySub(a: unknown, b: unknown): unknown {
  return isSmall(a) && isSmall(b) ? a - b : subtractAny(a, b);
}

function subtractAny(a: unknown, b: unknown): unknown {
  if (typeof a === "number" && typeof b === "number") {
    const r = a - b;
    if (!Number.isInteger(r)) return r;
    if (Number.isInteger(a) && Number.isInteger(b)) return Number.isSafeInteger(r) ? r : BigInt(a) - BigInt(b);
    return new PyFloat(r);
  }
  if (isNumber(a) && isNumber(b)) {
    if (isFloaty(a) || isFloaty(b)) return float(toDouble(a) - toDouble(b));
    return int((toBigInt(a) as bigint) - (toBigInt(b) as bigint));
  }
  if (a instanceof PySet && b instanceof PySet) {
    const out = new PySet(undefined, a.frozen);
    for (const x of a) if (!b.has(x)) out.add(x);
    return out;
  }
  return fallback("-", a, b);
}

/** `a * b`. */
export function pyMul(a: unknown, b: unknown): unknown {
  if (isSmall(a) && isSmall(b)) {
    const r = a * b;
    if (r <= Number.MAX_SAFE_INTEGER && r >= Number.MIN_SAFE_INTEGER) return r + 0;
  }
  return multiplyAny(a, b);
}

function multiplyAny(a: unknown, b: unknown): unknown {
  if (typeof a === "number" && typeof b === "number") {
    const r = a * b;
    if (Number.isInteger(a) && Number.isInteger(b)) {
      return Number.isSafeInteger(r) ? r + 0 : BigInt(a) * BigInt(b);
    }
    return Number.isInteger(r) ? new PyFloat(r) : r;
  }
  if (isNumber(a) && isNumber(b)) {
    if (isFloaty(a) || isFloaty(b)) return float(toDouble(a) * toDouble(b));
    const x = toBigInt(a) as bigint;
    const y = toBigInt(b) as bigint;
    if (bitLength(x) + bitLength(y) > MAX_BITS) throw memoryError();
    return int(x * y);
  }
  if (isSequence(a) && !isFloatOrOther(b)) return repeat(a, b);
  if (isSequence(b) && !isFloatOrOther(a)) return repeat(b, a);
  const r = hostBinary("*", a, b);
  if (r !== undefined) return r;
  if (isSequence(a)) throw typeError(`can't multiply sequence by non-int of type '${typeName(b)}'`);
  if (isSequence(b)) throw typeError(`can't multiply sequence by non-int of type '${typeName(a)}'`);
  return fallback("*", a, b);
}

function isSequence(v: unknown): v is string | unknown[] | Tuple {
  return typeof v === "string" || Array.isArray(v) || v instanceof Tuple;
}

function isFloatOrOther(v: unknown): boolean {
  return toBigInt(v) === undefined;
}

function repeat(seq: string | unknown[] | Tuple, times: unknown): unknown {
  const n = toBigInt(times) as bigint;
  if (n > 0x7fff_ffff_ffff_ffffn || n < -0x8000_0000_0000_0000n)
    throw overflowError("cannot fit 'int' into an index-sized integer");
  const count = n > 0n ? Number(n) : 0;
  if (typeof seq === "string") {
    if (seq.length * count > MAX_TEXT) throw memoryError();
    return seq.repeat(seq === "" ? 0 : count);
  }
  const items = seq instanceof Tuple ? seq.items : seq;
  if (items.length * count > MAX_ITEMS) throw memoryError();
  const out: unknown[] = [];
  if (items.length > 0) for (let i = 0; i < count; i++) for (const x of items) out.push(x);
  return seq instanceof Tuple ? new Tuple(out) : out;
}

/** `a / b`. */
export function pyDiv(a: unknown, b: unknown): unknown {
  if (isNumber(a) && isNumber(b)) {
    if (isFloaty(a) || isFloaty(b)) {
      const y = toDouble(b);
      if (y === 0) throw zeroDivision("float division by zero");
      return float(toDouble(a) / y);
    }
    if (typeof a !== "bigint" && typeof b !== "bigint") {
      if (Number(b) === 0) throw zeroDivision("division by zero");
      const r = Number(a) / Number(b);
      return Number.isInteger(r) ? new PyFloat(r) : r;
    }
    return float(divideBig(toBigInt(a) as bigint, toBigInt(b) as bigint));
  }
  return fallback("/", a, b);
}

/** The double nearest to `a / b`. */
function divideBig(a: bigint, b: bigint): number {
  if (b === 0n) throw zeroDivision("division by zero");
  if (a === 0n) return 0;
  const negative = a < 0n !== b < 0n;
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  // Scale so that the quotient has some 66 bits, the last one sticky.
  const shift = 66 - (bitLength(x) - bitLength(y));
  if (shift > 0) x <<= BigInt(shift);
  else y <<= BigInt(-shift);
  let q = x / y;
  if (q * y !== x) q |= 1n;
  const r = shift > 1000 ? (Number(q) / 2 ** 1000) * 2 ** (1000 - shift) : Number(q) * 2 ** -shift;
  if (!Number.isFinite(r)) throw overflowError("integer division result too large for a float");
  return negative ? -r : r;
}

function bitLength(v: bigint): number {
  const s = (v < 0n ? -v : v).toString(16);
  return s.length * 4;
}

function floatDivMod(x: number, y: number): [number, number] {
  let mod = x % y;
  let div = (x - mod) / y;
  if (mod !== 0) {
    if (y < 0 !== mod < 0) {
      mod += y;
      div -= 1;
    }
  } else {
    mod = y < 0 ? -0 : 0;
  }
  let floor: number;
  if (div !== 0) {
    floor = Math.floor(div);
    if (div - floor > 0.5) floor += 1;
  } else {
    floor = x / y < 0 || Object.is(x / y, -0) ? -0 : 0;
  }
  return [floor, mod];
}

/** `a // b`. */
export function pyFloorDiv(a: unknown, b: unknown): unknown {
  if (isNumber(a) && isNumber(b)) {
    if (isFloaty(a) || isFloaty(b)) {
      const y = toDouble(b);
      if (y === 0) throw zeroDivision("float floor division by zero");
      return float(floatDivMod(toDouble(a), y)[0]);
    }
    if (typeof a !== "bigint" && typeof b !== "bigint") {
      const x = Number(a);
      const y = Number(b);
      if (y === 0) throw zeroDivision("integer division or modulo by zero");
      const m = x % y;
      return (x - m) / y - (m !== 0 && m < 0 !== y < 0 ? 1 : 0) + 0;
    }
    const x = toBigInt(a) as bigint;
    const y = toBigInt(b) as bigint;
    if (y === 0n) throw zeroDivision("integer division or modulo by zero");
    const m = x % y;
    return int(x / y - (m !== 0n && m < 0n !== y < 0n ? 1n : 0n));
  }
  return fallback("//", a, b);
}

/** `a % b`: remainder, or formatting where `a` is a string. */
export function pyMod(a: unknown, b: unknown): unknown {
  return isSmall(a) && isSmall(b) && a >= 0 && b > 0 ? a % b : moduloAny(a, b);
}

function moduloAny(a: unknown, b: unknown): unknown {
  if (typeof a === "number" && typeof b === "number" && Number.isInteger(a) && Number.isInteger(b) && b !== 0) {
    const m = a % b;
    return m !== 0 && m < 0 !== b < 0 ? m + b : m + 0;
  }
  if (typeof a === "string") return percentFormat(a, b);
  if (isNumber(a) && isNumber(b)) {
    if (isFloaty(a) || isFloaty(b)) {
      const y = toDouble(b);
      if (y === 0) throw zeroDivision("float modulo");
      return float(floatDivMod(toDouble(a), y)[1]);
    }
    const x = toBigInt(a) as bigint;
    const y = toBigInt(b) as bigint;
    if (y === 0n) throw zeroDivision("integer modulo by zero");
    const m = x % y;
    return int(m !== 0n && m < 0n !== y < 0n ? m + y : m);
  }
  return fallback("%", a, b);
}

/** `a ** b`. */
export function pyPow(a: unknown, b: unknown): unknown {
  if (!isNumber(a) || !isNumber(b)) return fallback("**", a, b, "** or pow()");
  if (!isFloaty(a) && !isFloaty(b)) {
    const x = toBigInt(a) as bigint;
    const y = toBigInt(b) as bigint;
    if (y >= 0n) {
      if (x === 1n || y === 0n) return 1;
      if (x === 0n) return 0;
      if (x === -1n) return y % 2n === 0n ? 1 : -1;
      if (y > BigInt(MAX_BITS) || Number(y) * bitLength(x) > MAX_BITS) throw memoryError();
      return int(x ** y);
    }
    if (x === 0n) throw zeroDivision("0.0 cannot be raised to a negative power");
  }
  const x = toDouble(a);
  const y = toDouble(b);
  if (x === 0 && y < 0) throw zeroDivision("0.0 cannot be raised to a negative power");
  if (x === 1) return new PyFloat(1);
  if (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) return new PyFloat(1);
  if (x < 0 && Number.isFinite(x) && Number.isFinite(y) && !Number.isInteger(y)) return complexPower(x, y);
  let r: number;
  if (Number.isInteger(y) && Math.abs(y) <= 256) r = exactPower(x, y);
  else r = Number.isInteger(2 * y) && Math.abs(y) <= 64 ? Math.sqrt(exactPower(Math.abs(x), 2 * y)) : x ** y;
  if (!Number.isFinite(r) && Number.isFinite(x) && Number.isFinite(y))
    throw overflowError("(34, 'Numerical result out of range')");
  return float(r);
}

/** `x ** y` for an integer y, correctly rounded, which JavaScript's own operator is not. */
function exactPower(x: number, y: number): number {
  const rough = x ** y;
  if (!Number.isFinite(rough) || rough === 0 || Number.isNaN(x)) return rough;
  const [digits, scale] = exactDecimal(Math.abs(x));
  const n = BigInt(Math.abs(y));
  const top = digits ** n;
  const bottom = 10n ** (BigInt(scale) * n);
  const r = y >= 0 ? divideBig(top, bottom) : divideBig(bottom, top);
  return x < 0 && y % 2 !== 0 ? -r : r;
}

function complexPower(x: number, y: number): HostObject {
  const length = Math.abs(x) ** y;
  if (!Number.isFinite(length)) throw overflowError("(34, 'Numerical result out of range')");
  const angle = Math.PI * y;
  return new PyComplex(length * Math.cos(angle), length * Math.sin(angle));
}

/** `-a`. */
export function pyNeg(a: unknown): unknown {
  if (typeof a === "number") return Number.isInteger(a) ? 0 - a : -a;
  if (typeof a === "bigint") return int(-a);
  if (typeof a === "boolean") return a ? -1 : 0;
  if (a instanceof PyFloat) return new PyFloat(-a.value);
  return unaryFallback("-", a);
}

/** `+a`. */
export function pyPos(a: unknown): unknown {
  if (typeof a === "number" || typeof a === "bigint" || a instanceof PyFloat) return a;
  if (typeof a === "boolean") return a ? 1 : 0;
  return unaryFallback("+", a);
}

function unaryFallback(op: string, a: unknown): unknown {
  if (a instanceof HostObject) {
    // A host object that adds and subtracts is asked for `0 - x`.
    const r = a.binary(op === "-" ? "neg" : "pos", null, false);
    if (r !== undefined) return r;
  }
  throw typeError(`bad operand type for unary ${op}: '${typeName(a)}'`);
}
