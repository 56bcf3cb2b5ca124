import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@platformatic/kafka";
import { fetchFrom, ISOLATION } from "./fetch.ts";
import { ERRORS } from "./patience.ts";
import { messagesOf } from "./records.ts";

const MIB = 1024 ** 2;
const WAIT_MS = 100;
/** So long others' transactions may hide what is behind them. */
const TRIES = 100;

/**
 * Whether a partition has a committed message of such a key and value, or of the key without a value, among all that it has now. Throws
 * where that stays hidden.
 */
export async function holds(
  connection: Connection,
  { topicId, partition }: { topicId: string; partition: number },
  { key, value }: { key: Buffer; value: Buffer | undefined },
): Promise<boolean> {
  const asked = { partition, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: MIB };
  let from = 0;
  let end: number | undefined;
  for (let left = TRIES; left > 0; ) {
    const partitions = [{ ...asked, fetchOffset: BigInt(from) }];
    const topics = [{ topicId, partitions }];
    const [part] = await fetchFrom(connection, [WAIT_MS, 1, MIB, ISOLATION.read_committed, 0, 0, topics, [], ""]);
    if (part!.errorCode === ERRORS.offsetOutOfRange && from < part!.start) {
      from = part!.start;
      continue;
    }
    if (part!.errorCode) throw new Error(`partition ${partition} cannot be read: code ${part!.errorCode}`);
    end ??= part!.end;
    const { messages, next } = messagesOf(part!, from);
    if (messages.some((found) => found.key?.equals(key) && isOf(value, found.value))) return true;
    if (next >= end) return false;
    if (next === from) {
      left--;
      await sleep(WAIT_MS);
    }
    from = next;
  }
  throw new Error(`transactions that are open hide the end of partition ${partition}`);
}

function isOf(value: Buffer | undefined, found: Buffer | undefined): boolean {
  return !found || (value?.equals(found) ?? false);
}
