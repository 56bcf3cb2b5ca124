/** What the page asks of the worker, by name: question and answer. */
export interface Protocol {
  /** `index.json` and `tests.json` as text. All but the layout waits for it. */
  open: { ask: { index: string; tests: string }; answer: null };
  select: { ask: { select: string; exclude: string }; answer: { places: number[]; error?: string } };
  layout: { ask: Graph; answer: Layout };
}

/** A graph to lay out: `edges` are places in `nodes`, parent before child. */
export interface Graph {
  count: number;
  edges: number[];
  /** The band that each node is to stand in, counted from 0; all in one where it is empty. */
  lanes: number[];
}

export interface Layout {
  /** Column and row of each node; rows are no whole numbers. */
  x: Float32Array;
  y: Float32Array;
  /** For each edge the rows at which it passes the columns between its ends, one after the other in `bends`. */
  bendsFrom: Int32Array;
  bends: Float32Array;
  /** First row and end of each lane. */
  lanes: [from: number, to: number][];
  columns: number;
  rows: number;
}

export type Question = { [K in keyof Protocol]: { id: number; name: K; ask: Protocol[K]["ask"] } }[keyof Protocol];
export type Answer = { id: number; answer?: unknown; error?: string };
