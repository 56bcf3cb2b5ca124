import { LazyMap } from "../../manifest/lazy-map.ts";
import type { Manifest, ManifestMetadata } from "../../manifest/resources.ts";
import type { SectionName } from "../manifest.ts";
import type { Body } from "./body.ts";
import { type Changes, replacements } from "./changes.ts";
import { restore, Shapes } from "./entries.ts";
import type { IndexReader } from "./index-reader.ts";

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
  private readonly index: IndexReader;
  private readonly body: Body;
  private readonly changes: Changes;
  private readonly shapes: Shapes;
  private readonly lazy: LazyMap<object>[] = [];
  private parents: Manifest["parent_map"] | undefined;
  private children: Manifest["child_map"] | undefined;

  constructor(
    metadata: ManifestMetadata,
    selectors: Manifest["selectors"],
    kept: { index: IndexReader; body: Body; changes: Changes },
  ) {
    this.metadata = metadata;
    this.selectors = selectors;
    this.index = kept.index;
    this.body = kept.body;
    this.changes = kept.changes;
    this.shapes = new Shapes(this.index.contents.shapes);
    this.group_map = new Map(this.index.contents.group_map);
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
    let at = this.index.contents.textStart;
    for (const { start, length, text } of replacements(this.changes)) {
      yield* this.body.blocks(at, start);
      yield Buffer.from(text);
      at = start + length;
    }
    yield* this.body.blocks(at);
  }

  private edgesOf(which: "parents" | "children"): Map<string, string[]> {
    const edges = this.index.edges(which);
    for (const [id, { list }] of Object.entries(this.changes[which])) edges.set(id, list);
    return edges;
  }

  timeSpines(): readonly string[] {
    return this.index.contents.timeSpines;
  }

  private section<V extends object>(name: SectionName): LazyMap<V> {
    const { index } = this;
    const changed = (at: number) => (name === "nodes" ? this.changes.nodes[index.keysOf(name)[at]!] : undefined);
    const text = (at: number): Buffer => {
      const entry = changed(at);
      if (entry) return Buffer.from(entry.text);
      const { start, length } = index.place(name, at);
      return this.body.read(start, length);
    };
    const load = (at: number): V => {
      const entry = changed(at);
      if (entry) return restore(entry, this.shapes) as V;
      const place = index.place(name, at);
      const kept = { text: text(at).toString("utf8"), rest: index.rest(place), shape: place.shape };
      return restore(kept, this.shapes) as V;
    };
    const map = new LazyMap<V>({
      keys: () => index.keysOf(name),
      load,
      text,
      ...(index.hasRows(name) && { row: (at: number) => index.row(name, at) }),
    });
    this.lazy.push(map);
    return map;
  }
}
