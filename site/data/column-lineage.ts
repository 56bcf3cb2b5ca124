import type { ColumnLineage, ColumnOrigin } from "./format.ts";
import { without } from "./plain.ts";

/** target/column_lineage.json, as docs/column-lineage.md tells. */
export interface ColumnLineageFile {
  metadata: { schema_version: number };
  nodes: {
    [id: string]: {
      complete: boolean;
      columns: {
        [name: string]: {
          kind: string;
          sources: { node?: string; relation?: string; column: string }[];
          type?: string;
          reason?: string;
        };
      };
      open?: { node?: string; relation?: string; reason: string }[];
      error?: string;
    };
  };
}

/** Column lineage by place. A later version of the file than is known here is left out: its fields may mean something else. */
export function columnLineageOf(
  file: ColumnLineageFile | null,
  places: ReadonlyMap<string, number>,
): ColumnLineage | null {
  if (file?.metadata?.schema_version !== 1) return null;
  const lineage: ColumnLineage = {};
  for (const [id, node] of Object.entries(file.nodes)) {
    const place = places.get(id);
    if (place === undefined) continue;
    const columns = Object.entries(node.columns).map(
      ([name, { kind, sources, type, reason }]): [string, ColumnOrigin] => [
        name,
        {
          kind,
          from: sources.map(({ node, relation, column }) => [places.get(node ?? "") ?? relation ?? node ?? "", column]),
          ...without({ type: type ?? "", reason: reason ?? "" }),
        },
      ],
    );
    lineage[place] = {
      columns: Object.fromEntries(columns),
      ...without({ open: (node.open ?? []).map(({ reason }) => reason), error: node.error ?? "" }),
    };
  }
  return lineage;
}
