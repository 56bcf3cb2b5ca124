import type { Node } from "../manifest/resources.ts";
import type { Dict } from "./config/index.ts";
import type { ParseState } from "./state.ts";

/**
 * Says of each model which columns tell its rows apart: by its constraints, else by its tests.
 * https://docs.getdbt.com/reference/artifacts/manifest-json
 */
export function inferPrimaryKeys(state: ParseState): void {
  const tests = new Map<string, Node[]>();
  const note = (node: Node) => {
    if (!node.test_metadata || !node.attached_node) return;
    const list = tests.get(node.attached_node);
    if (list) list.push(node);
    else tests.set(node.attached_node, [node]);
  };
  for (const node of state.manifest.nodes.values()) note(node);
  for (const list of state.manifest.disabled.values()) for (const node of list) note(node as Node);
  for (const node of state.manifest.nodes.values())
    if (node.resource_type === "model") node.primary_key = primaryKey(node, tests.get(node.unique_id) ?? []).sort();
}

function primaryKey(model: Node, tests: Node[]): string[] {
  const constraint = model.constraints?.find((c) => c.type === "primary_key");
  if (constraint) return [...(constraint.columns as string[])];
  for (const [name, column] of Object.entries(model.columns))
    if (column.constraints.some((c) => c.type === "primary_key")) return [name];
  const unique = new Set<string>();
  const disabledUnique = new Set<string>();
  const notNull = new Set<string>();
  for (const test of tests) {
    const { name, kwargs } = test.test_metadata!;
    for (const column of columnsOf(kwargs)) {
      if (name === "unique" || name === "unique_combination_of_columns")
        (test.config.enabled ? unique : disabledUnique).add(column);
      else if (name === "not_null") notNull.add(column);
    }
  }
  const both = [...notNull].filter((column) => unique.has(column) || disabledUnique.has(column));
  if (both.length > 0) return both;
  return unique.size > 0 ? [...unique] : [...disabledUnique];
}

function columnsOf(kwargs: Dict): string[] {
  if (typeof kwargs.column_name === "string") return [kwargs.column_name];
  const several = kwargs.combination_of_columns;
  return Array.isArray(several) ? several.filter((column): column is string => typeof column === "string") : [];
}
