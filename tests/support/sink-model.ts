/**
 * A world for the sink's partition machine: one Kafka partition, one S3 bucket, and processes that crash, sleep, lose answers
 * and own the partition two at a time. A schedule, a list of numbers, decides what happens next; afterwards one healthy process
 * finishes the work, and every message must be in exactly one object.
 */
import {
  type Claim,
  type Effect,
  type Event,
  GENESIS,
  type Held,
  type Located,
  PartitionMachine,
} from "../../sink/protocol/index.ts";

/** What happened in the runs so far. */
export interface Counts {
  schedules: number;
  steps: number;
  messages: number;
  deadLetters: number;
  claims: number;
  claimsFoundTaken: number;
  crashes: number;
  lostAnswers: number;
  lateWrites: number;
  takeovers: number;
  twoOwners: number;
  commitsLost: number;
  commitsReset: number;
  trims: number;
}

export function noCounts(): Counts {
  return {
    schedules: 0,
    steps: 0,
    messages: 0,
    deadLetters: 0,
    claims: 0,
    claimsFoundTaken: 0,
    crashes: 0,
    lostAnswers: 0,
    lateWrites: 0,
    takeovers: 0,
    twoOwners: 0,
    commitsLost: 0,
    commitsReset: 0,
    trims: 0,
  };
}

/** What may be left out of the protocol, to see that the model notices. */
export interface Variant {
  /** A claim is taken for granted instead of being put. */
  withoutClaims?: boolean;
  /** The offset is committed when the range is claimed, not when it is stored. */
  commitEarly?: boolean;
  /** A range that another claimed is stored as far as it was read, not to its end. */
  ignoreFoundRange?: boolean;
}

interface Message extends Held {
  bad: boolean;
}

type Request = Exclude<Effect<Message>, { type: "stopped" }>;

interface Process {
  machine: PartitionMachine<Message>;
  /** Requests under way. */
  requests: { effect: Request; done: number; committed?: number | undefined }[];
  alive: boolean;
}

const LIMITS = { records: 4, bytes: 60, ageMs: 10 };
const LOG = 40;

class World {
  readonly log: Message[] = [];
  readonly claims = new Map<number, Claim>();
  readonly objects = new Map<string, number[]>();
  readonly processes: Process[] = [];
  committed: number | undefined;
  clock = 0;
  end = 0;
  readonly counts: Counts;
  readonly variant: Variant;
  /** Objects are put whether they exist or not; the sink itself leaves those that exist. */
  readonly overwrites: boolean;
  readonly timeInNames: boolean;
  /** Where the chain begins; messages before it are stored only where an operator went back to them. */
  readonly origin: number;
  /** The first offset that Kafka still has. */
  start = 0;

  constructor(counts: Counts, variant: Variant, shape: number) {
    this.counts = counts;
    this.variant = variant;
    this.overwrites = (shape & 1) === 1;
    this.timeInNames = (shape & 2) === 2;
    this.produce(5 + (shape % 7), shape);
    this.origin = (shape & 4) === 4 ? shape % this.end : 0;
  }

  /** Offsets have gaps, as transactions and compaction leave them. */
  produce(count: number, shape: number): void {
    for (let i = 0; i < count && this.log.length < LOG; i++) {
      const bad = (shape + i) % 5 === 0;
      this.log.push({ offset: this.end, bytes: 5 + ((shape + i) % 20), bad });
      this.end += (shape + i) % 6 === 0 ? 3 : 1;
    }
  }

  spawn(): void {
    const machine = new PartitionMachine<Message>(LIMITS);
    const process: Process = { machine, requests: [], alive: true };
    if (this.owners().length) this.counts.twoOwners++;
    this.processes.push(process);
    this.request(process, machine.start());
    this.counts.takeovers++;
  }

  owners(): Process[] {
    return this.processes.filter(({ alive }) => alive);
  }

  request(process: Process, effects: Effect<Message>[]): void {
    for (const effect of effects) {
      if (effect.type === "stopped") process.alive = false;
      else process.requests.push({ effect, done: 0 });
    }
  }

  tell(process: Process, event: Event<Message>): void {
    if (process.alive) this.request(process, process.machine.on(event));
  }

  fetch(process: Process, count: number): void {
    const { machine } = process;
    if (!machine.canRead) return;
    const from = machine.position;
    const records = this.log.filter(({ offset }) => offset >= Math.max(from, this.start)).slice(0, count);
    const last = records.at(-1);
    const next = !last || last === this.log.at(-1) ? this.end : last.offset + 1;
    this.tell(process, { type: "records", from, records, next: Math.max(from, next), now: this.clock });
  }

  /** Carries a request out, or a part of it. Answers come with `answered`; else the request worked and nobody hears of it. */
  advance(process: Process, which: number, answered: boolean): void {
    const { requests } = process;
    if (!requests.length) return;
    const index = which % requests.length;
    const request = requests[index]!;
    const event = this.carryOut(request);
    if (event === "more") {
      if (answered || !process.alive) return;
      requests.splice(index, 1);
      this.fail(process);
      return;
    }
    requests.splice(index, 1);
    if (!event) return;
    if (!process.alive) this.counts.lateWrites++;
    if (answered) this.tell(process, event);
    else this.fail(process);
  }

  fail(process: Process): void {
    this.counts.lostAnswers++;
    this.tell(process, { type: "failed" });
  }

  carryOut(request: Process["requests"][number]): Event<Message> | "more" | undefined {
    const { effect } = request;
    if (effect.type === "commit") {
      this.committed = effect.next;
      return undefined;
    }
    if (effect.type === "locate") {
      if (request.done++ === 0) {
        request.committed = this.committed;
        return "more";
      }
      return { type: "located", located: this.located(request.committed) };
    }
    if (effect.type === "claim") return { type: "claimed", claim: this.claim(effect) };
    return this.store(request, effect);
  }

  located(committed: number | undefined): Located {
    const firsts = [...this.claims.keys()];
    const origin = this.claims.get(GENESIS)?.next ?? this.origin;
    if (committed === undefined) {
      return { committed, claims: firsts.length ? [Math.max(...firsts)] : [], covering: undefined, origin };
    }
    const before = firsts.filter((first) => first <= committed);
    return {
      committed,
      claims: firsts.filter((first) => first >= committed),
      covering: before.length ? this.claims.get(Math.max(...before)) : undefined,
      origin,
    };
  }

  claim({ range }: Effect<Message> & { type: "claim" }): Claim {
    const mine = { ...range, time: this.clock, layout: undefined };
    if (this.variant.commitEarly && range.first !== GENESIS) this.committed = range.next;
    if (this.variant.withoutClaims && range.first !== GENESIS) return mine;
    const found = this.claims.get(range.first);
    if (!found) {
      this.claims.set(range.first, mine);
      this.counts.claims++;
      return mine;
    }
    if (found.time !== mine.time || found.next !== mine.next) this.counts.claimsFoundTaken++;
    return this.variant.ignoreFoundRange ? mine : found;
  }

  /** One object a step. The ingestion time stands in the name, as it may. */
  store(
    request: Process["requests"][number],
    { claim, records }: Effect<Message> & { type: "store" },
  ): Event<Message> | "more" {
    const objects = new Map<string, number[]>();
    for (const { offset, bad } of records) {
      const name = `${bad ? "dead" : offset % 2 ? "odd" : "even"}/${this.timeInNames ? claim.time : ""}-${claim.first}`;
      objects.set(name, [...(objects.get(name) ?? []), offset]);
    }
    const entry = [...objects][request.done];
    if (entry && (this.overwrites || !this.objects.has(entry[0]))) this.objects.set(...entry);
    request.done++;
    return request.done < objects.size ? "more" : { type: "stored", now: this.clock };
  }

  /** Ends a process; what it had sent may still arrive. */
  crash(process: Process, keepsRequests: boolean): void {
    process.alive = false;
    if (!keepsRequests) process.requests = [];
    this.counts.crashes++;
  }

  step(number: number): void {
    this.counts.steps++;
    this.clock += number % 3;
    const choice = number % 32;
    const argument = number >>> 5;
    const process = this.processes[argument % (this.processes.length || 1)];
    if (!process || choice === 0) {
      if (this.owners().length < 3) this.spawn();
    } else if (choice < 14) this.advance(process, argument >>> 3, true);
    else if (choice < 17) this.advance(process, argument >>> 3, false);
    else if (choice < 24) this.fetch(process, 1 + ((argument >>> 3) % 6));
    else if (choice < 26) this.tell(process, { type: "tick", now: this.clock });
    else if (choice === 26) this.tell(process, { type: "flush", now: this.clock });
    else if (choice === 27) this.produce(1 + (argument % 8), argument);
    else if (choice === 28) this.crash(process, (argument & 8) === 0);
    else if (choice === 29) this.tell(process, { type: "drain", now: this.clock });
    else if (choice === 30) this.looseCommit(argument);
    else if (argument % 2) this.clock += 20;
    else this.trim();
  }

  /** Kafka forgets what was stored and committed. An object must then not be replaced by what can still be read. */
  trim(): void {
    if (this.overwrites || this.committed === undefined || this.committed <= this.start) return;
    const stored = new Set([...this.objects.values()].flat());
    if (this.log.some(({ offset }) => offset < this.committed! && !stored.has(offset))) return;
    this.start = this.committed;
    this.counts.trims++;
  }

  /** The group's offset expires, or somebody sets it back by hand. */
  looseCommit(argument: number): void {
    if (argument % 4 === 0) {
      this.committed = undefined;
      this.counts.commitsLost++;
    } else if (argument % 4 === 1 && this.committed) {
      this.committed = (argument >>> 2) % this.committed;
      if (this.committed < this.origin) this.stopAll();
      this.counts.commitsReset++;
    }
  }

  /** Before an operator goes back to messages that no claim covers, he ends all processes. */
  stopAll(): void {
    for (const process of this.processes) this.crash(process, false);
  }

  /** Everybody is gone but one healthy process, which works until nothing is left to do. */
  finish(): void {
    this.stopAll();
    this.spawn();
    const process = this.processes.at(-1)!;
    for (let round = 0; ; round++) {
      if (round > 2000) throw new Error("the last process does not come to an end");
      while (process.requests.length) this.advance(process, 0, true);
      const { machine } = process;
      if (machine.phase !== "locating" && machine.position >= this.end && !machine.held.length) return;
      this.fetch(process, 100);
      this.clock += 20;
      this.tell(process, { type: "tick", now: this.clock });
    }
  }

  /** What is wrong in the end: messages that are missing, twice there, or on the wrong side. */
  faults(): string[] {
    const faults: string[] = [];
    const seen = new Map<number, string>();
    for (const [name, offsets] of this.objects) {
      for (const offset of offsets) {
        const before = seen.get(offset);
        if (before) faults.push(`message ${offset} is in ${before} and in ${name}`);
        seen.set(offset, name);
      }
    }
    for (const { offset, bad } of this.log) {
      const name = seen.get(offset);
      if (!name && offset >= this.origin) faults.push(`message ${offset} is lost`);
      else if (name && name.startsWith("dead") !== bad) faults.push(`message ${offset} is in ${name}`);
    }
    this.counts.messages += this.log.length;
    this.counts.deadLetters += this.log.filter(({ bad }) => bad).length;
    return faults;
  }
}

/** Runs one schedule; answers what went wrong. */
export function runSchedule(schedule: readonly number[], counts: Counts, variant: Variant = {}): string[] {
  counts.schedules++;
  const world = new World(counts, variant, schedule[0] ?? 0);
  world.spawn();
  for (const number of schedule) world.step(number);
  world.finish();
  return world.faults();
}
