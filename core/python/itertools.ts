import { pyAdd } from "../jinja/runtime/arith.ts";
import type { PyDict } from "../jinja/runtime/dict.ts";
import { defineFunction } from "../jinja/runtime/function.ts";
import { PyIterator, pyIterate, pyList } from "../jinja/runtime/iterate.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { pyTruth } from "../jinja/runtime/truth.ts";
import { type PyCallable, Tuple } from "../jinja/runtime/values.ts";
import { type Body, moduleDict, numberOf, raise, toCall, toIndex } from "./support.ts";

/** Steps after which an endless iterator is stopped: nothing sensible goes so far. */
const ENDLESS = 10_000_000;

function* counting(start: unknown, step: unknown): Generator<unknown> {
  let value = start;
  for (let i = 0; i < ENDLESS; i++) {
    yield value;
    value = pyAdd(value, step);
  }
  raise("OverflowError", "an endless count() was not stopped");
}

function* cycling(items: Iterable<unknown>): Generator<unknown> {
  const saved: unknown[] = [];
  for (const item of items) {
    saved.push(item);
    yield item;
  }
  if (saved.length === 0) return;
  for (let i = 0; i < ENDLESS; i++) yield saved[i % saved.length];
  raise("OverflowError", "an endless cycle() was not stopped");
}

function* repeating(object: unknown, times: number): Generator<unknown> {
  for (let i = 0; i < times; i++) {
    if (i >= ENDLESS) raise("OverflowError", "an endless repeat() was not stopped");
    yield object;
  }
}

function* accumulating(
  items: Iterable<unknown>,
  call: (a: unknown, b: unknown) => unknown,
  initial: unknown,
): Generator<unknown> {
  let total = initial;
  let isFirst = total === undefined;
  if (!isFirst) yield total;
  for (const item of items) {
    total = isFirst ? item : call(total, item);
    isFirst = false;
    yield total;
  }
}

function* chaining(iterables: readonly unknown[]): Generator<unknown> {
  for (const iterable of iterables) yield* pyIterate(iterable);
}

function* compressing(data: Iterable<unknown>, selectors: Iterable<unknown>): Generator<unknown> {
  const marks = selectors[Symbol.iterator]();
  for (const item of data) {
    const mark = marks.next();
    if (mark.done) return;
    if (pyTruth(mark.value)) yield item;
  }
}

function* slicing(items: Iterable<unknown>, start: number, stop: number, step: number): Generator<unknown> {
  const iterator = items[Symbol.iterator]();
  let next = start;
  // As in Python, no more is taken from the iterator than needed.
  for (let i = 0; i < stop; i++) {
    const item = iterator.next();
    if (item.done) return;
    if (i === next) {
      yield item.value;
      next += step;
    }
  }
}

function islice(iterable: unknown, args: unknown[]): PyIterator {
  if (args.length === 0 || args.length > 3) {
    raise(
      "TypeError",
      `islice expected at ${args.length === 0 ? "least 2" : "most 4"} arguments, got ${args.length + 1}`,
    );
  }
  const bound = (value: unknown, otherwise: number, message: string): number => {
    if (value === null || value === undefined) return otherwise;
    const n = typeof value === "number" || typeof value === "boolean" ? Number(value) : -1;
    return Number.isInteger(n) && n >= 0 ? n : raise("ValueError", message);
  };
  const both = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
  const stopMessage = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
  const start = args.length === 1 ? 0 : bound(args[0], 0, both);
  const stop = bound(
    args.length === 1 ? args[0] : args[1],
    Number.POSITIVE_INFINITY,
    args.length === 1 ? stopMessage : both,
  );
  const step = bound(args[2], 1, "Step for islice() must be a positive integer or None.");
  if (step < 1) raise("ValueError", "Step for islice() must be a positive integer or None.");
  return new PyIterator(slicing(pyIterate(iterable), start, stop, step), "itertools.islice");
}

function* starring(call: (args: unknown[]) => unknown, iterable: Iterable<unknown>): Generator<unknown> {
  for (const args of iterable) yield call(pyList(args));
}

function tee(iterable: unknown, count: number): Tuple {
  if (count < 0) raise("ValueError", "n must be >= 0");
  const source = pyIterate(iterable)[Symbol.iterator]();
  const seen: unknown[] = [];
  const copy = function* (): Generator<unknown> {
    for (let i = 0; ; i++) {
      if (i >= seen.length) {
        const item = source.next();
        if (item.done) return;
        seen.push(item.value);
      }
      yield seen[i];
    }
  };
  return new Tuple(Array.from({ length: count }, () => new PyIterator(copy(), "itertools._tee")));
}

function* zipLongest(iterables: readonly unknown[], fill: unknown): Generator<unknown> {
  const iterators = iterables.map((iterable) => pyIterate(iterable)[Symbol.iterator]());
  const done = iterators.map(() => false);
  let left = iterators.length;
  while (left > 0) {
    const row: unknown[] = [];
    for (let i = 0; i < iterators.length; i++) {
      const item = done[i] ? undefined : iterators[i]!.next();
      if (item && !item.done) {
        row.push(item.value);
        continue;
      }
      if (!done[i]) {
        done[i] = true;
        left--;
        if (left === 0) return;
      }
      row.push(fill);
    }
    yield new Tuple(row);
  }
}

function* product(pools: readonly (readonly unknown[])[]): Generator<unknown> {
  if (pools.some((pool) => pool.length === 0)) return;
  const at = pools.map(() => 0);
  for (;;) {
    yield new Tuple(pools.map((pool, i) => pool[at[i]!]));
    let i = pools.length - 1;
    while (i >= 0 && ++at[i]! === pools[i]!.length) at[i--] = 0;
    if (i < 0) return;
  }
}

/** Choices of `length` places: `next` says from where each further place may choose. */
function* choosing(
  pool: readonly unknown[],
  length: number,
  candidates: (chosen: readonly number[]) => Iterable<number>,
): Generator<unknown> {
  const chosen: number[] = [];
  const pick = function* (): Generator<unknown> {
    if (chosen.length === length) {
      yield new Tuple(chosen.map((i) => pool[i]));
      return;
    }
    for (const i of candidates(chosen)) {
      chosen.push(i);
      yield* pick();
      chosen.pop();
    }
  };
  yield* pick();
}

function* from(start: number, end: number): Generator<number> {
  for (let i = start; i < end; i++) yield i;
}

function lengthArgument(value: unknown): number {
  const length = toIndex(value);
  return length < 0 ? raise("ValueError", "r must be non-negative") : length;
}

function permutations(iterable: unknown, r: unknown): Generator<unknown> {
  const pool = pyList(iterable);
  if (r !== null && typeof r !== "number") raise("TypeError", "Expected int as r");
  const length = r === null ? pool.length : lengthArgument(r);
  return choosing(pool, length, function* (chosen) {
    for (let i = 0; i < pool.length; i++) if (!chosen.includes(i)) yield i;
  });
}

function combinations(iterable: unknown, r: unknown, again: boolean): Generator<unknown> {
  const pool = pyList(iterable);
  const length = lengthArgument(r);
  return choosing(pool, length, (chosen) => {
    const last = chosen[chosen.length - 1];
    return from(last === undefined ? 0 : again ? last : last + 1, pool.length);
  });
}

/** `count(…)`, which shows where it stands. */
class Counter extends PyIterator {
  private value: unknown;
  private readonly step: unknown;
  constructor(start: unknown, step: unknown) {
    super(counting(start, step), "itertools.count");
    this.value = start;
    this.step = step;
  }
  override next(): IteratorResult<unknown> {
    this.value = pyAdd(this.value, this.step);
    return super.next();
  }
  override iterate(): Iterable<unknown> {
    return { [Symbol.iterator]: () => ({ next: () => this.next() }) };
  }
  override repr(): string {
    return `count(${pyRepr(this.value)}${this.step === 1 ? "" : `, ${pyRepr(this.step)}`})`;
  }
}

const lazy = (name: string, items: Iterable<unknown>): PyIterator => new PyIterator(items, `itertools.${name}`);

/** `modules.itertools`, as far as dbt shows it. `onCall` is told of each call: dbt deprecates them. */
export function itertoolsModule(onCall?: () => void): PyDict {
  const fn = (signature: string, body: Body): [string, () => PyCallable] => [
    signature.slice(0, signature.indexOf("(")),
    () =>
      defineFunction(signature, (...args) => {
        onCall?.();
        return body(...args);
      }),
  ];
  return moduleDict([
    fn("count(start=0, step=1)", (start, step) => {
      if (numberOf(start) === undefined || numberOf(step) === undefined) raise("TypeError", "a number is required");
      return new Counter(start, step);
    }),
    fn("cycle(iterable)", (iterable) => lazy("cycle", cycling(pyIterate(iterable)))),
    fn("repeat(object, times=...)", (object, times) => {
      return lazy("repeat", repeating(object, times === undefined ? Number.POSITIVE_INFINITY : toIndex(times)));
    }),
    fn("accumulate(iterable, func=None, *, initial=None)", (iterable, func, initial) => {
      const call = func === null ? pyAdd : (a: unknown, b: unknown) => toCall(func)([a, b]);
      return lazy("accumulate", accumulating(pyIterate(iterable), call, initial ?? undefined));
    }),
    fn("chain(*iterables)", (iterables) => lazy("chain", chaining(iterables))),
    fn("compress(data, selectors)", (data, selectors) => {
      return lazy("compress", compressing(pyIterate(data), pyIterate(selectors)));
    }),
    fn("islice(iterable, *args)", islice),
    fn("starmap(function, iterable)", (call, iterable) => lazy("starmap", starring(toCall(call), pyIterate(iterable)))),
    fn("tee(iterable, n=2)", (iterable, n) => tee(iterable, toIndex(n))),
    fn("zip_longest(*iterables, fillvalue=None)", (fill, iterables) =>
      lazy("zip_longest", zipLongest(iterables, fill)),
    ),
    fn("product(*iterables, repeat=1)", (repeat, iterables) => {
      const pools = (iterables as unknown[]).map(pyList);
      const times = toIndex(repeat);
      if (times < 0) raise("ValueError", "repeat argument cannot be negative");
      return lazy("product", product(Array.from({ length: times }, () => pools).flat()));
    }),
    fn("permutations(iterable, r=None)", (iterable, r) => lazy("permutations", permutations(iterable, r))),
    fn("combinations(iterable, r)", (iterable, r) => lazy("combinations", combinations(iterable, r, false))),
    fn("combinations_with_replacement(iterable, r)", (iterable, r) => {
      return lazy("combinations_with_replacement", combinations(iterable, r, true));
    }),
  ]);
}
