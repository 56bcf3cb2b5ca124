import { argumentError, JinjaError, typeError } from "../errors.ts";
import { pyAdd } from "../runtime/arith.ts";
import { NamedTuple } from "../runtime/attributes.ts";
import { pyEquals, pyGreater, pyLess, sortBy } from "../runtime/compare.ts";
import { PyDict } from "../runtime/dict.ts";
import { DictView, PyIterator, PyRange, pyIterate, pyLength, pyList } from "../runtime/iterate.ts";
import { toIndex } from "../runtime/numbers.ts";
import { pyRepr, pyStr } from "../runtime/repr.ts";
import { PySet } from "../runtime/set.ts";
import { textOf } from "../runtime/str-object.ts";
import { pyTruth } from "../runtime/truth.ts";
import { typeName } from "../runtime/types.ts";
import { UndefinedValue } from "../runtime/undefined.ts";
import { type HostExtras, HostObject, PyCallable, Tuple } from "../runtime/values.ts";
import { attributeGetter, caseRule, multiAttributeGetter, noAttribute } from "./attribute.ts";
import { defineFilter, type FilterEnvironment, type FilterFunction } from "./define.ts";

/** A generator as the Python function `name` makes it. */
function generator(name: string, run: () => Generator<unknown>): PyIterator {
  return new PyIterator(run(), "generator", name);
}

const length = defineFilter("len(obj, /)", (_env, v: unknown) => pyLength(v));

const list = defineFilter("do_list(value)", (_env, v: unknown) => pyList(v));

const first = defineFilter("do_first(seq)", (env, seq: unknown) => {
  for (const x of pyIterate(seq)) return x;
  return env.undefined({ hint: "No first item, sequence was empty." });
});

/** `reversed(v)` as an array; `undefined` where Python cannot reverse. */
function reversed(v: unknown): unknown[] | undefined {
  if (v instanceof PySet || v instanceof PyIterator) return undefined;
  if (v instanceof HostObject && !(v instanceof PyRange) && !(v instanceof DictView)) {
    if (v.length() === undefined) return undefined;
  }
  return pyList(v).reverse();
}

function notReversible(v: unknown): JinjaError {
  return typeError(`'${typeName(v)}' object is not reversible`);
}

const last = defineFilter("do_last(seq)", (env, seq: unknown) => {
  const items = typeof seq === "string" || isIterable(seq) ? reversed(seq) : undefined;
  if (items === undefined) throw notReversible(seq);
  if (items.length === 0) return env.undefined({ hint: "No last item, sequence was empty." });
  return items[0];
});

function isIterable(v: unknown): boolean {
  try {
    pyIterate(v);
    return true;
  } catch {
    return false;
  }
}

const reverse = defineFilter("do_reverse(value)", (_env, v: unknown) => {
  const text = textOf(v);
  if (text !== undefined) return Array.from(text).reverse().join("");
  const items = isIterable(v) ? reversed(v) : undefined;
  if (items !== undefined) return new PyIterator(items, reverseIterator(v));
  try {
    return pyList(v).reverse();
  } catch (e) {
    if (e instanceof JinjaError && e.pythonType === "TypeError") throw argumentError("argument must be iterable");
    throw e;
  }
});

/** The type of `reversed(v)`. */
function reverseIterator(v: unknown): string {
  if (Array.isArray(v)) return "list_reverseiterator";
  if (v instanceof PyDict) return "dict_reversekeyiterator";
  if (v instanceof DictView) return `dict_reverse${v.kind.replace(/s$/, "")}iterator`;
  return v instanceof PyRange ? "range_iterator" : "reversed";
}

const random = defineFilter("do_random(seq)", (env, seq: unknown) => {
  const n = pyLength(seq);
  if (n === 0) return env.undefined({ hint: "No random item, sequence was empty." });
  if (seq instanceof PySet || seq instanceof PyDict || seq instanceof DictView)
    throw typeError(`'${typeName(seq)}' object is not subscriptable`);
  return pyList(seq)[Math.floor(Math.random() * n)];
});

const join = defineFilter(
  "do_join(value, d='', attribute=None)",
  (env, value: unknown, d: unknown, attribute: unknown) => {
    const by = pyStr(d);
    const get = attribute === null ? undefined : attributeGetter(env, attribute);
    let out = "";
    let i = 0;
    for (const item of pyIterate(value)) {
      const text = pyStr(get === undefined ? item : get(item));
      out += i++ === 0 ? text : by + text;
    }
    return out;
  },
);

const sort = defineFilter(
  "do_sort(value, reverse=False, case_sensitive=False, attribute=None)",
  (env, value: unknown, reverseOrder: unknown, caseSensitive: unknown, attribute: unknown) => {
    const key = multiAttributeGetter(env, attribute, caseRule(pyTruth(caseSensitive)));
    const items = pyList(value);
    return sortBy(items, items.map(key), toIndex(reverseOrder) !== 0);
  },
);

const dictsort = defineFilter(
  "do_dictsort(value, case_sensitive=False, by='key', reverse=False)",
  (_env, value: unknown, caseSensitive: unknown, by: unknown, reverseOrder: unknown) => {
    const position = by === "key" ? 0 : by === "value" ? 1 : undefined;
    if (position === undefined) throw argumentError('You can only sort by either "key" or "value"');
    const rule = caseRule(pyTruth(caseSensitive));
    const items = itemsOf(value);
    return sortBy(
      items,
      items.map((pair) => rule((pair as Tuple).items[position])),
      toIndex(reverseOrder) !== 0,
    );
  },
);

/** `list(value.items())`. */
function itemsOf(value: unknown): unknown[] {
  if (value instanceof PyDict) return Array.from(value.entries(), ([k, v]) => new Tuple([k, v]));
  if (value instanceof HostObject) {
    const items = value.attr("items");
    if (items instanceof PyCallable) return pyList(items.fn([], undefined));
  }
  throw noAttribute(value, "items");
}

const items = defineFilter("do_items(value)", (_env, value: unknown) => {
  if (value instanceof UndefinedValue) return new PyIterator([], "generator", "do_items");
  return generator("do_items", function* () {
    if (!isMapping(value)) throw typeError("Can only get item pairs from a mapping.");
    yield* itemsOf(value);
  });
});

/** Is it a mapping in the sense of `collections.abc`? A host object says so by a property `isMapping`. */
export function isMapping(v: unknown): boolean {
  return v instanceof PyDict || (v instanceof HostObject && (v as HostExtras).isMapping === true);
}

const unique = defineFilter(
  "do_unique(value, case_sensitive=False, attribute=None)",
  (env, value: unknown, caseSensitive: unknown, attribute: unknown) => {
    const get = attributeGetter(env, attribute, caseRule(pyTruth(caseSensitive)));
    return generator("sync_do_unique", function* () {
      const seen = new PySet();
      for (const item of pyIterate(value)) {
        const key = get(item);
        if (seen.has(key)) continue;
        seen.add(key);
        yield item;
      }
    });
  },
);

function extreme(signature: string, better: (a: unknown, b: unknown) => boolean): FilterFunction {
  return defineFilter(signature, (env, value: unknown, caseSensitive: unknown, attribute: unknown) => {
    const get = attributeGetter(env, attribute, caseRule(pyTruth(caseSensitive)));
    let best: unknown;
    let bestKey: unknown;
    let any = false;
    for (const item of pyIterate(value)) {
      const key = get(item);
      if (!any || better(key, bestKey)) {
        best = item;
        bestKey = key;
      }
      any = true;
    }
    return any ? best : env.undefined({ hint: "No aggregated item, sequence was empty." });
  });
}

const sum = defineFilter(
  "do_sum(iterable, attribute=None, start=0)",
  (env, iterable: unknown, attribute: unknown, start: unknown) => {
    if (textOf(start) !== undefined) throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
    const get = attribute === null ? undefined : attributeGetter(env, attribute);
    let total = start;
    for (const item of pyIterate(iterable)) total = pyAdd(total, get === undefined ? item : get(item));
    return total;
  },
);

const groupby = defineFilter(
  "do_groupby(value, attribute, default=None, case_sensitive=False)",
  (env, value: unknown, attribute: unknown, dflt: unknown, caseSensitive: unknown) => {
    const sensitive = pyTruth(caseSensitive);
    const key = attributeGetter(env, attribute, caseRule(sensitive), dflt);
    const shown = attributeGetter(env, attribute, undefined, dflt);
    const all = pyList(value);
    const keys = all.map(key);
    const order = sortBy(
      all.map((_, i) => i),
      keys,
    );
    const groups: NamedTuple[] = [];
    let current: unknown[] = [];
    let currentKey: unknown;
    for (const i of order) {
      if (current.length === 0 || !pyEquals(keys[i], currentKey)) {
        current = [];
        currentKey = keys[i];
        groups.push(new NamedTuple(["grouper", "list"], [sensitive ? currentKey : shown(all[i]), current]));
      }
      current.push(all[i]);
    }
    return groups;
  },
);

const batch = defineFilter(
  "do_batch(value, linecount, fill_with=None)",
  (_env, value: unknown, linecount: unknown, fill: unknown) =>
    generator("do_batch", function* () {
      let row: unknown[] = [];
      for (const item of pyIterate(value)) {
        if (pyEquals(row.length, linecount)) {
          yield row;
          row = [];
        }
        row.push(item);
      }
      if (row.length > 0) {
        if (fill !== null && pyLess(row.length, linecount)) while (pyLess(row.length, linecount)) row.push(fill);
        yield row;
      }
    }),
);

const slice = defineFilter(
  "do_slice(value, slices, fill_with=None)",
  (_env, value: unknown, slices: unknown, fill: unknown) =>
    generator("sync_do_slice", function* () {
      const seq = pyList(value);
      const n = toIndex(slices);
      if (n === 0) throw new JinjaError("ZeroDivisionError", "integer division or modulo by zero");
      const perSlice = Math.floor(seq.length / n);
      const extra = seq.length - perSlice * n;
      let offset = 0;
      for (let i = 0; i < n; i++) {
        const start = offset + i * perSlice;
        if (i < extra) offset++;
        const part = seq.slice(start, offset + (i + 1) * perSlice);
        if (fill !== null && i >= extra) part.push(fill);
        yield part;
      }
    }),
);

/** `map`: an attribute of each item, or a filter applied to it. */
const map: FilterFunction = (env, args, kwargs) => {
  const [value, ...rest] = args;
  return generator("sync_do_map", function* () {
    if (!pyTruth(value)) return;
    const apply = mapper(env, rest, kwargs);
    for (const item of pyIterate(value)) yield apply(item);
  });
};

function mapper(env: FilterEnvironment, args: unknown[], kwargs: Map<string, unknown> | undefined) {
  if (args.length === 0 && kwargs?.has("attribute") === true) {
    for (const key of kwargs.keys())
      if (key !== "attribute" && key !== "default") throw argumentError(`Unexpected keyword argument ${pyRepr(key)}`);
    return attributeGetter(env, kwargs.get("attribute"), undefined, kwargs.get("default") ?? null);
  }
  if (args.length === 0) throw argumentError("map requires a filter argument");
  const [name, ...rest] = args;
  return (item: unknown) => env.callFilter(name, [item, ...rest], kwargs);
}

/** `select`, `reject`, `selectattr` and `rejectattr`. */
function selection(keep: boolean, byAttribute: boolean): FilterFunction {
  return (env, args, kwargs) => {
    const [value, ...rest] = args;
    return generator("select_or_reject", function* () {
      if (!pyTruth(value)) return;
      let get = (item: unknown) => item;
      if (byAttribute) {
        if (rest.length === 0) throw argumentError("Missing parameter for attribute name");
        get = attributeGetter(env, rest.shift());
      }
      const name = rest[0];
      const more = rest.slice(1);
      const test = rest.length === 0 ? pyTruth : (v: unknown) => pyTruth(env.callTest(name, [v, ...more], kwargs));
      for (const item of pyIterate(value)) if (test(get(item)) === keep) yield item;
    });
  };
}

export const sequenceFilters: Record<string, FilterFunction> = {
  length,
  count: length,
  list,
  first,
  last,
  reverse,
  random,
  join,
  sort,
  dictsort,
  items,
  unique,
  min: extreme("do_min(value, case_sensitive=False, attribute=None)", pyLess),
  max: extreme("do_max(value, case_sensitive=False, attribute=None)", pyGreater),
  sum,
  groupby,
  batch,
  slice,
  map,
  select: selection(true, false),
  reject: selection(false, false),
  selectattr: selection(true, true),
  rejectattr: selection(false, true),
};
