import type { RecordsBatch } from "@platformatic/kafka";
import type { Message } from "../message.ts";

/** A partition's part of a broker's answer. */
export interface Fetched {
  records?: RecordsBatch[];
  abortedTransactions?: { producerId: bigint; firstOffset: bigint }[];
}

const CONTROL = 0b100000;
const TRANSACTIONAL = 0b10000;
/** What a message takes besides its bytes, about. */
const OVERHEAD = 200;

/**
 * The messages from an offset on, and the offset to fetch next. Control records and messages of aborted transactions are left
 * out; only complete batches are in an answer, so the next offset is behind the last one's.
 */
export function messagesOf(
  fetched: Fetched,
  from: number,
  copy: boolean,
): { messages: Message[]; next: number; bytes: number } {
  const messages: Message[] = [];
  let next = from;
  let bytes = 0;
  const aborted = [...(fetched.abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const aborting = new Set<bigint>();
  for (const batch of fetched.records ?? []) {
    const base = Number(batch.firstOffset);
    const last = base + batch.lastOffsetDelta;
    while (aborted.length && Number(aborted[0]!.firstOffset) <= last) aborting.add(aborted.shift()!.producerId);
    next = Math.max(next, last + 1);
    if (batch.attributes & CONTROL) {
      aborting.delete(batch.producerId);
      continue;
    }
    if (batch.attributes & TRANSACTIONAL && aborting.has(batch.producerId)) continue;
    const time = Number(batch.firstTimestamp);
    const appended = batch.attributes & 0b1000 ? Number(batch.maxTimestamp) : undefined;
    for (const record of batch.records) {
      const offset = base + record.offsetDelta;
      if (offset < from) continue;
      const key = own(record.key, copy);
      const value = own(record.value, copy);
      const headers = record.headers as [Buffer | undefined, Buffer | undefined][];
      const size = (key?.length ?? 0) + (value?.length ?? 0) + OVERHEAD + headers.length * OVERHEAD;
      bytes += size;
      messages.push({
        offset,
        bytes: size,
        timestamp: appended ?? time + Number(record.timestampDelta),
        key,
        value,
        headers,
      });
    }
  }
  return { messages, next, bytes };
}

/** A slice keeps the whole answer in memory; a copy does not. */
function own(part: Buffer | null | undefined, copy: boolean): Buffer | undefined {
  if (part === null || part === undefined) return undefined;
  return copy ? Buffer.from(part) : part;
}
