import { dependencies, findResource, graphResources } from "../manifest/maps.ts";
import type { Manifest } from "../manifest/resources.ts";
import { writeFileAtomic } from "./atomic.ts";

type Children = ReadonlyMap<string, readonly string[]>;

/**
 * Writes graph_summary.json: the edges of the graph with nodes as numbers, and for `build` those with the tests' edges.
 */
export function writeGraphSummary(
  path: string,
  manifest: Manifest,
  invocationId: string,
  graphs: { linked: Children; withTestEdges?: Children },
): void {
  const numbers = numbered(manifest);
  const summary: { [key: string]: unknown } = {
    _invocation_id: invocationId,
    linked: summarize(manifest, numbers, graphs.linked),
  };
  if (graphs.withTestEdges) summary.with_test_edges = summarize(manifest, numbers, graphs.withTestEdges);
  writeFileAtomic(path, JSON.stringify(summary));
}

/** dbt's order: sources, then each resource followed by what it needs. */
function numbered(manifest: Manifest): Map<string, number> {
  const numbers = new Map<string, number>();
  const add = (id: string): void => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
  };
  for (const id of manifest.sources.keys()) add(id);
  for (const resource of graphResources(manifest)) {
    if (resource.resource_type === "source") continue;
    add(resource.unique_id);
    for (const id of dependencies(resource)) add(id);
  }
  return numbers;
}

function summarize(manifest: Manifest, numbers: ReadonlyMap<string, number>, children: Children): object {
  const nodes: { [number: string]: { name: string; type: string; succ?: number[] } } = {};
  for (const [id, number] of numbers) {
    const node: { name: string; type: string; succ?: number[] } = {
      name: id,
      type: findResource(manifest, id)?.resource_type ?? (id.split(".")[0] as string),
    };
    const succ = (children.get(id) ?? []).map((child) => numbers.get(child)).filter((n) => n !== undefined);
    if (succ.length > 0) node.succ = succ;
    nodes[number] = node;
  }
  return nodes;
}
