import { writeFileAtomic } from "../artifacts/atomic.ts";
import { isoMoment, now } from "../artifacts/time.ts";
import type { QueryLineage } from "./types.ts";

/** Rises when a field of column_lineage.json changes its meaning. */
const SCHEMA_VERSION = 1;

/** What the artifact says of itself. */
export interface LineageMetadata {
  invocationId: string;
  version: string;
  adapterType: string;
}

/** One column in column_lineage.json. */
export interface ColumnEntry {
  kind: QueryLineage["columns"][number]["kind"];
  sources: ({ node: string; column: string } | { relation: string; column: string })[];
  type?: string;
  reason?: string;
}

/** Writes column_lineage.json; docs/column-lineage.md describes it. */
export function writeLineage(path: string, lineage: ReadonlyMap<string, QueryLineage>, about: LineageMetadata): void {
  const ids = [...lineage.keys()].sort();
  const metadata = {
    schema_version: SCHEMA_VERSION,
    generated_at: isoMoment(now()),
    invocation_id: about.invocationId,
    tsdbt_version: about.version,
    adapter_type: about.adapterType,
  };
  const isNode = (id: string): boolean => lineage.has(id);
  const nodes = Object.fromEntries(ids.map((id) => [id, nodeEntry(lineage.get(id)!, isNode)]));
  writeFileAtomic(path, JSON.stringify({ metadata, nodes }));
}

/** A node as the artifact has it. */
export function nodeEntry({ columns, open, error }: QueryLineage, isNode: (id: string) => boolean): object {
  const at = (relation: string) => (isNode(relation) ? { node: relation } : { relation });
  const entries: { [name: string]: ColumnEntry } = Object.create(null);
  for (const { name, kind, sources, reason, type } of columns) {
    entries[name] ??= {
      kind,
      sources: sources.map(({ relation, column }) => ({ ...at(relation), column })),
      ...(type === undefined ? {} : { type }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
  return {
    complete: open.length === 0 && error === undefined,
    columns: entries,
    ...(open.length === 0
      ? {}
      : { open: open.map(({ relation, reason }) => ({ ...(relation === null ? {} : at(relation)), reason })) }),
    ...(error === undefined ? {} : { error }),
  };
}
