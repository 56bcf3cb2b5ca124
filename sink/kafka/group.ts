import { EventEmitter } from "node:events";
import type { Config } from "../config/index.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../run/log.ts";
import { newConsumer } from "./connect.ts";

/** One partition by name. */
export interface Assigned {
  topic: string;
  partition: number;
}

/** Membership of the consumer group: which partitions are ours, and the offsets that the group has committed. */
export interface Group extends EventEmitter<{ assigned: [Assigned[]] }> {
  /**
   * Joins, and stays a member until closed: a membership that breaks is begun anew. Meanwhile the partitions are kept, for
   * another owner does no harm.
   */
  subscribe(topics: readonly string[]): void;
  committed(of: Assigned): Promise<number | undefined>;
  commit(offsets: readonly (Assigned & { next: number })[]): Promise<void>;
  close(): Promise<void>;
}

const POLL_MS = 200;
const AGAIN_MS = 1000;
const EMPTY_MS = 5000;

export function joinGroup(kafka: Config["kafka"], log: Log): Group {
  const group = new EventEmitter() as Group;
  let consumer: ReturnType<typeof newConsumer> | undefined;
  let topics: readonly string[] = [];
  let seen: unknown;
  let closed = false;
  let renewal: NodeJS.Timeout | undefined;
  let emptied: NodeJS.Timeout | undefined;

  const poll = setInterval(() => {
    if (!consumer || consumer.assignments === seen) return;
    seen = consumer.assignments;
    clearTimeout(emptied);
    const assigned = (consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      topic === undefined ? [] : partitions.map((partition) => ({ topic, partition })),
    );
    // Who has just joined is told of no partition first, and of its own a moment later.
    if (assigned.length) group.emit("assigned", assigned);
    else emptied = setTimeout(() => group.emit("assigned", []), EMPTY_MS);
  }, POLL_MS);

  const renew = (reason: string) => {
    if (closed || renewal) return;
    log.warn({ reason }, "the group membership broke, joining again");
    const old = consumer;
    consumer = undefined;
    seen = undefined;
    renewal = setTimeout(() => {
      renewal = undefined;
      if (old) void Promise.resolve(old.close(true)).catch(() => undefined);
      join();
    }, AGAIN_MS);
  };

  const join = () => {
    if (closed || !topics.length) return;
    const member = newConsumer(kafka);
    consumer = member;
    const broken = (reason: string) => {
      if (consumer === member) renew(reason);
    };
    member.on("error", (error: Error) => broken(messageOf(error)));
    member.on("consumer:heartbeat:error", ({ error }: { error: Error }) => {
      const text = messageOf(error);
      log.debug({ error: text }, "heartbeat failed");
      const lost = (error as { findBy?: (name: string, value: unknown) => unknown }).findBy?.(
        "apiId",
        "UNKNOWN_MEMBER_ID",
      );
      if (kafka.protocol === "consumer" && lost) broken(text);
    });
    if (kafka.protocol === "classic") {
      joinClassic(member, topics).catch((error: unknown) => broken(messageOf(error)));
      return;
    }
    // The stream is never read: it keeps the membership, fetching is ours. Told by a callback, it is heard before it can fail.
    member.consume({ topics: [...topics], mode: "committed", fallbackMode: "earliest" }, (error, stream) => {
      if (error) broken(messageOf(error));
      stream?.on("error", (failure: Error) => broken(messageOf(failure)));
      stream?.on("close", () => broken("the membership's stream closed"));
    });
  };

  group.subscribe = (wanted) => {
    topics = wanted;
    if (consumer) renew("other topics are subscribed");
    else join();
  };
  group.committed = async ({ topic, partition }) => {
    if (!consumer) throw new Error("not a member of the group");
    const found = await consumer.listCommittedOffsets({ topics: [{ topic, partitions: [partition] }] });
    const offset = found.get(topic)?.[partition];
    return offset === undefined || offset < 0n ? undefined : Number(offset);
  };
  group.commit = async (offsets) => {
    if (!consumer) throw new Error("not a member of the group");
    await consumer.commit({
      offsets: offsets.map(({ topic, partition, next }) => ({
        topic,
        partition,
        offset: BigInt(next),
        leaderEpoch: -1,
      })),
    });
  };
  group.close = async () => {
    closed = true;
    clearInterval(poll);
    clearTimeout(renewal);
    clearTimeout(emptied);
    await consumer?.close(true);
  };
  return group;
}

async function joinClassic(member: ReturnType<typeof newConsumer>, topics: readonly string[]): Promise<void> {
  for (const topic of topics) member.topics.track(topic);
  await member.joinGroup({});
}
