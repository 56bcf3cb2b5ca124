import { summariesOf } from "../manifest/lazy-map.ts";
import { buildMaps, isEnabled } from "../manifest/maps.ts";
import type { Manifest } from "../manifest/resources.ts";

/**
 * Who depends on whom, by unique id. It is two maps of lists, as the manifest has them already: a graph library
 * would copy 40,000 nodes to answer what two lookups answer. Neither is made before it is asked for.
 */
export interface Graph {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/**
 * The graph of a manifest: `buildGraph(manifest).parents.get("model.shop.orders")`. A test that refers to what is
 * disabled stays in the manifest, switched off; it is no member.
 */
export function buildGraph(manifest: Manifest): Graph {
  let off: Set<string> | undefined;
  let parents: Graph["parents"] | undefined;
  let children: Graph["children"] | undefined;
  const members = (edges: "parent_map" | "child_map") => {
    if (manifest.nodes.size > 0 && manifest.child_map.size === 0) buildMaps(manifest);
    off ??= disabledNodes(manifest);
    return without(manifest[edges], off);
  };
  return {
    get parents() {
      parents ??= members("parent_map");
      return parents;
    },
    get children() {
      children ??= members("child_map");
      return children;
    },
  };
}

function disabledNodes(manifest: Manifest): Set<string> {
  const off = new Set<string>();
  for (const node of summariesOf(manifest.nodes)) if (!isEnabled(node)) off.add(node.unique_id);
  return off;
}

function without(edges: ReadonlyMap<string, readonly string[]>, off: ReadonlySet<string>): Graph["parents"] {
  if (off.size === 0) return edges;
  const kept = new Map<string, readonly string[]>();
  for (const [id, others] of edges)
    if (!off.has(id))
      kept.set(
        id,
        others.filter((other) => !off.has(other)),
      );
  return kept;
}

/** Everything that `from` is built on, up to `depth` steps; a member of `from` only where another member needs it. */
export function ancestors(graph: Graph, from: Iterable<string>, depth: number | null = null): Set<string> {
  return walk(graph.parents, from, depth);
}

/** Everything built on `from`, up to `depth` steps. */
export function descendants(graph: Graph, from: Iterable<string>, depth: number | null = null): Set<string> {
  return walk(graph.children, from, depth);
}

function walk(
  edges: ReadonlyMap<string, readonly string[]>,
  from: Iterable<string>,
  depth: number | null,
): Set<string> {
  const found = new Set<string>();
  let layer: Iterable<string> = from;
  for (let step = 0; depth === null || step < depth; step++) {
    const next: string[] = [];
    for (const id of layer) {
      for (const other of edges.get(id) ?? []) {
        if (found.has(other)) continue;
        found.add(other);
        next.push(other);
      }
    }
    if (next.length === 0) break;
    layer = next;
  }
  return found;
}
