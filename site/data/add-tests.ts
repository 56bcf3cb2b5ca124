import type { NodeColumns, SiteIndex, SiteTests } from "./format.ts";

/** Puts the data tests behind what the index has. */
export function addTests(index: SiteIndex, tests: SiteTests): void {
  for (const name of Object.keys(tests.nodes) as (keyof NodeColumns)[]) append(index.nodes[name], tests.nodes[name]);
  append(index.edges, tests.edges);
  Object.assign(index.extras, tests.extras);
}

function append(to: unknown[], more: readonly unknown[]): void {
  for (const value of more) to.push(value);
}
