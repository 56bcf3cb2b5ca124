import { describe, expect, it } from "vitest";
import { type Fetched, messagesOf } from "../../../sink/kafka/records.ts";

const TRANSACTIONAL = 16;
const CONTROL = 32;

function batch(firstOffset: number, count: number, producer = -1, attributes = 0) {
  const records = Array.from({ length: count }, (_, offsetDelta) => ({
    offsetDelta,
    timestampDelta: 5n,
    key: null,
    value: Buffer.from(String(firstOffset + offsetDelta)),
    headers: [],
  }));
  return {
    firstOffset: BigInt(firstOffset),
    lastOffsetDelta: count - 1,
    firstTimestamp: 1000n,
    maxTimestamp: 9000n,
    producerId: BigInt(producer),
    attributes,
    records,
  };
}

const offsets = (fetched: object, from = 0) => {
  const { messages, next } = messagesOf(fetched as Fetched, from, false);
  return { offsets: messages.map(({ offset }) => offset), next };
};

describe("what a broker answers", () => {
  it("begins before the offset asked for where batches do", () =>
    expect(offsets({ records: [batch(0, 3), batch(3, 2)] }, 2)).toEqual({ offsets: [2, 3, 4], next: 5 }));

  it("may hold nothing", () => expect(offsets({}, 7)).toEqual({ offsets: [], next: 7 }));

  it("goes on behind what compaction left of a batch", () => {
    const compacted = batch(0, 10);
    compacted.records = compacted.records.slice(0, 2);
    expect(offsets({ records: [compacted] })).toEqual({ offsets: [0, 1], next: 10 });
  });

  it("holds no messages of aborted transactions, also where one producer aborts twice", () => {
    const records = [
      batch(0, 2, 7, TRANSACTIONAL),
      batch(2, 1, 7, CONTROL | TRANSACTIONAL),
      batch(3, 2, 7, TRANSACTIONAL),
      batch(5, 1, 7, CONTROL | TRANSACTIONAL),
      batch(6, 1, 8, TRANSACTIONAL),
      batch(7, 2, 7, TRANSACTIONAL),
      batch(9, 1, 7, CONTROL | TRANSACTIONAL),
      batch(10, 1),
    ];
    const abortedTransactions = [
      { producerId: 7n, firstOffset: 7n },
      { producerId: 7n, firstOffset: 0n },
    ];
    expect(offsets({ records, abortedTransactions })).toEqual({ offsets: [3, 4, 6, 10], next: 11 });
  });

  it("has the time that the producer gave, or that of the log", () => {
    const time = (attributes: number) =>
      messagesOf({ records: [batch(0, 1, -1, attributes)] } as never, 0, false).messages[0]!.timestamp;
    expect(time(0)).toBe(1005);
    expect(time(8)).toBe(9000);
  });
});
