import type { Graph, Layout } from "./protocol.ts";

/** Beyond this many, edges over several columns are drawn straight: their bends would be more than the nodes. */
const MOST_BENDS = 20_000;
const SWEEPS = 8;
/** Free rows between two lanes. */
const LANE_GAP = 1;

/**
 * A layered layout from left to right, after Sugiyama: columns by the longest path, few crossings by medians, rows that
 * pull neighbours level. https://en.wikipedia.org/wiki/Layered_graph_drawing
 */
export function layOut(graph: Graph): Layout {
  const { count, edges, lanes } = graph;
  const column = columnsOf(count, edges);
  const drawn = withBends(graph, column);
  const order = orderColumns(drawn);
  const { row, bands } = rowsOf(drawn, order, lanes.length > 0);
  const bendsFrom = new Int32Array(edges.length / 2 + 1);
  const bends: number[] = [];
  for (let edge = 0; edge < edges.length / 2; edge++) {
    bendsFrom[edge] = bends.length;
    for (const dummy of drawn.bends[edge] ?? []) bends.push(row[dummy]!);
  }
  bendsFrom[edges.length / 2] = bends.length;
  return {
    x: Float32Array.from(column),
    y: Float32Array.from(row.subarray(0, count)),
    bendsFrom,
    bends: Float32Array.from(bends),
    lanes: bands,
    columns: order.length,
    rows: bands.at(-1)?.[1] ?? 0,
  };
}

/** The longest path to each node, then each as far right as its children let it, so that sources stand by what uses them. */
function columnsOf(count: number, edges: readonly number[]): Int32Array {
  const { next: children, previous: parents } = neighbours(count, edges);
  const column = new Int32Array(count);
  const open = Int32Array.from({ length: count }, (_, node) => parents[node]!.length);
  const sorted: number[] = [];
  for (let node = 0; node < count; node++) if (open[node] === 0) sorted.push(node);
  for (let i = 0; i < sorted.length; i++) {
    for (const child of children[sorted[i]!]!) {
      column[child] = Math.max(column[child]!, column[sorted[i]!]! + 1);
      if (--open[child]! === 0) sorted.push(child);
    }
  }
  for (const node of sorted.reverse()) {
    if (parents[node]!.length > 0 || children[node]!.length === 0) continue;
    column[node] = Math.min(...children[node]!.map((child) => column[child]!)) - 1;
  }
  return column;
}

function neighbours(count: number, edges: readonly number[]): { next: number[][]; previous: number[][] } {
  const next: number[][] = Array.from({ length: count }, () => []);
  const previous: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < edges.length; i += 2) {
    next[edges[i]!]!.push(edges[i + 1]!);
    previous[edges[i + 1]!]!.push(edges[i]!);
  }
  return { next, previous };
}

/** The graph with a node for every column that an edge passes. */
interface Drawn {
  column: number[];
  lane: number[];
  /** What each is joined to in the column before and behind. */
  left: number[][];
  right: number[][];
  /** The passing nodes of each edge. */
  bends: (number[] | undefined)[];
  real: number;
}

function withBends({ count, edges, lanes }: Graph, columns: Int32Array): Drawn {
  const drawn: Drawn = {
    column: [...columns],
    lane: Array.from({ length: count }, (_, node) => lanes[node] ?? 0),
    left: Array.from({ length: count }, () => []),
    right: Array.from({ length: count }, () => []),
    bends: [],
    real: count,
  };
  let needed = 0;
  for (let i = 0; i < edges.length; i += 2) needed += columns[edges[i + 1]!]! - columns[edges[i]!]! - 1;
  const join = (from: number, to: number) => {
    drawn.right[from]!.push(to);
    drawn.left[to]!.push(from);
  };
  for (let i = 0; i < edges.length; i += 2) {
    const [from, to] = [edges[i]!, edges[i + 1]!];
    const passed = columns[to]! - columns[from]! - 1;
    if (needed > MOST_BENDS || passed <= 0) {
      join(from, to);
      continue;
    }
    let before = from;
    const bends: number[] = [];
    for (let step = 1; step <= passed; step++) {
      const bend = drawn.column.push(columns[from]! + step) - 1;
      drawn.lane.push(step * 2 <= passed ? drawn.lane[from]! : drawn.lane[to]!);
      drawn.left.push([]);
      drawn.right.push([]);
      join(before, bend);
      bends.push(bend);
      before = bend;
    }
    join(before, to);
    drawn.bends[i / 2] = bends;
  }
  return drawn;
}

/** The nodes of each column from top to bottom, ordered by the medians of their neighbours, back and forth. */
function orderColumns({ column, lane, left, right }: Drawn): number[][] {
  const order: number[][] = [];
  column.forEach((at, node) => {
    order[at] ??= [];
    order[at].push(node);
  });
  for (let at = 0; at < order.length; at++) order[at] ??= [];
  const place = new Float64Array(column.length);
  const settle = (nodes: number[]) => {
    nodes.forEach((node, i) => {
      place[node] = nodes.length > 1 ? i / (nodes.length - 1) : 0.5;
    });
  };
  for (const nodes of order) {
    nodes.sort((a, b) => lane[a]! - lane[b]!);
    settle(nodes);
  }
  const wish = new Float64Array(column.length);
  const sweep = (nodes: number[], side: number[][]) => {
    for (const node of nodes) wish[node] = side[node]!.length > 0 ? mean(side[node]!, place) : place[node]!;
    nodes.sort((a, b) => lane[a]! - lane[b]! || wish[a]! - wish[b]!);
    settle(nodes);
  };
  for (let i = 0; i < SWEEPS; i++) {
    if (i % 2 === 0) for (let at = 1; at < order.length; at++) sweep(order[at]!, left);
    else for (let at = order.length - 2; at >= 0; at--) sweep(order[at]!, right);
  }
  return order;
}

function mean(nodes: readonly number[], place: Float64Array): number {
  let sum = 0;
  for (const node of nodes) sum += place[node]!;
  return sum / nodes.length;
}

/** Rows: neighbours pull, those in one column keep their order and a distance of one; passing edges take less. */
function rowsOf(
  { column, lane, left, right, real }: Drawn,
  order: readonly number[][],
  hasLanes: boolean,
): { row: Float64Array; bands: [number, number][] } {
  const row = new Float64Array(column.length);
  const gap = (above: number, below: number) =>
    above < real && below < real ? 1 : above < real || below < real ? 0.7 : 0.35;
  const bands = bandsOf(order, lane, gap, hasLanes);
  const start = (node: number) => bands[lane[node]!]![0] + 0.5;
  const end = (node: number) => bands[lane[node]!]![1] - 0.5;
  const wish = new Float64Array(column.length);
  const place = (nodes: readonly number[], wanted: (node: number) => number) => {
    for (const node of nodes) wish[node] = Math.min(Math.max(wanted(node), start(node)), end(node));
    settleColumn(nodes, wish, row, gap, start, end);
  };
  for (const nodes of order) {
    let used = -1;
    place(nodes, (node) => {
      used = Math.max(used + 1, start(node));
      return used;
    });
  }
  for (let i = 0; i < SWEEPS; i++) {
    const forth = i % 2 === 0;
    for (let n = 0; n < order.length; n++) {
      const at = forth ? n : order.length - 1 - n;
      place(order[at]!, (node) => {
        const near = forth ? left[node]! : right[node]!;
        const both = near.length > 0 ? near : forth ? right[node]! : left[node]!;
        return both.length > 0 ? mean(both, row) : row[node]!;
      });
    }
  }
  return { row, bands };
}

type Gap = (above: number, below: number) => number;

/** How much room each lane needs: that of its fullest column. */
function bandsOf(order: readonly number[][], lane: readonly number[], gap: Gap, hasLanes: boolean): [number, number][] {
  const height: number[] = [];
  for (const nodes of order) {
    const here: number[] = [];
    nodes.forEach((node, i) => {
      const above = nodes[i - 1];
      const same = above !== undefined && lane[above] === lane[node];
      here[lane[node]!] = (here[lane[node]!] ?? 0) + (same ? gap(above, node) : 1);
    });
    here.forEach((rows, at) => {
      height[at] = Math.max(height[at] ?? 1, rows);
    });
  }
  let from = 0;
  return Array.from(height, (rows = 1) => {
    const band: [number, number] = [from, from + rows];
    from += rows + (hasLanes ? LANE_GAP : 0);
    return band;
  });
}

/**
 * Rows as near to the wishes as the order and the distances allow: what would overlap is gathered in blocks that stand at
 * the mean of their members' wishes. https://en.wikipedia.org/wiki/Isotonic_regression
 */
function settleColumn(
  nodes: readonly number[],
  wish: Float64Array,
  row: Float64Array,
  gap: Gap,
  start: (node: number) => number,
  end: (node: number) => number,
): void {
  const blocks: { first: number; size: number; sum: number; at: number }[] = [];
  const offset = new Float64Array(nodes.length);
  nodes.forEach((node, i) => {
    offset[i] = i === 0 ? 0 : offset[i - 1]! + gap(nodes[i - 1]!, node);
    let block = { first: i, size: 1, sum: wish[node]! - offset[i]!, at: wish[node]! - offset[i]! };
    for (let above = blocks.at(-1); above && above.at > block.at; above = blocks.at(-1)) {
      blocks.pop();
      const [size, sum] = [above.size + block.size, above.sum + block.sum];
      block = { first: above.first, size, sum, at: sum / size };
    }
    blocks.push(block);
  });
  for (const { first, size, at } of blocks) {
    for (let i = first; i < first + size; i++) row[nodes[i]!] = at + offset[i]!;
  }
  // The wishes lie within the lanes, their means may not: what stands over an edge is moved in, and pushes its neighbours.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const below = nodes[i + 1];
    const limit = below === undefined ? Number.POSITIVE_INFINITY : row[below]! - gap(nodes[i]!, below);
    row[nodes[i]!] = Math.min(row[nodes[i]!]!, end(nodes[i]!), limit);
  }
  for (let i = 0; i < nodes.length; i++) {
    const above = nodes[i - 1];
    const limit = above === undefined ? Number.NEGATIVE_INFINITY : row[above]! + gap(above, nodes[i]!);
    row[nodes[i]!] = Math.max(row[nodes[i]!]!, start(nodes[i]!), limit);
  }
}
