import type { Adapter, RelationSource } from "../../adapters/adapter.ts";
import type { RuntimeConfig } from "../../project/types.ts";
import type { MacroRegistry, RegisteredMacro } from "../context/macros.ts";
import { ALL_OF_IT, lookAt, NodeObject, type ParseTemplates } from "../context/parse/index.ts";
import type { Node, SourceDefinition } from "../manifest/resources.ts";
import { pyStr } from "./python-text.ts";
import { RememberedAnswers } from "./remembered.ts";

type Component = "database" | "schema" | "alias";

/**
 * Names what nodes become in the warehouse, through `generate_database_name`, `generate_schema_name` and
 * `generate_alias_name`: the root project's, or a package's own for its nodes, or the built-in ones.
 * A macro is asked once for each custom name and for what it looks at of the node, not once for each node.
 * https://docs.getdbt.com/docs/build/custom-schemas
 */
export class RelationNamer {
  private readonly config: RuntimeConfig;
  private readonly adapter: Adapter;
  private readonly registry: MacroRegistry;
  private readonly templates: ParseTemplates;
  private readonly macros: Record<Component, Map<string, RegisteredMacro>> = {
    database: new Map(),
    schema: new Map(),
    alias: new Map(),
  };
  private readonly known = new Map<RegisteredMacro, RememberedAnswers<string | null>>();
  private plainAlias: boolean | undefined;

  constructor(config: RuntimeConfig, adapter: Adapter, registry: MacroRegistry, templates: ParseTemplates) {
    this.config = config;
    this.adapter = adapter;
    this.registry = registry;
    this.templates = templates;
  }

  database(node: Node, custom: string | null): string | null {
    return this.ask("database", node, custom);
  }

  schema(node: Node, custom: string | null): string | null {
    return this.ask("schema", node, custom);
  }

  alias(node: Node, custom: string | null): string | null {
    if (
      !this.hasPlainAlias() ||
      this.macroFor("alias", node.package_name) !== this.macroFor("alias", this.config.project.name)
    )
      return this.ask("alias", node, custom);
    if (custom) return custom.trim();
    if (node.version) return `${node.name}_v${pyStr(node.version).replaceAll(".", "_")}`;
    return node.name.trim();
  }

  private hasPlainAlias(): boolean {
    this.plainAlias ??= this.isBuiltIn("alias");
    return this.plainAlias;
  }

  /** The relation as it is written in SQL. */
  relation(node: Node | SourceDefinition): string {
    return this.adapter.relationOf(node as RelationSource).str();
  }

  private ask(component: Component, node: Node, custom: string | null): string | null {
    const macro = this.macroFor(component, node.package_name);
    let known = this.known.get(macro);
    if (!known) {
      known = new RememberedAnswers();
      this.known.set(macro, known);
    }
    const look = (part: string) => lookAt(node, part);
    const found = known.find(custom, look);
    if (found) return found.answer;
    const looks: string[] = [];
    const value = this.templates.generateName(macro, custom, new NodeObject(node, (part) => looks.push(part)));
    const name = typeof value === "string" ? value.trim() : value === null || value === undefined ? null : pyStr(value);
    if (!looks.includes(ALL_OF_IT)) known.note(custom, looks, look, name);
    return name;
  }

  private macroFor(component: Component, packageName: string): RegisteredMacro {
    const macros = this.macros[component];
    let macro = macros.get(packageName);
    if (!macro) {
      macro = this.registry.findGenerateName(component, packageName) ?? this.registry.findGenerateName(component);
      if (!macro) throw new Error(`No macro with name generate_${component}_name found`);
      macros.set(packageName, macro);
    }
    return macro;
  }

  /** Whether neither the macro nor what it dispatches to was replaced by the project or a package. */
  private isBuiltIn(component: Component): boolean {
    const name = `generate_${component}_name`;
    for (const pkg of this.registry.packageNames()) {
      if (this.registry.isInternal(pkg)) continue;
      const macros = this.registry.ofPackage(pkg);
      if (pkg === this.registry.rootProject && macros?.has(name)) return false;
      if (this.registry.dispatchPrefixes().some((prefix) => macros?.has(`${prefix}__${name}`))) return false;
    }
    return true;
  }
}
