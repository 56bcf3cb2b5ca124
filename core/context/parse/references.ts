import { type Kwargs, PyCallable, PyFloat } from "../../jinja/runtime/values.ts";
import type { RefArgs } from "../../manifest/resources.ts";
import { type Described, MetricReference, templateError } from "../shared/index.ts";
import { pyTypeText } from "./python.ts";

/** Where references found while rendering are noted. */
export interface ReferenceSink {
  refs: RefArgs[];
  sources: string[][];
  metrics: string[][];
  functions: string[][];
}

/** The parts of a `ref(...)` call. @throws TsdbtError with dbt's words */
export function refArguments(args: unknown[], kwargs: Kwargs, node: Described): RefArgs {
  if (args.length < 1 || args.length > 2)
    throw templateError("TD4520", `ref() takes at most two arguments (${args.length} given)`, node);
  const [name, pkg] = args.length === 1 ? [args[0], null] : [args[1], args[0]];
  const version = kwargs?.get("version") || kwargs?.get("v") || null;
  if (typeof name !== "string")
    throw templateError("TD4521", `The name argument to ref() must be a string, got ${pyTypeText(name)}`, node);
  if (pkg !== null && typeof pkg !== "string") {
    const message = `The package argument to ref() must be a string or None, got ${pyTypeText(pkg)}`;
    throw templateError("TD4521", message, node);
  }
  const isVersion = typeof version === "string" || typeof version === "number" || version instanceof PyFloat;
  if (version !== null && !isVersion) {
    const message = `The version argument to ref() must be a string, int, float, or None - got ${pyTypeText(version)}`;
    throw templateError("TD4521", message, node);
  }
  return { name, package: pkg as string | null, version: version as string | number | null };
}

/** `ref` while a file is read: notes the reference and answers `relation()`, which stands for the node itself. */
export function createRef(node: Described, sink: ReferenceSink, relation: () => unknown): PyCallable {
  return new PyCallable("ref", (args, kwargs) => {
    sink.refs.push(refArguments(args, kwargs, node));
    return relation();
  });
}

export function createSource(node: Described, sink: ReferenceSink, relation: () => unknown): PyCallable {
  return new PyCallable("source", (args, kwargs) => {
    const given =
      args.length === 2 ? args : [args[0] ?? kwargs?.get("source_name"), args[1] ?? kwargs?.get("table_name")];
    const [source, table] = given;
    if (args.length + (kwargs?.size ?? 0) !== 2 || source === undefined || table === undefined)
      throw templateError("TD4522", `source() takes exactly two arguments (${args.length} given)`, node);
    const wrong = (which: string, value: unknown) =>
      templateError("TD4523", `The ${which} argument to source() must be a string, got ${pyTypeText(value)}`, node);
    if (typeof source !== "string") throw wrong("source name (first)", source);
    if (typeof table !== "string") throw wrong("table name (second)", table);
    sink.sources.push([source, table]);
    return relation();
  });
}

/** `metric` and `function`: one name, or a package and a name. */
export function createNamed(
  what: "metric" | "function",
  node: Described,
  list: string[][],
  result: (args: string[]) => unknown,
): PyCallable {
  return new PyCallable(what, (args) => {
    if (args.length < 1 || args.length > 2)
      throw templateError("TD4524", `${what}() takes at most two arguments (${args.length} given)`, node);
    for (const arg of args) {
      if (typeof arg === "string") continue;
      throw templateError("TD4525", `The name argument to ${what}() must be a string, got ${pyTypeText(arg)}`, node);
    }
    list.push([...args] as string[]);
    return result(args as string[]);
  });
}

/** What a metric is in a template that is only being read. */
export function metricReference(args: string[]): MetricReference {
  return new MetricReference(args.at(-1)!, args.length > 1 ? args[0]! : null);
}
