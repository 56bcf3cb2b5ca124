import type { SummaryRow } from "../../manifest/summary.ts";

/** So many rows are read at once. */
const CHUNK = 512;

/** Rows as JSON, a chunk after the other: what is asked of a few need not be read of all. */
export class RowWriter {
  readonly bytes: Buffer[] = [];
  private length = 0;

  /** Adds a section's rows and answers where its chunks end. */
  add(rows: readonly SummaryRow[]): number[] {
    const ends = [this.length];
    for (let at = 0; at < rows.length; at += CHUNK) {
      const chunk = Buffer.from(JSON.stringify(rows.slice(at, at + CHUNK)));
      this.bytes.push(chunk);
      this.length += chunk.length;
      ends.push(this.length);
    }
    return ends;
  }
}

/** The rows of a section, by their places. */
export class RowReader {
  private readonly bytes: Buffer;
  private readonly ends: readonly number[];
  private readonly chunks: SummaryRow[][] = [];

  /** @param ends what {@link RowWriter.add} answered */
  constructor(bytes: Buffer, ends: readonly number[]) {
    this.bytes = bytes;
    this.ends = ends;
  }

  at(index: number): SummaryRow {
    const number = Math.floor(index / CHUNK);
    this.chunks[number] ??= JSON.parse(
      this.bytes.toString("utf8", this.ends[number], this.ends[number + 1]),
    ) as SummaryRow[];
    return this.chunks[number][index % CHUNK]!;
  }
}
