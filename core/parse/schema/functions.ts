import type { FunctionOverload, JsonObject, Node } from "../../manifest/resources.ts";
import type { ParseState } from "../state.ts";
import { type Entry, readingEntry } from "./entries.ts";
import { readNodeEntry } from "./nodes.ts";
import { nodesForPatch, patchNode } from "./patches.ts";
import { Shape, ShapeProblem } from "./shape.ts";

/** Describes a user-defined function. https://docs.getdbt.com/docs/build/udfs */
export function patchFunction(state: ParseState, entry: Entry): void {
  const { patch, returns, args, overloads } = readingEntry(entry, () => {
    const { shape } = entry;
    const result = readReturns(shape);
    if (result === null) throw new ShapeProblem("'returns' is a required property", shape.path, { onKey: true });
    return {
      patch: readNodeEntry(entry).patch,
      returns: result,
      args: readArguments(shape),
      overloads: shape.shapes("overloads").map(readOverload),
    };
  });
  for (const node of nodesForPatch(state, entry, patch)) {
    patchNode(state, node, patch);
    const fn = node as Node & { returns: JsonObject; arguments: JsonObject[] };
    fn.returns = returns;
    fn.arguments = args as JsonObject[];
    checkDefaults(entry, args);
    if (overloads.length > 0) node.overloads = overloads.map((overload) => absorbed(state, entry, node, overload));
  }
}

function readArguments(shape: Shape) {
  return shape.shapes("arguments").map((arg) => ({
    name: arg.required("name"),
    data_type: arg.required("data_type"),
    description: arg.optionalString("description"),
    default_value: arg.raw("default_value") ?? null,
  }));
}

function readReturns(shape: Shape) {
  const given = shape.optionalDict("returns");
  if (given === null) return null;
  const result = new Shape(given, [...shape.path, "returns"]);
  return { data_type: result.required("data_type"), description: result.optionalString("description") };
}

interface UnparsedOverload {
  overload: Pick<FunctionOverload, "defined_in" | "arguments" | "returns" | "description">;
  path: Shape["path"];
}

function readOverload(shape: Shape): UnparsedOverload {
  const overload = {
    defined_in: shape.required("defined_in"),
    arguments: readArguments(shape) as JsonObject[],
    returns: readReturns(shape),
    description: shape.optionalString("description"),
  };
  return { overload, path: [...shape.path, "defined_in"] };
}

/** An overload with the code of its file: that is a function no more, and what it refers to the function refers to. */
function absorbed(state: ParseState, entry: Entry, root: Node, { overload, path }: UnparsedOverload): FunctionOverload {
  const name = overload.defined_in;
  const fail = (message: string) => entry.schema.error("TD4251", "Parsing Error", message, path);
  if (name === root.name)
    throw fail(`Function '${root.name}' cannot list itself in overloads (defined_in: '${name}').`);
  const { functions } = state.manifest;
  const own = functions.get(`function.${root.package_name}.${name}`);
  if (!own) {
    const owner = [...functions.values()].find((fn) => fn.overloads?.some(({ defined_in }) => defined_in === name));
    if (owner) {
      throw fail(
        `Function overload '${name}' (defined_in) is already used by '${owner.unique_id}'. Each overload file can only ` +
          "belong to one root function.",
      );
    }
    throw fail(`Function overload '${name}' (defined_in) not found. Expected a SQL file at functions/${name}.sql`);
  }
  for (const kind of ["refs", "sources", "functions"] as const) {
    const known = root[kind] as unknown[];
    const seen = new Set(known.map((reference) => JSON.stringify(reference)));
    known.push(...own[kind].filter((reference: unknown) => !seen.has(JSON.stringify(reference))));
  }
  functions.delete(own.unique_id);
  return { ...overload, raw_body: own.raw_code, compiled_body: null };
}

function checkDefaults(entry: Entry, args: { name: string; default_value: unknown }[]): void {
  let found = false;
  args.forEach((arg, i) => {
    if (arg.default_value !== null) found = true;
    else if (found) {
      throw entry.schema.error(
        "TD4250",
        "Parsing Error",
        `Non-defaulted argument '${arg.name}' of function '${entry.name}' comes after a defaulted argument. ` +
          "Non-defaulted arguments cannot come after defaulted arguments. ",
        [...entry.shape.path, "arguments", i],
      );
    }
  });
}
