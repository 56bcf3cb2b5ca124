import { keyError } from "../errors.ts";
import { isSubset } from "./compare.ts";
import { defineMethod, type Method } from "./function.ts";
import { pyIterate } from "./iterate.ts";
import { pyRepr } from "./repr.ts";
import { PySet } from "./set.ts";

/** The methods of `set`. */
export const setMethods = new Map<string, Method>();
/** The methods of `frozenset`: those that change nothing. */
export const frozensetMethods = new Map<string, Method>();

function mutating(signature: string, impl: (self: PySet, ...args: never[]) => unknown): void {
  setMethods.set(signature.slice(0, signature.indexOf("(")), defineMethod("set", signature, impl));
}
function def(signature: string, impl: (self: PySet, ...args: never[]) => unknown): void {
  mutating(signature, impl);
  const name = signature.slice(0, signature.indexOf("("));
  frozensetMethods.set(name, setMethods.get(name) as Method);
}

const asSet = (v: unknown) => (v instanceof PySet ? v : new PySet(pyIterate(v)));

mutating("add(elem, /)", (s, x: unknown) => {
  s.add(x);
  return null;
});
mutating("remove(elem, /)", (s, x: unknown) => {
  if (!s.delete(x)) throw keyError(pyRepr(x));
  return null;
});
mutating("discard(elem, /)", (s, x: unknown) => {
  s.delete(x);
  return null;
});
mutating("pop()", (s) => {
  for (const x of s) {
    s.delete(x);
    return x;
  }
  throw keyError("'pop from an empty set'");
});
mutating("clear()", (s) => {
  s.clear();
  return null;
});
mutating("update(*others)", (s, others: unknown[]) => {
  for (const o of others) for (const x of [...pyIterate(o)]) s.add(x);
  return null;
});
mutating("difference_update(*others)", (s, others: unknown[]) => {
  for (const o of others) for (const x of [...pyIterate(o)]) s.delete(x);
  return null;
});
mutating("intersection_update(*others)", (s, others: unknown[]) => {
  for (const o of others) {
    const keep = asSet(o);
    for (const x of [...s]) if (!keep.has(x)) s.delete(x);
  }
  return null;
});
mutating("symmetric_difference_update(other, /)", (s, other: unknown) => {
  for (const x of [...asSet(other)]) if (!s.delete(x)) s.add(x);
  return null;
});
def("copy()", (s) => s.copy());
def("union(*others)", (s, others: unknown[]) => {
  const out = s.copy();
  for (const o of others) for (const x of pyIterate(o)) out.add(x);
  return out;
});
def("difference(*others)", (s, others: unknown[]) => {
  const out = s.copy();
  for (const o of others) for (const x of pyIterate(o)) out.delete(x);
  return out;
});
def("intersection(*others)", (s, others: unknown[]) => {
  let out = s.copy();
  for (const o of others) {
    const other = asSet(o);
    out = new PySet(
      [...out].filter((x) => other.has(x)),
      s.frozen,
    );
  }
  return out;
});
def("symmetric_difference(other, /)", (s, o: unknown) => {
  const other = asSet(o);
  return new PySet([...[...s].filter((x) => !other.has(x)), ...[...other].filter((x) => !s.has(x))], s.frozen);
});
def("issubset(other, /)", (s, o: unknown) => isSubset(s, asSet(o)));
def("issuperset(other, /)", (s, o: unknown) => isSubset(asSet(o), s));
def("isdisjoint(other, /)", (s, o: unknown) => {
  for (const x of pyIterate(o)) if (s.has(x)) return false;
  return true;
});
