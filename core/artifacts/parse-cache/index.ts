import { LazyMap } from "../../manifest/lazy-map.ts";
import type { GraphResource, Manifest, ManifestMetadata } from "../../manifest/resources.ts";
import { SECTIONS, type SectionName } from "../manifest.ts";
import { type KeptEdges, keepEdges, restoreEdges } from "./edges.ts";
import { keep, restore, Shapes } from "./entries.ts";
import { type CacheParts, readCacheFile, writeCacheFile } from "./file.ts";
import { rowOf, SUMMARIZED, type SummaryRow, summaryOf } from "./summaries.ts";
import { NotKeepable } from "./values.ts";

/** Where entries of a section lie in the body: each text follows the one before it, and its rest follows the text. */
interface KeptSection {
  keys: string[];
  start: number;
  texts: number[];
  rests: number[];
  shapes: number[];
}

interface Head<T> {
  about: T;
  shapes: string[][];
  sections: { [name in SectionName]: KeptSection };
  group_map: [string, string[]][];
}

type Rows = { [name in SectionName]?: SummaryRow[] };

const GATHERED = 1 << 20;

/**
 * Keeps a parsed project in a file, with what `about` says of the circumstances, and answers what the file would be read
 * as: it takes a fraction of the memory. `undefined` where there is something that cannot be kept; then there is no file.
 */
export function writeParseCache<T>(path: string, about: T, manifest: Manifest): KeptParse<T> | undefined {
  const shapes = new Shapes();
  const body: Uint8Array[] = [];
  let pending = "";
  let length = 0;
  const add = (text: string): number => {
    const bytes = Buffer.byteLength(text);
    length += bytes;
    pending += text;
    if (pending.length > GATHERED) flush();
    return bytes;
  };
  const flush = (): void => {
    body.push(Buffer.from(pending));
    pending = "";
  };
  const sections = {} as Head<T>["sections"];
  const rows: Rows = {};
  try {
    for (const name of SECTIONS) {
      const kept: KeptSection = { keys: [], start: length, texts: [], rests: [], shapes: [] };
      const summaries: SummaryRow[] = [];
      for (const [key, value] of manifest[name] as Map<string, object>) {
        const entry = keep(name, value, shapes);
        kept.keys.push(key);
        kept.texts.push(add(entry.text));
        kept.rests.push(add(entry.rest));
        kept.shapes.push(entry.shape);
        if (SUMMARIZED.has(name)) summaries.push(rowOf(value as GraphResource));
      }
      sections[name] = kept;
      if (SUMMARIZED.has(name)) rows[name] = summaries;
    }
  } catch (error) {
    if (error instanceof NotKeepable) return undefined;
    throw error;
  }
  flush();
  const head: Head<T> = {
    about,
    shapes: shapes.all,
    sections,
    group_map: [...manifest.group_map],
  };
  const parts = {
    rows: Buffer.from(JSON.stringify(rows)),
    edges: Buffer.from(JSON.stringify(keepEdges(manifest.parent_map, manifest.child_map))),
    body: Buffer.concat(body),
  };
  try {
    writeCacheFile(path, { head: Buffer.from(JSON.stringify(head)), ...parts });
  } catch {
    // Where the target folder cannot be written to, the command says so when it writes its artifacts.
  }
  return keptParse(head, parts);
}

/** A parsed project that was kept: what was said about it, and its manifest, loaded as far as it is looked at. */
export interface KeptParse<T> {
  about: T;
  manifest(metadata: ManifestMetadata, selectors: Manifest["selectors"]): Manifest;
}

/** What {@link writeParseCache} kept; `undefined` where the file is missing, damaged or another's. */
export function readParseCache<T>(path: string): KeptParse<T> | undefined {
  const file = readCacheFile(path);
  if (!file) return undefined;
  return keptParse(json(file.head) as Head<T>, file);
}

function keptParse<T>(head: Head<T>, parts: Omit<CacheParts, "head">): KeptParse<T> {
  return { about: head.about, manifest: (metadata, selectors) => new KeptManifest(metadata, selectors, head, parts) };
}

function json(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
}

/** A manifest over the bytes of a cache file. */
class KeptManifest implements Manifest {
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
  private readonly parts: Omit<CacheParts, "head">;
  private rows: Rows | undefined;
  private edges: KeptEdges | undefined;
  private parents: Manifest["parent_map"] | undefined;
  private children: Manifest["child_map"] | undefined;

  constructor(
    metadata: ManifestMetadata,
    selectors: Manifest["selectors"],
    head: Head<unknown>,
    parts: Omit<CacheParts, "head">,
  ) {
    this.parts = parts;
    this.metadata = metadata;
    this.selectors = selectors;
    this.group_map = new Map(head.group_map);
    const shapes = new Shapes(head.shapes);
    const section = <V>(name: SectionName): Map<string, V> => this.section(name, head.sections[name], shapes);
    this.nodes = section("nodes");
    this.sources = section("sources");
    this.macros = section("macros");
    this.docs = section("docs");
    this.exposures = section("exposures");
    this.metrics = section("metrics");
    this.groups = section("groups");
    this.disabled = section("disabled");
    this.saved_queries = section("saved_queries");
    this.semantic_models = section("semantic_models");
    this.unit_tests = section("unit_tests");
    this.functions = section("functions");
  }

  get parent_map(): Manifest["parent_map"] {
    this.parents ??= restoreEdges(this.keptEdges(), "parents");
    return this.parents;
  }
  set parent_map(map: Manifest["parent_map"]) {
    this.parents = map;
  }
  get child_map(): Manifest["child_map"] {
    this.children ??= restoreEdges(this.keptEdges(), "children");
    return this.children;
  }
  set child_map(map: Manifest["child_map"]) {
    this.children = map;
  }

  private keptEdges(): KeptEdges {
    this.edges ??= json(this.parts.edges) as KeptEdges;
    return this.edges;
  }

  private rowsOf(name: SectionName): SummaryRow[] {
    this.rows ??= json(this.parts.rows) as Rows;
    return this.rows[name]!;
  }

  private section<V>(name: SectionName, kept: KeptSection, shapes: Shapes): Map<string, V> {
    const { body } = this.parts;
    const starts: number[] = [];
    let at = kept.start;
    for (let i = 0; i < kept.keys.length; i++) {
      starts.push(at);
      at += kept.texts[i]! + kept.rests[i]!;
    }
    const text = (i: number): Buffer => body.subarray(starts[i]!, starts[i]! + kept.texts[i]!);
    const load = (i: number): V => {
      const end = starts[i]! + kept.texts[i]!;
      const rest = body.toString("utf8", end, end + kept.rests[i]!);
      return restore({ text: text(i).toString("utf8"), rest, shape: kept.shapes[i]! }, shapes) as V;
    };
    const map: LazyMap<V> = new LazyMap<V>({
      keys: kept.keys,
      load,
      text,
      ...(SUMMARIZED.has(name) && {
        summary: (i: number) =>
          summaryOf(kept.keys[i]!, this.rowsOf(name)[i]!, () => map.get(kept.keys[i]!) as GraphResource),
      }),
    });
    return map;
  }
}
