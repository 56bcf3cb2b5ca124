const identities = new WeakMap<object, number>();
let next = 1;

/** A number that no other live object has, as Python's `id()`. */
export function identity(o: object): number {
  let n = identities.get(o);
  if (n === undefined) {
    n = next++;
    identities.set(o, n);
  }
  return n;
}

/** A made-up memory address, the same for the same object. */
export function address(o: object): string {
  return `0x7f${(identity(o) * 16).toString(16).padStart(10, "0")}`;
}
