import type { Exposure, Node, SemanticResource, SourceDefinition, UnitTest } from "../manifest/resources.ts";
import { duplicateResource } from "./duplicates.ts";
import type { ParseState } from "./state.ts";

/** Puts a node where it belongs: among the graph's, or the disabled ones. @throws TsdbtError when its id is taken */
export function addNode(state: ParseState, node: Node): void {
  if (!node.config.enabled) {
    addDisabled(state, node);
    return;
  }
  const { nodes } = state.manifest;
  const known = nodes.get(node.unique_id);
  if (known) throw duplicateResource(state, node, known);
  nodes.set(node.unique_id, node);
}

/** Several disabled ones may share an id. */
export function addDisabled(
  state: ParseState,
  resource: Node | SourceDefinition | Exposure | SemanticResource | UnitTest,
): void {
  const { disabled } = state.manifest;
  const list = disabled.get(resource.unique_id);
  if (list) list.push(resource as Node);
  else disabled.set(resource.unique_id, [resource as Node]);
}
