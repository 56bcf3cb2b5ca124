import { JinjaError, typeError } from "../errors.ts";
import type { Lookups } from "./attributes.ts";
import { pyEquals } from "./compare.ts";
import { pyIterate } from "./iterate.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "./values.ts";

/** Renders the body of a recursive loop over other items; may answer a promise. */
type Recurse = ((items: unknown, depth: number) => unknown) | undefined;

/** How deep a recursive loop may go. Python's limit comes to some 300 levels. */
const MAX_DEPTH = 500;

/** The `loop` of a `for`: steps through the items and tells about them. */
export class Loop extends HostObject {
  readonly typeName = "LoopContext";
  index0 = -1;
  current: unknown = undefined;
  private previous: unknown = undefined;
  private ahead: unknown = undefined;
  private readonly source: unknown;
  private readonly items: unknown[] | undefined;
  private iterator: Iterator<unknown> | undefined;
  private position = 0;
  private count: number | undefined;
  private readonly env: Lookups;
  private readonly recurse: Recurse;
  private readonly depth0: number;
  private lastChanged: readonly unknown[] | undefined;

  constructor(source: unknown, env: Lookups, recurse: Recurse, depth0: number) {
    super();
    this.source = source;
    this.env = env;
    this.recurse = recurse;
    this.depth0 = depth0;
    if (Array.isArray(source)) this.items = source;
    else this.iterator = pyIterate(source)[Symbol.iterator]();
  }

  private pull(): unknown {
    if (this.items !== undefined) {
      return this.position < this.items.length ? this.items[this.position++] : undefined;
    }
    const step = (this.iterator as Iterator<unknown>).next();
    return step.done === true ? undefined : step.value;
  }

  /** Steps to the next item, which is then `current`; answers whether there is one. */
  next(): boolean {
    let value = this.ahead;
    if (value === undefined) value = this.pull();
    else this.ahead = undefined;
    if (value === undefined) return false;
    this.index0++;
    this.previous = this.current;
    this.current = value;
    return true;
  }

  private peek(): unknown {
    if (this.ahead === undefined) this.ahead = this.pull();
    return this.ahead;
  }

  override length(): number {
    if (this.count === undefined) {
      const sized = this.items?.length ?? sizeOf(this.source);
      if (sized === undefined) {
        const rest = [...{ [Symbol.iterator]: () => this.iterator as Iterator<unknown> }];
        this.iterator = rest[Symbol.iterator]();
        this.count = rest.length + this.index0 + 1 + (this.ahead === undefined ? 0 : 1);
      } else {
        this.count = sized;
      }
    }
    return this.count;
  }

  override attr(name: string): unknown {
    switch (name) {
      case "index":
        return this.index0 + 1;
      case "index0":
        return this.index0;
      case "first":
        return this.index0 === 0;
      case "last":
        return this.peek() === undefined;
      case "length":
        return this.length();
      case "revindex":
        return this.length() - this.index0;
      case "revindex0":
        return this.length() - this.index0 - 1;
      case "depth":
        return this.depth0 + 1;
      case "depth0":
        return this.depth0;
      case "previtem":
        return this.index0 === 0 ? this.env.undefined({ hint: "there is no previous item" }) : this.previous;
      case "nextitem": {
        const next = this.peek();
        return next === undefined ? this.env.undefined({ hint: "there is no next item" }) : next;
      }
      case "cycle":
        return new PyCallable("cycle", (args, kwargs) => {
          noKeywords("cycle", kwargs);
          if (args.length === 0) throw typeError("no items for cycling given");
          return args[this.index0 % args.length];
        });
      case "changed":
        return new PyCallable("changed", (args, kwargs) => {
          noKeywords("changed", kwargs);
          if (this.lastChanged !== undefined && pyEquals(new Tuple(this.lastChanged), new Tuple(args))) return false;
          this.lastChanged = args;
          return true;
        });
    }
    return undefined;
  }

  override iterate(): Iterable<unknown> {
    const loop = this;
    return (function* () {
      while (loop.next()) yield new Tuple([loop.current, loop]);
    })();
  }

  override call(args: unknown[]): unknown {
    if (this.recurse === undefined)
      throw typeError("The loop must have the 'recursive' marker to be called recursively.");
    if (args.length !== 1) throw typeError("LoopContext.__call__() missing 1 required positional argument: 'iterable'");
    if (this.depth0 >= MAX_DEPTH) throw new JinjaError("RecursionError", "maximum recursion depth exceeded");
    return this.recurse(args[0], this.depth0 + 1);
  }

  override repr(): string {
    return `<LoopContext ${this.index0 + 1}/${this.length()}>`;
  }
}

function noKeywords(method: string, kwargs: Kwargs): void {
  for (const name of kwargs?.keys() ?? [])
    throw typeError(`LoopContext.${method}() got an unexpected keyword argument '${name}'`);
}

function sizeOf(source: unknown): number | undefined {
  if (typeof source === "string" || source instanceof Tuple) return Array.from(pyIterate(source)).length;
  if (source instanceof HostObject) return source.length();
  const size = (source as { size?: number }).size;
  return typeof size === "number" ? size : undefined;
}
