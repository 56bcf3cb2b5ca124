import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  type Broker,
  type Connection,
  endTxnV3,
  findCoordinatorV4,
  initProducerIdV4,
  type MessageRecord,
  murmur2,
  NumericMap,
  offsetFetchV8,
  produceV9,
  txnOffsetCommitV3,
} from "@platformatic/kafka";
import type { Config } from "../config/index.ts";
import { newAdmin, newPool } from "./connect.ts";
import { holds } from "./lookup.ts";
import { codeOf, ERRORS, patiently } from "./patience.ts";

/** What is to be sent. */
export interface Outgoing {
  key: Buffer;
  /** None is a tombstone. */
  value: Buffer | undefined;
  headers: Map<Buffer, Buffer>;
}

type Placed = Outgoing & { topic: string; partition: number };

/** How far something of a partition has been sent; it stands with the messages in one transaction. */
export interface Marker {
  /** The group whose offsets the markers are. */
  group: string;
  topic: string;
  partition: number;
  next: number;
  /** A marker with another note is not this one: the topic was made anew. */
  note: string;
}

/** Sends messages to a topic, each exactly once for readers of committed messages. */
export interface TransactionalSender {
  /** Sends the messages and sets the marker, both or neither, unless the marker stands there or further already. */
  send(id: string, marker: Marker, messages: readonly Outgoing[]): Promise<void>;
  /** Whether transactions of this id are allowed. */
  probe(id: string): Promise<void>;
  close(): Promise<void>;
}

/** One message is larger than the topic takes. */
export class TooLarge extends Error {
  /** The message's. */
  readonly key: Buffer;

  constructor(key: Buffer, cause: unknown) {
    super("a message is larger than the topic takes", { cause });
    this.key = key;
  }
}

/** A producer of one transactional id: whoever begins one fences the older ones, and ends the transaction that they left open. */
interface Session {
  coordinator: Connection;
  producerId: bigint;
  producerEpoch: number;
  sequences: NumericMap;
  /** Up to here it is known to be sent. */
  sent: number;
}

const TRANSACTION_MS = 60_000;
const TRANSACTION = 1;
const GROUP = 0;
const EVERY_REPLICA = -1;
/** So much is tried in one batch: Kafka's default limit is a mebibyte. */
const PORTION = { messages: 500, bytes: 500_000 };

/**
 * Transactions by the client's protocol layer: its own producer tries again by itself, asks for partitions by a version that is for
 * brokers alone, and gives markers no note. Here nothing is tried again: after any failure the session is given up, the next one
 * ends its transaction, and the marker tells whether that was committed.
 */
export function transactionalSender(kafka: Config["kafka"], to: string): TransactionalSender {
  const admin = newAdmin(kafka);
  const pool = newPool(kafka, "transactions");
  const sessions = new Map<string, Session>();

  const cluster = (forceUpdate = false) => admin.metadata({ topics: [to], forceUpdate });

  const coordinatorOf = async (kind: number, key: string): Promise<Connection> => {
    const [broker] = (await cluster()).brokers.values();
    const connection = await pool.get(broker as Broker);
    const { coordinators } = await patiently(() => findCoordinatorV4.api.async(connection, kind, [key]));
    return pool.get(coordinators[0]!);
  };

  /** A coordinator that has just been made out may not know yet that it is one. */
  const begin = (id: string): Promise<Session> =>
    patiently(async () => {
      const coordinator = await coordinatorOf(TRANSACTION, id);
      const { producerId, producerEpoch } = await initProducerIdV4.api.async(coordinator, id, TRANSACTION_MS, -1n, -1);
      return { coordinator, producerId, producerEpoch, sequences: new NumericMap(), sent: -1 };
    }, ERRORS.notCoordinator);

  /** Asked after the session has begun: what an older one had committed is seen, and nothing of it can be committed any more. */
  const sentUpTo = async ({ group, topic, partition, note }: Marker): Promise<number> => {
    const asked = { groupId: group, memberEpoch: -1, topics: [{ name: topic, partitionIndexes: [partition] }] };
    const { groups } = await patiently(
      async () => offsetFetchV8.api.async(await coordinatorOf(GROUP, group), [asked], true),
      ERRORS.notCoordinator,
    );
    const found = groups[0]?.topics[0]?.partitions[0];
    return found && found.metadata === note ? Number(found.committedOffset) : -1;
  };

  const leaderOf = async (partition: number, forceUpdate = false) => {
    const { topics, brokers } = await cluster(forceUpdate);
    const topic = topics.get(to)!;
    const leader = brokers.get(topic.partitions[partition]!.leader);
    if (!leader) throw new Error(`partition ${partition} of ${to} has no leader`);
    return { topicId: topic.id, connection: await pool.get(leader) };
  };

  const placed = async (messages: readonly Outgoing[]): Promise<Placed[]> => {
    const count = (await cluster()).topics.get(to)!.partitionsCount;
    return messages.map(({ key, value, headers }) => ({
      topic: to,
      partition: (murmur2(key) >>> 0) % count,
      key,
      headers,
      value,
    }));
  };

  const setMarker = async (id: string, session: Session, { group, topic, partition, next, note }: Marker) => {
    const { coordinator, producerId, producerEpoch } = session;
    await patiently(() => addOffsetsToTxnV3.api.async(coordinator, id, producerId, producerEpoch, group));
    const offsets = await coordinatorOf(GROUP, group);
    const mark = { partitionIndex: partition, committedOffset: BigInt(next), committedLeaderEpoch: -1 };
    await patiently(() =>
      txnOffsetCommitV3.api.async(offsets, id, group, producerId, producerEpoch, -1, "", null, [
        { name: topic, partitions: [{ ...mark, committedMetadata: note }] },
      ]),
    );
  };

  /**
   * A broker can keep a marker undecided for ever although it has ended the marker's transaction. It goes with the producer's next
   * transaction, which is committed with the marker if the messages are there, and else given up.
   */
  const sentBefore = async (id: string, session: Session, marker: Marker, messages: readonly Outgoing[]) => {
    try {
      return await sentUpTo(marker);
    } catch (error) {
      if (codeOf(error) !== ERRORS.unstableOffset) throw error;
      const [first] = await placed(messages.slice(0, 1));
      const { topicId, connection } = await leaderOf(first!.partition, true);
      const isThere = await holds(connection, { topicId, partition: first!.partition }, first!);
      await setMarker(id, session, marker);
      const { coordinator, producerId, producerEpoch } = session;
      await endTxnV3.api.async(coordinator, id, producerId, producerEpoch, isThere);
      return await sentUpTo(marker);
    }
  };

  /** Sends messages of one partition, in as many batches as the topic's limit asks for. */
  const produce = async (id: string, session: Session, messages: readonly Placed[]): Promise<void> => {
    const { partition, key } = messages[0]!;
    const { connection } = await leaderOf(partition);
    const { producerId, producerEpoch, sequences } = session;
    const options = { transactionalId: id, producerId, producerEpoch, sequences };
    const records = messages as MessageRecord[];
    try {
      await produceV9.api.async(connection, EVERY_REPLICA, kafka.request_timeout, records, options);
      sequences.postIncrement(`${to}:${partition}`, messages.length, 0);
    } catch (error) {
      if (codeOf(error) !== ERRORS.messageTooLarge) throw error;
      if (messages.length === 1) throw new TooLarge(key, error);
      const half = messages.length >> 1;
      await produce(id, session, messages.slice(0, half));
      await produce(id, session, messages.slice(half));
    }
  };

  const sendWithin = async (id: string, session: Session, marker: Marker, messages: readonly Outgoing[]) => {
    const { coordinator, producerId, producerEpoch } = session;
    const records = await placed(messages);
    records.sort((a, b) => a.partition - b.partition);
    const partitions = [...new Set(records.map((record) => record.partition))];
    await patiently(() =>
      addPartitionsToTxnV3.api.async(coordinator, [
        { transactionalId: id, producerId, producerEpoch, topics: [{ name: to, partitions }], verifyOnly: false },
      ]),
    );
    for (const portion of portions(records)) await produce(id, session, portion);
    await setMarker(id, session, marker);
    await endTxnV3.api.async(coordinator, id, producerId, producerEpoch, true);
  };

  /** After a time-out the client cannot tell answers apart any more, and metadata may be old: both are got anew. */
  const giveUp = async (id: string, error: unknown) => {
    sessions.delete(id);
    if (codeOf(error) === undefined && !(error instanceof TooLarge))
      await Promise.allSettled([...pool].map(([, connection]) => connection.close()));
    await cluster(true).catch(() => undefined);
  };

  return {
    async send(id, marker, messages) {
      try {
        let session = sessions.get(id);
        if (!session) {
          session = await begin(id);
          session.sent = await sentBefore(id, session, marker, messages);
          sessions.set(id, session);
        }
        if (session.sent >= marker.next) return;
        await sendWithin(id, session, marker, messages);
        session.sent = marker.next;
      } catch (error) {
        await giveUp(id, error);
        throw error;
      }
    },
    probe: async (id) => void (await begin(id)),
    async close() {
      await Promise.allSettled([pool.close(), admin.close()]);
    },
  };
}

/** What goes to a partition in one batch. A message that is larger goes alone. */
function* portions(records: readonly Placed[]): Generator<Placed[]> {
  let portion: Placed[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = (record.value?.length ?? 0) + (record.key?.length ?? 0);
    const full = portion.length >= PORTION.messages || bytes + size > PORTION.bytes;
    if (portion.length && (full || record.partition !== portion[0]!.partition)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(record);
    bytes += size;
  }
  if (portion.length) yield portion;
}
