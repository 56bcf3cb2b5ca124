import { indexError, overflowError, typeError, valueError } from "../errors.ts";
import { pyEquals } from "./compare.ts";
import { PyDict } from "./dict.ts";
import { address, pyRepr } from "./repr.ts";
import { PySet } from "./set.ts";
import { PySlice, sliceBounds } from "./slice.ts";
import { strLength } from "./text.ts";
import { typeName } from "./types.ts";
import { HostObject, type OrderOp, PyCallable, Tuple } from "./values.ts";

/** `iter(v)`: what a `for` runs over; a TypeError where `v` cannot be iterated. */
export function pyIterate(v: unknown): Iterable<unknown> {
  if (Array.isArray(v)) return v;
  if (typeof v === "string") return v;
  if (v instanceof PyDict) return v.keys();
  if (v instanceof Tuple) return v.items;
  if (v instanceof PySet) return v;
  if (v instanceof HostObject) {
    const it = v.iterate();
    if (it !== undefined) return it;
  }
  throw typeError(`'${typeName(v)}' object is not iterable`);
}

/** `list(v)`, always a new array. */
export function pyList(v: unknown): unknown[] {
  if (Array.isArray(v)) return v.slice();
  if (v instanceof PyDict) return v.keyArray();
  return Array.from(pyIterate(v));
}

/** `len(v)`. */
export function pyLength(v: unknown): number {
  if (typeof v === "string") return strLength(v);
  if (Array.isArray(v)) return v.length;
  if (v instanceof PyDict || v instanceof PySet) return v.size;
  if (v instanceof Tuple) return v.items.length;
  if (v instanceof HostObject) {
    const n = v.length();
    if (n !== undefined) return n;
  }
  throw typeError(`object of type '${typeName(v)}' has no len()`);
}

/** `item in container`. */
export function pyContains(container: unknown, item: unknown): boolean {
  if (typeof container === "string") {
    const text = typeof item === "string" ? item : stringOf(item);
    if (text === undefined) throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    return container.includes(text);
  }
  if (Array.isArray(container)) return includes(container, item);
  if (container instanceof PyDict || container instanceof PySet) return container.has(item);
  if (container instanceof Tuple) return includes(container.items, item);
  if (container instanceof HostObject) {
    const known = container.contains(item);
    if (known !== undefined) return known;
    const it = container.iterate();
    if (it !== undefined) {
      for (const x of it) if (pyEquals(x, item)) return true;
      return false;
    }
  }
  throw typeError(`argument of type '${typeName(container)}' is not iterable`);
}

function stringOf(v: unknown): string | undefined {
  return v instanceof HostObject && typeof (v as { text?: unknown }).text === "string"
    ? (v as unknown as { text: string }).text
    : undefined;
}

function includes(items: readonly unknown[], item: unknown): boolean {
  for (let i = 0; i < items.length; i++) if (items[i] === item || pyEquals(items[i], item)) return true;
  return false;
}

/** A Python iterator or generator: can be run through once. */
export class PyIterator extends HostObject {
  readonly typeName: string;
  private readonly source: Iterator<unknown>;
  private readonly name: string | undefined;
  /** `name` is the function a generator comes from. */
  constructor(source: Iterable<unknown>, typeName = "generator", name?: string) {
    super();
    this.typeName = typeName;
    this.name = name;
    this.source = source[Symbol.iterator]();
  }
  next(): IteratorResult<unknown> {
    return this.source.next();
  }
  override iterate(): Iterable<unknown> {
    // Leaving a loop early does not close the iterator: what is left can still be taken.
    return { [Symbol.iterator]: () => ({ next: () => this.source.next() }) };
  }
  override repr(): string {
    return `<${this.typeName} object ${this.name === undefined ? "" : `${this.name} `}at ${address(this)}>`;
  }
}

const MAX_RANGE = 100_000;

/** A `range` object. */
export class PyRange extends HostObject {
  readonly typeName = "range";
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
  override length(): number {
    return Math.max(Math.ceil((this.stop - this.start) / this.step), 0);
  }
  at(i: number): number {
    return this.start + i * this.step;
  }
  /** All numbers at once: the sandbox bounds them, and an array is what loops run over fastest. */
  override iterate(): number[] {
    const n = this.length();
    const out: number[] = [];
    for (let i = 0, v = this.start; i < n; i++, v += this.step) out.push(v);
    return out;
  }
  override item(key: unknown): unknown {
    const n = this.length();
    if (key instanceof PySlice) {
      const [start, stop, step] = sliceBounds(key, n);
      return new PyRange(this.at(start), this.at(stop), this.step * step);
    }
    if (typeof key !== "number" && typeof key !== "boolean") return undefined;
    const i = Number(key) < 0 ? Number(key) + n : Number(key);
    if (i < 0 || i >= n) throw indexError("range object index out of range");
    return this.at(i);
  }
  override contains(v: unknown): boolean {
    if (typeof v === "number" && Number.isInteger(v)) {
      const offset = (v - this.start) / this.step;
      return Number.isInteger(offset) && offset >= 0 && offset < this.length();
    }
    for (const x of this.iterate()) if (pyEquals(x, v)) return true;
    return false;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "start":
        return this.start;
      case "stop":
        return this.stop;
      case "step":
        return this.step;
      case "count":
        return new PyCallable("count", (args) => (this.contains(args[0]) ? 1 : 0));
      case "index":
        return new PyCallable("index", (args) => {
          let i = 0;
          for (const x of this.iterate()) {
            if (pyEquals(x, args[0])) return i;
            i++;
          }
          throw valueError(
            typeof args[0] === "number" ? `${pyRepr(args[0])} is not in range` : "sequence.index(x): x not in sequence",
          );
        });
    }
    return undefined;
  }
  override equals(other: unknown): boolean {
    if (!(other instanceof PyRange)) return false;
    const n = this.length();
    if (n !== other.length()) return false;
    return n === 0 || (this.start === other.start && (n === 1 || this.step === other.step));
  }
  override hashKey(): string {
    const n = this.length();
    return `\0range${n},${n > 0 ? this.start : ""},${n > 1 ? this.step : ""}`;
  }
  override repr(): string {
    return this.step === 1 ? `range(${this.start}, ${this.stop})` : `range(${this.start}, ${this.stop}, ${this.step})`;
  }
}

/** The sandbox's `range`: at most 100000 items. */
export function makeRange(args: unknown[]): PyRange {
  if (args.length === 0) throw typeError("range expected at least 1 argument, got 0");
  if (args.length > 3) throw typeError(`range expected at most 3 arguments, got ${args.length}`);
  const n = args.map((v) => {
    if (typeof v === "number" && Number.isInteger(v)) return v;
    if (typeof v === "boolean") return v ? 1 : 0;
    if (typeof v === "bigint") return Number(v);
    throw typeError(`'${typeName(v)}' object cannot be interpreted as an integer`);
  });
  const step = n[2] ?? 1;
  if (step === 0) throw valueError("range() arg 3 must not be zero");
  const range = n.length === 1 ? new PyRange(0, n[0] as number, 1) : new PyRange(n[0] as number, n[1] as number, step);
  if (range.length() > MAX_RANGE)
    throw overflowError(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MAX_RANGE}).`);
  return range;
}

function isSetLike(v: unknown): v is PySet | DictView {
  return v instanceof PySet || (v instanceof DictView && v.kind !== "values");
}

/** `d.keys()`, `d.values()`, `d.items()`: live views. */
export class DictView extends HostObject {
  readonly typeName: string;
  readonly dict: PyDict;
  readonly kind: "keys" | "values" | "items";
  constructor(dict: PyDict, kind: "keys" | "values" | "items") {
    super();
    this.dict = dict;
    this.kind = kind;
    this.typeName = `dict_${kind}`;
  }
  override length(): number {
    return this.dict.size;
  }
  override iterate(): Iterable<unknown> {
    if (this.kind === "keys") return this.dict.keys();
    return this.kind === "values" ? this.dict.values() : itemTuples(this.dict);
  }
  override contains(item: unknown): boolean | undefined {
    if (this.kind === "keys") return this.dict.has(item);
    if (this.kind === "values") return undefined;
    if (!(item instanceof Tuple) || item.items.length !== 2) return false;
    const v = this.dict.get(item.items[0]);
    return v !== undefined && pyEquals(v, item.items[1]);
  }
  override equals(other: unknown): boolean {
    if (this === other) return true;
    if (this.kind === "values") return false;
    if (!isSetLike(other) || pyLength(other) !== this.dict.size) return false;
    for (const x of this.iterate()) if (!pyContains(other, x)) return false;
    return true;
  }
  override hashKey(): undefined {
    if (this.kind !== "values") throw typeError(`unhashable type: '${this.typeName}'`);
  }
  override compares(op: OrderOp, other: unknown): boolean | undefined {
    if (this.kind === "values" || !isSetLike(other)) return undefined;
    const within = (a: Iterable<unknown>, b: unknown) => {
      for (const x of a) if (!pyContains(b, x)) return false;
      return true;
    };
    const more = this.length() - pyLength(other);
    if (op.startsWith("<")) return (op === "<" ? more < 0 : more <= 0) && within(this.iterate(), other);
    return (op === ">" ? more > 0 : more >= 0) && within(pyIterate(other), this);
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (op !== "-" || this.kind === "values") return undefined;
    const [a, b] = reflected ? [other, this] : [this, other];
    const remove = new PySet(pyIterate(b));
    const out = new PySet();
    for (const x of pyIterate(a)) if (!remove.has(x)) out.add(x);
    return out;
  }
  override attr(name: string): unknown {
    if (name === "mapping") return this.dict;
    if (name === "isdisjoint" && this.kind !== "values")
      return new PyCallable("isdisjoint", (args) => {
        for (const x of pyIterate(args[0])) if (pyContains(this, x)) return false;
        return true;
      });
    return undefined;
  }
  override repr(): string {
    return `${this.typeName}(${pyRepr(Array.from(this.iterate()))})`;
  }
}

function* itemTuples(d: PyDict): Generator<unknown> {
  for (const [k, v] of d.entries()) yield new Tuple([k, v]);
}
