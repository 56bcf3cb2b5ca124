import { JinjaError } from "../errors.ts";
import { hashKey } from "./hash.ts";
import { hashOrder } from "./hash-order.ts";

/** A Python set (or frozenset). Members are equal as Python's are; a set of numbers shows them in CPython's order, others in that of insertion. */
export class PySet {
  private readonly map = new Map<unknown, unknown>();
  /** The keys of `map` in the order they are shown, until the set changes. */
  private order: readonly unknown[] | undefined;
  readonly frozen: boolean;

  constructor(items?: Iterable<unknown>, frozen = false) {
    this.frozen = frozen;
    if (items !== undefined) for (const item of items) this.add(item);
  }
  get pyName(): string {
    return this.frozen ? "frozenset" : "set";
  }
  has(item: unknown): boolean {
    return this.map.has(hashKey(item));
  }
  add(item: unknown): this {
    const k = hashKey(item);
    if (!this.map.has(k)) {
      this.map.set(k, item);
      this.order = undefined;
    }
    return this;
  }
  delete(item: unknown): boolean {
    this.order = undefined;
    return this.map.delete(hashKey(item));
  }
  clear(): void {
    this.order = undefined;
    this.map.clear();
  }
  get size(): number {
    return this.map.size;
  }
  copy(): PySet {
    return new PySet(this.map.values(), this.frozen);
  }
  private keys(): readonly unknown[] {
    this.order ??= hashOrder([...this.map.keys()]);
    return this.order;
  }
  *[Symbol.iterator](): Generator<unknown> {
    const size = this.map.size;
    for (const key of this.keys()) {
      yield this.map.get(key);
      if (this.map.size !== size) throw new JinjaError("RuntimeError", "Set changed size during iteration");
    }
  }
}
