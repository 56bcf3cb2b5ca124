import { keyError, typeError, valueError } from "../errors.ts";
import { PyDict } from "./dict.ts";
import { defineMethod, type Method } from "./function.ts";
import { DictView, pyIterate, pyList } from "./iterate.ts";
import { pyRepr } from "./repr.ts";
import { typeName } from "./types.ts";
import { UndefinedValue } from "./undefined.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "./values.ts";

/** The methods of `dict`. */
export const dictMethods = new Map<string, Method>();

function def(signature: string, impl: (self: PyDict, ...args: never[]) => unknown): void {
  dictMethods.set(signature.slice(0, signature.indexOf("(")), defineMethod("dict", signature, impl));
}

def("get(key, default=None, /)", (d, key: unknown, dflt: unknown) => {
  const v = d.get(key);
  return v === undefined ? (dflt === undefined ? null : dflt) : v;
});
def("keys()", (d) => new DictView(d, "keys"));
def("values()", (d) => new DictView(d, "values"));
def("items()", (d) => new DictView(d, "items"));
def("pop(key, default=..., /)", (d, key: unknown, dflt: unknown) => {
  // An empty dict does not even ask for the hash.
  const v = d.size === 0 ? undefined : d.get(key);
  if (v === undefined) {
    if (dflt === undefined) throw keyError(pyRepr(key));
    return dflt;
  }
  d.delete(key);
  return v;
});
def("popitem()", (d) => {
  const key = d.keyArray().at(-1);
  if (key === undefined) throw keyError("'popitem(): dictionary is empty'");
  const value = d.get(key);
  d.delete(key);
  return new Tuple([key, value]);
});
def("setdefault(key, default=None, /)", (d, key: unknown, dflt: unknown) => {
  const v = d.get(key);
  if (v !== undefined) return v;
  const value = dflt === undefined ? null : dflt;
  d.set(key, value);
  return value;
});
def("clear()", (d) => {
  d.clear();
  return null;
});
def("copy()", (d) => d.copy());
dictMethods.set("update", ((d: PyDict, args: unknown[], kwargs: Kwargs) => {
  if (args.length > 1) throw typeError(`update expected at most 1 argument, got ${args.length}`);
  if (args.length === 1) updateDict(d, args[0]);
  if (kwargs !== undefined) for (const [k, v] of kwargs) d.set(k, v);
  return null;
}) as Method);
def("fromkeys(iterable, value=None, /)", (_d, keys: unknown, value: unknown) => {
  const out = new PyDict();
  for (const k of pyIterate(keys)) out.set(k, value === undefined ? null : value);
  return out;
});

/** What `dict(source)` and `d.update(source)` do: takes a mapping's items, or pairs. */
export function updateDict(d: PyDict, source: unknown): void {
  if (source instanceof PyDict) {
    for (const [k, v] of [...source.entries()]) d.set(k, v);
    return;
  }
  if (source instanceof HostObject) {
    const keys = mappingKeys(source);
    if (keys !== undefined) {
      for (const k of keys) d.set(k, source.item(k));
      return;
    }
  }
  let i = 0;
  for (const pair of pyIterate(source)) {
    let items: unknown[];
    try {
      items = pyList(pair);
    } catch {
      throw typeError(`cannot convert dictionary update sequence element #${i} to a sequence`);
    }
    if (items.length !== 2)
      throw valueError(`dictionary update sequence element #${i} has length ${items.length}; 2 is required`);
    d.set(items[0], items[1]);
    i++;
  }
}

/** The keys of a host object that behaves as a mapping (it has a `keys` method); `undefined` for others. */
export function mappingKeys(source: HostObject): Iterable<unknown> | undefined {
  const keys = source.attr("keys");
  if (keys instanceof PyCallable) return pyIterate(keys.fn([], undefined));
  if (keys instanceof UndefinedValue) return pyIterate(keys.call([], undefined));
  return undefined;
}

/** The items of a `**mapping` argument as keyword arguments. */
export function keywordsOf(source: unknown): [string, unknown][] {
  let entries: Iterable<[unknown, unknown]>;
  if (source instanceof PyDict) entries = source.entries();
  else {
    const keys = source instanceof HostObject ? mappingKeys(source) : undefined;
    if (keys === undefined) throw typeError(`argument after ** must be a mapping, not ${typeName(source)}`);
    entries = Array.from(keys, (k) => [k, (source as HostObject).item(k)] as [unknown, unknown]);
  }
  const out: [string, unknown][] = [];
  for (const [k, v] of entries) {
    const name = typeof k === "string" ? k : undefined;
    if (name === undefined) throw typeError("keywords must be strings");
    out.push([name, v]);
  }
  return out;
}
