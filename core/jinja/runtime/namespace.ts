import { JinjaError, typeError } from "../errors.ts";
import { PyDict } from "./dict.ts";
import { updateDict } from "./dict-methods.ts";
import { address, pyRepr } from "./repr.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "./values.ts";

/** `dict(source, **kwargs)`. */
export function makeDict(args: unknown[], kwargs: Kwargs): PyDict {
  if (args.length > 1) throw typeError(`dict expected at most 1 argument, got ${args.length}`);
  const d = new PyDict();
  if (args.length === 1) updateDict(d, args[0]);
  if (kwargs !== undefined) for (const [k, v] of kwargs) d.set(k, v);
  return d;
}

/** `namespace(…)`: an object whose attributes templates may set. */
export class Namespace extends HostObject {
  readonly typeName = "Namespace";
  private readonly values: PyDict;
  constructor(args: unknown[], kwargs: Kwargs) {
    super();
    this.values = makeDict(args, kwargs);
  }
  override attr(name: string): unknown {
    return this.values.get(name);
  }
  override setAttr(name: string, value: unknown): boolean {
    this.values.set(name, value);
    return true;
  }
  override repr(): string {
    return `<Namespace ${pyRepr(this.values)}>`;
  }
}

/** `cycler(…)`. */
export class Cycler extends HostObject {
  readonly typeName = "Cycler";
  private readonly items: unknown[];
  private position = 0;
  constructor(items: unknown[]) {
    super();
    if (items.length === 0) throw new JinjaError("RuntimeError", "at least one item has to be provided");
    this.items = items;
  }
  override repr(): string {
    return `<jinja2.utils.Cycler object at ${address(this)}>`;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "current":
        return this.items[this.position];
      case "items":
        return new Tuple(this.items);
      case "pos":
        return this.position;
      case "next":
        return new PyCallable("next", () => {
          const item = this.items[this.position];
          this.position = (this.position + 1) % this.items.length;
          return item;
        });
      case "reset":
        return new PyCallable("reset", () => {
          this.position = 0;
          return null;
        });
    }
    return undefined;
  }
}

/** `joiner(sep)`. */
export class Joiner extends HostObject {
  readonly typeName = "Joiner";
  private readonly separator: unknown;
  private used = false;
  constructor(separator: unknown) {
    super();
    this.separator = separator;
  }
  override repr(): string {
    return `<jinja2.utils.Joiner object at ${address(this)}>`;
  }
  override attr(name: string): unknown {
    if (name === "sep") return this.separator;
    return name === "used" ? this.used : undefined;
  }
  override call(args: unknown[]): unknown {
    if (args.length > 0)
      throw typeError(`Joiner.__call__() takes 1 positional argument but ${args.length + 1} were given`);
    if (this.used) return this.separator;
    this.used = true;
    return "";
  }
}
