import { type Call, type Expr, eachChild, type Keyword, type Node, type Operand, type Pair } from "../jinja/ast.ts";
import { pyRepr } from "./python-text.ts";

/**
 * The arguments of the first `config(...)` of a template as text, as `unrendered_config` has them: `10`, `['a', 'b']`,
 * `env_var('X')`, a plain string without its quotes. `undefined` where there is no such call.
 */
export function unrenderedConfigCall(template: Node): { [key: string]: string } | undefined {
  const call = firstConfigCall(template);
  if (!call) return undefined;
  const out: { [key: string]: string } = {};
  for (const { key, value } of call.kwargs) {
    out[key] = value.type === "Const" && typeof value.value === "string" ? value.value : written(value);
  }
  return out;
}

function firstConfigCall(node: Node): Call | undefined {
  let found: Call | undefined;
  eachChild(node, (child) => {
    if (found) return;
    if (child.type === "Call" && child.node.type === "Name" && child.node.name === "config") found = child;
    else found = firstConfigCall(child);
  });
  return found;
}

const COMPARISONS: { [op: string]: string } = {
  eq: "==",
  ne: "!=",
  lt: "<",
  lteq: "<=",
  gt: ">",
  gteq: ">=",
  in: "in",
  notin: "not in",
};

/** An expression as one would write it; kinds dbt does not spell out are shown as Jinja2 shows its nodes. */
function written(node: Expr): string {
  switch (node.type) {
    case "Const":
      return pyRepr(node.value);
    case "Name":
      return node.name;
    case "Call": {
      const parts = [...node.args.map(written), ...node.kwargs.map((kw) => `${kw.key}=${written(kw.value)}`)];
      if (node.dynArgs) parts.push(`*${written(node.dynArgs)}`);
      if (node.dynKwargs) parts.push(`**${written(node.dynKwargs)}`);
      return `${written(node.node)}(${parts.join(", ")})`;
    }
    case "List":
      return `[${node.items.map(written).join(", ")}]`;
    case "Tuple":
      return node.items.length === 1 ? `(${written(node.items[0]!)},)` : `(${node.items.map(written).join(", ")})`;
    case "Dict":
      return `{${node.items.map((pair) => `${written(pair.key)}: ${written(pair.value)}`).join(", ")}}`;
    case "Getattr":
      return `${written(node.node)}.${node.attr}`;
    case "Getitem":
      return `${written(node.node)}[${written(node.arg)}]`;
    case "Concat":
      return node.nodes.map(written).join(" ~ ");
    case "Compare":
      return `${written(node.expr)} ${node.ops.map((op) => `${COMPARISONS[op.op] ?? op.op} ${written(op.expr)}`).join(" ")}`;
    case "Not":
      return `not ${written(node.node)}`;
    case "Neg":
      return `-${written(node.node)}`;
    case "And":
    case "Or":
      return `${written(node.left)} ${node.type.toLowerCase()} ${written(node.right)}`;
    default:
      return shown(node);
  }
}

/** A node as Jinja2's `repr` shows it. */
function shown(node: Expr | Keyword | Pair | Operand | null): string {
  if (node === null) return "None";
  const list = (nodes: readonly (Expr | Keyword | Pair | Operand)[]) => `[${nodes.map(shown).join(", ")}]`;
  const fields = (...pairs: [string, string][]) => `${node.type}(${pairs.map(([k, v]) => `${k}=${v}`).join(", ")})`;
  switch (node.type) {
    case "Const":
      return fields(["value", pyRepr(node.value)]);
    case "TemplateData":
      return fields(["data", pyRepr(node.data)]);
    case "Name":
      return fields(["name", pyRepr(node.name)], ["ctx", "'load'"]);
    case "NSRef":
      return fields(["name", pyRepr(node.name)], ["attr", pyRepr(node.attr)]);
    case "List":
      return fields(["items", list(node.items)]);
    case "Dict":
      return fields(["items", list(node.items)]);
    case "Tuple":
      return fields(["items", list(node.items)], ["ctx", "'load'"]);
    case "Pair":
      return fields(["key", shown(node.key)], ["value", shown(node.value)]);
    case "Keyword":
      return fields(["key", pyRepr(node.key)], ["value", shown(node.value)]);
    case "Operand":
      return fields(["op", pyRepr(node.op)], ["expr", shown(node.expr)]);
    case "Compare":
      return fields(["expr", shown(node.expr)], ["ops", list(node.ops)]);
    case "CondExpr":
      return fields(["test", shown(node.test)], ["expr1", shown(node.expr1)], ["expr2", shown(node.expr2)]);
    case "Getattr":
      return fields(["node", shown(node.node)], ["attr", pyRepr(node.attr)], ["ctx", "'load'"]);
    case "Getitem":
      return fields(["node", shown(node.node)], ["arg", shown(node.arg)], ["ctx", "'load'"]);
    case "Slice":
      return fields(["start", shown(node.from)], ["stop", shown(node.to)], ["step", shown(node.step)]);
    case "Concat":
      return fields(["nodes", list(node.nodes)]);
    case "Not":
    case "Neg":
    case "Pos":
      return fields(["node", shown(node.node)]);
    case "Call":
    case "Filter":
    case "Test": {
      const pairs: [string, string][] = [["node", shown(node.node)]];
      if (node.type !== "Call") pairs.push(["name", pyRepr(node.name)]);
      pairs.push(["args", list(node.args)], ["kwargs", list(node.kwargs)]);
      pairs.push(["dyn_args", shown(node.dynArgs)], ["dyn_kwargs", shown(node.dynKwargs)]);
      return fields(...pairs);
    }
    default:
      return fields(["left", shown(node.left)], ["right", shown(node.right)]);
  }
}
