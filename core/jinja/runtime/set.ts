import { JinjaError } from "../errors.ts";
import { hashKey } from "./hash.ts";

/** A Python set (or frozenset). Members are equal as Python's are; iteration is in the order of insertion. */
export class PySet {
  private readonly map = new Map<unknown, unknown>();
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
    if (!this.map.has(k)) this.map.set(k, item);
    return this;
  }
  delete(item: unknown): boolean {
    return this.map.delete(hashKey(item));
  }
  clear(): void {
    this.map.clear();
  }
  get size(): number {
    return this.map.size;
  }
  copy(): PySet {
    return new PySet(this.map.values(), this.frozen);
  }
  *[Symbol.iterator](): Generator<unknown> {
    const size = this.map.size;
    for (const v of this.map.values()) {
      yield v;
      if (this.map.size !== size) throw new JinjaError("RuntimeError", "Set changed size during iteration");
    }
  }
}
