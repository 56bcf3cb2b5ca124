import { TsdbtError } from "../errors.ts";
import { type Data, toPython } from "../jinja/runtime/convert.ts";
import { bindArguments, parseSignature } from "../jinja/runtime/function.ts";
import { hashKey } from "../jinja/runtime/hash.ts";
import { address } from "../jinja/runtime/repr.ts";
import { textOf } from "../jinja/runtime/str-object.ts";
import { HostObject, type Kwargs, PyCallable } from "../jinja/runtime/values.ts";
import { didYouMean } from "../manifest/nearest.ts";
import { dumpJson } from "../python/json.ts";

export type Vars = { readonly [name: string]: Data };

export interface VarOptions {
  /** Vars by precedence, the strongest first: command line, root project, package. */
  layers: readonly Vars[];
  /** Whose vars they are, for the message. */
  owner?: string | undefined;
  /** A var that nobody set is None instead of an error, as while dbt parses nodes. */
  lenient?: boolean | undefined;
  /** Renders a var's text that has Jinja in it. Without it texts stay as they are. */
  render?: ((text: string) => unknown) | undefined;
  /** Told of each name that is asked for. */
  onVar?: ((name: string) => void) | undefined;
  /** Hides secrets in messages. */
  scrub?: ((message: string) => string) | undefined;
}

const CALL = parseSignature("__call__(var_name, default=...)");
const HAS_VAR = parseSignature("has_var(var_name)");

/** The vars of a node: those of the whole project under those of its package. https://docs.getdbt.com/docs/build/project-variables */
export function projectVars(vars: Vars, packageName: string): Vars {
  const own = vars[packageName];
  return isVars(own) ? { ...vars, ...own } : vars;
}

const values = new WeakMap<object, unknown>();

/** A list or dict is the same object each time it is asked for: what a template does to it is seen by all that follow. */
function shared(value: Data): unknown {
  if (typeof value !== "object" || value === null) return toPython(value);
  let known = values.get(value);
  if (known === undefined) {
    known = toPython(value);
    values.set(value, known);
  }
  return known;
}

const isVars = (value: unknown): value is Vars =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** `var` of templates: `var("name")`, `var("name", "default")`, `var.has_var("name")`. */
export class VarFunction extends HostObject {
  readonly typeName = "Var";
  private readonly options: VarOptions;

  constructor(options: VarOptions) {
    super();
    this.options = options;
  }

  override attr(name: string): unknown {
    if (name === "has_var") {
      return new PyCallable("has_var", (args, kwargs) => {
        const [given] = bindArguments(HAS_VAR, args, kwargs);
        return this.find(textOf(given)) !== undefined;
      });
    }
    return name === "node_name" ? (this.options.owner ?? "<Configuration>") : undefined;
  }

  override call(args: unknown[], kwargs: Kwargs): unknown {
    const [given, otherwise] = bindArguments(CALL, args, kwargs);
    hashKey(given);
    const name = textOf(given);
    if (name !== undefined) this.options.onVar?.(name);
    const layer = this.find(name);
    if (layer !== undefined) return this.value(layer[name!]!);
    if (otherwise !== undefined) return otherwise;
    if (this.options.lenient) return null;
    throw this.missing(String(name ?? given));
  }

  override repr(): string {
    return `<dbt.context.base.Var object at ${address(this)}>`;
  }

  /** The same vars, whose Jinja sees the names of another scope: a node's var may hold `{{ ref("orders") }}`. */
  rendering(render: (text: string) => unknown): VarFunction {
    return new VarFunction({ ...this.options, render });
  }

  private find(name: string | undefined): Vars | undefined {
    return name === undefined ? undefined : this.options.layers.find((layer) => Object.hasOwn(layer, name));
  }

  private value(value: Data): unknown {
    const { render } = this.options;
    if (typeof value === "string" && render && /\{[{%#]|[#%}]\}/.test(value)) return render(value);
    return shared(value);
  }

  private missing(name: string): TsdbtError {
    const merged: Record<string, Data> = {};
    for (const layer of [...this.options.layers].reverse()) Object.assign(merged, layer);
    const shown = dumpJson(merged, true, 4);
    const owner = this.options.owner ?? "<Configuration>";
    const message = `Required var '${name}' not found in config:\nVars supplied to ${owner} = ${shown}`;
    const near = didYouMean(name, Object.keys(merged));
    return new TsdbtError("TD2332", "Compilation Error", this.options.scrub?.(message) ?? message, {
      hint: near ?? `pass it, --vars '{${name}: …}', or give a default: var('${name}', '…')`,
    });
  }
}
