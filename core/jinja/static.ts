import { type Call, type Expr, eachChild, type Node, type Template } from "./ast.ts";
import { asConst, IMPOSSIBLE } from "./const-fold.ts";
import type { Environment } from "./environment.ts";
import type { Span } from "./errors.ts";
import { LineMap } from "./source-map.ts";
import { Symbols } from "./symbols.ts";

/** A call of a name or dotted name, as far as it can be known without rendering. */
export interface StaticCall {
  /** `ref`, `config.get`, `dbt_utils.star`, `adapter.dispatch`. */
  name: string;
  /** The arguments as Python values; `undefined` where one is not constant. */
  args: unknown[];
  kwargs: Map<string, unknown>;
  /** Are all arguments constant (and none given by `*` or `**`)? */
  literal: boolean;
  /** Does it stand in a branch, a loop, a macro, or behind `and`, `or` or an inline `if`? */
  conditional: boolean;
  /** Is it called with a name the template itself assigns or has as a parameter? */
  local: boolean;
  start: number;
  end: number;
  /** The call's node, for further looks. */
  node: Call;
}

/**
 * All calls of plain and dotted names in a template, in the order they stand. Arguments are evaluated where they are
 * literals (filters are not applied).
 */
export function staticCalls(ast: Template, env: Environment): StaticCall[] {
  const calls: StaticCall[] = [];
  const assigned = assignedNames(ast);
  const visit = (node: Node, conditional: boolean): void => {
    switch (node.type) {
      case "Call":
        collect(node, conditional);
        break;
      case "If":
        visit(node.test, conditional);
        eachChild(node, (child) => visit(child, true), "test");
        return;
      case "For":
        visit(node.iter, conditional);
        eachChild(node, (child) => visit(child, true), "iter");
        return;
      case "Macro":
        eachChild(node, (child) => visit(child, true));
        return;
      case "CallBlock":
        visit(node.call, conditional);
        eachChild(node, (child) => visit(child, true), "call");
        return;
      case "CondExpr":
        visit(node.test, conditional);
        visit(node.expr1, true);
        if (node.expr2 !== null) visit(node.expr2, true);
        return;
      case "And":
      case "Or":
        visit(node.left, conditional);
        visit(node.right, true);
        return;
      case "Block":
        eachChild(node, (child) => visit(child, conditional));
        return;
    }
    eachChild(node, (child) => visit(child, conditional));
  };
  const collect = (node: Call, conditional: boolean): void => {
    const name = dottedName(node.node);
    if (name === undefined) return;
    let literal = node.dynArgs === null && node.dynKwargs === null;
    const constant = (e: Expr): unknown => {
      const value = isLiteral(e) ? asConst(e, env) : IMPOSSIBLE;
      if (value !== IMPOSSIBLE) return value;
      literal = false;
      return undefined;
    };
    const args = node.args.map(constant);
    const kwargs = new Map(node.kwargs.map((k) => [k.key, constant(k.value)]));
    const root = name.split(".", 1)[0] as string;
    const { start, end } = node;
    calls.push({ name, args, kwargs, literal, conditional, local: assigned.has(root), start, end, node });
  };
  for (const node of ast.body) visit(node, false);
  return calls;
}

/** `a.b.c` of an expression made of names only. */
export function dottedName(node: Expr): string | undefined {
  if (node.type === "Name") return node.name;
  if (node.type !== "Getattr") return undefined;
  const object = dottedName(node.node);
  return object === undefined ? undefined : `${object}.${node.attr}`;
}

/** Literals, containers of them, and operators between them. */
function isLiteral(node: Expr): boolean {
  switch (node.type) {
    case "Const":
      return true;
    case "Tuple":
    case "List":
      return node.items.every(isLiteral);
    case "Dict":
      return node.items.every((pair) => isLiteral(pair.key) && isLiteral(pair.value));
    case "Neg":
    case "Pos":
    case "Not":
      return isLiteral(node.node);
    case "Concat":
      return node.nodes.every(isLiteral);
    case "Add":
    case "Sub":
    case "Mul":
    case "Div":
    case "FloorDiv":
    case "Mod":
    case "Pow":
    case "And":
    case "Or":
      return isLiteral(node.left) && isLiteral(node.right);
    default:
      return false;
  }
}

/** Every name that the template assigns anywhere: by `set`, `for`, `with`, `macro` and as parameters. */
export function assignedNames(ast: Template): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "Name" && node.ctx !== "load") names.add(node.name);
    else if (node.type === "Macro") names.add(node.name);
    else if (node.type === "Loader") for (const target of node.targets) names.add(target);
    eachChild(node, visit);
  };
  visit(ast);
  return names;
}

/** The names that rendering the template may look up in its scope, in the order they stand. */
export function freeNames(ast: Node): Set<string> {
  const free = new Set<string>();
  const inner = (node: Node, symbols: Symbols, visitBody: () => void): void => {
    for (const load of symbols.loads.values()) if (load.kind === "resolve") free.add(load.name);
    visitBody();
    void node;
  };
  const frames = (node: Node, parent: Symbols): void => {
    switch (node.type) {
      case "For": {
        frames(node.iter, parent);
        for (const branch of ["body", "else", "test"] as const) {
          const symbols = new Symbols(parent);
          if (branch !== "else") symbols.declareParameter("loop");
          symbols.analyzeLoop(node, branch);
          const nodes =
            branch === "body" ? node.body : branch === "else" ? node.else_ : node.test === null ? [] : [node.test];
          inner(node, symbols, () => {
            for (const child of nodes) frames(child, symbols);
          });
        }
        return;
      }
      case "Macro":
      case "CallBlock":
      case "FilterBlock":
      case "With":
      case "AssignBlock":
      case "Autoescape":
      case "Block": {
        const symbols = new Symbols(node.type === "Block" ? undefined : parent);
        if (node.type === "Macro" || node.type === "CallBlock")
          for (const special of ["caller", "kwargs", "varargs"]) symbols.declareParameter(special);
        symbols.analyze(node);
        inner(node, symbols, () => eachChild(node, (child) => frames(child, symbols)));
        return;
      }
    }
    eachChild(node, (child) => frames(child, parent));
  };
  const root = new Symbols();
  root.analyze(ast);
  inner(ast, root, () => eachChild(ast, (child) => frames(child, root)));
  return free;
}

/** Lines and columns of a template's offsets. */
export function spansOf(ast: Template): (node: { start: number; end: number }) => Span {
  const lines = new LineMap(ast.source);
  return (node) => lines.span(node.start, node.end);
}
