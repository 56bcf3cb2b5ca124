import { LazyMap } from "../../manifest/lazy-map.ts";
import type { Manifest, ManifestMetadata } from "../../manifest/resources.ts";
import type { SummaryRow } from "../../manifest/summary.ts";
import { SECTIONS, type SectionName } from "../manifest.ts";
import type { Body } from "./body.ts";
import { type Changes, replacements } from "./changes.ts";
import { type KeptEdges, restoreEdges } from "./edges.ts";
import { restore, Shapes } from "./entries.ts";
import type { IndexParts } from "./file.ts";
import { type Places, unpackPlaces } from "./places.ts";

/** What the index says before anything of it is looked up. */
export interface Contents {
  shapes: string[][];
  /** How many entries each section has, in the order of {@link SECTIONS}. */
  counts: number[];
  group_map: [string, string[]][];
  timeSpines: string[];
  /** Where the artifact's text goes on behind its metadata. */
  textStart: number;
  /** Where the text of `parent_map` and that of `child_map` begin. */
  parentsStart: number;
  childrenStart: number;
}

/** The sections whose entries take part in the graph. */
export const SUMMARIZED: ReadonlySet<SectionName> = new Set([
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "saved_queries",
  "semantic_models",
  "unit_tests",
  "functions",
]);

type KeptKeys = { [name in SectionName]: string[] };
export type KeptRows = { [name in SectionName]?: SummaryRow[] };

/** A manifest over the bytes of a cache. */
export class KeptManifest implements Manifest {
  metadata: ManifestMetadata;
  nodes: Manifest["nodes"];
  sources: Manifest["sources"];
  macros: Manifest["macros"];
  docs: Manifest["docs"];
  exposures: Manifest["exposures"];
  metrics: Manifest["metrics"];
  groups: Manifest["groups"];
  selectors: Manifest["selectors"];
  disabled: Manifest["disabled"];
  saved_queries: Manifest["saved_queries"];
  semantic_models: Manifest["semantic_models"];
  unit_tests: Manifest["unit_tests"];
  functions: Manifest["functions"];
  group_map: Manifest["group_map"];
  private readonly contents: Contents;
  private readonly parts: IndexParts;
  private readonly body: Body;
  private readonly changes: Changes;
  private readonly shapes: Shapes;
  private readonly lazy: LazyMap<unknown>[] = [];
  private keys: KeptKeys | undefined;
  private places: Places[] | undefined;
  private rows: KeptRows | undefined;
  private edges: KeptEdges | undefined;
  private parents: Manifest["parent_map"] | undefined;
  private children: Manifest["child_map"] | undefined;

  constructor(
    metadata: ManifestMetadata,
    selectors: Manifest["selectors"],
    kept: { contents: Contents; parts: IndexParts; body: Body; changes: Changes },
  ) {
    this.metadata = metadata;
    this.selectors = selectors;
    this.contents = kept.contents;
    this.parts = kept.parts;
    this.body = kept.body;
    this.changes = kept.changes;
    this.shapes = new Shapes(kept.contents.shapes);
    this.group_map = new Map(kept.contents.group_map);
    this.nodes = this.section("nodes");
    this.sources = this.section("sources");
    this.macros = this.section("macros");
    this.docs = this.section("docs");
    this.exposures = this.section("exposures");
    this.metrics = this.section("metrics");
    this.groups = this.section("groups");
    this.disabled = this.section("disabled");
    this.saved_queries = this.section("saved_queries");
    this.semantic_models = this.section("semantic_models");
    this.unit_tests = this.section("unit_tests");
    this.functions = this.section("functions");
  }

  get parent_map(): Manifest["parent_map"] {
    this.parents ??= this.edgesOf("parents");
    return this.parents;
  }
  set parent_map(map: Manifest["parent_map"]) {
    this.parents = map;
  }
  get child_map(): Manifest["child_map"] {
    this.children ??= this.edgesOf("children");
    return this.children;
  }
  set child_map(map: Manifest["child_map"]) {
    this.children = map;
  }

  untouchedText(): Iterable<Uint8Array> | undefined {
    if (this.parents || this.children || !this.lazy.every((map) => map.isUntouched)) return undefined;
    return this.text();
  }

  private *text(): Generator<Uint8Array> {
    let at = this.contents.textStart;
    for (const { start, length, text } of replacements(this.changes)) {
      yield* this.body.blocks(at, start);
      yield Buffer.from(text);
      at = start + length;
    }
    yield* this.body.blocks(at);
  }

  private edgesOf(which: "parents" | "children"): Map<string, string[]> {
    const edges = restoreEdges(this.keptEdges(), which);
    for (const [id, { list }] of Object.entries(this.changes[which])) edges.set(id, list);
    return edges;
  }

  /** What is kept of a node for selection. */
  summaryRow(id: string): SummaryRow | undefined {
    const index = this.indexOf(id);
    return index < 0 ? undefined : this.rowOf("nodes", index);
  }

  /** Where a node's text stands in the body. */
  placeOf(id: string): { start: number; length: number } {
    const { start, length } = this.placesOf("nodes").at(this.indexOf(id));
    return { start, length };
  }

  private indexOf(id: string): number {
    return this.keysOf("nodes").indexOf(id);
  }

  timeSpines(): readonly string[] {
    return this.contents.timeSpines;
  }

  private keptEdges(): KeptEdges {
    this.edges ??= json(this.parts.edges) as KeptEdges;
    return this.edges;
  }

  private placesOf(name: SectionName): Places {
    this.places ??= unpackPlaces(this.parts.places, this.contents.counts);
    return this.places[SECTIONS.indexOf(name)]!;
  }

  private rowOf(name: SectionName, index: number): SummaryRow {
    this.rows ??= json(this.parts.rows) as KeptRows;
    return this.rows[name]![index]!;
  }

  private keysOf(name: SectionName): string[] {
    this.keys ??= json(this.parts.keys) as KeptKeys;
    return this.keys[name];
  }

  private section<V>(name: SectionName): LazyMap<V> {
    const changed = (index: number) => (name === "nodes" ? this.changes.nodes[this.keysOf(name)[index]!] : undefined);
    const text = (index: number): Buffer => {
      const entry = changed(index);
      if (entry) return Buffer.from(entry.text);
      const { start, length } = this.placesOf(name).at(index);
      return this.body.read(start, length);
    };
    const load = (index: number): V => {
      const entry = changed(index);
      if (entry) return restore(entry, this.shapes) as V;
      const { restStart, restLength, shape } = this.placesOf(name).at(index);
      const rest = utf8(this.parts.rests.subarray(restStart, restStart + restLength));
      return restore({ text: text(index).toString("utf8"), rest, shape }, this.shapes) as V;
    };
    const map = new LazyMap<V>({
      keys: () => this.keysOf(name),
      load,
      text,
      ...(SUMMARIZED.has(name) && { row: (index: number) => this.rowOf(name, index) }),
    });
    this.lazy.push(map);
    return map;
  }
}

function json(bytes: Uint8Array): unknown {
  return JSON.parse(utf8(bytes));
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
