import type { Manifest } from "../manifest/resources.ts";
import { testEdges } from "./test-edges.ts";

/** Who waits for whom, over every resource of the project. */
export interface RunGraph {
  children: Map<string, readonly string[]>;
  parents: Map<string, readonly string[]>;
}

/**
 * The project's graph. With `testsFirst` (as `build` wants it) a node also waits for the tests of what it is built on, so
 * that bad data goes no further: https://docs.getdbt.com/reference/commands/build#tests
 */
export function buildRunGraph(manifest: Manifest, testsFirst: boolean): RunGraph {
  const children = new Map<string, string[]>();
  const parents = new Map<string, string[]>();
  for (const [id, list] of manifest.child_map) children.set(id, [...list]);
  for (const [id, list] of manifest.parent_map) parents.set(id, [...list]);
  const graph = { children, parents };
  if (testsFirst) {
    for (const [test, node] of testEdges(manifest, graph)) {
      children.get(test)?.push(node);
      parents.get(node)?.push(test);
    }
  }
  return graph;
}

/** Everything downstream of a node. */
export function descendants(graph: RunGraph, id: string): Set<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of graph.children.get(next) ?? []) {
      if (!found.has(child)) {
        found.add(child);
        open.push(child);
      }
    }
  }
  return found;
}

/** Who waits for whom among the selected: an edge leads over unselected nodes too. */
export function subsetNeeds(graph: RunGraph, selected: ReadonlySet<string>): Map<string, Set<string>> {
  const through = new Map<string, ReadonlySet<string>>();
  const open = new Set<string>();
  /** The nearest selected ancestors of an unselected node. */
  const nearest = (id: string): ReadonlySet<string> => {
    const known = through.get(id);
    if (known) return known;
    const found = new Set<string>();
    if (open.has(id)) return found;
    open.add(id);
    for (const parent of graph.parents.get(id) ?? []) {
      if (selected.has(parent)) found.add(parent);
      else for (const ancestor of nearest(parent)) found.add(ancestor);
    }
    open.delete(id);
    through.set(id, found);
    return found;
  };
  const needs = new Map<string, Set<string>>();
  for (const id of selected) {
    const set = new Set(nearest(id));
    set.delete(id);
    needs.set(id, set);
  }
  return needs;
}
