import type { GraphResource, Manifest, ManifestMetadata } from "../../manifest/resources.ts";
import { summaryRow } from "../../manifest/summary.ts";
import { manifestPieces, SECTIONS, type SectionName } from "../manifest.ts";
import { Body, type BodyMark, BodyWriter } from "./body.ts";
import { keepEdges } from "./edges.ts";
import { keep, Shapes } from "./entries.ts";
import { type IndexParts, readIndexFile, writeIndexFile } from "./file.ts";
import { type Contents, KeptManifest, type KeptRows, SUMMARIZED } from "./kept-manifest.ts";
import { type Place, packPlaces } from "./places.ts";
import { NotKeepable } from "./values.ts";

interface Head<T> {
  about: T;
  contents: Contents;
  body: BodyMark;
}

/** A parsed project that was kept: what was said about it, and its manifest, loaded as far as it is looked at. */
export interface KeptParse<T> {
  about: T;
  manifest(metadata: ManifestMetadata, selectors: Manifest["selectors"]): Manifest;
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
export function writeParseCache<T>(path: string, about: T, manifest: Manifest): KeptParse<T> | undefined {
  let writer: BodyWriter;
  try {
    writer = new BodyWriter(bodyPath(path));
  } catch {
    return undefined;
  }
  try {
    const { contents, parts } = writeTexts(writer, manifest);
    const { mark, body } = writer.finish();
    const head: Head<T> = { about, contents, body: mark };
    const all = { head: Buffer.from(JSON.stringify(head)), ...parts };
    writeIndexFile(path, all);
    return keptParse(head, all, body);
  } catch (error) {
    writer.discard();
    if (error instanceof NotKeepable || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

function writeTexts(writer: BodyWriter, manifest: Manifest): { contents: Contents; parts: Omit<IndexParts, "head"> } {
  const shapes = new Shapes();
  const places = new Map<SectionName, Place[]>(SECTIONS.map((name) => [name, []]));
  const rows: KeptRows = {};
  for (const name of SECTIONS) if (SUMMARIZED.has(name)) rows[name] = [];
  const rests: Buffer[] = [];
  let restStart = 0;
  let open: Place | undefined;
  const pieces = manifestPieces(manifest, (name, value) => {
    const { text, rest, shape } = keep(name, value, shapes);
    const bytes = Buffer.from(rest);
    if (bytes.length > 0) rests.push(bytes);
    open = { start: writer.length, length: 0, restStart, restLength: bytes.length, shape };
    restStart += bytes.length;
    places.get(name)!.push(open);
    rows[name]?.push(summaryRow(value as GraphResource));
    return text;
  });
  let textStart = 0;
  for (const piece of pieces) {
    const place = open;
    open = undefined;
    writer.add(piece);
    if (place) place.length = writer.length - place.start;
    textStart ||= writer.length;
  }
  const keys = Object.fromEntries(SECTIONS.map((name) => [name, [...manifest[name].keys()]]));
  return {
    contents: {
      shapes: shapes.all,
      counts: SECTIONS.map((name) => manifest[name].size),
      group_map: [...manifest.group_map],
      timeSpines: [...manifest.nodes.values()].filter((node) => node.time_spine).map((node) => node.unique_id),
      textStart,
    },
    parts: {
      keys: Buffer.from(JSON.stringify(keys)),
      places: packPlaces(places.values()),
      rows: Buffer.from(JSON.stringify(rows)),
      edges: Buffer.from(JSON.stringify(keepEdges(manifest.parent_map, manifest.child_map))),
      rests: Buffer.concat(rests),
    },
  };
}

/** What {@link writeParseCache} kept; `undefined` where a file is missing, damaged or another's. */
export function readParseCache<T>(path: string): KeptParse<T> | undefined {
  const parts = readIndexFile(path);
  if (!parts) return undefined;
  const head = JSON.parse(Buffer.from(parts.head).toString("utf8")) as Head<T>;
  const body = Body.open(bodyPath(path), head.body);
  return body && keptParse(head, parts, body);
}

function keptParse<T>({ about, contents }: Head<T>, parts: IndexParts, body: Body): KeptParse<T> {
  return { about, manifest: (metadata, selectors) => new KeptManifest(metadata, selectors, { contents, parts, body }) };
}
