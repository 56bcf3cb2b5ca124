import { type ErrorKind, type Frame, TsdbtError } from "../errors.ts";
import { bindMacro, Environment, locationOf, type MacroDefinition, MacroReturn } from "../jinja/index.ts";
import { HostObject, type Kwargs, type Scope } from "../jinja/runtime/values.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { MacroResource } from "../manifest/resources.ts";
import { MacroNamespace } from "./macro-namespace.ts";

/** A macro of the project: what artifacts show of it, and its code, parsed when first needed. */
export interface RegisteredMacro {
  resource: MacroResource;
  definition(): MacroDefinition;
}

export interface RegistryOptions {
  rootProject: string;
  /** Packages of built-in macros, the adapter's before `dbt`: `["dbt_duckdb", "dbt"]`. */
  internalPackages: readonly string[];
  /** The adapter's type and those it builds upon: `["duckdb"]`. */
  adapterTypes: readonly string[];
  /** `dispatch:` of the root project's file. */
  dispatch: readonly { macro_namespace: string; search_order: string[] }[];
  /** Every package of the project, root and built-ins included. */
  packages: Iterable<string>;
}

type ByName = Map<string, RegisteredMacro>;

/** Where a macro comes from decides between equals: the root project's wins over packages', theirs over built-in ones. */
type Locality = 1 | 2 | 3;
const CORE = 1;
const IMPORTED = 2;
const ROOT = 3;

/**
 * All macros of a project by package and name, and dbt's orders of looking for them.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch
 */
export class MacroRegistry {
  readonly rootProject: string;
  readonly internalPackages: readonly string[];
  readonly adapterTypes: readonly string[];
  private readonly packages: ReadonlySet<string>;
  private readonly dispatchOrder = new Map<string, string[]>();
  private readonly byPackage = new Map<string, ByName>();
  private readonly byId = new Map<string, RegisteredMacro>();
  private internal: ByName | undefined;
  private flat: ByName | undefined;

  constructor(options: RegistryOptions) {
    this.rootProject = options.rootProject;
    this.internalPackages = options.internalPackages;
    this.adapterTypes = options.adapterTypes;
    this.packages = new Set(options.packages);
    for (const { macro_namespace, search_order } of options.dispatch)
      this.dispatchOrder.set(macro_namespace, search_order);
  }

  add(macro: RegisteredMacro): void {
    const { package_name, name, unique_id } = macro.resource;
    let macros = this.byPackage.get(package_name);
    if (!macros) {
      macros = new Map();
      this.byPackage.set(package_name, macros);
    }
    macros.set(name, macro);
    this.byId.set(unique_id, macro);
    this.internal = undefined;
    this.flat = undefined;
  }

  get(uniqueId: string): RegisteredMacro | undefined {
    return this.byId.get(uniqueId);
  }

  all(): Iterable<RegisteredMacro> {
    return this.byId.values();
  }

  ofPackage(packageName: string): ReadonlyMap<string, RegisteredMacro> | undefined {
    return this.byPackage.get(packageName);
  }

  isInternal(packageName: string): boolean {
    return this.internalPackages.includes(packageName);
  }

  /** Built-in macros under one roof, the adapter's hiding those of `dbt`: what `dbt.x` reaches. */
  internals(): ReadonlyMap<string, RegisteredMacro> {
    if (!this.internal) {
      this.internal = new Map();
      for (const pkg of [...this.internalPackages].reverse())
        for (const [name, macro] of this.byPackage.get(pkg) ?? []) this.internal.set(name, macro);
    }
    return this.internal;
  }

  /** Every macro by its bare name: the root project's first, then packages', then built-in ones. */
  private everything(): ByName {
    if (!this.flat) {
      this.flat = new Map(this.internals());
      for (const [pkg, macros] of this.byPackage)
        if (!this.isInternal(pkg)) for (const [name, macro] of macros) this.flat.set(name, macro);
      for (const [name, macro] of this.byPackage.get(this.rootProject) ?? []) this.flat.set(name, macro);
    }
    return this.flat;
  }

  /** Without a context, as calls are traced while parsing: in the package named, then anywhere. */
  resolve(packageName: string | null, name: string): RegisteredMacro | undefined {
    const own = packageName === null ? undefined : this.byPackage.get(packageName)?.get(name);
    return own ?? this.everything().get(name);
  }

  /** In the package named, or anywhere; the root project's before packages' before built-in ones. */
  findByName(name: string, packageName: string | null = null): RegisteredMacro | undefined {
    let best: RegisteredMacro | undefined;
    let bestLocality = 0;
    for (const [pkg, macros] of this.byPackage) {
      const macro = macros.get(name);
      if (!macro || (packageName !== null && pkg !== packageName)) continue;
      const locality = this.locality(pkg);
      if (locality >= bestLocality) {
        best = macro;
        bestLocality = locality;
      }
    }
    return best;
  }

  /**
   * The `generate_<component>_name` macro that counts: the root project's or the built-in one; or that of a package,
   * which is asked for the package's own resources only.
   */
  findGenerateName(component: string, importedPackage?: string): RegisteredMacro | undefined {
    const name = `generate_${component}_name`;
    if (importedPackage !== undefined) {
      const imported = this.locality(importedPackage) === IMPORTED;
      return imported ? this.byPackage.get(importedPackage)?.get(name) : undefined;
    }
    return this.byPackage.get(this.rootProject)?.get(name) ?? this.internals().get(name);
  }

  /**
   * The macro of a materialization: one for this adapter before the default one, and among those the root project's
   * before a package's before the built-in one. A package may replace a built-in one only where `onOverride` is given, which
   * is told of it.
   * https://docs.getdbt.com/reference/global-configs/behavior-changes#package-override-for-built-in-materialization
   */
  findMaterialization(name: string, onOverride?: (packageName: string) => void): RegisteredMacro | undefined {
    const candidates: { macro: RegisteredMacro; locality: Locality; specificity: number }[] = [];
    [...this.adapterTypes, "default"].forEach((type, specificity) => {
      for (const [pkg, macros] of this.byPackage) {
        const macro = macros.get(`materialization_${name}_${type}`);
        if (macro) candidates.push({ macro, locality: this.locality(pkg), specificity });
      }
    });
    candidates.sort((a, b) => a.specificity - b.specificity || b.locality - a.locality);
    const first = candidates[0];
    if (first?.locality === IMPORTED && candidates.some((c) => c.locality === CORE)) {
      if (!onOverride) return candidates.find((c) => c.locality !== IMPORTED)?.macro;
      onOverride(first.macro.resource.package_name);
    }
    return first?.macro;
  }

  /** Packages that `adapter.dispatch` looks into, in order; `null` stands for the node's own view. */
  searchPackages(namespace: string | null): (string | null)[] {
    if (namespace === null) return [null];
    const order = this.dispatchOrder.get(namespace);
    if (order && order.length > 0) return order;
    return this.packages.has(namespace) ? [this.rootProject, namespace] : [null];
  }

  /** `duckdb`, its parents, `default`: what an implementation's name begins with. */
  dispatchPrefixes(): string[] {
    return [...this.adapterTypes, "default"];
  }

  /** What `adapter.dispatch` would find without a node's view, as calls are traced while parsing. */
  findDispatched(name: string, namespace: string | null): RegisteredMacro | undefined {
    for (const pkg of this.searchPackages(namespace)) {
      for (const prefix of this.dispatchPrefixes()) {
        const wanted = `${prefix}__${name}`;
        const macro =
          pkg === null
            ? this.everything().get(wanted)
            : pkg === "dbt"
              ? this.internals().get(wanted)
              : this.isInternal(pkg)
                ? undefined
                : this.byPackage.get(pkg)?.get(wanted);
        if (macro) return macro;
      }
    }
    return undefined;
  }

  /** The error of an `adapter.dispatch` that finds nothing, with dbt's list of what was looked for. */
  undispatched(name: string, namespace: string | null): TsdbtError {
    const attempts = this.searchPackages(namespace).flatMap((pkg) =>
      this.dispatchPrefixes().map((prefix) => `'${pkg === null ? "" : `${pkg}.`}${prefix}__${name}'`),
    );
    return compilationError(
      "TD4102",
      `In dispatch: No macro named '${name}' found within namespace: '${namespace ?? "None"}'\n` +
        `    Searched for: ${attempts.join(", ")}`,
      didYouMean(
        `default__${name}`,
        Array.from(this.all(), (macro) => macro.resource.name),
      ),
    );
  }

  packageNames(): Iterable<string> {
    return this.byPackage.keys();
  }

  /** Whether a package's macros are reached as `package.macro` (built-in ones are, as `dbt.macro`). */
  isNamespace(packageName: string): boolean {
    return this.byPackage.has(packageName) && !this.isInternal(packageName);
  }

  private locality(packageName: string): Locality {
    if (packageName === this.rootProject) return ROOT;
    return this.isInternal(packageName) ? CORE : IMPORTED;
  }
}

export interface MacroContextOptions {
  /** The package whose macros are seen by bare name: that of the node being rendered. */
  searchPackage: string;
  /** Names that are no macros. A macro of the same name hides them, as `ref` of a project hides dbt's. */
  base: Scope;
  mode: "sync" | "async";
  /** Told of every macro the node itself calls (not of those that macros call). */
  onCall?: (uniqueId: string) => void;
  /** Only these macros are seen: the ones a generic test is known to call. */
  only?: MacroSubset;
  /** What stands in for macros, wherever they are called from. */
  replaced?: MacroReplacements;
}

/** Values that stand in for macros, by bare name and by `package.name`. */
export interface MacroReplacements {
  readonly byName: ReadonlyMap<string, unknown>;
  readonly byPackage: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

/** Some macros of a registry, by bare name and by package. */
export class MacroSubset {
  readonly byName = new Map<string, RegisteredMacro>();
  readonly byPackage = new Map<string, Map<string, RegisteredMacro>>();
  constructor(macros: Iterable<RegisteredMacro>) {
    for (const macro of macros) {
      const { name, package_name } = macro.resource;
      this.byName.set(name, macro);
      const known = this.byPackage.get(package_name);
      if (known) known.set(name, macro);
      else this.byPackage.set(package_name, new Map([[name, macro]]));
    }
  }
}

/**
 * The names that one node's templates see: macros bound to this very scope, then the context's own values. Every macro
 * called on the way, from whichever package, sees the same names.
 */
export class MacroContext implements Scope {
  readonly registry: MacroRegistry;
  /** Unique ids of the macros being run, outermost first: `context_macro_stack`. */
  readonly stack: string[] = [];
  readonly mode: "sync" | "async";
  private readonly searchPackage: string;
  private readonly base: Scope;
  private readonly onCall: ((uniqueId: string) => void) | undefined;
  private readonly only: MacroSubset | undefined;
  private readonly replaced: MacroReplacements | undefined;
  private readonly seen = new Map<string, unknown>();
  private readonly bound = new Map<RegisteredMacro, BoundMacro>();

  constructor(registry: MacroRegistry, options: MacroContextOptions) {
    this.registry = registry;
    this.searchPackage = options.searchPackage;
    this.base = options.base;
    this.mode = options.mode;
    this.onCall = options.onCall;
    this.only = options.only;
    this.replaced = options.replaced;
  }

  get(name: string): unknown {
    if (this.replaced?.byName.has(name)) return this.replaced.byName.get(name);
    const known = this.seen.get(name);
    if (known !== undefined) return known;
    const found = this.only ? this.findLimited(name, this.only) : this.find(name);
    if (found === undefined) return this.base.get(name);
    this.seen.set(name, found);
    return found;
  }

  /** What stands in for a package's macro, `undefined` where nothing does. */
  replacement(packageName: string, name: string): unknown {
    return this.replaced?.byPackage.get(packageName)?.get(name);
  }

  /** A macro, ready to be called in this scope. */
  bind(macro: RegisteredMacro): BoundMacro {
    let bound = this.bound.get(macro);
    if (!bound) {
      bound = new BoundMacro(macro, this);
      this.bound.set(macro, bound);
    }
    return bound;
  }

  /**
   * `adapter.dispatch(name, namespace)`: the implementation for this adapter.
   * @throws TsdbtError with dbt's list of what was looked for
   */
  dispatch(name: string, namespace: string | null): BoundMacro {
    if (name.includes(".")) {
      const [first, rest] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
      throw compilationError(
        "TD4101",
        `In adapter.dispatch, got a macro name of "${name}", but "." is not a valid macro name component. ` +
          `Did you mean \`adapter.dispatch("${rest}", macro_namespace="${first}")\`?`,
      );
    }
    for (const pkg of this.registry.searchPackages(namespace)) {
      for (const prefix of this.registry.dispatchPrefixes()) {
        const macro = this.fromPackage(pkg, `${prefix}__${name}`);
        if (macro) return this.bind(macro);
      }
    }
    throw this.registry.undispatched(name, namespace);
  }

  /** Calls a macro by its bare name as this scope sees it, as adapters do for `list_schemas` and the like. */
  call(name: string, args: unknown[], kwargs?: Kwargs): unknown {
    const macro = this.get(name);
    if (!(macro instanceof BoundMacro)) {
      throw compilationError("TD4103", `dbt could not find a macro with name '${name}' in any package`);
    }
    return macro.call(args, kwargs);
  }

  enter(uniqueId: string): void {
    if (this.stack.length === 0) this.onCall?.(uniqueId);
    this.stack.push(uniqueId);
  }

  leave(): void {
    this.stack.pop();
  }

  private find(name: string): unknown {
    const { registry } = this;
    const own =
      registry.ofPackage(this.searchPackage)?.get(name) ?? registry.ofPackage(registry.rootProject)?.get(name);
    if (own) return this.bind(own);
    if (registry.isNamespace(name)) return new MacroNamespace(name, this, registry.ofPackage(name)!);
    if (name === "dbt") return new MacroNamespace(name, this, registry.internals());
    const internal = registry.internals().get(name);
    return internal && this.bind(internal);
  }

  private findLimited(name: string, only: MacroSubset): unknown {
    const ofPackage = only.byPackage.get(name);
    if (ofPackage) return new MacroNamespace(name, this, ofPackage);
    const macro = only.byName.get(name);
    return macro && this.bind(macro);
  }

  private fromPackage(packageName: string | null, name: string): RegisteredMacro | undefined {
    const { registry } = this;
    if (this.only) {
      if (packageName === null) return registry.resolve(null, name);
      return packageName === "dbt" ? registry.internals().get(name) : registry.ofPackage(packageName)?.get(name);
    }
    if (packageName === null) {
      const value = this.get(name);
      return value instanceof BoundMacro ? value.macro : undefined;
    }
    if (packageName === "dbt") return registry.internals().get(name);
    return registry.isNamespace(packageName) ? registry.ofPackage(packageName)?.get(name) : undefined;
  }
}

/** A macro in a scope: what a template gets under the macro's name. */
export class BoundMacro extends HostObject {
  readonly typeName = "MacroGenerator";
  readonly macro: RegisteredMacro;
  private readonly context: MacroContext;
  private run: ((args: unknown[], kwargs: Kwargs) => unknown) | undefined;
  constructor(macro: RegisteredMacro, context: MacroContext) {
    super();
    this.macro = macro;
    this.context = context;
  }

  override call(args: unknown[], kwargs: Kwargs): unknown {
    const { context } = this;
    this.run ??= bindMacro(macroEnvironment(), this.macro.definition(), context, context.mode).fn;
    context.enter(this.macro.resource.unique_id);
    let result: unknown;
    try {
      result = this.run(args, kwargs);
    } catch (error) {
      context.leave();
      if (error instanceof MacroReturn) return error.value;
      throw this.located(error);
    }
    if (!(result instanceof Promise)) {
      context.leave();
      return result;
    }
    return result.then(
      (value) => {
        context.leave();
        return value;
      },
      (error) => {
        context.leave();
        if (error instanceof MacroReturn) return error.value;
        throw this.located(error);
      },
    );
  }

  override attr(name: string): unknown {
    return name === "name" ? this.macro.resource.name : undefined;
  }

  override repr(): string {
    return `<MacroGenerator ${this.macro.resource.unique_id}>`;
  }

  /** Adds this macro to the stack of calls that the error tells of. */
  private located(error: unknown): unknown {
    if (error instanceof TsdbtError) {
      const { name, original_file_path } = this.macro.resource;
      const frame: Frame = { name: `macro ${name} (${original_file_path})`, file: original_file_path };
      const line = locationOf(error)?.frames.at(-1)?.span.line;
      if (line !== undefined) frame.line = line;
      error.details = { ...error.details, frames: [...(error.details.frames ?? []), frame] };
    }
    return error;
  }
}

let environment: Environment | undefined;

/** One for all macros. In them a missing name is Jinja2's Undefined even while parsing, unlike in the nodes that call them. */
function macroEnvironment(): Environment {
  environment ??= new Environment({ undefined: "default", blocks: true });
  return environment;
}

function compilationError(
  code: string,
  message: string,
  hint?: string,
  kind: ErrorKind = "Compilation Error",
): TsdbtError {
  return new TsdbtError(code, kind, message, hint === undefined ? {} : { hint });
}
