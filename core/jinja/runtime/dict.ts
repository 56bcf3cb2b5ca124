import { JinjaError } from "../errors.ts";
import { hashKey } from "./hash.ts";

/**
 * A Python dict: keeps the order of insertion, and keys are equal as Python's are.
 *
 *     const d = PyDict.from({ a: 1 });
 *     d.set(1, "one"); d.get(true) // "one"
 *
 * Keys must be hashable: a list or dict as key throws Python's TypeError.
 */
export class PyDict {
  /** The class's name; subclasses show it, as `OrderedDict([(key, value), …])`. */
  readonly pyName: string = "dict";
  private readonly map = new Map<unknown, unknown>();
  /** The keys that are not their own hash key, as they were first written (`True` of `{True: …}`). */
  private originals: Map<unknown, unknown> | undefined;

  /** From pairs or from a plain object. The values are taken as they are: they must be Python values already. */
  static from(source: Iterable<readonly [unknown, unknown]> | Record<string, unknown>): PyDict {
    const d = new PyDict();
    if (Symbol.iterator in source) {
      for (const [k, v] of source as Iterable<readonly [unknown, unknown]>) d.set(k, v);
    } else {
      for (const k of Object.keys(source)) d.set(k, (source as Record<string, unknown>)[k]);
    }
    return d;
  }

  /** The value, or `undefined` where there is none. */
  get(key: unknown): unknown {
    return this.map.get(hashKey(key));
  }
  set(key: unknown, value: unknown): this {
    const k = hashKey(key);
    if (k !== key && !this.map.has(k)) {
      this.originals ??= new Map();
      this.originals.set(k, key);
    }
    this.map.set(k, value);
    return this;
  }
  has(key: unknown): boolean {
    return this.map.has(hashKey(key));
  }
  delete(key: unknown): boolean {
    const k = hashKey(key);
    this.originals?.delete(k);
    return this.map.delete(k);
  }
  clear(): void {
    this.map.clear();
    this.originals = undefined;
  }
  get size(): number {
    return this.map.size;
  }
  copy(): PyDict {
    const d = new PyDict();
    for (const [k, v] of this.map) d.map.set(k, v);
    if (this.originals !== undefined) d.originals = new Map(this.originals);
    return d;
  }
  /** The keys, live: changing the dict's size meanwhile is an error, as in Python. */
  *keys(): Generator<unknown> {
    const size = this.map.size;
    for (const k of this.map.keys()) {
      if (this.map.size !== size) throw changed();
      yield this.originals === undefined ? k : this.original(k);
    }
    if (this.map.size !== size) throw changed();
  }
  *values(): Generator<unknown> {
    const size = this.map.size;
    for (const v of this.map.values()) {
      if (this.map.size !== size) throw changed();
      yield v;
    }
    if (this.map.size !== size) throw changed();
  }
  *entries(): Generator<[unknown, unknown]> {
    const size = this.map.size;
    for (const [k, v] of this.map) {
      if (this.map.size !== size) throw changed();
      yield [this.originals === undefined ? k : this.original(k), v];
    }
    if (this.map.size !== size) throw changed();
  }
  [Symbol.iterator](): Generator<[unknown, unknown]> {
    return this.entries();
  }

  /** The keys at this moment. */
  keyArray(): unknown[] {
    const keys = [...this.map.keys()];
    return this.originals === undefined ? keys : keys.map((k) => this.original(k));
  }

  private original(k: unknown): unknown {
    const o = (this.originals as Map<unknown, unknown>).get(k);
    return o === undefined ? k : o;
  }
}

function changed(): JinjaError {
  return new JinjaError("RuntimeError", "dictionary changed size during iteration");
}
