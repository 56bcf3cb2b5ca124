import type { FileDigests } from "../../../project/file-stamps.ts";
import type { GraphResource, Manifest, ManifestMetadata, Node } from "../../manifest/resources.ts";
import { type SummaryRow, summaryRow } from "../../manifest/summary.ts";
import { manifestPieces, SECTIONS, type SectionName } from "../manifest.ts";
import { amended } from "./amend.ts";
import { Body, type BodyMark, BodyWriter } from "./body.ts";
import { type Changes, noChanges } from "./changes.ts";
import { Numbering, packEdges } from "./edges.ts";
import { keep, Shapes } from "./entries.ts";
import { type IndexParts, readIndexFile, writeIndexFile } from "./file.ts";
import { type Contents, IndexReader } from "./index-reader.ts";
import { KeptManifest } from "./kept-manifest.ts";
import { type Place, packPlaces } from "./places.ts";
import { RowWriter } from "./rows.ts";
import { NotKeepable } from "./values.ts";

interface Head<T> {
  about: T;
  contents: Contents;
  body: BodyMark;
}

/** A parsed project that was kept: what was said about it, the files' stamps, its manifest, loaded as it is looked at. */
export interface KeptParse<T> {
  about: T;
  files: FileDigests;
  manifest(metadata: ManifestMetadata, selectors: Manifest["selectors"]): Manifest;
  /**
   * Keeps it with other nodes in the place of some, of the same ids, and answers what it is then; without a path nothing is
   * written. `undefined` where that cannot be done; what was kept stays as it was.
   */
  amend(
    path: string | undefined,
    change: { about: T; files: FileDigests; nodes: readonly Node[] },
  ): KeptParse<T> | undefined;
}

/** The file of texts that belongs to an index: the artifact, as it would be written. */
function bodyPath(path: string): string {
  return `${path}.json`;
}

/**
 * Keeps a parsed project in two files, with what `about` says of the circumstances, and answers what they would be read
 * as: it takes a fraction of the memory. One is the artifact's text, so that writing manifest.json is copying it; the
 * other, the index, says where in it what lies. `undefined` where there is something that cannot be kept, or no place to
 * keep it; the command says so itself when it writes its artifacts.
 */
export function writeParseCache<T>(
  path: string,
  { about, files }: { about: T; files: FileDigests },
  manifest: Manifest,
): KeptParse<T> | undefined {
  let writer: BodyWriter;
  try {
    writer = new BodyWriter(bodyPath(path));
  } catch {
    return undefined;
  }
  let written: ReturnType<typeof writeTexts> & ReturnType<BodyWriter["finish"]>;
  try {
    written = { ...writeTexts(writer, manifest), ...writer.finish() };
  } catch (error) {
    writer.discard();
    if (isNoMatter(error)) return undefined;
    throw error;
  }
  const { contents, parts, mark, body } = written;
  const head: Head<T> = { about, contents, body: mark };
  const all = { head: bytesOf(head), changes: bytesOf(noChanges()), ...fileParts(files), ...parts };
  keepIndex(path, all);
  return keptParse(head, all, body);
}

/** Without an index the texts are of no use to the next command; this one has both in hand. */
function keepIndex(path: string, parts: IndexParts): void {
  try {
    writeIndexFile(path, parts);
  } catch (error) {
    if (!isNoMatter(error)) throw error;
  }
}

function isNoMatter(error: unknown): boolean {
  return error instanceof NotKeepable || (error as NodeJS.ErrnoException).code !== undefined;
}

function writeTexts(
  writer: BodyWriter,
  manifest: Manifest,
): {
  contents: Contents;
  parts: Pick<IndexParts, "keys" | "places" | "rows" | "parents" | "children" | "rests">;
} {
  const shapes = new Shapes();
  const places = new Map<SectionName, Place[]>(SECTIONS.map((name) => [name, []]));
  const rows = new Map<SectionName, SummaryRow[]>(SUMMARIZED.map((name) => [name, []]));
  const rests = new Rests();
  let open: Place | undefined;
  const pieces = manifestPieces(manifest, (name, value) => {
    const { text, rest, shape } = keep(name, value, shapes);
    open = { start: writer.length, length: 0, ...rests.place(rest), shape };
    places.get(name)!.push(open);
    rows.get(name)?.push(summaryRow(value as GraphResource));
    return text;
  });
  const starts = new Map<string, number>();
  let textStart = 0;
  for (const piece of pieces) {
    const place = open;
    open = undefined;
    if (MAPS.has(piece as string)) starts.set(piece as string, writer.length);
    writer.add(piece);
    if (place) place.length = writer.length - place.start;
    textStart ||= writer.length;
  }
  const [parentsStart, childrenStart] = [...MAPS].map((piece) => starts.get(piece)!);
  const keys = SECTIONS.map((name): [SectionName, string[]] => [name, [...manifest[name].keys()]]);
  const numbering = new Numbering(keys.flatMap(([, list]) => list));
  const parents = packEdges(manifest.parent_map, numbering.of);
  const children = packEdges(manifest.child_map, numbering.of);
  const rowWriter = new RowWriter();
  const rowEnds = Object.fromEntries([...rows].map(([name, list]) => [name, rowWriter.add(list)]));
  return {
    contents: {
      shapes: shapes.all,
      counts: keys.map(([, list]) => list.length),
      rowEnds,
      moreIds: numbering.added,
      group_map: [...manifest.group_map],
      timeSpines: [...manifest.nodes.values()].filter((node) => node.time_spine).map((node) => node.unique_id),
      textStart,
      parentsStart: parentsStart!,
      childrenStart: childrenStart!,
    },
    parts: {
      keys: bytesOf(Object.fromEntries(keys)),
      places: packPlaces(places.values()),
      rows: Buffer.concat(rowWriter.bytes),
      parents,
      children,
      rests: Buffer.concat(rests.bytes),
    },
  };
}

/** The sections whose entries take part in the graph. */
const SUMMARIZED: readonly SectionName[] = [
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "saved_queries",
  "semantic_models",
  "unit_tests",
  "functions",
];

/** The rests one after the other; most are the same. */
class Rests {
  readonly bytes: Buffer[] = [];
  private length = 0;
  private readonly known = new Map<string, Pick<Place, "restStart" | "restLength">>();

  place(rest: string): Pick<Place, "restStart" | "restLength"> {
    let place = this.known.get(rest);
    if (place) return place;
    const bytes = Buffer.from(rest);
    place = { restStart: this.length, restLength: bytes.length };
    this.bytes.push(bytes);
    this.length += bytes.length;
    if (rest.length < LONG) this.known.set(rest, place);
    return place;
  }
}

/** A rest of this length is hardly another's too. */
const LONG = 500;

/** The pieces of the artifact that stand before the two maps. */
const MAPS: ReadonlySet<string> = new Set([', "parent_map": {', ', "child_map": {']);

/** What {@link writeParseCache} kept; `undefined` where a file is missing, damaged or another's. */
export function readParseCache<T>(path: string): KeptParse<T> | undefined {
  const parts = readIndexFile(path);
  if (!parts) return undefined;
  const head = parsed(parts.head) as Head<T>;
  const body = Body.open(bodyPath(path), head.body);
  return body && keptParse(head, parts, body);
}

function keptParse<T>(head: Head<T>, parts: IndexParts, body: Body): KeptParse<T> {
  const kept = { index: new IndexReader(head.contents, parts), body, changes: parsed(parts.changes) as Changes };
  return {
    about: head.about,
    files: {
      names: Buffer.from(parts.fileNames).toString("utf8"),
      numbers: new Float64Array(new Uint8Array(parts.fileNumbers).buffer),
      digests: Buffer.from(parts.fileDigests),
    },
    manifest: (metadata, selectors) => new KeptManifest(metadata, selectors, kept),
    amend(path, { about, files, nodes }) {
      const changes = amended(kept, nodes);
      if (!changes) return undefined;
      const newHead: Head<T> = { ...head, about };
      const all = { ...parts, head: bytesOf(newHead), changes: bytesOf(changes), ...fileParts(files) };
      if (path !== undefined) keepIndex(path, all);
      return keptParse(newHead, all, body);
    },
  };
}

function fileParts({
  names,
  numbers,
  digests,
}: FileDigests): Pick<IndexParts, "fileNames" | "fileNumbers" | "fileDigests"> {
  return { fileNames: Buffer.from(names), fileNumbers: new Uint8Array(numbers.buffer), fileDigests: digests };
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
}
