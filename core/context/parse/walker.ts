import type {
  Call,
  Compare,
  CompareOp,
  Expr,
  For,
  If,
  Keyword,
  Slice,
  Stmt,
  Template as Tree,
} from "../../jinja/ast.ts";
import {
  type Environment,
  PyDict,
  PySlice,
  pyAdd,
  pyCall,
  pyContains,
  pyDiv,
  pyEquals,
  pyFloorDiv,
  pyGetAttr,
  pyGetItem,
  pyGreater,
  pyGreaterEqual,
  pyIterate,
  pyLess,
  pyLessEqual,
  pyMod,
  pyMul,
  pyNeg,
  pyPow,
  pyStr,
  pySub,
  pyTruth,
} from "../../jinja/index.ts";
import { pyCallMethod, pySlice } from "../../jinja/runtime/attributes.ts";
import { Loop } from "../../jinja/runtime/loop.ts";
import { type Kwargs, type Scope, Tuple } from "../../jinja/runtime/values.ts";

/** Whether there is a chance to walk through a template. */
export function isWalkable({ seen }: Tree): boolean {
  return !seen.blocks && !seen.macros && !seen.loopControls && !seen.storesLoop;
}

/**
 * Runs a template for what it does, not for its text: the tree is walked as it is, which is a good deal quicker than
 * generating and compiling code that runs once. Answers false when something was wrong or is not known here; the
 * template then has to be rendered, which tells errors with their place. What was done until then has to be undone.
 */
export function walkTemplate(tree: Tree, scope: Scope, environment: Environment): boolean {
  try {
    new Walker(scope, environment).statements(tree.body, new Frame(undefined), undefined);
    return true;
  } catch {
    return false;
  }
}

/** Names that a template itself has set, in the scope of a loop or of the whole. */
class Frame {
  private readonly outer: Frame | undefined;
  private names: Map<string, unknown> | undefined;
  constructor(outer: Frame | undefined) {
    this.outer = outer;
  }
  get(name: string): unknown {
    const own = this.names?.get(name);
    return own === undefined ? this.outer?.get(name) : own;
  }
  set(name: string, value: unknown): void {
    this.names ??= new Map();
    this.names.set(name, value);
  }
}

class NotKnown extends Error {}

/** Text that a block `set` collects; nothing is kept elsewhere. */
type Output = string[] | undefined;

class Walker {
  private readonly scope: Scope;
  private readonly env: Environment;

  constructor(scope: Scope, env: Environment) {
    this.scope = scope;
    this.env = env;
  }

  statements(nodes: readonly Stmt[], frame: Frame, output: Output): void {
    for (const node of nodes) this.statement(node, frame, output);
  }

  private statement(node: Stmt, frame: Frame, output: Output): void {
    switch (node.type) {
      case "Output":
        for (const child of node.nodes) {
          if (child.type === "TemplateData") output?.push(child.data);
          else {
            const text = pyStr(this.value(child, frame));
            output?.push(text);
          }
        }
        return;
      case "If":
        this.condition(node, frame, output);
        return;
      case "For":
        this.loop(node, frame, output);
        return;
      case "Assign":
        this.assign(node.target, this.value(node.node, frame), frame);
        return;
      case "AssignBlock": {
        if (node.filter !== null || node.target.type !== "Name") throw new NotKnown();
        const text: string[] = [];
        this.statements(node.body, new Frame(frame), text);
        frame.set(node.target.name, text.join(""));
        return;
      }
      case "ExprStmt":
        this.value(node.node, frame);
        return;
      default:
        throw new NotKnown();
    }
  }

  private condition(node: If, frame: Frame, output: Output): void {
    for (const branch of [node, ...node.elif]) {
      if (!pyTruth(this.value(branch.test, frame))) continue;
      this.statements(branch.body, frame, output);
      return;
    }
    this.statements(node.else_, frame, output);
  }

  private loop(node: For, frame: Frame, output: Output): void {
    if (node.recursive || node.test !== null) throw new NotKnown();
    const items = this.value(node.iter, frame);
    const loop = new Loop(Array.isArray(items) ? items : pyIterate(items), this.env, undefined, 0);
    let any = false;
    while (loop.next()) {
      any = true;
      const inner = new Frame(frame);
      inner.set("loop", loop);
      this.assign(node.target, loop.current, inner);
      this.statements(node.body, inner, output);
    }
    if (!any) this.statements(node.else_, new Frame(frame), output);
  }

  private assign(target: Expr, value: unknown, frame: Frame): void {
    if (target.type === "Name") frame.set(target.name, value);
    else if (target.type === "Tuple") {
      const items = Array.isArray(value) ? value : value instanceof Tuple ? value.items : undefined;
      if (items?.length !== target.items.length) throw new NotKnown();
      for (const [i, item] of target.items.entries()) this.assign(item, items[i], frame);
    } else throw new NotKnown();
  }

  private value(node: Expr, frame: Frame): unknown {
    switch (node.type) {
      case "Const":
        return node.value;
      case "TemplateData":
        return node.data;
      case "Name":
        return this.name(node.name, frame);
      case "Call":
        return this.call(node, frame);
      case "Getattr":
        return pyGetAttr(this.value(node.node, frame), node.attr, this.env);
      case "Getitem":
        return node.arg.type === "Slice"
          ? this.slice(node.node, node.arg, frame)
          : pyGetItem(this.value(node.node, frame), this.value(node.arg, frame), this.env);
      case "Slice":
        return new PySlice(...this.bounds(node, frame));
      case "List":
        return this.values(node.items, frame);
      case "Tuple":
        return new Tuple(this.values(node.items, frame));
      case "Dict": {
        const dict = new PyDict();
        for (const { key, value } of node.items) dict.set(this.value(key, frame), this.value(value, frame));
        return dict;
      }
      case "Filter": {
        if (node.node === null) throw new NotKnown();
        const args = this.positional([node.node, ...node.args], node.dynArgs, frame);
        return this.env.callFilter(node.name, args, this.keywords(node.kwargs, node.dynKwargs, frame));
      }
      case "Test": {
        const args = this.positional([node.node, ...node.args], node.dynArgs, frame);
        return this.env.callTest(node.name, args, this.keywords(node.kwargs, node.dynKwargs, frame));
      }
      case "Compare":
        return this.compare(node, frame);
      case "Concat":
        return node.nodes.map((part) => pyStr(this.value(part, frame))).join("");
      case "CondExpr":
        if (pyTruth(this.value(node.test, frame))) return this.value(node.expr1, frame);
        if (node.expr2 === null) return this.env.undefined({ hint: "" });
        return this.value(node.expr2, frame);
      case "Not":
        return !pyTruth(this.value(node.node, frame));
      case "And": {
        const left = this.value(node.left, frame);
        return pyTruth(left) ? this.value(node.right, frame) : left;
      }
      case "Or": {
        const left = this.value(node.left, frame);
        return pyTruth(left) ? left : this.value(node.right, frame);
      }
      case "Neg":
        return pyNeg(this.value(node.node, frame));
      case "Add":
        return pyAdd(this.value(node.left, frame), this.value(node.right, frame));
      case "Sub":
        return pySub(this.value(node.left, frame), this.value(node.right, frame));
      case "Mul":
        return pyMul(this.value(node.left, frame), this.value(node.right, frame));
      case "Div":
        return pyDiv(this.value(node.left, frame), this.value(node.right, frame));
      case "FloorDiv":
        return pyFloorDiv(this.value(node.left, frame), this.value(node.right, frame));
      case "Mod":
        return pyMod(this.value(node.left, frame), this.value(node.right, frame));
      case "Pow":
        return pyPow(this.value(node.left, frame), this.value(node.right, frame));
      default:
        throw new NotKnown();
    }
  }

  private name(name: string, frame: Frame): unknown {
    let value = frame.get(name);
    if (value !== undefined) return value;
    if (name === "self" || name === "super") throw new NotKnown();
    value = this.scope.get(name);
    if (value === undefined) value = this.env.globals.get(name);
    return value === undefined ? this.env.undefined({ name }) : value;
  }

  private values(nodes: readonly Expr[], frame: Frame): unknown[] {
    return nodes.map((node) => this.value(node, frame));
  }

  private call(node: Call, frame: Frame): unknown {
    if (node.node.type === "Getattr") {
      const object = this.value(node.node.node, frame);
      const args = this.positional(node.args, node.dynArgs, frame);
      return pyCallMethod(object, node.node.attr, args, this.keywords(node.kwargs, node.dynKwargs, frame), this.env);
    }
    const callee = this.value(node.node, frame);
    const args = this.positional(node.args, node.dynArgs, frame);
    return pyCall(callee, args, this.keywords(node.kwargs, node.dynKwargs, frame));
  }

  private positional(nodes: readonly Expr[], dynamic: Expr | null, frame: Frame): unknown[] {
    if (dynamic !== null) throw new NotKnown();
    return this.values(nodes, frame);
  }

  private keywords(nodes: readonly Keyword[], dynamic: Expr | null, frame: Frame): Kwargs {
    if (dynamic !== null) throw new NotKnown();
    if (nodes.length === 0) return undefined;
    const map = new Map<string, unknown>();
    for (const { key, value } of nodes) map.set(key, this.value(value, frame));
    return map;
  }

  private bounds(node: Slice, frame: Frame): [unknown, unknown, unknown] {
    const part = (expr: Expr | null) => (expr === null ? null : this.value(expr, frame));
    return [part(node.from), part(node.to), part(node.step)];
  }

  private slice(object: Expr, node: Slice, frame: Frame): unknown {
    return pySlice(this.value(object, frame), ...this.bounds(node, frame));
  }

  private compare(node: Compare, frame: Frame): boolean {
    let left = this.value(node.expr, frame);
    for (const { op, expr } of node.ops) {
      const right = this.value(expr, frame);
      if (!holds(op, left, right)) return false;
      left = right;
    }
    return true;
  }
}

function holds(op: CompareOp, left: unknown, right: unknown): boolean {
  switch (op) {
    case "eq":
      return pyEquals(left, right);
    case "ne":
      return !pyEquals(left, right);
    case "lt":
      return pyLess(left, right);
    case "lteq":
      return pyLessEqual(left, right);
    case "gt":
      return pyGreater(left, right);
    case "gteq":
      return pyGreaterEqual(left, right);
    case "in":
      return pyContains(right, left);
    case "notin":
      return !pyContains(right, left);
  }
}
