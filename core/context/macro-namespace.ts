import { HostObject, Tuple } from "../jinja/runtime/values.ts";
import { type Member, method } from "../python/support.ts";
import type { MacroContext, RegisteredMacro } from "./macros.ts";

/** `dbt_utils` in a template: the macros of a package by name. */
export class MacroNamespace extends HostObject {
  readonly typeName = "MacroNamespace";
  readonly pyModule = "dbt.context.macros";
  readonly isMapping = true;
  private readonly name: string;
  private readonly context: MacroContext;
  private readonly macros: ReadonlyMap<string, RegisteredMacro>;
  constructor(name: string, context: MacroContext, macros: ReadonlyMap<string, RegisteredMacro>) {
    super();
    this.name = name;
    this.context = context;
    this.macros = macros;
  }
  override attr(name: string): unknown {
    return MAPPING_MEMBERS.get(name)?.(this);
  }
  /** A macro is an item, which may have a name that begins with an underscore; attributes of that kind are refused. */
  override item(key: unknown): unknown {
    const macro = typeof key === "string" ? this.macros.get(key) : undefined;
    if (!macro) return undefined;
    const replaced = this.context.replacement(this.name, key as string);
    return replaced === undefined ? this.context.bind(macro) : replaced;
  }
  override contains(item: unknown): boolean {
    return typeof item === "string" && this.macros.has(item);
  }
  override iterate(): Iterable<string> {
    return this.macros.keys();
  }
  override length(): number {
    return this.macros.size;
  }
  override repr(): string {
    return `<MacroNamespace ${this.name}>`;
  }
}

/** A package's macros are a mapping: `context["dbt_utils"].keys()`. */
const MAPPING_MEMBERS = new Map<string, Member<MacroNamespace>>([
  ["keys", method("keys()", (self: MacroNamespace) => [...self.iterate()])],
  ["values", method("values()", (self: MacroNamespace) => Array.from(self.iterate(), (name) => self.item(name)))],
  [
    "items",
    method("items()", (self: MacroNamespace) =>
      Array.from(self.iterate(), (name) => new Tuple([name, self.item(name)])),
    ),
  ],
  [
    "get",
    method("get(key, default=None)", (self: MacroNamespace, key: unknown, dflt: unknown) => self.item(key) ?? dflt),
  ],
]);
