/** One resource of a drawn graph. */
export interface DrawnNode {
  id: string;
  label: string;
  /** model, source, seed, snapshot, exposure, … */
  type: string;
}

/** A graph to draw: edges go from what is read to what reads it. */
export interface DrawnGraph {
  nodes: readonly DrawnNode[];
  edges: readonly (readonly [from: string, to: string])[];
}

export const GRAPH_FORMATS = ["mermaid", "dot", "svg", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** A graph as text of the format. */
export function drawGraph(graph: DrawnGraph, format: GraphFormat): string {
  switch (format) {
    case "mermaid":
      return mermaid(graph);
    case "dot":
      return dot(graph);
    case "svg":
      return svg(graph);
    case "json":
      return JSON.stringify({
        nodes: graph.nodes.map(({ id, label, type }) => ({ id, label, resource_type: type })),
        edges: graph.edges.map(([from, to]) => ({ from, to })),
      });
  }
}

const COLOURS: { readonly [type: string]: string } = {
  source: "#5fb825",
  seed: "#16877b",
  snapshot: "#9c5fb8",
  exposure: "#ff694b",
  metric: "#ff694b",
};
const colourOf = (type: string): string => COLOURS[type] ?? "#0094b3";

function mermaid({ nodes, edges }: DrawnGraph): string {
  const key = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const text = (label: string) => label.replace(/[&"<>#]/g, (char) => `#${char.charCodeAt(0)};`);
  const types = [...new Set(nodes.map(({ type }) => type))].sort();
  return [
    "flowchart LR",
    ...nodes.map(({ id, label, type }) => `  ${key.get(id)}["${text(label)}"]:::${type}`),
    ...edges.map(([from, to]) => `  ${key.get(from)} --> ${key.get(to)}`),
    ...types.map((type) => `  classDef ${type} fill:${colourOf(type)},color:#fff,stroke:none`),
  ].join("\n");
}

function dot({ nodes, edges }: DrawnGraph): string {
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
  return [
    "digraph lineage {",
    "  rankdir=LR;",
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontcolor=white, color=white];',
    ...nodes.map(
      ({ id, label, type }) => `  ${quoted(id)} [label=${quoted(label)}, fillcolor=${quoted(colourOf(type))}];`,
    ),
    ...edges.map(([from, to]) => `  ${quoted(from)} -> ${quoted(to)};`),
    "}",
  ].join("\n");
}

const BOX = { height: 28, gapX: 60, gapY: 14, margin: 16, letter: 7.2, padding: 20 };

/** Layers from the left: each node stands right of all that it reads. */
function svg(graph: DrawnGraph): string {
  const layers = layersOf(graph);
  const widths = layers.map((layer) => Math.max(...layer.map(({ label }) => label.length * BOX.letter + BOX.padding)));
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const height = 2 * BOX.margin + tallest * (BOX.height + BOX.gapY) - BOX.gapY;
  const places = new Map<string, { x: number; y: number; width: number }>();
  let x = BOX.margin;
  for (const [i, layer] of layers.entries()) {
    const own = layer.length * (BOX.height + BOX.gapY) - BOX.gapY;
    for (const [j, { id }] of layer.entries()) {
      places.set(id, { x, y: (height - own) / 2 + j * (BOX.height + BOX.gapY), width: widths[i]! });
    }
    x += widths[i]! + BOX.gapX;
  }
  const width = Math.max(2 * BOX.margin, x - BOX.gapX + BOX.margin);
  const middle = BOX.height / 2;
  const lines = graph.edges.map(([from, to]) => {
    const [a, b] = [places.get(from)!, places.get(to)!];
    const [x1, y1, x2, y2] = [a.x + a.width, a.y + middle, b.x, b.y + middle];
    const bend = (x1 + x2) / 2;
    return `<path d="M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}" fill="none" stroke="#999" marker-end="url(#tip)"/>`;
  });
  const boxes = graph.nodes.map(({ id, label, type }) => {
    const { x: left, y, width: wide } = places.get(id)!;
    const text = `<text x="${left + wide / 2}" y="${y + middle + 4}" text-anchor="middle" fill="#fff">${escaped(label)}</text>`;
    const title = `<title>${escaped(id)}</title>`;
    return `<g>${title}<rect x="${left}" y="${y}" width="${wide}" height="${BOX.height}" rx="5" fill="${colourOf(type)}"/>${text}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="#999"/></marker></defs>',
    ...lines,
    ...boxes,
    "</svg>",
  ].join("\n");
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char]!);

function layersOf({ nodes, edges }: DrawnGraph): DrawnNode[][] {
  const parents = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const [from, to] of edges) parents.get(to)!.push(from);
  const depth = depths(parents);
  const layers: DrawnNode[][] = [];
  for (const node of nodes) {
    const layer = depth.get(node.id)!;
    layers[layer] ??= [];
    layers[layer].push(node);
  }
  // Each node stands near what it reads.
  const row = new Map<string, number>();
  for (const layer of layers) {
    const weight = (id: string): number => {
      const above = parents.get(id)!;
      return above.reduce((sum, parent) => sum + row.get(parent)!, 0) / Math.max(1, above.length);
    };
    const weights = new Map(layer.map(({ id }) => [id, weight(id)]));
    layer.sort((a, b) => weights.get(a.id)! - weights.get(b.id)! || (a.id < b.id ? -1 : 1));
    for (const [i, { id }] of layer.entries()) row.set(id, i - layer.length / 2);
  }
  return layers;
}

/** The length of the longest way to each node. */
function depths(parents: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const depth = new Map<string, number>();
  const open = [...parents.keys()];
  while (open.length > 0) {
    const id = open.at(-1)!;
    const missing = parents.get(id)!.filter((parent) => !depth.has(parent));
    if (missing.length > 0) {
      open.push(...missing);
      continue;
    }
    open.pop();
    depth.set(id, Math.max(0, ...parents.get(id)!.map((parent) => depth.get(parent)! + 1)));
  }
  return depth;
}
