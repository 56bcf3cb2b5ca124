import { byCodePoint } from "../../manifest/maps.ts";
import type { Node } from "../../manifest/resources.ts";
import { summaryRow } from "../../manifest/summary.ts";
import type { Body } from "./body.ts";
import type { Changes } from "./changes.ts";
import { keep, Shapes } from "./entries.ts";
import type { IndexReader } from "./index-reader.ts";
import { KeptManifest } from "./kept-manifest.ts";
import { NotKeepable } from "./values.ts";

interface Kept {
  index: IndexReader;
  body: Body;
  changes: Changes;
}

/** What is kept beside the body is read with every command: beyond this a full parse, which starts anew, is the better. */
const MOST_CHANGES = 200;

/**
 * What is kept once some of the nodes are others; `undefined` where it cannot be said as a change: a node that is new,
 * that selection would see otherwise, or too many of them.
 */
export function amended(kept: Kept, nodes: readonly Node[]): Changes | undefined {
  const amendment = new Amendment(kept);
  try {
    for (const node of nodes) if (!amendment.replace(node)) return undefined;
  } catch (error) {
    if (error instanceof NotKeepable) return undefined;
    throw error;
  }
  const { changes } = amendment;
  return Object.keys(changes.nodes).length > MOST_CHANGES ? undefined : changes;
}

class Amendment {
  readonly changes: Changes;
  private readonly kept: Kept;
  private readonly manifest: KeptManifest;
  private readonly shapes: Shapes;
  private sections: { [which in "parents" | "children"]?: Buffer } = {};

  constructor(kept: Kept) {
    this.kept = kept;
    this.manifest = new KeptManifest({} as never, {}, kept);
    this.shapes = new Shapes(kept.index.contents.shapes);
    const { nodes, parents, children } = kept.changes;
    this.changes = { nodes: { ...nodes }, parents: { ...parents }, children: { ...children } };
  }

  replace(node: Node): boolean {
    const id = node.unique_id;
    const { index } = this.kept;
    const at = index.keysOf("nodes").indexOf(id);
    if (at < 0 || JSON.stringify(index.row("nodes", at)) !== JSON.stringify(summaryRow(node))) return false;
    const { start, length } = index.place("nodes", at);
    this.changes.nodes[id] = { ...keep("nodes", node, this.shapes), start, length };
    const before = [...this.manifest.nodes.get(id)!.depends_on.nodes].sort(byCodePoint);
    const after = [...node.depends_on.nodes].sort(byCodePoint);
    if (before.join("\n") === after.join("\n")) return true;
    const gone = before.filter((parent) => !after.includes(parent));
    const come = after.filter((parent) => !before.includes(parent));
    return (
      this.setEdge("parents", id, after) &&
      gone.every((parent) => this.setChildren(parent, (list) => list.filter((child) => child !== id))) &&
      come.every((parent) => this.setChildren(parent, (list) => [...list, id].sort(byCodePoint)))
    );
  }

  private edge(which: "parents" | "children", id: string): string[] {
    const edges = which === "parents" ? this.manifest.parent_map : this.manifest.child_map;
    return this.changes[which][id]?.list ?? edges.get(id) ?? [];
  }

  private setChildren(parent: string, change: (list: string[]) => string[]): boolean {
    return this.setEdge("children", parent, change(this.edge("children", parent)));
  }

  private setEdge(which: "parents" | "children", id: string, list: string[]): boolean {
    const place = this.changes[which][id] ?? this.find(which, id);
    if (!place) return false;
    this.changes[which][id] = { list, start: place.start, length: place.length };
    return true;
  }

  /** Where in the body the list of an id stands. */
  private find(which: "parents" | "children", id: string): { start: number; length: number } | undefined {
    const { parentsStart, childrenStart } = this.kept.index.contents;
    const from = which === "parents" ? parentsStart : childrenStart;
    this.sections[which] ??= this.kept.body.readTo(from, which === "parents" ? childrenStart : undefined);
    const section = this.sections[which];
    const key = Buffer.from(`${JSON.stringify(id)}: `);
    const list = Buffer.from(JSON.stringify(this.edge(which, id)));
    const at = section.indexOf(Buffer.concat([key, list]));
    return at < 0 ? undefined : { start: from + at + key.length, length: list.length };
  }
}
