import type { MacroRegistry, RegisteredMacro } from "../context/macros.ts";
import { type Call, type Expr, eachChild, type Node } from "../jinja/ast.ts";

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

/** Names that do or may do something while parsing. `config` counts where it is called. */
const EFFECTS: ReadonlySet<string> = new Set([
  "ref",
  "source",
  "metric",
  "function",
  "exceptions",
  "log",
  "print",
  "env_var",
  "context",
  "builtins",
  "graph",
  "render",
  "doc",
  "try_or_compiler_error",
  "caller",
]);

/** What is known of macros without running them. */
export class MacroAnalysis {
  private readonly registry: MacroRegistry;
  private readonly dependsOn = new Map<RegisteredMacro, string[]>();
  private readonly harmless = new Map<RegisteredMacro, boolean>();

  constructor(registry: MacroRegistry) {
    this.registry = registry;
  }

  /** Unique ids of the macros that a macro calls, found in its text, as `depends_on.macros` has them. */
  dependencies(macro: RegisteredMacro): string[] {
    let found = this.dependsOn.get(macro);
    if (found) return found;
    const { name, package_name } = macro.resource;
    const ids = new Set<string>();
    for (const call of possibleCalls(macro.definition().node, this.registry)) {
      if (call === name) continue;
      const dot = call.indexOf(".");
      const called =
        dot < 0
          ? this.registry.resolve(package_name, call)
          : this.registry.resolve(call.slice(0, dot), call.slice(dot + 1));
      if (called) ids.add(called.resource.unique_id);
    }
    found = [...ids];
    this.dependsOn.set(macro, found);
    return found;
  }

  /**
   * Whether running a macro while parsing leaves no trace: neither it nor anything it may call refers to nodes, sets
   * config, speaks or fails on purpose. Built-in macros are trusted, what they call is not.
   */
  isHarmless(macro: RegisteredMacro): boolean {
    const known = this.harmless.get(macro);
    if (known !== undefined) return known;
    this.harmless.set(macro, true);
    const result = this.check(macro);
    this.harmless.set(macro, result);
    return result;
  }

  private check(macro: RegisteredMacro): boolean {
    const trusted = this.registry.isInternal(macro.resource.package_name);
    const names = usedNames(macro.definition().node);
    if (!trusted && (names.callsConfig || names.plain.some((name) => EFFECTS.has(name)))) return false;
    for (const name of names.plain) {
      const called = this.registry.resolve(macro.resource.package_name, name);
      if (called && !this.isHarmless(called)) return false;
    }
    for (const [first, second] of names.dotted) {
      const called = this.registry.resolve(first, second);
      if (called && !this.isHarmless(called)) return false;
    }
    return this.dependencies(macro).every((id) => {
      const called = this.registry.get(id);
      return !called || this.isHarmless(called);
    });
  }
}

/** `name`, `package.name`, and what `adapter.dispatch` would find, in the order of the text. */
function possibleCalls(root: Node, registry: MacroRegistry): string[] {
  const calls: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === "Call") note(node);
    eachChild(node, visit);
  };
  const note = (call: Call): void => {
    const callee = call.node;
    let name: string;
    if (callee.type === "Name") name = callee.name;
    else if (callee.type === "Getattr" && callee.node.type === "Name") {
      if (callee.node.name === "adapter") {
        if (callee.attr === "dispatch") calls.push(...dispatched(call, registry));
        return;
      }
      name = `${callee.node.name}.${callee.attr}`;
    } else return;
    if (!NOT_MACROS.has(name) && !calls.includes(name)) calls.push(name);
  };
  visit(root);
  return calls;
}

function dispatched(call: Call, registry: MacroRegistry): string[] {
  const argument = (index: number, key: string): Expr | undefined =>
    call.args[index] ?? call.kwargs.find((kw) => kw.key === key)?.value;
  const name = constant(argument(0, "macro_name"));
  if (typeof name !== "string") return [];
  const namespace = constant(argument(1, "macro_namespace"));
  const found = registry.findDispatched(name, typeof namespace === "string" ? namespace : null);
  return found ? [name, `${found.resource.package_name}.${found.resource.name}`] : [name];
}

function constant(expression: Expr | undefined): unknown {
  return expression?.type === "Const" ? expression.value : undefined;
}

function usedNames(root: Node): { plain: string[]; dotted: [string, string][]; callsConfig: boolean } {
  const plain = new Set<string>();
  const dotted = new Map<string, [string, string]>();
  let callsConfig = false;
  const visit = (node: Node): void => {
    if (node.type === "Name" && node.ctx === "load") plain.add(node.name);
    else if (node.type === "Getattr" && node.node.type === "Name")
      dotted.set(`${node.node.name}.${node.attr}`, [node.node.name, node.attr]);
    else if (node.type === "Call" && node.node.type === "Name" && node.node.name === "config") callsConfig = true;
    eachChild(node, visit);
  };
  visit(root);
  return { plain: [...plain], dotted: [...dotted.values()], callsConfig };
}
