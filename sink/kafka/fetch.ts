import { type Connection, fetchV13, type Reader } from "@platformatic/kafka";
import { Cursor } from "./cursor.ts";

/** A partition's part of a broker's answer. Its records are not read yet. */
export interface Fetched {
  topicId: string;
  partition: number;
  errorCode: number;
  /** The end of the partition. */
  end: number;
  /** Its oldest offset. */
  start: number;
  abortedTransactions: { producerId: bigint; firstOffset: bigint }[];
  records: Buffer;
}

/** How a request names what of transactions it wants to see. */
export const ISOLATION = { read_uncommitted: 0, read_committed: 1 } as const;

export type FetchRequest = Parameters<typeof fetchV13.createRequest>;

/** Asks a broker for messages. The client's own reading of the answer takes most of a consumer's time, so it is ours. */
export function fetchFrom(connection: Connection, request: FetchRequest): Promise<Fetched[]> {
  return new Promise((resolve, reject) => {
    connection.send(
      fetchV13.api.key,
      fetchV13.api.version,
      () => fetchV13.createRequest(...request),
      (_correlation: number, _key: number, _version: number, reader: Reader) =>
        readAnswer(reader.buffer, reader.position),
      true,
      true,
      (error: Error | null, answer?: Fetched[]) => (answer ? resolve(answer) : reject(error ?? new Error("no answer"))),
    );
  });
}

/** Bytes that may lie in several pieces: a slice is one piece. */
interface Pieces {
  readonly length: number;
  slice(start: number, end: number): Buffer;
}

/**
 * Reads the answer of version 13 behind its head. The records of each partition are bytes of their own: to hold some of them keeps
 * nothing of the others in memory.
 */
export function readAnswer(bytes: Pieces, at: number): Fetched[] {
  const answer = new Stretch(bytes, at);
  const count = answer.read((cursor) => {
    cursor.int32();
    const failed = cursor.int16();
    if (failed) throw new Error(`the broker refused to be fetched from: code ${failed}`);
    cursor.int32();
    return cursor.unsigned() - 1;
  });
  const found: Fetched[] = [];
  for (let topic = 0; topic < count; topic++) {
    const head = answer.read((cursor) => ({ topicId: cursor.uuid(), partitions: cursor.unsigned() - 1 }));
    for (let i = 0; i < head.partitions; i++) {
      const { size, ...part } = answer.read(readPartition);
      found.push({ topicId: head.topicId, ...part, records: answer.take(size) });
      answer.read((cursor) => cursor.pastTagged());
    }
    answer.read((cursor) => cursor.pastTagged());
  }
  return found;
}

function readPartition(cursor: Cursor): Omit<Fetched, "topicId" | "records"> & { size: number } {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const end = Number(cursor.int64());
  cursor.int64();
  const start = Number(cursor.int64());
  const abortedTransactions = cursor.list(() => {
    const aborted = { producerId: cursor.int64(), firstOffset: cursor.int64() };
    cursor.pastTagged();
    return aborted;
  });
  cursor.int32();
  return { partition, errorCode, end, start, abortedTransactions, size: Math.max(0, cursor.unsigned() - 1) };
}

/** As much as fields before records mostly take. */
const WINDOW = 256;
/** Records that are fewer bytes may be a part of what the socket read, which they would keep. */
const COPIED = 64 * 1024;

/** Reads fields and records of {@link Pieces} one after the other, without making one piece of all. */
class Stretch {
  readonly #bytes: Pieces;
  #at: number;

  constructor(bytes: Pieces, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** `fields` may be asked more than once. */
  read<T>(fields: (cursor: Cursor) => T): T {
    const left = this.#bytes.length - this.#at;
    for (let size = Math.min(WINDOW, left); ; size = Math.min(size * 8, left)) {
      const cursor = new Cursor(this.#bytes.slice(this.#at, this.#at + size));
      try {
        const value = fields(cursor);
        if (cursor.at > size) throw new RangeError("a broker's answer ends within a field");
        this.#at += cursor.at;
        return value;
      } catch (error) {
        if (!(error instanceof RangeError) || size === left) throw error;
      }
    }
  }

  take(size: number): Buffer {
    const end = this.#at + size;
    if (end > this.#bytes.length) throw new RangeError("a broker's answer ends within its records");
    const records = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return size < COPIED ? Buffer.from(records) : records;
  }
}
