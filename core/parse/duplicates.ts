import type { TsdbtError } from "../errors.ts";
import type { Node } from "../manifest/resources.ts";
import { nodeError } from "./errors.ts";
import type { ParseState } from "./state.ts";

interface Place {
  id: string;
  path: string;
}

/** dbt's words for two things of one name. */
export function duplicate(d: {
  plural: string;
  name: string;
  action: string;
  formatted: string;
  first: Place;
  second: Place;
}): string {
  return (
    `dbt found two ${d.plural} with the name "${d.name}".\n\n` +
    "Since these resources have the same name, dbt will be unable to find the correct resource\n" +
    `when ${d.action} ${d.formatted}.\n\n` +
    "To fix this, change the name of one of these resources:\n" +
    `- ${d.first.id} (${d.first.path})\n- ${d.second.id} (${d.second.path})`
  );
}

type Named = {
  resource_type: string;
  name: string;
  unique_id: string;
  original_file_path: string;
  package_name: string;
} & Partial<Pick<Node, "test_metadata" | "column_name" | "file_key_name" | "$origin">>;

const REFABLE: ReadonlySet<string> = new Set(["model", "seed", "snapshot"]);
const PLURALS: { [type: string]: string } = { analysis: "analyses", saved_query: "saved_queries", test: "data_tests" };

/** Two resources of one name, told at the first's place; `add` is the one that came later. */
export function duplicateResource(state: ParseState, added: Named, known: Named): TsdbtError {
  const type = added.resource_type;
  const plural = type === known.resource_type ? (PLURALS[type] ?? `${type}s`) : "resources";
  let name = added.name;
  let formatted = name;
  let action = "looking for";
  if (REFABLE.has(type)) formatted = `ref("${name}")`;
  else if (type === "doc") formatted = `doc("${name}")`;
  else if (type === "test" && added.test_metadata) {
    const column = added.column_name ? `column "${added.column_name}" in ` : "";
    name = `${added.name}" defined on ${column}"${added.file_key_name ?? "None"}`;
    action = "running";
    formatted = "tests";
  }
  const message = duplicate({
    plural,
    name,
    action,
    formatted,
    first: { id: added.unique_id, path: added.original_file_path },
    second: { id: known.unique_id, path: known.original_file_path },
  });
  const hint = type === "test" ? "give one of them a `name:` of its own, or drop it" : undefined;
  return nodeError(state, added as Node, "TD4602", "Compilation Error", message, hint, added.name);
}
