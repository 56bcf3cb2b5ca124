import type { Manifest, ManifestMetadata } from "./resources.ts";

/** An empty manifest. */
export function createManifest(metadata: ManifestMetadata): Manifest {
  return {
    metadata,
    nodes: new Map(),
    sources: new Map(),
    macros: new Map(),
    docs: new Map(),
    exposures: new Map(),
    metrics: new Map(),
    groups: new Map(),
    selectors: {},
    disabled: new Map(),
    parent_map: new Map(),
    child_map: new Map(),
    group_map: new Map(),
    saved_queries: new Map(),
    semantic_models: new Map(),
    unit_tests: new Map(),
    functions: new Map(),
  };
}
