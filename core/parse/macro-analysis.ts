import type { MacroRegistry, RegisteredMacro } from "../context/macros.ts";
import type { TsdbtError } from "../errors.ts";
import { spanOf } from "../jinja/source-map.ts";
import { dispatchCall, type MacroUses, usesOf } from "./macro-uses.ts";

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
  private readonly uses = new Map<RegisteredMacro, MacroUses>();

  constructor(registry: MacroRegistry) {
    this.registry = registry;
  }

  /** Tells what a macro uses where that is known already, so that its text need not be read for it. */
  know(macro: RegisteredMacro, uses: MacroUses): void {
    this.uses.set(macro, uses);
  }

  private usesOf(macro: RegisteredMacro): MacroUses {
    let uses = this.uses.get(macro);
    if (!uses) {
      uses = usesOf(macro.definition().node);
      this.uses.set(macro, uses);
    }
    return uses;
  }

  /** `name`, `package.name`, and what `adapter.dispatch` would find, in the order of the text. */
  private *possibleCalls(macro: RegisteredMacro): Generator<string> {
    for (const call of this.usesOf(macro).calls) {
      if (typeof call === "string") {
        yield call;
        continue;
      }
      const [name, namespace] = call;
      yield name;
      const found = this.registry.findDispatched(name, namespace);
      if (!found) throw this.undispatched(macro, name, namespace);
      yield `${found.resource.package_name}.${found.resource.name}`;
    }
  }

  /** dbt looks for what every macro dispatches to while it parses, whether or not anything calls it. */
  private undispatched(macro: RegisteredMacro, name: string, namespace: string | null): TsdbtError {
    const error = this.registry.undispatched(name, namespace);
    const { ast, node, span } = macro.definition();
    const call = dispatchCall(node, name);
    const { source } = ast;
    error.details = {
      ...error.details,
      file: macro.resource.original_file_path,
      source,
      span: call ? spanOf(source, call.start, call.end) : span,
    };
    return error;
  }

  /** Unique ids of the macros that a macro calls, found in its text, as `depends_on.macros` has them. */
  dependencies(macro: RegisteredMacro): string[] {
    let found = this.dependsOn.get(macro);
    if (found) return found;
    const { name, package_name } = macro.resource;
    const ids = new Set<string>();
    for (const call of this.possibleCalls(macro)) {
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
    const names = this.usesOf(macro);
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
