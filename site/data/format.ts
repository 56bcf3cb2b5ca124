/**
 * What the site reads: `index.json` with all that lists, search and lineage need of everything but data tests, `tests.json` with
 * the same of these, which are most of a project and which the first view does not show, both kept as columns so that 40,000
 * resources are quickly read; and `b0.json`, `b1.json` … with what only a resource's own page shows.
 */
export interface SiteIndex {
  format: 1;
  project: string;
  /** When the manifest was written. */
  generatedAt: string;
  tool: string;
  adapter: string;
  /** The project's own `__overview__`, in Markdown. */
  overview: string;
  kinds: string[];
  packages: string[];
  tagSets: string[][];
  configs: JsonObject[];
  nodes: NodeColumns;
  /** How many data tests `tests.json` has. */
  testCount: number;
  /** Parent, child, parent, child …: places in `nodes`. */
  edges: number[];
  /** What few resources have, by place. */
  extras: { [place: number]: Extra };
  /** The first resource of each body file. */
  chunks: number[];
  runs: RunHead[];
  /** There is a `timeline.json`. */
  hasTimeline: boolean;
  /** There is a `columns.json`. */
  hasColumnLineage: boolean;
}

/** `tests.json`: the data tests. Their places follow those of `index.json`, whose lists they refer to. */
export type SiteTests = Pick<SiteIndex, "nodes" | "edges" | "extras">;

export type JsonObject = { [key: string]: unknown };

/** One entry a resource in each list. */
export interface NodeColumns {
  id: string[];
  name: string[];
  kind: number[];
  package: number[];
  path: string[];
  /** Places in `tagSets` and `configs`. */
  tags: number[];
  config: number[];
  /** The description's beginning. */
  about: string[];
  /** Names of columns, one a line. */
  columns: string[];
  /** How it ended last: a place in {@link STATUSES}. */
  status: number[];
  /** How long it took last, in seconds; 0 where that is not known. */
  seconds: number[];
}

export interface Extra {
  /** Where it is not the package, the folders of the path and the name. */
  fqn?: string[];
  group?: string;
  access?: string;
  version?: string | number;
  latest?: string | number;
  source?: string;
  patch?: string;
  /** Of a test. */
  test?: { name: string; column?: string | undefined; on?: number | undefined };
  /** Rows that failed, what the run said. */
  failures?: number;
  message?: string;
  /** A colour of `docs: {node_color: …}`. */
  color?: string;
}

export const STATUSES = ["", "success", "pass", "warn", "error", "fail", "skipped", "no-op", "runtime error"] as const;

export interface RunHead {
  id: string;
  command: string;
  at: string;
  seconds: number;
}

/** What a resource's page shows beside what the index has. */
export interface SiteBody {
  description?: string;
  raw?: string;
  compiled?: string;
  language?: string;
  relation?: string;
  columns?: SiteColumn[];
  macros?: string[];
  config?: JsonObject;
  meta?: JsonObject;
  /** Labelled facts in the order to show them. */
  facts?: [label: string, value: string][];
  /** Numbers of the warehouse: rows, bytes. */
  stats?: [label: string, value: string][];
  arguments?: { name: string; type: string; description: string }[];
  owner?: { name: string; email: string };
  url?: string;
  /** Of a unit test. */
  unitTest?: JsonObject;
  freshness?: Freshness;
  /** Its part in the runs, newest first. */
  history?: HistoryEntry[];
}

export interface SiteColumn {
  name: string;
  type: string;
  description: string;
  tags?: string[];
  meta?: JsonObject;
  constraints?: string[];
}

export interface Freshness {
  warnAfter: string;
  errorAfter: string;
  field: string;
  status: string;
  maxLoadedAt: string;
  checkedAt: string;
  age: number | null;
}

export interface HistoryEntry {
  /** Place in {@link SiteIndex.runs}. */
  run: number;
  status: string;
  seconds: number;
  rows: number | null;
  failures: number | null;
  at: string;
  message: string;
}

/** The last run: when each resource began and ended, in milliseconds from the first, and on which thread. */
export interface Timeline {
  node: number[];
  start: number[];
  end: number[];
  thread: number[];
  status: number[];
  threads: string[];
}

/** Files by name, as JSON text: `index.json`, `tests.json`, `b0.json` … */
export type SiteFiles = Map<string, string>;

/** `columns.json`: where the columns of each resource come from, by place. */
export interface ColumnLineage {
  [place: string]: ColumnOrigins;
}

export interface ColumnOrigins {
  columns: { [name: string]: ColumnOrigin };
  /** Stars over tables that are not known: there may be more columns. */
  open?: string[];
  /** The SQL could not be read. */
  error?: string;
}

export interface ColumnOrigin {
  kind: string;
  /** A place and a column of it; for a table that is no resource its name stands for the place. */
  from: [table: number | string, column: string][];
  type?: string;
  reason?: string;
}
