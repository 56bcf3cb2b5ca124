import { bindArguments, parseSignature, type Signature } from "../core/jinja/index.ts";
import { PyCallable } from "../core/jinja/runtime/values.ts";
import type { Adapter, AdapterSession } from "./adapter.ts";

/** For whom a method of `adapter.*` is called. */
export interface Caller<A extends Adapter = Adapter> {
  readonly adapter: A;
  readonly session: AdapterSession;
}

// biome-ignore lint/suspicious/noExplicitAny: the arguments are whatever the signature says
type Run<A extends Adapter> = (caller: Caller<A>, ...args: any[]) => unknown;

/** One method of `adapter.*`. */
export interface MethodSpec<A extends Adapter = Adapter> {
  readonly signature: Signature;
  /** What it answers while parsing, whatever the arguments: the warehouse cannot be asked. Without it the method runs then too. */
  readonly standIn: (() => unknown) | undefined;
  readonly run: Run<A>;
}

export type MethodTable<A extends Adapter = Adapter> = ReadonlyMap<string, MethodSpec<A>>;

/** A stand-in: `none`, `[]`, `false`. */
export const NONE = () => null;
export const LIST = () => [];
export const FALSE = () => false;

/**
 * A method that works while parsing too: `available("quote(identifier)", ({ adapter }, identifier) => …)`;
 * with a stand-in it is only run in execution.
 */
export function available<A extends Adapter = Adapter>(
  signature: string,
  run: Run<A>,
  standIn?: () => unknown,
): [string, MethodSpec<A>] {
  const parsed = parseSignature(signature);
  return [parsed.name, { signature: parsed, standIn, run }];
}

/** The method `name` of a table as templates call it; `undefined` where the table has none. */
export function bindMethod<A extends Adapter>(
  table: MethodTable<A>,
  name: string,
  caller: Caller<A>,
): PyCallable | undefined {
  const spec = table.get(name);
  if (!spec) return undefined;
  const { signature, standIn, run } = spec;
  if (!caller.session.execute && standIn) return new PyCallable(name, standIn);
  return new PyCallable(name, (args, kwargs) => run(caller, ...bindArguments(signature, args, kwargs)));
}
