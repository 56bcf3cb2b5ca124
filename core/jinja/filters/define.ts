import type { Lookups } from "../runtime/attributes.ts";
import { bindArguments, parseSignature } from "../runtime/function.ts";
import type { Kwargs } from "../runtime/values.ts";

/** What filters and tests may ask of their environment. */
export interface FilterEnvironment extends Lookups {
  /** Applies a filter by name, as `map` does. */
  callFilter(name: unknown, args: unknown[], kwargs: Kwargs): unknown;
  callTest(name: unknown, args: unknown[], kwargs: Kwargs): unknown;
  hasFilter(name: unknown): boolean;
  hasTest(name: unknown): boolean;
}

/** A filter or test: the value it is applied to is the first argument. */
export type FilterFunction = (env: FilterEnvironment, args: unknown[], kwargs: Kwargs) => unknown;

/** A filter under Python's signature of it: `defineFilter("do_center(value, width=80)", (env, value, width) => …)`. */
export function defineFilter(
  signature: string,
  impl: (env: FilterEnvironment, ...bound: never[]) => unknown,
): FilterFunction {
  const s = parseSignature(signature);
  const call = impl as (env: FilterEnvironment, ...bound: unknown[]) => unknown;
  const simple = !s.varargs && !s.kwargs && s.parameters.length === 1;
  return (env, args, kwargs) => {
    if (simple && kwargs === undefined && args.length === 1) return call(env, args[0]);
    return call(env, ...bindArguments(s, args, kwargs));
  };
}
