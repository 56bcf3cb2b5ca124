import type { SummaryRow } from "../../manifest/summary.ts";
import { SECTIONS, type SectionName } from "../manifest.ts";
import { unpackEdges } from "./edges.ts";
import type { IndexParts } from "./file.ts";
import { type Place, type Places, unpackPlaces } from "./places.ts";
import { RowReader } from "./rows.ts";

/** What the index says before anything of it is looked up. */
export interface Contents {
  /** The orders of keys that entries have. */
  shapes: string[][];
  /** How many entries each section has, in the order of {@link SECTIONS}. */
  counts: number[];
  /** Where the chunks of rows end, of the sections that have them. */
  rowEnds: { [name in SectionName]?: number[] };
  /** What the edges speak of besides the keys of all sections. */
  moreIds: string[];
  group_map: [string, string[]][];
  timeSpines: string[];
  /** Where the artifact's text goes on behind its metadata. */
  textStart: number;
  /** Where the text of `parent_map` and that of `child_map` begin. */
  parentsStart: number;
  childrenStart: number;
}

type Keys = { [name in SectionName]: string[] };

/** An index whose parts are read when they are asked for, each once. */
export class IndexReader {
  readonly contents: Contents;
  private readonly parts: IndexParts;
  private keys: Keys | undefined;
  private places: Places[] | undefined;
  private readonly rows = new Map<SectionName, RowReader>();

  constructor(contents: Contents, parts: IndexParts) {
    this.contents = contents;
    this.parts = parts;
  }

  /** The keys of a section, in their order. */
  keysOf(name: SectionName): string[] {
    this.keys ??= JSON.parse(bufferOf(this.parts.keys).toString("utf8")) as Keys;
    return this.keys[name];
  }

  /** Where the entry at that place lies. */
  place(name: SectionName, index: number): Place {
    this.places ??= unpackPlaces(this.parts.places, this.contents.counts);
    return this.places[SECTIONS.indexOf(name)]!.at(index);
  }

  /** What belongs to an entry beside its text. */
  rest({ restStart, restLength }: Place): string {
    return bufferOf(this.parts.rests).toString("utf8", restStart, restStart + restLength);
  }

  hasRows(name: SectionName): boolean {
    return this.contents.rowEnds[name] !== undefined;
  }

  row(name: SectionName, index: number): SummaryRow {
    let reader = this.rows.get(name);
    if (!reader) {
      reader = new RowReader(bufferOf(this.parts.rows), this.contents.rowEnds[name]!);
      this.rows.set(name, reader);
    }
    return reader.at(index);
  }

  /** Who depends on whom: a map of its own with each call. */
  edges(which: "parents" | "children"): Map<string, string[]> {
    return unpackEdges(this.parts[which], [...SECTIONS.flatMap((name) => this.keysOf(name)), ...this.contents.moreIds]);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
