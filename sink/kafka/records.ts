import { compressionsAlgorithmsByBitmask } from "@platformatic/kafka";
import type { Message } from "../message.ts";
import { Cursor } from "./cursor.ts";
import type { Fetched } from "./fetch.ts";

type Headers = Message["headers"];

const COMPRESSION = 0b111;
const LOG_TIME = 0b1000;
const TRANSACTIONAL = 0b10000;
const CONTROL = 0b100000;
/** Where the parts of a batch of records stand. */
const HEAD = {
  size: 8,
  magic: 16,
  attributes: 21,
  lastDelta: 23,
  first: 27,
  max: 35,
  producer: 43,
  count: 57,
  end: 61,
};
/** Of a batch, what its size does not count. */
const UNCOUNTED = 12;
/** What a message takes besides its bytes, about. */
const OVERHEAD = 200;
const NONE: Headers = [];

/**
 * The messages from an offset on, and the offset to fetch next. Control records and messages of aborted transactions are left
 * out; an incomplete batch at the end too, so the next offset is behind the last complete one's.
 */
export function messagesOf(
  { records, abortedTransactions }: Pick<Fetched, "records" | "abortedTransactions">,
  from: number,
): { messages: Message[]; next: number } {
  const messages: Message[] = [];
  let next = from;
  const aborted = [...abortedTransactions].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const aborting = new Set<bigint>();
  for (let at = 0; records.length - at >= HEAD.end; ) {
    const end = at + UNCOUNTED + records.readInt32BE(at + HEAD.size);
    if (end > records.length) break;
    const batch = records.subarray(at, end);
    at = end;
    const magic = batch[HEAD.magic];
    if (magic !== 2) throw new Error(`a batch of records has format ${magic}, only 2 is read (Kafka 0.11 and newer)`);
    const base = Number(batch.readBigInt64BE(0));
    const last = base + batch.readInt32BE(HEAD.lastDelta);
    const attributes = batch.readInt16BE(HEAD.attributes);
    const producer = batch.readBigInt64BE(HEAD.producer);
    while (aborted.length && Number(aborted[0]!.firstOffset) <= last) aborting.add(aborted.shift()!.producerId);
    next = Math.max(next, last + 1);
    if (attributes & CONTROL) aborting.delete(producer);
    else if (last >= from && !(attributes & TRANSACTIONAL && aborting.has(producer)))
      readBatch(batch, { base, attributes, from }, messages);
  }
  return { messages, next };
}

/** What is worth being let go of. */
const WASTE = 256 * 1024;

/** Copies what messages hold where they keep far more in memory than they need: the rest of what they were fetched with. */
export function detach(messages: readonly Message[]): void {
  const kept = new Set<ArrayBufferLike>();
  let needed = 0;
  for (const { key, value, headers } of messages) {
    for (const part of [key, value, ...headers.flat()]) {
      if (!part) continue;
      kept.add(part.buffer);
      needed += part.length;
    }
  }
  const size = [...kept].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (size < needed * 4 + WASTE) return;
  const copy = (part: Buffer | undefined) => part && Buffer.from(part);
  for (const message of messages) {
    message.key = copy(message.key);
    message.value = copy(message.value);
    message.headers = message.headers.map(([name, value]) => [copy(name), copy(value)]);
  }
}

function readBatch(
  batch: Buffer,
  { base, attributes, from }: { base: number; attributes: number; from: number },
  into: Message[],
): void {
  const first = Number(batch.readBigInt64BE(HEAD.first));
  const logTime = attributes & LOG_TIME ? Number(batch.readBigInt64BE(HEAD.max)) : undefined;
  const compression = attributes & COMPRESSION;
  const packed = batch.subarray(HEAD.end);
  const cursor = new Cursor(compression ? unpacked(packed, compression) : packed);
  const { bytes } = cursor;
  /** Where the next part is: a size, and so many bytes. */
  const part = (): Buffer | undefined => {
    const size = cursor.varint();
    if (size < 0) return undefined;
    cursor.at += size;
    return bytes.subarray(cursor.at - size, cursor.at);
  };
  for (let left = batch.readInt32BE(HEAD.count); left > 0; left--) {
    const size = cursor.varint();
    const end = cursor.at + size;
    if (end > bytes.length) throw new Error("a record ends behind its batch");
    cursor.at++;
    const time = cursor.varint();
    const offset = base + cursor.varint();
    if (offset >= from) {
      const key = part();
      const value = part();
      const count = cursor.varint();
      const headers: Headers = count > 0 ? Array.from({ length: count }, () => [part(), part()]) : NONE;
      into.push({
        offset,
        bytes: (key?.length ?? 0) + (value?.length ?? 0) + OVERHEAD + headers.length * OVERHEAD,
        timestamp: logTime ?? first + time,
        key,
        value,
        headers,
      });
    }
    cursor.at = end;
  }
}

function unpacked(bytes: Buffer, compression: number): Buffer {
  const algorithm = compressionsAlgorithmsByBitmask[compression as keyof typeof compressionsAlgorithmsByBitmask];
  if (!algorithm) throw new Error(`a batch of records has the unknown compression ${compression}`);
  return algorithm.decompressSync(bytes);
}
