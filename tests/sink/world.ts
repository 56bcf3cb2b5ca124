import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import {
  Admin,
  ConnectionPool,
  Consumer,
  type MessageToProduce,
  type ProduceOptions,
  Producer,
} from "@platformatic/kafka";
import { stringify } from "yaml";
import { fetchFrom } from "../../sink/kafka/fetch.ts";
import { messagesOf } from "../../sink/kafka/records.ts";
import type { Message } from "../../sink/message.ts";
import type { S3Access } from "./global-setup.ts";

const BIN = fileURLToPath(new URL("../../bin/tsdbt-sink", import.meta.url));

const MIB = 1024 ** 2;

/** For `vi.waitFor`: long enough for a machine that is busy with other things. */
export const WAIT = { timeout: 300_000, interval: 200 };

/** A configuration as a test gives it: sections are laid over those that reach the services. */
export type Overlay = { [section: string]: unknown };

/** A running `tsdbt-sink`. */
export interface SinkProcess {
  child: ChildProcess;
  /** Its log, a record a line. */
  readonly log: { [field: string]: unknown }[];
  readonly stderr: string;
  /** Ends it by a signal; answers its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Waits until it has ended by itself. */
  ended: Promise<number | null>;
  /** Waits for a line of the log. */
  logged(test: (record: { [field: string]: unknown }) => boolean): Promise<{ [field: string]: unknown }>;
  /** One of the status server's answers. */
  ask(path: string): Promise<Response>;
}

/** A bucket, topics and a group of one test's own, on services that are shared. */
export class World {
  readonly bucket: string;
  readonly group: string;
  readonly folder = mkdtempSync(join(tmpdir(), "tsdbt-sink-"));
  readonly s3: S3Client;
  readonly bootstrap: string;
  readonly access: S3Access;
  readonly #admin: Admin;
  readonly #producers = new Map<string, Producer>();
  readonly #sinks: SinkProcess[] = [];
  #configs = 0;

  private constructor(bootstrap: string, access: S3Access, name: string) {
    this.bootstrap = bootstrap;
    this.access = access;
    this.bucket = `${name}-${Math.random().toString(36).slice(2, 10)}`;
    this.group = this.bucket;
    const { endpoint, region, accessKeyId, secretAccessKey } = access;
    this.s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
    this.#admin = new Admin({ clientId: "test", bootstrapBrokers: [bootstrap] });
  }

  static async open(bootstrap: string, access: S3Access, name: string): Promise<World> {
    const world = new World(bootstrap, access, name);
    await world.s3.send(new CreateBucketCommand({ Bucket: world.bucket }));
    return world;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.end("SIGKILL")));
    for (const producer of this.#producers.values()) await producer.close();
    await this.#admin.close();
    this.s3.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a topic of this world's own; answers its full name. */
  async topic(name: string, partitions = 1, configs: { [name: string]: string } = {}): Promise<string> {
    return this.topicNamed(`${this.bucket}.${name}`, partitions, configs);
  }

  async topicNamed(topic: string, partitions: number, configs: { [name: string]: string } = {}): Promise<string> {
    const given = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    await this.#admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: given });
    while ((await this.ends(topic).catch(() => [])).length < partitions) await sleep(100);
    return topic;
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] });
  }

  /** Deletes all that a partition has, as its retention would. */
  async deleteRecords(topic: string, partition: number): Promise<void> {
    await this.#admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: -1n }] }] });
  }

  async produce(
    messages: MessageToProduce[],
    compression: NonNullable<ProduceOptions<Buffer, Buffer, Buffer, Buffer>["compression"]> = "none",
  ): Promise<void> {
    let producer = this.#producers.get(compression);
    if (!producer) {
      producer = new Producer({
        clientId: "test",
        bootstrapBrokers: [this.bootstrap],
        compression,
        idempotent: true,
        acks: -1,
      });
      this.#producers.set(compression, producer);
    }
    for (const some of portions(messages)) await sendOnceLed(producer, some);
  }

  /** Produces values to a topic: text as it is, anything else as JSON. */
  async send(topic: string, values: readonly unknown[], partition?: number): Promise<void> {
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    await this.produce(
      values.map((value) => ({
        topic,
        value: Buffer.from(text(value)),
        ...(partition !== undefined && { partition }),
      })),
    );
  }

  /** Produces while the broker comes and goes. What was not acknowledged is sent again, so a message may be in Kafka twice. */
  async sendStubbornly(topic: string, values: readonly string[]): Promise<void> {
    for (;;) {
      try {
        return await this.send(topic, values);
      } catch {
        const producer = this.#producers.get("none");
        this.#producers.delete("none");
        void producer?.close().catch(() => undefined);
        await sleep(300);
      }
    }
  }

  /** Ends of a topic's partitions. */
  async ends(topic: string): Promise<number[]> {
    const { topics } = await this.#admin.metadata({ topics: [topic], forceUpdate: true });
    const partitions = Array.from({ length: topics.get(topic)!.partitionsCount }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1n,
    }));
    const [found] = await this.#admin.listOffsets({ topics: [{ name: topic, partitions }] });
    return found!.partitions.sort((a, b) => a.partitionIndex - b.partitionIndex).map(({ offset }) => Number(offset));
  }

  /** Whether the group has committed all that a topic has. */
  async caughtUp(topic: string): Promise<boolean> {
    const { committed, end } = await this.progress(topic);
    return committed === end;
  }

  /** Messages that the group has committed, of those that a topic has; counted from its beginning. */
  async progress(topic: string): Promise<{ committed: number; end: number }> {
    const ends = await this.ends(topic);
    const [group] = await this.#admin.listConsumerGroupOffsets({ groups: [this.group] });
    const committed = new Map(
      group!.topics
        .filter(({ name }) => name === topic)
        .flatMap(({ partitions }) => partitions.map((of) => [of.partitionIndex, Number(of.committedOffset)] as const)),
    );
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    return { committed: sum(ends.map((_, partition) => Math.max(0, committed.get(partition) ?? 0))), end: sum(ends) };
  }

  /** All messages that a topic has. */
  async everything(topic: string): Promise<{ partition: number; offset: number; value: Buffer }[]> {
    const count = (await this.ends(topic)).reduce((sum, end) => sum + end, 0);
    return (await this.consume(topic, count)).map(({ partition, offset, value }) => ({
      partition,
      offset: Number(offset),
      value: value!,
    }));
  }

  async keys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: this.bucket }))
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    return keys;
  }

  /** Writes a configuration file; answers its name. */
  config(overlay: Overlay): string {
    const { endpoint, region, accessKeyId, secretAccessKey } = this.access;
    const base: { [section: string]: object } = {
      kafka: { brokers: [this.bootstrap], group: this.group, fetch_wait: "100ms" },
      s3: {
        bucket: this.bucket,
        endpoint,
        region,
        path_style: true,
        access_key_id: accessKeyId,
        secret_access_key: secretAccessKey,
      },
      batch: { age: "500ms" },
      retry: { first: "50ms", most: "500ms" },
      http: { port: 0 },
      shutdown: { grace: "20s" },
    };
    const merged: Overlay = { ...base };
    for (const [section, given] of Object.entries(overlay))
      merged[section] = base[section] && given && typeof given === "object" ? { ...base[section], ...given } : given;
    const file = join(this.folder, `sink-${++this.#configs}.yml`);
    writeFileSync(file, stringify(merged));
    return file;
  }

  start(overlay: Overlay, options: Parameters<typeof startSinkProcess>[1] = {}): SinkProcess {
    const sink = startSinkProcess(["run", "--config", this.config(overlay)], options);
    this.#sinks.push(sink);
    return sink;
  }

  /** Names and contents of all objects, those of claims left out. */
  async objects(prefix = ""): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: this.bucket, Prefix: prefix })) {
      const keys = (page.Contents ?? []).map(({ Key }) => Key!).filter((key) => prefix || !key.startsWith("_claims/"));
      const waiting = keys.values();
      const worker = async () => {
        for (const key of waiting) {
          const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
          found.set(key, Buffer.from(await Body!.transformToByteArray()));
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
    }
    return found;
  }

  /** The rows of all JSON Lines objects, without the dead letters. */
  async rows<T = { [name: string]: unknown }>(): Promise<T[]> {
    const objects = await this.objects();
    return [...objects].filter(([key]) => !key.startsWith("_")).flatMap(([, body]) => linesOf<T>(body));
  }

  async deadLetters(): Promise<
    { offset: number; partition: number; reason: string; detail: string; value: string | null }[]
  > {
    return [...(await this.objects("_dead_letters/"))]
      .filter(([key]) => key.endsWith(".jsonl"))
      .flatMap(([, body]) => linesOf(body) as never);
  }

  /** What readers of committed messages see of a topic. */
  async committed(name: string): Promise<Message[]> {
    const { topics, brokers } = await this.#admin.metadata({ topics: [name], forceUpdate: true });
    const { id: topicId, partitions } = topics.get(name)!;
    const pool = new ConnectionPool("test");
    const found: Message[] = [];
    for (const [partition, { leader }] of Object.entries(partitions)) {
      const connection = await pool.get(brokers.get(leader)!);
      const asked = {
        partition: Number(partition),
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: MIB,
      };
      for (let from = 0, end = 1; from < end; ) {
        const partitions = [{ ...asked, fetchOffset: BigInt(from) }];
        const [part] = await fetchFrom(connection, [100, 1, MIB, 1, 0, 0, [{ topicId, partitions }], [], ""]);
        const { messages, next } = messagesOf(part!, from);
        found.push(...messages);
        [from, end] = [next, part!.end];
      }
    }
    await pool.close();
    return found;
  }

  /** Reads a topic from its beginning until there are so many messages. */
  async consume(topic: string, count: number) {
    const consumer = new Consumer({
      clientId: "test",
      bootstrapBrokers: [this.bootstrap],
      groupId: `${this.group}-${Math.random()}`,
    });
    const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false });
    const messages = [];
    for await (const message of stream) {
      messages.push(message);
      if (messages.length >= count) break;
    }
    await consumer.close(true);
    return messages;
  }
}

const PORTION = { messages: 1000, bytes: 500_000 };

/** As much at once as a broker takes in one batch of a partition; what is larger alone goes alone. */
function* portions(messages: MessageToProduce[]): Generator<MessageToProduce[]> {
  let portion: MessageToProduce[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = message.value?.length ?? 0;
    if (portion.length && (portion.length >= PORTION.messages || bytes + size > PORTION.bytes)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(message);
    bytes += size;
  }
  if (portion.length) yield portion;
}

/** A topic that was just made may have no leader yet; then nothing was written. */
async function sendOnceLed(producer: Producer, messages: MessageToProduce[]): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      await producer.send({ messages });
      return;
    } catch (error) {
      const stale = (error as { findBy?: (name: string, value: unknown) => unknown }).findBy?.(
        "hasStaleMetadata",
        true,
      );
      if (!stale || !left) throw error;
      await sleep(250);
    }
  }
}

export function linesOf<T>(body: Buffer): T[] {
  return body
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** `before` comes before the command, such as a program that runs it within limits. */
export function startSinkProcess(
  args: string[],
  { env = {}, before = [] }: { env?: NodeJS.ProcessEnv; before?: string[] } = {},
): SinkProcess {
  const [program, ...rest] = [...before, process.execPath, BIN, ...args];
  const child = spawn(program!, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const log: { [field: string]: unknown }[] = [];
  const waiting = new Set<() => void>();
  let stderr = "";
  let tail = "";
  child.stdout!.on("data", (chunk: Buffer) => {
    const lines = (tail + chunk.toString()).split("\n");
    tail = lines.pop()!;
    for (const line of lines) log.push(line.startsWith("{") ? JSON.parse(line) : { text: line });
    for (const look of [...waiting]) look();
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const sink: SinkProcess = {
    child,
    log,
    get stderr() {
      return stderr;
    },
    ended,
    async end(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
    logged: (test) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = log.find(test);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then((code) =>
          reject(new Error(`the sink ended with ${code}: ${stderr}${JSON.stringify(log.slice(-5))}`)),
        );
      }),
    async ask(path) {
      const { port } = await sink.logged((record) => typeof record.port === "number");
      return fetch(`http://127.0.0.1:${port}${path}`);
    },
  };
  return sink;
}
