import type { JsonObject, Node } from "../../manifest/resources.ts";
import type { ParseState } from "../state.ts";
import { type Entry, readingEntry } from "./entries.ts";
import { readNodeEntry } from "./nodes.ts";
import { nodesForPatch, patchNode } from "./patches.ts";
import { Shape, ShapeProblem } from "./shape.ts";

/** Describes a user-defined function. https://docs.getdbt.com/docs/build/udfs */
export function patchFunction(state: ParseState, entry: Entry): void {
  const { patch, returns, args } = readingEntry(entry, () => {
    const { shape } = entry;
    const given = shape.optionalDict("returns");
    if (given === null) throw new ShapeProblem("'returns' is a required property", shape.path, { onKey: true });
    const result = new Shape(given, [...shape.path, "returns"]);
    return {
      patch: readNodeEntry(entry).patch,
      returns: { data_type: result.required("data_type"), description: result.optionalString("description") },
      args: shape.shapes("arguments").map((arg) => ({
        name: arg.required("name"),
        data_type: arg.required("data_type"),
        description: arg.optionalString("description"),
        default_value: arg.raw("default_value") ?? null,
      })),
    };
  });
  for (const node of nodesForPatch(state, entry, patch)) {
    patchNode(state, node, patch);
    const fn = node as Node & { returns: JsonObject; arguments: JsonObject[] };
    fn.returns = returns;
    fn.arguments = args as JsonObject[];
    checkDefaults(entry, args);
  }
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
