import { createRecordsBatch, Reader } from "@platformatic/kafka";
import { describe, expect, it } from "vitest";
import { Cursor } from "../../../sink/kafka/cursor.ts";
import { readAnswer } from "../../../sink/kafka/fetch.ts";
import { detach, messagesOf } from "../../../sink/kafka/records.ts";

const TRANSACTIONAL = 16;
const CONTROL = 32;

interface Given {
  producer?: number;
  attributes?: number;
  /** How many of the batch's messages compaction has left. */
  left?: number;
  compression?: "none" | "gzip" | "lz4" | "snappy";
  value?: (offset: number) => Buffer | undefined;
}

/** A batch as the client writes it, with the fields that a broker sets put in. */
function batch(first: number, count: number, given: Given = {}): Buffer {
  const { producer = -1, attributes = 0, left = count, compression = "none" } = given;
  const value = given.value ?? ((offset: number) => Buffer.from(String(offset)));
  const messages = Array.from({ length: left }, (_, i) => ({
    topic: "t",
    key: Buffer.from("k"),
    value: value(first + i) as Buffer,
    headers: new Map([[Buffer.from("h"), Buffer.from("v")]]),
    timestamp: BigInt(1000 + i * 5),
  }));
  const bytes = Buffer.from(createRecordsBatch(messages, { compression, producerId: BigInt(producer) }).buffer);
  bytes.writeBigInt64BE(BigInt(first), 0);
  bytes.writeInt16BE(bytes.readInt16BE(21) | attributes, 21);
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeBigInt64BE(9000n, 35);
  return bytes;
}

const read = (batches: Buffer[], from = 0, abortedTransactions: { producerId: bigint; firstOffset: bigint }[] = []) =>
  messagesOf({ records: Buffer.concat(batches), abortedTransactions }, from);

const offsets = (...given: Parameters<typeof read>) => {
  const { messages, next } = read(...given);
  return { offsets: messages.map(({ offset }) => offset), next };
};

describe("what a broker answers", () => {
  it("begins before the offset asked for where batches do", () =>
    expect(offsets([batch(0, 3), batch(3, 2)], 2)).toEqual({ offsets: [2, 3, 4], next: 5 }));

  it("may hold nothing", () => expect(offsets([], 7)).toEqual({ offsets: [], next: 7 }));

  it("ends with the last complete batch", () => {
    const half = batch(3, 2);
    expect(offsets([batch(0, 3), half.subarray(0, half.length - 1)])).toEqual({ offsets: [0, 1, 2], next: 3 });
    expect(offsets([batch(0, 3), half.subarray(0, 20)])).toEqual({ offsets: [0, 1, 2], next: 3 });
  });

  it("goes on behind what compaction left of a batch", () =>
    expect(offsets([batch(0, 10, { left: 2 })])).toEqual({ offsets: [0, 1], next: 10 }));

  it("holds no messages of aborted transactions, also where one producer aborts twice", () => {
    const of = (producer: number) => ({ producer, attributes: TRANSACTIONAL });
    const end = { producer: 7, attributes: CONTROL | TRANSACTIONAL };
    const batches = [
      batch(0, 2, of(7)),
      batch(2, 1, end),
      batch(3, 2, of(7)),
      batch(5, 1, end),
      batch(6, 1, of(8)),
      batch(7, 2, of(7)),
      batch(9, 1, end),
      batch(10, 1),
    ];
    const aborted = [
      { producerId: 7n, firstOffset: 7n },
      { producerId: 7n, firstOffset: 0n },
    ];
    expect(offsets(batches, 0, aborted)).toEqual({ offsets: [3, 4, 6, 10], next: 11 });
  });

  it("has the time that the producer gave, or that of the log", () => {
    const times = (attributes: number) =>
      read([batch(0, 2, { attributes })]).messages.map(({ timestamp }) => timestamp);
    expect(times(0)).toEqual([1000, 1005]);
    expect(times(8)).toEqual([9000, 9000]);
  });

  it.each(["none", "gzip", "lz4", "snappy"] as const)(
    "has keys, values and headers byte for byte (%s)",
    (compression) => {
      const sizes = [0, 1, 100, 5000, 70_000, 1000, 200_000, 3];
      const value = (offset: number) => Buffer.alloc(sizes[offset % sizes.length]!, String(offset));
      const { messages } = read([batch(0, 8, { compression, value }), batch(8, 300, { compression, value })]);
      expect(messages.length).toBe(308);
      for (const message of messages) {
        expect(message.value!.equals(value(message.offset))).toBe(true);
        expect([message.key, ...message.headers.flat()].map(String)).toEqual(["k", "h", "v"]);
      }
    },
  );

  it("tells a value of no bytes from none", () => {
    const value = (offset: number) => (offset ? Buffer.alloc(0) : undefined);
    expect(read([batch(0, 2, { value })]).messages.map((message) => message.value?.length)).toEqual([undefined, 0]);
  });

  it("is let go of where few of its messages are still held", () => {
    const value = (offset: number) => Buffer.alloc(1000, String(offset));
    const { messages } = read([batch(0, 2000, { value })]);
    const backing = (held: typeof messages) => held[0]!.value!.buffer.byteLength;
    const most = messages.slice(500);
    detach(most);
    expect(backing(most)).toBeGreaterThan(2_000_000);
    const few = messages.slice(1900);
    detach(few);
    expect(backing(few)).toBeLessThan(64 * 1024);
    for (const message of few) {
      expect(message.value!.equals(value(message.offset))).toBe(true);
      expect([message.key, ...message.headers.flat()].map(String)).toEqual(["k", "h", "v"]);
    }
  });

  it("is refused where a batch has another format", () => {
    const old = batch(0, 1);
    old[16] = 1;
    expect(() => read([old])).toThrow("format 1, only 2 is read");
  });
});

describe("an answer", () => {
  const uuid = Buffer.from("00112233445566778899aabbccddeeff", "hex");
  const unsigned = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
  const int = (value: number, size: 2 | 4 | 8) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes.subarray(8 - size);
  };
  const compact = (...parts: Buffer[]) => Buffer.concat([Buffer.from(unsigned(parts.length + 1)), ...parts]);
  const NO_TAGS = Buffer.from([0]);

  const partition = (number: number, records: Buffer, aborted: number) =>
    Buffer.concat([
      ...[int(number, 4), int(0, 2), int(100, 8), int(90, 8), int(10, 8)],
      compact(...Array.from({ length: aborted }, (_, i) => Buffer.concat([int(7, 8), int(i, 8), NO_TAGS]))),
      int(-1, 4),
      Buffer.from(unsigned(records.length + 1)),
      records,
      NO_TAGS,
    ]);
  const answer = (failed = 0) => {
    const topic = Buffer.concat([
      uuid,
      compact(partition(3, Buffer.alloc(70_000, "a"), 0), partition(4, Buffer.alloc(50, "b"), 60)),
      NO_TAGS,
    ]);
    return Buffer.concat([Buffer.from("head"), int(0, 4), int(failed, 2), int(0, 4), compact(topic), NO_TAGS]);
  };
  /** Bytes as a socket brings them. */
  const pieces = (bytes: Buffer, size: number) => {
    const parts = Reader.from(bytes.subarray(0, size)).buffer;
    for (let at = size; at < bytes.length; at += size) parts.append(bytes.subarray(at, at + size));
    return parts;
  };

  it.each([1, 7, 300, 65_536, 1_000_000])("is read from pieces of %s bytes", (size) => {
    const parts = readAnswer(pieces(answer(), size), 4);
    expect(
      parts.map(({ records, ...part }) => ({ ...part, abortedTransactions: part.abortedTransactions.length })),
    ).toEqual(
      [3, 4].map((number) => ({
        topicId: "00112233-4455-6677-8899-aabbccddeeff",
        ...{ partition: number, errorCode: 0, end: 100, start: 10, abortedTransactions: number === 3 ? 0 : 60 },
      })),
    );
    expect(parts.map(({ records }) => records.toString())).toEqual(["a".repeat(70_000), "b".repeat(50)]);
  });

  it("keeps nothing but each partition's records", () => {
    const parts = readAnswer(pieces(answer(), 65_536), 4);
    expect(parts.map(({ records }) => records.buffer.byteLength)).toEqual([70_000, expect.any(Number)]);
    expect(parts[1]!.records.buffer.byteLength).toBeLessThanOrEqual(8192);
  });

  it("that ends too early is refused, and so is one that tells of a failure", () => {
    const whole = answer();
    for (const end of [8, 30, 50, 1000, whole.length - 2])
      expect(() => readAnswer(whole.subarray(0, end), 4), String(end)).toThrow(RangeError);
    expect(() => readAnswer(answer(71), 4)).toThrow("code 71");
  });
});

describe("numbers of Kafka's protocol", () => {
  it("are read with up to ten bytes", () => {
    const read = (...bytes: number[]) => new Cursor(Buffer.from(bytes)).varint();
    expect([read(0), read(1), read(2), read(3), read(0xac, 0x02)]).toEqual([0, -1, 1, -2, 150]);
    expect(read(0xff, 0xff, 0xff, 0xff, 0x0f)).toBe(-(2 ** 31));
    expect(read(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)).toBe(2 ** 41);
    expect(() => read(0xff)).toThrow(RangeError);
  });
});
