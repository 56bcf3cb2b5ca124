import type { Config } from "../config/index.ts";
import { messageOf, Unhealable } from "../errors.ts";
import type { CodeSchema } from "../formats/code-schema.ts";
import type { Registry } from "../formats/registry.ts";
import type { Fetcher, Reader } from "../kafka/fetcher.ts";
import type { Group } from "../kafka/group.ts";
import { detach } from "../kafka/records.ts";
import { giveBack, type Layout, type Prepared, prepare, readLayout, render } from "../layout/index.ts";
import type { Message, TopicPartition } from "../message.ts";
import { type Claim, type Effect, type Event, GENESIS, PartitionMachine } from "../protocol/index.ts";
import type { PartitionSpool, Spool } from "../spool/index.ts";
import type { Claims, Store } from "../store/index.ts";
import type { Circuit } from "./circuit.ts";
import type { Committer } from "./committer.ts";
import type { DeadLetterTopic } from "./dead-letter-topic.ts";
import type { DeadShare } from "./dead-share.ts";
import type { Log } from "./log.ts";
import type { Memory } from "./memory.ts";
import type { Metrics } from "./metrics.ts";

/** What the runners of all partitions share. */
export interface Shared {
  config: Config;
  log: Log;
  metrics: Metrics;
  store: Store;
  claims: Claims;
  registry: Registry | undefined;
  /** Code that checks a topic's messages. */
  schemas(topic: string): CodeSchema | undefined;
  group: Group;
  fetcher: Fetcher;
  committer: Committer;
  circuit: Circuit;
  memory: Memory;
  spool: Spool | undefined;
  deadShare: DeadShare;
  deadLetterTopic: DeadLetterTopic | undefined;
  /** Something that trying again cannot heal: the whole sink stops. */
  fatal(error: Error): void;
}

type Job = Exclude<Effect<Message>, { type: "commit" | "stopped" }>;

const PUTS_AT_ONCE = 4;
/** Less than this may be the rest of something much larger. */
const SMALL = 512 * 1024;
/** A batch of few messages must not keep a fetch from being used. */
const LEAST_HELD = 1000;

/** Carries out what the machine of one partition asks for. */
export class PartitionRunner implements Reader {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly machine: PartitionMachine<Message>;
  /** Settles when the machine has stopped by itself, after `drain`. */
  readonly drained: Promise<void>;
  readonly #shared: Shared;
  readonly #layout: Layout;
  readonly #schema: CodeSchema | undefined;
  readonly #keepsVerdicts: boolean;
  readonly #released = new AbortController();
  readonly #onGone: () => void;
  #stopped!: () => void;
  readonly #spool: PartitionSpool | undefined;
  #feeding = false;
  #attempt = 0;
  #claimedAt = 0;
  #judged = GENESIS;
  #prepared: { claim: Claim | undefined; prepared: Prepared } | undefined;

  constructor(from: TopicPartition, layout: Layout, shared: Shared, onGone: () => void) {
    ({ topic: this.topic, topicId: this.topicId, partition: this.partition } = from);
    this.#shared = shared;
    this.#layout = layout;
    this.#spool = shared.spool?.of(from);
    this.#schema = shared.schemas(from.topic);
    this.#keepsVerdicts = Boolean(this.#schema) || layout.input.format.endsWith("_registry");
    this.#onGone = onGone;
    const { records, bytes, age } = shared.config.batch;
    this.machine = new PartitionMachine<Message>({ records, bytes, ageMs: age });
    this.drained = new Promise((resolve) => {
      this.#stopped = resolve;
    });
    this.#carryOut(this.machine.start());
  }

  get released(): boolean {
    return this.#released.signal.aborted;
  }

  /** Lets go of the partition at once: whoever reads it next begins where the last range ended. */
  release(): void {
    this.#released.abort();
    this.#shared.memory.forget(this);
    this.#shared.committer.forget(this);
    this.#shared.metrics.lag.remove({ topic: this.topic, partition: this.partition });
    this.#stopped();
  }

  gone(): void {
    if (!this.released) this.#onGone();
  }

  wants(): number | undefined {
    const { machine } = this;
    if (this.released || !machine.canRead) return undefined;
    const spool = this.#spool;
    if (spool?.holds(machine.position)) return this.#spools ? spool.end : undefined;
    return this.#hasRoom || this.#spools ? machine.position : undefined;
  }

  /** More may be held in memory. */
  get #hasRoom(): boolean {
    const { machine } = this;
    if (machine.mustRead) return true;
    const { records, bytes } = this.#shared.config.batch;
    const full = machine.held.length >= Math.max(2 * records, LEAST_HELD) || machine.heldBytes >= 2 * bytes;
    return !full && !this.#shared.memory.full;
  }

  /** What memory cannot take is kept on disk, while S3 fails. */
  get #spools(): boolean {
    return Boolean(this.#spool?.hasRoom) && this.#shared.circuit.open;
  }

  take({ from, messages, next, end }: Parameters<Reader["take"]>[0]): void {
    const { metrics } = this.#shared;
    const isTaken = this.#accept(from, messages, next);
    if (isTaken && messages.length) metrics.consumed.inc({ topic: this.topic }, messages.length);
    const lag = Math.max(0, end - (isTaken ? next : from));
    if (!this.released) metrics.lag.set({ topic: this.topic, partition: this.partition }, lag);
  }

  /** Takes what was fetched into memory, or on disk, or not at all: then it is fetched again. */
  #accept(from: number, messages: Message[], next: number): boolean {
    const { machine } = this;
    const spool = this.#spool;
    const waiting = spool?.holds(machine.position);
    if (spool && from === (waiting ? spool.end : machine.position) && (waiting || !this.#hasRoom) && this.#spools) {
      if (spool.end !== from) this.#beginSpool(spool);
      if (spool.append({ from, messages, next })) return true;
    }
    if (waiting) return false;
    this.tell({ type: "records", from, records: messages, next, now: performance.now() });
    return true;
  }

  /** What memory holds goes to disk too, so that the next process finds all that is not stored. */
  #beginSpool(spool: PartitionSpool): void {
    const { held, first, position } = this.machine;
    spool.clear();
    if (held.length) spool.append({ from: first, next: position, messages: held });
  }

  /** Takes from the spool what memory has room for. */
  #feed(): void {
    const { machine } = this;
    const spool = this.#spool;
    if (!spool || this.#feeding) return;
    this.#feeding = true;
    while (!this.released && machine.canRead && spool.holds(machine.position) && this.#hasRoom) {
      const part = spool.read(machine.position);
      if (!part) break;
      const from = machine.position;
      this.tell({ type: "records", from, records: part.messages, next: part.next, now: performance.now() });
      if (machine.position === from) break;
    }
    this.#feeding = false;
  }

  outOfRange(from: number, { start, end }: { start: number; end: number }): void {
    const { log, metrics } = this.#shared;
    const where = { topic: this.topic, partition: this.partition, offset: from, start, end };
    if (from < start) {
      if (!this.#accept(from, [], start)) return;
      metrics.skippedOffsets.inc({ topic: this.topic }, start - from);
      log.error(where, "messages were deleted in Kafka before they could be read");
    } else if (from > end) {
      this.#shared.fatal(
        new Unhealable(
          `topic ${this.topic}, partition ${this.partition} ends at ${end}, before the offset ${from} that was stored up to`,
          {
            hint: "Kafka lost messages that it had acknowledged, or the group's offset was set by hand",
          },
        ),
      );
    }
  }

  tell(event: Event<Message>): void {
    if (this.released) return;
    const effects = this.machine.on(event);
    if (event.type === "stored") {
      if (this.machine.flushable && this.machine.heldBytes < SMALL) detach(this.machine.held);
      this.#shared.fetcher.wake();
    }
    this.#shared.memory.changed(this);
    this.#carryOut(effects);
    this.#feed();
  }

  #carryOut(effects: Effect<Message>[]): void {
    for (const effect of effects) {
      if (effect.type === "commit") {
        this.#shared.committer.add(this, effect.next);
        this.#spool?.release(effect.next);
      } else if (effect.type === "stopped") this.#stopped();
      else void this.#attemptJob(effect);
    }
  }

  async #attemptJob(job: Job): Promise<void> {
    const { circuit, log, metrics, fatal } = this.#shared;
    try {
      const event = await this.#doJob(job);
      this.#attempt = 0;
      this.tell(event);
    } catch (error) {
      if (this.released) return;
      const failure = error as Error;
      if (failure instanceof Unhealable) {
        fatal(failure);
        return;
      }
      this.#attempt++;
      if (job.type !== "locate") metrics.errors.inc({ topic: this.topic });
      const fields = {
        topic: this.topic,
        partition: this.partition,
        attempt: this.#attempt,
        error: messageOf(failure),
      };
      log.warn(fields, `cannot ${job.type} yet, trying again`);
      await circuit.backOff(this.#attempt, this.#released.signal);
      this.tell({ type: "failed" });
    }
  }

  async #doJob(job: Job): Promise<Event<Message>> {
    if (job.type === "locate") return this.#locate();
    return job.type === "claim" ? this.#claim(job) : this.#store(job);
  }

  async #locate(): Promise<Event<Message>> {
    const { group, claims, circuit, fetcher, config } = this.#shared;
    const committed = await group.committed(this);
    const begin = async () => {
      const { start, end } = await fetcher.offsets(this.topic, this.partition);
      return config.kafka.start === "earliest" ? start : end;
    };
    const located = await circuit.run(() => claims.locate(this, committed, begin));
    return { type: "located", located };
  }

  async #claim({ range, records }: Job & { type: "claim" }): Promise<Event<Message>> {
    const { claims, circuit, deadShare, log, metrics } = this.#shared;
    const prepared = await this.#prepare(this.#layout, records);
    // A batch counts once, however often its claim is tried.
    if (range.first !== GENESIS && range.first !== this.#judged) deadShare.check(prepared, this);
    this.#judged = range.first;
    this.#claimedAt = performance.now();
    const layout = { ...this.#layout, ...(this.#keepsVerdicts && { refused: prepared.refused }) };
    const mine = { ...range, time: Date.now(), layout };
    const claim = await circuit.run(() => claims.put(this, mine));
    if (claim !== mine) {
      metrics.foundClaims.inc({ topic: this.topic });
      log.info(
        { topic: this.topic, partition: this.partition, first: claim.first, next: claim.next },
        "found a claim, completing it",
      );
    }
    this.#prepared = claim === mine ? { claim, prepared } : undefined;
    return { type: "claimed", claim };
  }

  async #store({ claim, records }: Job & { type: "store" }): Promise<Event<Message>> {
    const { metrics, log } = this.#shared;
    if (claim.first !== GENESIS) {
      const layout = this.#prepared?.claim === claim ? this.#layout : readLayout(claim.layout);
      const prepared = this.#prepared?.claim === claim ? this.#prepared.prepared : await this.#prepare(layout, records);
      this.#prepared = { claim, prepared };
      const bytes = await this.#putAll(layout, claim, prepared);
      const seconds = (performance.now() - this.#claimedAt) / 1000;
      const { topic, partition } = this;
      metrics.seconds.observe(seconds);
      metrics.batches.inc({ topic });
      metrics.stored.inc({ topic }, records.length);
      metrics.batchMessages.observe(records.length);
      metrics.batchBytes.observe(records.reduce((sum, record) => sum + record.bytes, 0));
      for (const { reason } of prepared.dead) metrics.deadLetters.inc({ topic, reason });
      const { first, next } = claim;
      const fields = {
        topic,
        partition,
        first,
        next,
        messages: records.length,
        dead_letters: prepared.dead.length,
        bytes,
        seconds,
      };
      log.info(fields, "batch stored");
    }
    this.#prepared = undefined;
    return { type: "stored", now: performance.now() };
  }

  async #prepare(layout: Layout, records: readonly Message[]): Promise<Prepared> {
    const schema = layout === this.#layout ? this.#schema : undefined;
    return prepare(layout, this, records, { registry: this.#shared.registry, schema });
  }

  /** Puts all objects of a claim; answers their size. */
  async #putAll(layout: Layout, claim: Claim, prepared: Prepared): Promise<number> {
    const { circuit, deadLetterTopic, metrics } = this.#shared;
    const objects = await render(layout, this, claim, prepared);
    const origin = `${this.topicId}/${this.partition}/${claim.first}-${claim.next}`;
    const waiting = objects.values();
    const worker = async () => {
      for (const object of waiting) {
        await circuit.run(() => this.#putOne(object, origin));
        metrics.objects.inc({ topic: this.topic });
        metrics.bytes.inc({ topic: this.topic }, object.body.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PUTS_AT_ONCE, objects.length) }, worker));
    if (prepared.dead.length) await deadLetterTopic?.send(this, claim.next, prepared.dead);
    return objects.reduce((sum, { body }) => sum + body.length, 0);
  }

  async #putOne(object: { key: string; body: Buffer; contentType: string }, origin: string): Promise<void> {
    const { store } = this.#shared;
    if (this.released) throw new Error("the partition was taken away");
    if (await store.putNew(object.key, object.body, { contentType: object.contentType, metadata: { claim: origin } })) {
      // Refused or not answered, it may still be on its way out.
      giveBack(object.body);
      return;
    }
    const found = await store.head(object.key);
    if (!found) throw new Error(`${object.key} was there and is gone`);
    if (found.claim !== origin)
      throw new Unhealable(`the object ${object.key} is there already, and is not of this batch`, {
        hint: "another program writes the same names, or the topic was made anew: change output.path, e.g. by {topic_id}",
      });
  }
}
