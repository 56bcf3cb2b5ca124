import { JinjaError, type PythonType } from "../jinja/errors.ts";
import { pyEquals } from "../jinja/runtime/compare.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import { bindArguments, defineFunction, parseSignature, type Signature } from "../jinja/runtime/function.ts";
import { hashKey } from "../jinja/runtime/hash.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { PySlice, sliceArray } from "../jinja/runtime/slice.ts";
import { typeName } from "../jinja/runtime/types.ts";
import { UndefinedValue } from "../jinja/runtime/undefined.ts";
import { HostObject, type Kwargs, PyCallable, PyFloat, Tuple } from "../jinja/runtime/values.ts";

export { int } from "../jinja/runtime/numbers.ts";
export { typeName };

/** Raises a Python exception: `raise("ValueError", "month must be in 1..12")`. */
export function raise(pythonType: PythonType, message: string): never {
  throw new JinjaError(pythonType, message);
}

/** Raises Python's error for an attribute that a value lacks; an undefined value raises its own. */
export function noAttribute(value: unknown, name: string): never {
  if (value instanceof UndefinedValue) value.attr(name);
  return raise("AttributeError", `'${typeName(value)}' object has no attribute '${name}'`);
}

/** Python's `operator.index`: an int or bool as a JavaScript number; a TypeError for anything else. */
export function toIndex(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return Number(value);
  return raise("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
}

/** The number that an int, bool or float stands for; `undefined` for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value instanceof PyFloat) return value.value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "bigint" ? Number(value) : undefined;
}

export const isInt = (value: unknown): value is number | bigint | boolean =>
  typeof value === "bigint" || typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value));

// biome-ignore lint/suspicious/noExplicitAny: the arguments are whatever the signature says
export type Body = (...args: any[]) => unknown;

/** What a type's instances offer: a value computed from the instance, or a method. */
export type Member<T> = (self: T) => unknown;

/**
 * A method of a type, bound when it is looked up: `method("replace(year=..., day=...)", (self, year, day) => …)`.
 * The signature is Python's; `...` marks an argument that may be left out, which is then `undefined`.
 */
export function method<T>(signature: string, body: (self: T, ...args: Parameters<Body>) => unknown): Member<T> {
  const name = signature.slice(0, signature.indexOf("("));
  let parsed: Signature | undefined;
  return (self) =>
    new PyCallable(name, (args, kwargs) => {
      parsed ??= parseSignature(signature);
      return body(self, ...bindArguments(parsed, args, kwargs));
    });
}

/** Looks a name up in a type's table of members. */
export function member<T>(table: ReadonlyMap<string, Member<T>>, self: T, name: string): unknown {
  return table.get(name)?.(self);
}

/** How to call a value that a template passed as a function; a TypeError where it is none. */
export function toCall(value: unknown): (args: unknown[]) => unknown {
  if (value instanceof PyCallable) return (args) => value.fn(args, undefined);
  if (value instanceof HostObject) return (args) => value.call(args, undefined);
  return raise("TypeError", `'${typeName(value)}' object is not callable`);
}

/** A tuple whose items have names too, as `time.struct_time`. */
export class NamedStruct extends HostObject {
  readonly typeName: string;
  private readonly fields: readonly string[];
  private readonly items: readonly unknown[];

  constructor(typeName: string, fields: readonly string[], items: readonly unknown[]) {
    super();
    this.typeName = typeName;
    this.fields = fields;
    this.items = items;
  }
  override attr(name: string): unknown {
    const index = this.fields.indexOf(name);
    return index < 0 ? undefined : this.items[index];
  }
  override item(key: unknown): unknown {
    if (key instanceof PySlice) return new Tuple(sliceArray(this.items, key));
    return typeof key === "number" ? this.items[key < 0 ? key + this.items.length : key] : undefined;
  }
  override iterate(): Iterable<unknown> {
    return this.items;
  }
  override length(): number {
    return this.items.length;
  }
  override repr(): string {
    return `${this.typeName}(${this.fields.map((field, i) => `${field}=${pyRepr(this.items[i])}`).join(", ")})`;
  }
  override equals(other: unknown): boolean {
    const items = other instanceof Tuple ? other.items : other instanceof NamedStruct ? other.items : [];
    return pyEquals(this.items, items);
  }
  override hashKey(): string | number | bigint | undefined {
    return hashKey(new Tuple(this.items)) as string;
  }
}

/** A Python class as templates see it: callable, with class methods and constants as attributes. */
export class PyType extends HostObject {
  readonly typeName = "type";
  readonly name: string;
  private readonly construct: PyCallable;
  private readonly members: ReadonlyMap<string, Member<PyType>>;

  constructor(name: string, signature: string, construct: Body, members: Iterable<[string, Member<PyType>]>) {
    super();
    this.name = name;
    this.construct = defineFunction(signature, construct);
    this.members = new Map(members);
  }
  override attr(name: string): unknown {
    return this.members.get(name)?.(this);
  }
  override call(args: unknown[], kwargs: Kwargs): unknown {
    return this.construct.fn(args, kwargs);
  }
  override repr(): string {
    return `<class '${this.name}'>`;
  }
}

/** A Python module as templates see it: a dict of its names. */
export function moduleDict(makers: Iterable<[string, () => unknown]>): PyDict {
  return PyDict.from(Array.from(makers, ([name, make]) => [name, make()] as const));
}
