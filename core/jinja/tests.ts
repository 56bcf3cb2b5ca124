import { defineFilter, type FilterFunction } from "./filters/define.ts";
import { isMapping } from "./filters/sequences.ts";
import { pyMod } from "./runtime/arith.ts";
import { pyEquals, pyGreater, pyGreaterEqual, pyLess, pyLessEqual } from "./runtime/compare.ts";
import { PyDict } from "./runtime/dict.ts";
import { pyContains, pyIterate } from "./runtime/iterate.ts";
import { isFloat, isInt, isNumber } from "./runtime/numbers.ts";
import { pyStr } from "./runtime/repr.ts";
import { isLower, isUpper } from "./runtime/str-case.ts";
import { Markup, textOf } from "./runtime/str-object.ts";
import { UndefinedValue } from "./runtime/undefined.ts";
import { HostObject, PyCallable, PyFloat, Tuple } from "./runtime/values.ts";

function one(name: string, test: (v: unknown) => boolean): FilterFunction {
  return defineFilter(`test_${name}(value)`, (_env, v: unknown) => test(v));
}
function two(name: string, second: string, test: (a: unknown, b: unknown) => boolean): FilterFunction {
  return defineFilter(`${name}(value, ${second})`, (_env, a: unknown, b: unknown) => test(a, b));
}

const eq = two("eq", "other, /", pyEquals);
const ne = two("ne", "other, /", (a, b) => !pyEquals(a, b));
const gt = two("gt", "other, /", pyGreater);
const ge = two("ge", "other, /", pyGreaterEqual);
const lt = two("lt", "other, /", pyLess);
const le = two("le", "other, /", pyLessEqual);

function isIterable(v: unknown): boolean {
  try {
    pyIterate(v);
    return true;
  } catch {
    return false;
  }
}

/** Has it a length and items? */
function isSequence(v: unknown): boolean {
  if (typeof v === "string" || Array.isArray(v) || v instanceof PyDict || v instanceof Tuple) return true;
  return v instanceof HostObject && v.length() !== undefined && v.item !== HostObject.prototype.item;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof PyFloat && b instanceof PyFloat) return a === b;
  return a === b;
}

/** All tests of Jinja2 by name. */
export const builtinTests: ReadonlyMap<string, FilterFunction> = new Map<string, FilterFunction>([
  ["odd", one("odd", (v) => pyEquals(pyMod(v, 2), 1))],
  ["even", one("even", (v) => pyEquals(pyMod(v, 2), 0))],
  ["divisibleby", two("test_divisibleby", "num", (a, b) => pyEquals(pyMod(a, b), 0))],
  ["defined", one("defined", (v) => !(v instanceof UndefinedValue))],
  ["undefined", one("undefined", (v) => v instanceof UndefinedValue)],
  ["filter", defineFilter("test_filter(value)", (env, v: unknown) => env.hasFilter(v))],
  ["test", defineFilter("test_test(value)", (env, v: unknown) => env.hasTest(v))],
  ["none", one("none", (v) => v === null)],
  ["boolean", one("boolean", (v) => typeof v === "boolean")],
  ["false", one("false", (v) => v === false)],
  ["true", one("true", (v) => v === true)],
  ["integer", one("integer", isInt)],
  ["float", one("float", isFloat)],
  ["lower", one("lower", (v) => isLower(pyStr(v)))],
  ["upper", one("upper", (v) => isUpper(pyStr(v)))],
  ["string", one("string", (v) => textOf(v) !== undefined)],
  ["mapping", one("mapping", isMapping)],
  ["number", one("number", (v) => isNumber(v) || (v instanceof HostObject && NUMBERS.has(v.typeName)))],
  ["sequence", one("sequence", isSequence)],
  ["sameas", two("test_sameas", "other", isSame)],
  ["iterable", one("iterable", isIterable)],
  ["callable", one("callable", isCallable)],
  ["escaped", one("escaped", (v) => v instanceof Markup)],
  ["in", two("test_in", "seq", (v, seq) => pyContains(seq, v))],
  ["==", eq],
  ["eq", eq],
  ["equalto", eq],
  ["!=", ne],
  ["ne", ne],
  [">", gt],
  ["gt", gt],
  ["greaterthan", gt],
  [">=", ge],
  ["ge", ge],
  ["<", lt],
  ["lt", lt],
  ["lessthan", lt],
  ["<=", le],
  ["le", le],
]);

const NUMBERS = new Set(["decimal.Decimal", "complex", "Fraction"]);

function isCallable(v: unknown): boolean {
  return v instanceof PyCallable || (v instanceof HostObject && v.call !== HostObject.prototype.call);
}
