import { summariesOf, summaryOf } from "../manifest/lazy-map.ts";
import type { Manifest } from "../manifest/resources.ts";

interface Neighbours {
  children: ReadonlyMap<string, readonly string[]>;
  parents: ReadonlyMap<string, readonly string[]>;
}

/**
 * Edges from tests to the nodes that must wait for them. A test of one node holds up that node's children; a test of
 * several nodes holds up the first nodes that descend from all of them. Nodes further down wait through these.
 */
export function testEdges(manifest: Manifest, graph: Neighbours): [test: string, node: string][] {
  const edges: [string, string][] = [];
  const executable = (id: string): boolean => {
    const node = summaryOf(manifest.nodes, id);
    return node !== undefined && node.resource_type !== "test";
  };
  const tested = new Set<string>();
  const multi = new Map<string, string[]>();
  for (const node of summariesOf(manifest.nodes)) {
    if (node.resource_type !== "test") continue;
    const needs = [...new Set(graph.parents.get(node.unique_id))];
    if (needs.length === 1) {
      for (const child of graph.children.get(needs[0] as string) ?? []) {
        if (executable(child)) edges.push([node.unique_id, child]);
      }
    } else if (needs.length > 1) {
      multi.set(node.unique_id, needs);
      for (const id of needs) tested.add(id);
    }
  }
  if (multi.size > 0) addMultiTestEdges(multi, tested, graph, executable, edges);
  return edges;
}

/** Walks the graph from its sources, carrying the tests that wait and the tested nodes passed, until a test's are all passed. */
function addMultiTestEdges(
  multi: ReadonlyMap<string, readonly string[]>,
  tested: ReadonlySet<string>,
  graph: Neighbours,
  executable: (id: string) => boolean,
  edges: [string, string][],
): void {
  const testsOf = new Map<string, string[]>();
  for (const [test, needs] of multi) {
    for (const id of needs) testsOf.set(id, [...(testsOf.get(id) ?? []), test]);
  }
  const waiting = new Map<string, { visits: number; passed: Set<string>; tests: Set<string> }>();
  const ready: string[] = [];
  for (const id of graph.parents.keys()) {
    if ((graph.parents.get(id) ?? []).length === 0) {
      ready.push(id);
      waiting.set(id, { visits: 0, passed: new Set(), tests: new Set() });
    }
  }
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    const here = waiting.get(id);
    if (!here) continue;
    waiting.delete(id);
    const tests = new Set(here.tests);
    for (const test of testsOf.get(id) ?? []) tests.add(test);
    for (const child of graph.children.get(id) ?? []) {
      let there = waiting.get(child);
      if (!there) {
        there = { visits: 0, passed: new Set(), tests: new Set() };
        waiting.set(child, there);
      }
      there.visits++;
      for (const test of tests) there.tests.add(test);
      for (const ancestor of here.passed) there.passed.add(ancestor);
      if (tested.has(id)) there.passed.add(id);
      if (there.visits < new Set(graph.parents.get(child)).size) continue;
      if (executable(child)) {
        for (const test of [...there.tests]) {
          if (!multi.get(test)?.every((need) => there.passed.has(need))) continue;
          there.tests.delete(test);
          edges.push([test, child]);
        }
      }
      ready.push(child);
    }
  }
}
