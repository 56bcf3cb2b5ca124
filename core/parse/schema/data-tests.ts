import { isDict } from "../config/index.ts";
import type { ParseState } from "../state.ts";
import { type Entry, readingEntry } from "./entries.ts";
import { type NodePatch, patchConfig, readConfig, warnMissing } from "./patches.ts";

/** Describes a singular test. https://docs.getdbt.com/reference/data-test-properties */
export function patchSingularTest(state: ParseState, entry: Entry): void {
  const { shape, schema, name, raw } = entry;
  const patch: NodePatch = readingEntry(entry, () => ({
    entry,
    name,
    description: shape.string("description", ""),
    columns: [],
    config: readConfig(entry),
    unrenderedConfig: isDict(raw.config) ? raw.config : undefined,
  }));
  const id = state.lookups.singularTestId(name, schema.file.packageName);
  const node = id === null ? undefined : state.manifest.nodes.get(id);
  if (!node) {
    warnMissing(state, name, entry.key, schema.file.path);
    return;
  }
  // dbt keeps no unrendered config of tests.
  if (Object.keys(patch.config).length > 0) patchConfig(state, node, { ...patch, unrenderedConfig: undefined });
  node.patch_path = schema.id;
  node.description = patch.description;
}
