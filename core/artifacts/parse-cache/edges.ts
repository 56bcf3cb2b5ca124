/** A map of lists of ids, with each id written once: of `parent_map` and `child_map`, a tenth is left. */
export interface KeptEdges {
  ids: string[];
  parents: KeptLists;
  children: KeptLists;
}

type KeptLists = [key: number, items: number[]][];

type Edges = Map<string, string[]>;

export function keepEdges(parents: Edges, children: Edges): KeptEdges {
  const numbers = new Map<string, number>();
  const numberOf = (id: string): number => {
    let number = numbers.get(id);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(id, number);
    }
    return number;
  };
  const lists = (edges: Edges): KeptLists => {
    const kept: KeptLists = [];
    for (const [id, others] of edges) kept.push([numberOf(id), others.map(numberOf)]);
    return kept;
  };
  const kept = { parents: lists(parents), children: lists(children) };
  return { ids: [...numbers.keys()], ...kept };
}

export function restoreEdges(kept: KeptEdges, which: "parents" | "children"): Edges {
  const { ids } = kept;
  const edges: Edges = new Map();
  for (const [key, items] of kept[which])
    edges.set(
      ids[key]!,
      items.map((item) => ids[item]!),
    );
  return edges;
}
