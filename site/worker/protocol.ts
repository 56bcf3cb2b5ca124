/** What the page asks of the worker, by name: question and answer. */
export interface Protocol {
  /** `index.json` and `tests.json` as text. All but the layout waits for it. */
  open: { ask: { index: string; tests: string }; answer: null };
  /** A body file as text: `from` is the place of its first resource. */
  texts: { ask: { from: number; bodies: string }; answer: null };
  search: { ask: { query: string; limit: number }; answer: Hit[] };
  select: { ask: { select: string; exclude: string }; answer: { places: number[]; error?: string } };
  layout: { ask: Graph; answer: Layout };
}

export interface Hit {
  place: number;
  /** Where it was found: name, tag, column, description or code. */
  field: string;
  /** The piece of text around what was found, for all but names. */
  excerpt: string;
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
