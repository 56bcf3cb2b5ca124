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

export type FetchRequest = Parameters<typeof fetchV13.createRequest>;

/** Asks a broker for messages. The client's own reading of the answer takes most of a consumer's time, so it is ours. */
export function fetchFrom(connection: Connection, request: FetchRequest): Promise<Fetched[]> {
  return new Promise((resolve, reject) => {
    connection.send(
      fetchV13.api.key,
      fetchV13.api.version,
      () => fetchV13.createRequest(...request),
      (_correlation: number, _key: number, _version: number, reader: Reader) =>
        readAnswer(reader.buffer.slice(reader.position)),
      true,
      true,
      (error: Error | null, answer?: Fetched[]) => (answer ? resolve(answer) : reject(error ?? new Error("no answer"))),
    );
  });
}

/** Reads the answer of version 13 behind its head. */
export function readAnswer(bytes: Buffer): Fetched[] {
  const cursor = new Cursor(bytes);
  cursor.int32();
  const failed = cursor.int16();
  if (failed) throw new Error(`the broker refused to be fetched from: code ${failed}`);
  cursor.int32();
  const topics = cursor.list(() => {
    const topicId = cursor.uuid();
    const partitions = cursor.list(() => readPartition(cursor, topicId));
    cursor.pastTagged();
    return partitions;
  });
  return topics.flat();
}

function readPartition(cursor: Cursor, topicId: string): Fetched {
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
  const size = Math.max(0, cursor.unsigned() - 1);
  const records = cursor.bytes.subarray(cursor.at, cursor.at + size);
  cursor.at += size;
  cursor.pastTagged();
  return { topicId, partition, errorCode, end, start, abortedTransactions, records };
}
