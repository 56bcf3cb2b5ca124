import { address } from "./identity.ts";

/**
 * The Python values a template works with, and how each is written in JavaScript:
 *
 * | Python            | here                                                            |
 * |-------------------|-----------------------------------------------------------------|
 * | None              | `null`                                                          |
 * | bool              | `boolean`                                                       |
 * | int               | `number` while a safe integer, else `bigint`                    |
 * | float             | `number` with a fraction, inf or nan; {@link PyFloat} when whole |
 * | str               | `string` (indexed and measured by code point)                   |
 * | list              | `Array`                                                         |
 * | tuple             | {@link Tuple}                                                   |
 * | dict              | {@link PyDict}                                                  |
 * | set               | {@link PySet}                                                   |
 * | functions         | {@link PyCallable}                                              |
 * | everything else   | a {@link HostObject}                                            |
 *
 * JavaScript's `undefined` never is a value: in this module's functions it means "there is no such thing".
 * A plain JavaScript object is never a value either: convert at the boundary with `toPython` and `toData`.
 */

/** A whole-valued float such as `2.0`, or one too large to be told from an int: boxed so that it prints and divides as a float. */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  /** JSON has one kind of number. */
  toJSON(): number {
    return this.value;
  }
}

/** Makes a Python float of a JavaScript number: `float(2)` is boxed, `float(2.5)` is the number itself. */
export function float(value: number): number | PyFloat {
  return Number.isInteger(value) ? new PyFloat(value) : value;
}

/** An immutable sequence, not equal to a list of the same items. */
export class Tuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** The operators of order. */
export type OrderOp = "<" | "<=" | ">" | ">=";

/**
 * What a host offers to templates: an object whose every visible name is declared by `attr`.
 * Templates never see a JavaScript property, so there is nothing to forbid.
 * Each method may answer `undefined` for "this type cannot do that"; the runtime then raises Python's error.
 */
export abstract class HostObject {
  /** Python's `type(x).__name__`, used in error messages. */
  abstract readonly typeName: string;
  /** The attribute `name`, or `undefined` where there is none. */
  attr(_name: string): unknown {
    return undefined;
  }
  /** `x[key]`, or `undefined` where there is no such item. */
  item(_key: unknown): unknown {
    return undefined;
  }
  /** `for y in x`. */
  iterate(): Iterable<unknown> | undefined {
    return undefined;
  }
  /** `x | length`, and truth where `truth` does not say otherwise. */
  length(): number | undefined {
    return undefined;
  }
  /** `if x`. */
  truth(): boolean {
    const n = this.length();
    return n === undefined || n > 0;
  }
  /** `y in x`. */
  contains(_item: unknown): boolean | undefined {
    return undefined;
  }
  /** `str(x)`, what `{{ x }}` prints. */
  str(): string {
    return this.repr();
  }
  /** `repr(x)`. */
  repr(): string {
    const module = (this as HostExtras).pyModule;
    return `<${module === undefined ? "" : `${module}.`}${this.typeName} object at ${address(this)}>`;
  }
  /** `x == other`; identity unless said otherwise. */
  equals(other: unknown): boolean {
    return this === other;
  }
  /** Equal for equal objects, so that the object can be a dict key: a string that begins with NUL, or the int it equals; `undefined` means identity. */
  hashKey(): string | number | bigint | undefined {
    return undefined;
  }
  /** `x < other` and so on: a negative number, zero or a positive one; `undefined` where they do not compare. */
  compare(_other: unknown): number | undefined {
    return undefined;
  }
  /** `x < other` and so on, for what orders partly as sets do; `undefined` lets `compare` decide. */
  compares(_op: OrderOp, _other: unknown): boolean | undefined {
    return undefined;
  }
  /** `x op other` for `+ - * / // % **`; `reflected` when the object stands on the right. */
  binary(_op: string, _other: unknown, _reflected: boolean): unknown {
    return undefined;
  }
  /** `x(...)`. */
  call(_args: unknown[], _kwargs: Kwargs): unknown {
    return undefined;
  }
  /** `x.name = value`, as `namespace` allows; answers false where it is not allowed. */
  setAttr(_name: string, _value: unknown): boolean {
    return false;
  }
}

/** What a {@link HostObject} may offer besides its methods; the runtime looks for these properties where they matter. */
export interface HostExtras {
  /** `x is mapping`, `x | items`, `**x`. */
  isMapping?: boolean;
  /** The module of its class, for messages: `datetime` of `datetime.date object`. */
  pyModule?: string;
  /** `x | int`, `'%d' % x`. */
  toInt?: () => number | bigint;
  /** `x | float`, `'%.2f' % x`. */
  toFloat?: () => number;
  /** `'{:spec}'.format(x)`. */
  format?: (spec: string) => string;
}

/** Keyword arguments of a call, in the order given; `undefined` when there are none. */
export type Kwargs = Map<string, unknown> | undefined;

/** Something a template can call. In execution `fn` may answer a promise, which generated code awaits. */
export class PyCallable {
  readonly name: string;
  readonly fn: (args: unknown[], kwargs: Kwargs) => unknown;
  constructor(name: string, fn: (args: unknown[], kwargs: Kwargs) => unknown) {
    this.name = name;
    this.fn = fn;
  }
  /** An attribute of the function or class, or `undefined`. */
  attr(_name: string): unknown {
    return undefined;
  }
  /** What a class gives for `cls[key]`; `undefined` where it cannot be subscribed. */
  item(_key: unknown): unknown {
    return undefined;
  }
}

/** Where a template's free names are looked up: `undefined` means the name is missing. */
export interface Scope {
  get(name: string): unknown;
}

export type { Data } from "./convert.ts";
