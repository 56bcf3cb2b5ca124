import { pyTruth } from "../jinja/runtime/truth.ts";
import type { Manifest, Node } from "../manifest/resources.ts";
import { descendants, type RunGraph } from "./graph.ts";
import type { Runner } from "./job.ts";

/** Whether a model is to be published only once its tests have passed: `wap: true` in its config, or in its `meta`. */
export function isAudited(node: Node): boolean {
  if (node.resource_type !== "model") return false;
  const { wap, meta } = node.config as { wap?: unknown; meta?: { wap?: unknown } };
  return pyTruth(wap ?? meta?.wap ?? false);
}

/**
 * Which of the selected tests decide whether a model is published, by the model's id; they are taken out of `runners`, since they
 * are run by their model. A test that also needs what is built on the model comes later, as any other test. What else it needs
 * is built before the model: that is added to the graph.
 */
export function takeAudits(
  manifest: Manifest,
  runners: Map<string, Runner<never>>,
  graph: RunGraph,
): Map<string, string[]> {
  const audits = new Map<string, string[]>();
  const models = [...runners.keys()].filter((id) => {
    const node = manifest.nodes.get(id);
    return node !== undefined && isAudited(node);
  });
  if (models.length === 0) return audits;
  for (const model of models.sort()) audits.set(model, []);
  for (const test of [...runners.keys()].sort()) {
    const node = manifest.nodes.get(test);
    if (node?.resource_type !== "test") continue;
    const needs = [...new Set(node.depends_on.nodes)];
    for (const model of needs) {
      const own = audits.get(model);
      if (!own) continue;
      const others = needs.filter((id) => id !== model);
      const later = descendants(graph, model);
      if (others.some((id) => later.has(id))) continue;
      for (const other of others) link(graph, other, model);
      own.push(test);
      runners.delete(test);
      break;
    }
  }
  return audits;
}

function link(graph: RunGraph, first: string, then: string): void {
  (graph.children.get(first) as string[] | undefined)?.push(then);
  (graph.parents.get(then) as string[] | undefined)?.push(first);
}
