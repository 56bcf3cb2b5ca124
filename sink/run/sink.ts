import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/index.ts";
import { messageOf } from "../errors.ts";
import { type CodeSchema, loadCodeSchemas } from "../formats/code-schema.ts";
import { connectRegistry } from "../formats/registry.ts";
import { readEveryBatch } from "../kafka/batch-codecs.ts";
import { startFetcher } from "../kafka/fetcher.ts";
import { type Assigned, joinGroup } from "../kafka/group.ts";
import { checkLayouts, layoutOf } from "../layout/index.ts";
import { openSpool } from "../spool/index.ts";
import { claimsIn, connectStore } from "../store/index.ts";
import { newCircuit } from "./circuit.ts";
import { sendToCloudWatch } from "./cloudwatch.ts";
import { newCommitter } from "./committer.ts";
import { openDeadLetterTopic } from "./dead-letter-topic.ts";
import { newDeadShare } from "./dead-share.ts";
import { type Log, openLog } from "./log.ts";
import { newMemory } from "./memory.ts";
import { newMetrics } from "./metrics.ts";
import { PartitionRunner, type Shared } from "./partition-runner.ts";
import { serveStatus } from "./server.ts";
import { keepSubscribed } from "./subscription.ts";

/** What a sink did, told when it ends. */
export interface Statistics {
  seconds: number;
  consumed: number;
  stored: number;
  batches: number;
  objects: number;
  bytes: number;
  deadLetters: number;
  errors: number;
}

/** A sink at work. */
export interface Sink {
  /** Of /metrics, /health and /ready, where they are served. */
  httpPort: number | undefined;
  /** Stores what is open, commits, and leaves the group, within the grace time. */
  stop(): Promise<void>;
  /** When it has ended: rejects where it had to stop by itself. */
  ended: Promise<Statistics>;
}

const TICK_MS = 500;
/** Longer between two ticks: this process has slept, and others may own its partitions. */
const SLEPT_MS = 20_000;

export interface SinkOptions {
  log?: Log;
  /** zod schemas by topic, before those that the configuration names. */
  schemas?: { [topic: string]: CodeSchema };
}

/** Starts a sink by its configuration. */
export async function startSink(config: Config, options: SinkOptions = {}): Promise<Sink> {
  checkLayouts(config);
  const named = await loadCodeSchemas(config);
  readEveryBatch();
  const { kafka, s3 } = config;
  const log = options.log ?? openLog(config.log.level);
  const metrics = newMetrics();
  const spool = config.spool && openSpool(config.spool, log, (bytes) => metrics.spooled.set(bytes));
  const store = connectStore(s3);
  const group = joinGroup(kafka, log);
  const fetcher = startFetcher(kafka, log);
  const runners = new Map<string, PartitionRunner>();
  const startedAt = performance.now();
  let failure: Error | undefined;
  let stopping: Promise<void> | undefined;

  const shared: Shared = {
    config,
    log,
    metrics,
    store,
    group,
    fetcher,
    claims: claimsIn(store, s3.prefix + s3.claims),
    registry: config.registry && connectRegistry(config.registry),
    schemas: (topic) => options.schemas?.[topic] ?? named(topic),
    committer: newCommitter(group, log),
    circuit: newCircuit(config.retry, (open) => {
      metrics.circuit.set(open ? 1 : 0);
      log[open ? "error" : "info"](open ? "S3 keeps failing, only probing it now" : "S3 works again");
    }),
    memory: newMemory(config.memory.max, (held) => metrics.held.set(held)),
    spool,
    deadShare: newDeadShare(config.dead_letters),
    deadLetterTopic: config.dead_letters.topic ? openDeadLetterTopic(kafka, config.dead_letters.topic) : undefined,
    fatal(error) {
      if (failure) return;
      failure = error;
      log.fatal({ error: messageOf(error), hint: (error as { hint?: string }).hint }, "the sink cannot go on");
      void stop();
    },
  };

  const keyOf = ({ topic, partition }: Assigned) => `${topic} ${partition}`;

  const drop = (key: string) => {
    const runner = runners.get(key);
    if (!runner) return;
    runners.delete(key);
    fetcher.readers.delete(runner);
    runner.release();
  };

  const takeOver = async (assigned: readonly Assigned[]) => {
    const wanted = new Set(assigned.map(keyOf));
    for (const key of runners.keys()) if (!wanted.has(key)) drop(key);
    const fresh = assigned.filter((of) => !runners.has(keyOf(of)));
    if (fresh.length) {
      const topics = await fetcher.topics([...new Set(fresh.map(({ topic }) => topic))]);
      for (const of of fresh) {
        const topic = topics.get(of.topic);
        if (!topic || stopping) continue;
        const from = { ...of, topicId: topic.id };
        const runner = new PartitionRunner(from, layoutOf(config, of.topic), shared, () => {
          log.warn({ topic: of.topic, partition: of.partition }, "the topic was deleted or made anew");
          drop(keyOf(of));
          changes = changes.then(() => retake(current));
        });
        runners.set(keyOf(of), runner);
        fetcher.readers.add(runner);
      }
    }
    metrics.partitions.set(runners.size);
    fetcher.look();
  };

  /** Changes of the assignment are carried out one after the other. */
  let current: readonly Assigned[] = [];
  let changes = Promise.resolve();
  const retake = async (assigned: readonly Assigned[]): Promise<void> => {
    if (assigned !== current || stopping) return;
    try {
      await takeOver(assigned);
    } catch (error) {
      log.warn({ error: messageOf(error) }, "cannot take partitions over yet, trying again");
      await sleep(1000);
      await retake(assigned);
    }
  };
  group.on("assigned", (assigned) => {
    log.info({ partitions: assigned.length }, "partitions assigned");
    current = assigned;
    changes = changes.then(() => retake(assigned));
  });

  let lastTick = performance.now();
  let lastWall = Date.now();
  let storedBefore: number[] = [];
  const ticker = setInterval(() => {
    const now = performance.now();
    const wall = Date.now();
    if (Math.max(now - lastTick, wall - lastWall) > SLEPT_MS) {
      log.warn({ ms: Math.round(wall - lastWall) }, "this process has slept, taking its partitions over anew");
      for (const key of [...runners.keys()]) drop(key);
      const again = current;
      changes = changes.then(() => retake(again));
    }
    lastTick = now;
    lastWall = wall;
    for (const runner of runners.values()) runner.tell({ type: "tick", now });
  }, TICK_MS);
  const speedometer = setInterval(async () => {
    storedBefore = [...storedBefore.slice(-10), await total(metrics.stored)];
    metrics.throughput.set((storedBefore.at(-1)! - storedBefore[0]!) / Math.max(1, storedBefore.length - 1));
  }, 1000);

  const subscription = keepSubscribed(config, group, fetcher, log);
  const cloudwatch = config.cloudwatch && sendToCloudWatch(config.cloudwatch, s3, kafka.group, metrics, log);
  const status = () => {
    const located = [...runners.values()].every(({ machine }) => machine.phase !== "locating");
    return {
      healthy: !failure,
      ready: !failure && !stopping && current.length > 0 && runners.size === current.length && located,
      partitions: runners.size,
      held_bytes: shared.memory.held,
      ...(failure && { error: messageOf(failure) }),
    };
  };
  const server = config.http ? await serveStatus(config.http, metrics, status) : undefined;
  if (server) log.info({ port: server.port }, "serving /metrics, /health, /ready");

  const shutDown = async () => {
    clearInterval(ticker);
    clearInterval(speedometer);
    await subscription.stop();
    const open = [...runners.values()];
    if (!failure) {
      for (const runner of open) runner.tell({ type: "drain", now: performance.now() });
      const drained = Promise.all(open.map((runner) => runner.drained)).then(() => shared.committer.idle());
      const late = await within(drained, config.shutdown.grace);
      if (late) log.warn({ partitions: open.length }, "the grace time is over; what is not stored will be read again");
    }
    for (const key of [...runners.keys()]) drop(key);
    await within(Promise.allSettled([group.close(), fetcher.close(), shared.deadLetterTopic?.close()]), CLOSE_MS);
    spool?.close();
    await cloudwatch?.stop();
    await server?.close();
    store.close();
  };
  let finish!: { resolve(value: Statistics): void; reject(error: Error): void };
  const ended = new Promise<Statistics>((resolve, reject) => {
    finish = { resolve, reject };
  });
  ended.catch(() => undefined);
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      log.info("stopping");
      await shutDown().catch((error: Error) => {
        failure ??= error;
      });
      const statistics = await statisticsOf(metrics, startedAt);
      log.info(statistics, "statistics");
      if (failure) finish.reject(failure);
      else finish.resolve(statistics);
    })();
    return stopping;
  };
  return { httpPort: server?.port, stop, ended };
}

const CLOSE_MS = 5000;

/** Whether the time was over first. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, true, { signal: timer.signal }).catch(() => false);
  const result = await Promise.race([work.then(() => false), late]);
  timer.abort();
  return result;
}

async function total(counter: { get(): Promise<{ values: { value: number }[] }> }): Promise<number> {
  return (await counter.get()).values.reduce((sum, { value }) => sum + value, 0);
}

async function statisticsOf(metrics: ReturnType<typeof newMetrics>, startedAt: number): Promise<Statistics> {
  return {
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    consumed: await total(metrics.consumed),
    stored: await total(metrics.stored),
    batches: await total(metrics.batches),
    objects: await total(metrics.objects),
    bytes: await total(metrics.bytes),
    deadLetters: await total(metrics.deadLetters),
    errors: await total(metrics.errors),
  };
}
