import { type Arguments, type BinExpr, type Compare, type Expr, eachChild, type Node } from "./ast.ts";
import type { Environment } from "./environment.ts";
import { pyAdd, pyDiv, pyFloorDiv, pyMod, pyMul, pyNeg, pyPos, pyPow, pySub } from "./runtime/arith.ts";
import { pyGetAttr, pyGetItem } from "./runtime/attributes.ts";
import { pyEquals, pyGreater, pyGreaterEqual, pyLess, pyLessEqual } from "./runtime/compare.ts";
import { PyDict } from "./runtime/dict.ts";
import { keywordsOf } from "./runtime/dict-methods.ts";
import { PyRange, pyContains, pyList } from "./runtime/iterate.ts";
import { pyStr } from "./runtime/repr.ts";
import { PySet } from "./runtime/set.ts";
import { PySlice } from "./runtime/slice.ts";
import { Markup } from "./runtime/str-object.ts";
import { pyTruth } from "./runtime/truth.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "./runtime/values.ts";

/** What {@link asConst} answers for an expression that is not constant. */
export const IMPOSSIBLE: unique symbol = Symbol("impossible");

class Impossible {}

/**
 * The value of an expression that depends on nothing but literals, by the rules of Jinja2's `as_const`; else {@link IMPOSSIBLE}.
 * In native rendering a constant output is text, anything else keeps its type: which is why this is part of the language.
 */
export function asConst(node: Expr, env: Environment, native = false): unknown {
  try {
    return new Folder(env, native).value(node);
  } catch {
    return IMPOSSIBLE;
  }
}

/** Can the expression be constant at all? A quick look, before it is evaluated. */
export function mayBeConst(node: Node): boolean {
  if (node.type === "Name" || node.type === "NSRef" || node.type === "Call") return false;
  let possible = true;
  eachChild(node, (child) => {
    if (possible && !mayBeConst(child)) possible = false;
  });
  return possible;
}

class Folder {
  private readonly env: Environment;
  private readonly native: boolean;
  constructor(env: Environment, native: boolean) {
    this.env = env;
    this.native = native;
  }

  value(node: Expr): unknown {
    switch (node.type) {
      case "Const":
        return node.value;
      case "TemplateData":
        return node.data;
      case "Tuple":
        return new Tuple(node.items.map((n) => this.value(n)));
      case "List":
        return node.items.map((n) => this.value(n));
      case "Dict": {
        const d = new PyDict();
        for (const pair of node.items) d.set(this.value(pair.key), this.value(pair.value));
        return d;
      }
      case "CondExpr":
        if (pyTruth(this.value(node.test))) return this.value(node.expr1);
        if (node.expr2 === null) throw new Impossible();
        return this.value(node.expr2);
      case "Concat":
        return node.nodes.map((n) => pyStr(this.value(n))).join("");
      case "Compare":
        return this.compare(node);
      case "And": {
        const left = this.value(node.left);
        return pyTruth(left) ? this.value(node.right) : left;
      }
      case "Or": {
        const left = this.value(node.left);
        return pyTruth(left) ? left : this.value(node.right);
      }
      case "Not":
        return !pyTruth(this.value(node.node));
      case "Neg":
        return pyNeg(this.value(node.node));
      case "Pos":
        return pyPos(this.value(node.node));
      case "Getattr":
        return pyGetAttr(this.value(node.node), node.attr, this.env);
      case "Getitem": {
        const object = this.value(node.node);
        if (node.arg.type !== "Slice") return pyGetItem(object, this.value(node.arg), this.env);
        const part = (e: Expr | null) => (e === null ? null : this.value(e));
        // A constant is sliced through the environment, where a wrong type gives an undefined value.
        return pyGetItem(object, new PySlice(part(node.arg.from), part(node.arg.to), part(node.arg.step)), this.env);
      }
      case "Filter":
      case "Test": {
        if (node.node === null) throw new Impossible();
        if (node.type === "Filter" && (!this.env.isBuiltinFilter(node.name) || CONTEXT_FILTERS.has(node.name)))
          throw new Impossible();
        const fn = node.type === "Filter" ? this.env.findFilter(node.name, this.native) : this.env.findTest(node.name);
        if (fn === undefined) throw new Impossible();
        const [args, kwargs] = this.arguments(node);
        return fn(this.env, [this.value(node.node), ...args], kwargs);
      }
      case "Add":
      case "Sub":
      case "Mul":
      case "Div":
      case "FloorDiv":
      case "Mod":
      case "Pow":
        return this.binary(node);
      default:
        throw new Impossible();
    }
  }

  private arguments(node: Arguments): [unknown[], Kwargs] {
    const args = node.args.map((n) => this.value(n));
    const kwargs = new Map(node.kwargs.map((k) => [k.key, this.value(k.value)]));
    if (node.dynArgs !== null) args.push(...pyList(this.value(node.dynArgs)));
    if (node.dynKwargs !== null) for (const [k, v] of keywordsOf(this.value(node.dynKwargs))) kwargs.set(k, v);
    return [args, kwargs.size > 0 ? kwargs : undefined];
  }

  private binary(node: BinExpr): unknown {
    const a = this.value(node.left);
    const b = this.value(node.right);
    switch (node.type) {
      case "Add":
        return pyAdd(a, b);
      case "Sub":
        return pySub(a, b);
      case "Mul":
        return pyMul(a, b);
      case "Div":
        return pyDiv(a, b);
      case "FloorDiv":
        return pyFloorDiv(a, b);
      case "Mod":
        return pyMod(a, b);
      default:
        return pyPow(a, b);
    }
  }

  private compare(node: Compare): boolean {
    let left = this.value(node.expr);
    for (const operand of node.ops) {
      const right = this.value(operand.expr);
      if (!holds(operand.op, left, right)) return false;
      left = right;
    }
    return true;
  }
}

function holds(op: string, a: unknown, b: unknown): boolean {
  switch (op) {
    case "eq":
      return pyEquals(a, b);
    case "ne":
      return !pyEquals(a, b);
    case "lt":
      return pyLess(a, b);
    case "lteq":
      return pyLessEqual(a, b);
    case "gt":
      return pyGreater(a, b);
    case "gteq":
      return pyGreaterEqual(a, b);
    case "in":
      return pyContains(b, a);
    default:
      return !pyContains(b, a);
  }
}

/** The filters that need the context, and so are never constant. */
const CONTEXT_FILTERS = new Set(["map", "select", "reject", "selectattr", "rejectattr", "random"]);

/** Can the value be written as a literal? */
export function hasSafeRepr(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(hasSafeRepr);
  if (value instanceof Tuple) return value.constructor === Tuple && value.items.every(hasSafeRepr);
  if (value instanceof PySet) return [...value].every(hasSafeRepr);
  if (value instanceof PyDict) return [...value.entries()].every(([k, v]) => hasSafeRepr(k) && hasSafeRepr(v));
  if (value instanceof HostObject) return value instanceof PyRange || value instanceof Markup;
  return !(value instanceof PyCallable);
}
