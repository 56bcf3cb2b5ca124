import { type Call, type Expr, eachChild, eachDescendant, type Node } from "../jinja/ast.ts";

/** What a macro's text says of the names it uses. Plain data: the index of the built-in macros keeps it as JSON. */
export interface MacroUses {
  /** What it may call: `name`, `package.name`, or the name and namespace given to `adapter.dispatch`; each once. */
  calls: (string | [name: string, namespace: string | null])[];
  /** Names it reads. */
  plain: string[];
  /** `first.second` where `first` is a plain name. */
  dotted: [first: string, second: string][];
  callsConfig: boolean;
}

/** Names that calls may begin with although they are no macros. */
const NOT_MACROS: ReadonlySet<string> = new Set([
  "source",
  "ref",
  "config",
  "dbt_version",
  "var",
  "env_var",
  "return",
  "fromjson",
  "tojson",
  "fromyaml",
  "toyaml",
  "set",
  "set_strict",
  "zip",
  "zip_strict",
  "log",
  "run_started_at",
  "invocation_id",
  "thread_id",
  "otel_trace_id",
  "otel_span_id",
  "modules",
  "flags",
  "print",
  "diff_of_two_dicts",
  "local_md5",
  "builtins",
  "target",
  "project_name",
]);

/** Reads off a macro's syntax tree what it uses, in the order of the text. */
export function usesOf(root: Node): MacroUses {
  const calls = new Map<string, MacroUses["calls"][number]>();
  const plain = new Set<string>();
  const dotted = new Map<string, [string, string]>();
  let callsConfig = false;
  const visit = (node: Node): void => {
    if (node.type === "Name") {
      if (node.ctx === "load") plain.add(node.name);
    } else if (node.type === "Getattr") {
      if (node.node.type === "Name") dotted.set(`${node.node.name}.${node.attr}`, [node.node.name, node.attr]);
    } else if (node.type === "Call") {
      if (node.node.type === "Name" && node.node.name === "config") callsConfig = true;
      noteCall(node);
    }
    eachChild(node, visit);
  };
  const noteCall = (call: Call): void => {
    const callee = call.node;
    if (callee.type === "Name") {
      if (!NOT_MACROS.has(callee.name)) calls.set(callee.name, callee.name);
    } else if (callee.type === "Getattr" && callee.node.type === "Name") {
      const name = `${callee.node.name}.${callee.attr}`;
      if (callee.node.name !== "adapter") calls.set(name, name);
      else if (callee.attr === "dispatch") {
        const dispatched = dispatchOf(call);
        if (dispatched) calls.set(dispatched.join("\0"), dispatched);
      }
    }
  };
  visit(root);
  return { calls: [...calls.values()], plain: [...plain], dotted: [...dotted.values()], callsConfig };
}

/** Where in a macro's text `adapter.dispatch` is called with that name. */
export function dispatchCall(root: Node, name: string): Node | undefined {
  let found: Node | undefined;
  eachDescendant(root, (node) => {
    if (found || node.type !== "Call" || node.node.type !== "Getattr" || node.node.attr !== "dispatch") return;
    if (dispatchOf(node)?.[0] === name) found = node;
  });
  return found;
}

function dispatchOf(call: Call): [string, string | null] | undefined {
  const argument = (index: number, key: string): Expr | undefined =>
    call.args[index] ?? call.kwargs.find((kw) => kw.key === key)?.value;
  const name = constant(argument(0, "macro_name"));
  if (typeof name !== "string") return undefined;
  const namespace = constant(argument(1, "macro_namespace"));
  return [name, typeof namespace === "string" ? namespace : null];
}

function constant(expression: Expr | undefined): unknown {
  return expression?.type === "Const" ? expression.value : undefined;
}
