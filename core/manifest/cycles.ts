import { dependencies, graphResources } from "./maps.ts";
import type { Manifest } from "./resources.ts";

/** A path of unique ids that leads back to its start (`[a, b, c, a]`: a is needed by b …), or `undefined`. */
export function findCycle(manifest: Manifest): string[] | undefined {
  const done = new Set<string>();
  const active = new Set<string>();
  const needs = new Map<string, readonly string[]>();
  for (const resource of graphResources(manifest)) needs.set(resource.unique_id, dependencies(resource));
  for (const start of needs.keys()) {
    if (done.has(start)) continue;
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
    active.add(start);
    while (path.length > 0) {
      const step = path[path.length - 1]!;
      const targets = needs.get(step.id) ?? [];
      if (step.next === targets.length) {
        done.add(step.id);
        active.delete(step.id);
        path.pop();
        continue;
      }
      const target = targets[step.next++]!;
      if (active.has(target)) {
        const from = path.findIndex((p) => p.id === target);
        return [...path.slice(from).map((p) => p.id), target].reverse();
      }
      if (done.has(target) || !needs.has(target)) continue;
      active.add(target);
      path.push({ id: target, next: 0 });
    }
  }
  return undefined;
}
