import { indexError, typeError, valueError } from "../errors.ts";
import { pyEquals, sortBy } from "./compare.ts";
import { defineMethod, type Method } from "./function.ts";
import { pyIterate } from "./iterate.ts";
import { toIndex } from "./numbers.ts";
import { pyRepr } from "./repr.ts";
import { PyCallable, type Tuple } from "./values.ts";

/** The methods of `list`. */
export const listMethods = new Map<string, Method>();
/** The methods of `tuple`. */
export const tupleMethods = new Map<string, Method>();

function def(signature: string, impl: (self: unknown[], ...args: never[]) => unknown): void {
  listMethods.set(signature.slice(0, signature.indexOf("(")), defineMethod("list", signature, impl));
}
function both(signature: string, impl: (self: readonly unknown[], ...args: never[]) => unknown): void {
  def(signature, impl);
  const name = signature.slice(0, signature.indexOf("("));
  tupleMethods.set(
    name,
    defineMethod("tuple", signature, (self: Tuple, ...args: never[]) => impl(self.items, ...args)),
  );
}

def("append(object, /)", (l, x: unknown) => {
  l.push(x);
  return null;
});
def("extend(iterable, /)", (l, items: unknown) => {
  if (items === l) l.push(...l.slice());
  else for (const x of pyIterate(items)) l.push(x);
  return null;
});
def("insert(index, object, /)", (l, index: unknown, x: unknown) => {
  const i = toIndex(index);
  l.splice(i < 0 ? Math.max(0, i + l.length) : Math.min(i, l.length), 0, x);
  return null;
});
def("pop(index=-1, /)", (l, index: unknown) => {
  const i = index === undefined ? -1 : toIndex(index);
  if (l.length === 0) throw indexError("pop from empty list");
  if (i === -1) return l.pop();
  const at = i < 0 ? i + l.length : i;
  if (at < 0 || at >= l.length) throw indexError("pop index out of range");
  return l.splice(at, 1)[0];
});
def("remove(value, /)", (l, x: unknown) => {
  const i = l.findIndex((y) => pyEquals(y, x));
  if (i < 0) throw valueError("list.remove(x): x not in list");
  l.splice(i, 1);
  return null;
});
def("clear()", (l) => {
  l.length = 0;
  return null;
});
def("copy()", (l) => l.slice());
def("reverse()", (l) => {
  l.reverse();
  return null;
});
def("sort(*, key=None, reverse=False)", (l, key: unknown, reverse: unknown) => {
  let keys: unknown[] = l;
  if (key !== null && key !== undefined) {
    if (!(key instanceof PyCallable)) throw typeError("'key' must be callable");
    keys = l.map((x) => key.fn([x], undefined));
  }
  const sorted = sortBy(l, keys, reverse !== undefined && toIndex(reverse) !== 0);
  for (let i = 0; i < sorted.length; i++) l[i] = sorted[i];
  return null;
});
both("count(value, /)", (l, x: unknown) => l.filter((y) => pyEquals(y, x)).length);
const INDEX = "index(value, start=0, stop=9007199254740991, /)";
def(INDEX, (l, x: unknown, start: unknown, stop: unknown) => {
  const i = indexOf(l, x, start, stop);
  if (i < 0) throw valueError(`${pyRepr(x)} is not in list`);
  return i;
});
tupleMethods.set(
  "index",
  defineMethod("tuple", INDEX, (t: Tuple, x: unknown, start: unknown, stop: unknown) => {
    const i = indexOf(t.items, x, start, stop);
    if (i < 0) throw valueError("tuple.index(x): x not in tuple");
    return i;
  }),
);

function indexOf(items: readonly unknown[], x: unknown, start: unknown, stop: unknown): number {
  const bound = (v: unknown, dflt: number) => {
    if (v === undefined) return dflt;
    const i = toIndex(v);
    return i < 0 ? Math.max(0, i + items.length) : i;
  };
  const end = Math.min(bound(stop, items.length), items.length);
  for (let i = bound(start, 0); i < end; i++) if (pyEquals(items[i], x)) return i;
  return -1;
}
