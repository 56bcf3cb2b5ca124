import { summaryOf } from "./lazy-map.ts";
import type { GraphResource, Manifest } from "./resources.ts";
import { Summary } from "./summary.ts";

/** Everything that takes part in the graph, in dbt's order. */
export function* graphResources(manifest: Manifest): Generator<GraphResource> {
  yield* manifest.nodes.values();
  yield* manifest.sources.values();
  yield* manifest.exposures.values();
  yield* manifest.functions.values();
  yield* manifest.metrics.values();
  yield* manifest.semantic_models.values();
  yield* manifest.saved_queries.values();
  yield* manifest.unit_tests.values();
}

/** The unique ids a resource depends on; empty for those that depend on nothing. */
export function dependencies(resource: GraphResource): readonly string[] {
  return (resource as { depends_on?: { nodes?: string[] } }).depends_on?.nodes ?? [];
}

/** Whether a resource takes part in the graph. */
export function isEnabled(resource: GraphResource | Summary): boolean {
  if (resource instanceof Summary) return resource.enabled;
  return (resource as { config?: { enabled?: unknown } }).config?.enabled !== false;
}

/** Any graph resource by its unique id. */
export function findResource(manifest: Manifest, uniqueId: string): GraphResource | undefined {
  return (
    manifest.nodes.get(uniqueId) ??
    manifest.sources.get(uniqueId) ??
    manifest.exposures.get(uniqueId) ??
    manifest.functions.get(uniqueId) ??
    manifest.metrics.get(uniqueId) ??
    manifest.semantic_models.get(uniqueId) ??
    manifest.saved_queries.get(uniqueId) ??
    manifest.unit_tests.get(uniqueId)
  );
}

/** What is known of a graph resource without loading it. */
export function findSummary(manifest: Manifest, uniqueId: string): GraphResource | Summary | undefined {
  return (
    summaryOf<GraphResource>(manifest.nodes, uniqueId) ??
    summaryOf<GraphResource>(manifest.sources, uniqueId) ??
    summaryOf<GraphResource>(manifest.exposures, uniqueId) ??
    summaryOf<GraphResource>(manifest.functions, uniqueId) ??
    summaryOf<GraphResource>(manifest.metrics, uniqueId) ??
    summaryOf<GraphResource>(manifest.semantic_models, uniqueId) ??
    summaryOf<GraphResource>(manifest.saved_queries, uniqueId) ??
    summaryOf<GraphResource>(manifest.unit_tests, uniqueId)
  );
}

/** Fills `parent_map`, `child_map` and `group_map` from what the resources say they depend on; each list is sorted. */
export function buildMaps(manifest: Manifest): void {
  const children = new Map<string, string[]>();
  const parents = new Map<string, string[]>();
  for (const resource of graphResources(manifest)) children.set(resource.unique_id, []);
  for (const resource of graphResources(manifest)) {
    const needs = [...dependencies(resource)];
    for (const id of needs) children.get(id)?.push(resource.unique_id);
    parents.set(resource.unique_id, needs.length > 1 ? needs.sort(byCodePoint) : needs);
  }
  for (const list of children.values()) if (list.length > 1) list.sort(byCodePoint);
  manifest.child_map = children;
  manifest.parent_map = parents;
  manifest.group_map = groups(manifest);
}

function groups(manifest: Manifest): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const group of manifest.groups.values()) map.set(group.name, []);
  if (map.size === 0) return map;
  const groupable = [manifest.nodes, manifest.saved_queries, manifest.semantic_models, manifest.metrics];
  for (const resources of groupable) {
    for (const resource of resources.values()) {
      const group = (resource as { group?: string | null }).group;
      if (group) map.get(group)?.push(resource.unique_id);
    }
  }
  return map;
}

/** Python's order of strings. For ids, which are nearly always ASCII, it is JavaScript's. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
