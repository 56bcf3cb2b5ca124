import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterMetadata } from "@platformatic/kafka";
import type { Config } from "../config/index.ts";
import { messageOf } from "../errors.ts";
import type { Message } from "../message.ts";
import type { Log } from "../run/log.ts";
import { newAdmin, newPool } from "./connect.ts";
import { type Fetched, fetchFrom, ISOLATION } from "./fetch.ts";
import { ERRORS } from "./patience.ts";
import { messagesOf } from "./records.ts";

/** A partition that is read. */
export interface Reader {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** The next offset to fetch, or nothing while it must wait. */
  wants(): number | undefined;
  /** The topic was deleted, or made again: this incarnation is not read any more. */
  gone(): void;
  take(fetched: { from: number; messages: Message[]; next: number; end: number }): void;
  /** Kafka has nothing at the offset: what is older than `start` is gone, what is newer than `end` was never there. */
  outOfRange(from: number, range: { start: number; end: number }): void;
}

/** Fetches for all readers, one request at a time for each broker and lane. */
export interface Fetcher {
  readonly readers: Set<Reader>;
  /** Topics by name; unknown ones are missing. */
  topics(names: readonly string[]): Promise<Map<string, { id: string; partitions: number }>>;
  offsets(topic: string, partition: number): Promise<{ start: number; end: number }>;
  /** There are other readers now. */
  look(): void;
  /** A reader that had to wait may want more now. */
  wake(): void;
  close(): Promise<void>;
}

/** While the answer of one lane is read, the broker prepares that of the other. */
const LANES = 2;
const IDLE_MS = 50;
const AGAIN_MS = 500;

export function startFetcher(kafka: Config["kafka"], log: Log): Fetcher {
  const client = newAdmin(kafka);
  const pools = Array.from({ length: LANES }, () => newPool(kafka, "fetch"));
  const readers = new Set<Reader>();
  const loops = new Map<string, Promise<void>>();
  let stale = true;
  let closed = false;
  /** Rung where there are other readers, and where a reader has room again. */
  const [changed, roomy] = [newBell(), newBell()];

  const metadata = async (): Promise<ClusterMetadata> => {
    const topics = [...new Set([...readers].map(({ topic }) => topic))];
    const found = await client.metadata({ topics, forceUpdate: stale });
    stale = false;
    return found;
  };

  const leaderOf = (cluster: ClusterMetadata, reader: Reader) =>
    cluster.topics.get(reader.topic)?.partitions[reader.partition]?.leader;

  /** Looks which brokers lead partitions, and sees that each has its loop. */
  const supervise = async () => {
    while (!closed) {
      try {
        if (readers.size) {
          const cluster = await metadata();
          for (const reader of readers) {
            const leader = leaderOf(cluster, reader);
            if (cluster.topics.get(reader.topic)?.id !== reader.topicId) reader.gone();
            else if (leader === undefined || leader < 0) stale = true;
            else startLoop(leader, reader.partition % LANES);
          }
        }
      } catch (error) {
        stale = true;
        if (!closed) log.warn({ error: messageOf(error) }, "cannot learn which broker has which partition");
      }
      await changed.rest(stale ? AGAIN_MS : IDLE_MS * 4);
    }
  };

  const startLoop = (node: number, lane: number) => {
    const key = `${node}/${lane}`;
    if (!loops.has(key))
      loops.set(
        key,
        serve(node, lane).finally(() => loops.delete(key)),
      );
  };

  const serve = async (node: number, lane: number) => {
    while (!closed) {
      try {
        const cluster = await metadata();
        const mine = [...readers].filter(
          (reader) => reader.partition % LANES === lane && leaderOf(cluster, reader) === node,
        );
        if (!mine.length) return;
        const wanted = mine.flatMap((reader) => {
          const from = reader.wants();
          return from === undefined ? [] : [{ reader, from }];
        });
        if (wanted.length) await fetchOnce(cluster, { node, lane }, wanted);
        else await roomy.rest(IDLE_MS);
      } catch (error) {
        stale = true;
        if (closed) return;
        log.warn({ node, error: messageOf(error) }, "fetch failed, trying again");
        await sleep(AGAIN_MS);
      }
    }
  };

  const fetchOnce = async (
    cluster: ClusterMetadata,
    { node, lane }: { node: number; lane: number },
    wanted: { reader: Reader; from: number }[],
  ) => {
    const broker = cluster.brokers.get(node);
    if (!broker) throw new Error(`broker ${node} is gone`);
    const topics = groupById(wanted);
    const connection = await pools[lane]!.get(broker);
    const wants = [...topics].map(([topicId, entries]) => ({
      topicId,
      partitions: entries.map(({ reader, from }) => ({
        partition: reader.partition,
        currentLeaderEpoch: -1,
        fetchOffset: BigInt(from),
        lastFetchedEpoch: -1,
        partitionMaxBytes: kafka.fetch_partition_bytes,
      })),
    }));
    const isolation = ISOLATION[kafka.isolation];
    const answer = await fetchFrom(connection, [
      kafka.fetch_wait,
      1,
      kafka.fetch_bytes,
      isolation,
      0,
      0,
      wants,
      [],
      "",
    ]).catch((error: unknown) => {
      // After a time-out the client cannot tell answers apart any more: the next fetch gets a connection of its own.
      void Promise.resolve(connection.close()).catch(() => undefined);
      throw error;
    });
    deliver(answer, topics);
  };

  const deliver = (answer: readonly Fetched[], topics: Map<string, { reader: Reader; from: number }[]>) => {
    let failure: Error | undefined;
    for (const part of answer) {
      const entry = topics.get(part.topicId)?.find(({ reader }) => reader.partition === part.partition);
      if (!entry || !readers.has(entry.reader)) continue;
      const { reader, from } = entry;
      const where = { topic: reader.topic, partition: reader.partition };
      if (part.errorCode === ERRORS.offsetOutOfRange) void refuse(reader, from);
      else if (part.errorCode !== 0) {
        log.info({ ...where, code: part.errorCode }, "the broker refused a partition, trying again");
        failure = new Error("the broker does not lead a partition any more");
      } else {
        try {
          const { messages, next } = messagesOf(part, from);
          reader.take({ from, messages, next, end: part.end });
        } catch (error) {
          failure = new Error(`cannot read topic ${where.topic}, partition ${where.partition}, from offset ${from}`, {
            cause: error,
          });
        }
      }
    }
    if (!failure) return;
    stale = true;
    throw failure;
  };

  const refuse = async (reader: Reader, from: number) => {
    try {
      reader.outOfRange(from, await offsets(reader.topic, reader.partition));
    } catch (error) {
      log.warn(
        { topic: reader.topic, partition: reader.partition, error: messageOf(error) },
        "cannot learn the partition's offsets",
      );
    }
  };

  const offsets = async (topic: string, partition: number) => {
    const at = async (timestamp: bigint) => {
      const [found] = await client.listOffsets({
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
      });
      return Number(found!.partitions[0]!.offset);
    };
    return { start: await at(-2n), end: await at(-1n) };
  };

  const supervisor = supervise();
  return {
    readers,
    offsets,
    async topics(names) {
      const found = new Map<string, { id: string; partitions: number }>();
      for (const name of names) {
        try {
          const topic = (await client.metadata({ topics: [name], forceUpdate: true })).topics.get(name);
          if (topic) found.set(name, { id: topic.id, partitions: topic.partitionsCount });
        } catch (error) {
          if (!messageOf(error).includes("Unknown topic")) throw error;
        }
      }
      return found;
    },
    look: () => changed.ring(),
    wake: () => roomy.ring(),
    async close() {
      closed = true;
      changed.ring();
      roomy.ring();
      await Promise.allSettled(pools.map((pool) => pool.close()));
      await supervisor;
      await Promise.allSettled(loops.values());
      await client.close().catch(() => undefined);
    },
  };
}

/** Lets loops sleep, and wakes them. */
function newBell(): { rest(ms: number): Promise<void>; ring(): void } {
  let rung = new AbortController();
  return {
    async rest(ms) {
      const { signal } = rung;
      await sleep(ms, undefined, { signal }).catch(() => undefined);
      if (rung.signal === signal && signal.aborted) rung = new AbortController();
    },
    ring: () => rung.abort(),
  };
}

function groupById(wanted: { reader: Reader; from: number }[]): Map<string, { reader: Reader; from: number }[]> {
  const groups = new Map<string, { reader: Reader; from: number }[]>();
  for (const entry of wanted) {
    const group = groups.get(entry.reader.topicId);
    if (group) group.push(entry);
    else groups.set(entry.reader.topicId, [entry]);
  }
  return groups;
}
