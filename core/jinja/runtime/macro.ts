import { type JinjaError, typeError } from "../errors.ts";
import type { Lookups } from "./attributes.ts";
import { bounded } from "./depth.ts";
import { PyDict } from "./dict.ts";
import { pyRepr } from "./repr.ts";
import { HostObject, type Kwargs, Tuple } from "./values.ts";

/** A macro of a template, or the `caller` of a call block. */
export class Macro extends HostObject {
  readonly typeName = "Macro";
  readonly name: string | null;
  private readonly env: Lookups;
  private readonly parameters: readonly string[];
  private readonly fn: (...args: unknown[]) => unknown;
  private readonly catchKwargs: boolean;
  private readonly catchVarargs: boolean;
  private readonly caller: boolean;

  constructor(
    env: Lookups,
    name: string | null,
    parameters: readonly string[],
    fn: (...args: unknown[]) => unknown,
    catchKwargs: boolean,
    catchVarargs: boolean,
    caller: boolean,
  ) {
    super();
    this.env = env;
    this.name = name;
    this.parameters = parameters;
    this.fn = fn;
    this.catchKwargs = catchKwargs;
    this.catchVarargs = catchVarargs;
    this.caller = caller;
  }

  override attr(name: string): unknown {
    switch (name) {
      case "name":
        return this.name;
      case "arguments":
        return new Tuple(this.parameters);
      case "catch_kwargs":
        return this.catchKwargs;
      case "catch_varargs":
        return this.catchVarargs;
      case "caller":
        return this.caller;
      case "explicit_caller":
        return this.parameters.includes("caller");
    }
    return undefined;
  }

  override call(args: unknown[], kwargs: Kwargs): unknown {
    const bound = this.bind(args, kwargs);
    return bounded(() => this.fn(...bound));
  }

  /** The arguments in the order of the generated function: parameters, caller, kwargs, varargs. */
  private bind(args: unknown[], kwargs: Kwargs): unknown[] {
    const { parameters } = this;
    const n = parameters.length;
    let foundCaller = false;
    let used = 0;
    const bound = args.length > n ? args.slice(0, n) : args.slice();
    if (bound.length < n) {
      for (let i = bound.length; i < n; i++) {
        const name = parameters[i] as string;
        const value = kwargs?.get(name);
        if (value !== undefined) used++;
        bound.push(value);
        if (name === "caller") foundCaller = true;
      }
    } else {
      foundCaller = parameters.includes("caller");
    }
    if (this.caller && !foundCaller) {
      const caller = kwargs?.get("caller");
      if (caller !== undefined) used++;
      bound.push(
        caller === undefined || caller === null
          ? this.env.undefined({ hint: "No caller defined", name: "caller" })
          : caller,
      );
    }
    if (this.catchKwargs) bound.push(this.rest(args.length, kwargs));
    else if (kwargs !== undefined && kwargs.size > used) this.failKeyword(args.length, kwargs);
    if (this.catchVarargs) bound.push(new Tuple(args.slice(n)));
    else if (args.length > n) {
      throw this.misused(`macro ${pyRepr(this.name)} takes not more than ${n} argument(s)`);
    }
    return bound;
  }

  /** Is a keyword argument taken by a parameter that no positional one filled? */
  private takes(name: string, given: number): boolean {
    if (this.parameters.indexOf(name) >= given) return true;
    return name === "caller" && this.caller && !this.parameters.includes("caller");
  }

  private rest(given: number, kwargs: Kwargs): PyDict {
    const rest = new PyDict();
    if (kwargs !== undefined) for (const [k, v] of kwargs) if (!this.takes(k, given)) rest.set(k, v);
    return rest;
  }

  private failKeyword(given: number, kwargs: Map<string, unknown>): never {
    const unknown = [...kwargs.keys()].filter((k) => !this.takes(k, given));
    if (unknown.includes("caller"))
      throw typeError(
        `macro ${pyRepr(this.name)} was invoked with two values for the special caller argument. This is most likely a bug.`,
      );
    throw this.misused(`macro ${pyRepr(this.name)} takes no keyword argument ${pyRepr(unknown[0])}`);
  }

  private misused(message: string): JinjaError {
    const error = typeError(message);
    error.hint = `its arguments are (${this.parameters.join(", ")})`;
    return error;
  }

  override repr(): string {
    return `<Macro ${this.name === null ? "anonymous" : pyRepr(this.name)}>`;
  }
}
