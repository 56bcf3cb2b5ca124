import { type Claim, chooseStart, GENESIS, type Located, type Range } from "./claim.ts";

/** What the machine must know of a message. */
export interface Held {
  offset: number;
  /** What it takes in memory. */
  bytes: number;
}

/** When an open batch is closed. */
export interface Limits {
  records: number;
  bytes: number;
  ageMs: number;
}

/** What happened; `now` is a clock that never jumps. */
export type Event<R extends Held> =
  | { type: "located"; located: Located }
  | { type: "records"; from: number; records: readonly R[]; next: number; now: number }
  | { type: "tick"; now: number }
  | { type: "flush"; now: number }
  | { type: "drain"; now: number }
  | { type: "claimed"; claim: Claim }
  | { type: "stored"; now: number }
  | { type: "failed" };

/** What is to be done; each but `commit` and `stopped` is answered by an event, `failed` where it is not known to have worked. */
export type Effect<R extends Held> =
  | { type: "locate" }
  | { type: "claim"; range: Range; records: readonly R[] }
  | { type: "store"; claim: Claim; records: readonly R[] }
  | { type: "commit"; next: number }
  | { type: "stopped" };

/**
 * - `locating`: it is not known yet where to go on
 * - `reading`: a batch is open
 * - `claiming`: the batch's range is being fixed
 * - `completing`: the range was fixed by another, further than we have read
 * - `storing`: its objects are being made durable
 */
export type Phase = "locating" | "reading" | "claiming" | "completing" | "storing" | "stopped";

/**
 * One partition, as one process sees it. It may be wrong about owning it: another process may own it too, or this one may have
 * slept for hours. What keeps every message exactly once is the order of things: a range is claimed before anything of it is
 * stored, it is stored whole before its end is committed, and the next one is claimed only after that.
 */
export class PartitionMachine<R extends Held> {
  phase: Phase = "locating";
  /** Where the open or claimed range begins. */
  first = GENESIS;
  /** The next offset to read. */
  position = 0;
  /** What was read and is not stored, in the order of offsets. */
  held: R[] = [];
  heldBytes = 0;
  readonly #limits: Limits;
  #ahead: number[] = [];
  #pending: Range | undefined;
  #claim: Claim | undefined;
  #openedAt: number | undefined;
  #hurry = false;
  #draining = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The first thing to do. */
  start(): Effect<R>[] {
    return [{ type: "locate" }];
  }

  /** Messages are worth fetching even where memory is short: a claimed range is to be completed. */
  get mustRead(): boolean {
    return this.phase === "completing";
  }

  get canRead(): boolean {
    return this.phase !== "locating" && this.phase !== "stopped" && !this.#draining && this.first !== GENESIS;
  }

  /** Could be closed and stored now, to free memory. */
  get flushable(): boolean {
    return this.phase === "reading" && this.held.length > 0;
  }

  on(event: Event<R>): Effect<R>[] {
    if (this.phase === "stopped") return [];
    switch (event.type) {
      case "located":
        return this.phase === "locating" ? this.#located(event.located) : [];
      case "records":
        return this.#read(event);
      case "tick":
        return this.#rotateIfDue(event.now);
      case "flush":
        if (this.flushable) this.#hurry = true;
        return this.#rotateIfDue(event.now);
      case "drain":
        return this.#drain(event.now);
      case "claimed":
        return this.#claimed(event.claim);
      case "stored":
        return this.#stored(event.now);
      case "failed":
        return this.#again();
    }
  }

  #located(located: Located): Effect<R>[] {
    const { first, ahead } = chooseStart(located);
    this.first = first;
    this.#ahead = ahead;
    if (first === GENESIS) return this.#claimRange({ first, next: located.origin }, []);
    this.phase = "reading";
    this.position = first;
    this.#hurry = located.claims.includes(first);
    return this.#draining ? this.#stop() : [];
  }

  #read({ from, records, next, now }: Event<R> & { type: "records" }): Effect<R>[] {
    if (from !== this.position || !this.canRead) return [];
    for (const record of records) {
      if (record.offset < this.position) continue;
      this.held.push(record);
      this.heldBytes += record.bytes;
    }
    this.position = Math.max(this.position, next);
    if (this.held.length) this.#openedAt ??= now;
    if (this.phase === "completing") return this.#storeIfRead();
    return this.#rotateIfDue(now);
  }

  #rotateIfDue(now: number): Effect<R>[] {
    if (this.phase !== "reading") return [];
    this.#skipEmptyRange();
    if (!this.held.length) return this.#draining ? this.#stop() : [];
    const { records, bytes, ageMs } = this.#limits;
    const due =
      this.#hurry ||
      this.#draining ||
      this.held.length >= records ||
      this.heldBytes >= bytes ||
      now - this.#openedAt! >= ageMs ||
      this.position >= (this.#ahead[0] ?? Number.POSITIVE_INFINITY);
    if (!due) return [];
    this.#hurry = false;
    const range = { first: this.first, next: this.#end() };
    return this.#claimRange(range, this.#within(range.next));
  }

  /** Between the open range's beginning and a claim ahead there may be no message at all: then go on with that claim. */
  #skipEmptyRange(): void {
    const ahead = this.#ahead[0];
    if (ahead === undefined || this.position < ahead || (this.held[0]?.offset ?? ahead) < ahead) return;
    this.#ahead.shift();
    this.first = ahead;
    this.#hurry = true;
  }

  /** The end of the range to claim: as much as the limits allow, and never into a range that is claimed already. */
  #end(): number {
    const { records, bytes } = this.#limits;
    let end = this.position;
    let size = 0;
    for (let i = 0; i < this.held.length - 1; i++) {
      size += this.held[i]!.bytes;
      if (i + 1 >= records || size >= bytes) {
        end = this.held[i]!.offset + 1;
        break;
      }
    }
    return Math.min(end, this.#ahead[0] ?? end);
  }

  #claimRange(range: Range, records: readonly R[]): Effect<R>[] {
    this.phase = "claiming";
    this.#pending = range;
    return [{ type: "claim", range, records }];
  }

  #claimed(claim: Claim): Effect<R>[] {
    if (this.phase !== "claiming" || claim.first !== this.first) return [];
    this.#claim = claim;
    if (claim.first === GENESIS) return this.#store(claim);
    this.phase = "completing";
    return this.#storeIfRead();
  }

  #storeIfRead(): Effect<R>[] {
    if (this.position >= this.#claim!.next) return this.#store(this.#claim!);
    return this.#draining ? this.#stop() : [];
  }

  #store(claim: Claim): Effect<R>[] {
    this.phase = "storing";
    return [{ type: "store", claim, records: this.#within(claim.next) }];
  }

  #within(next: number): R[] {
    const end = this.held.findIndex(({ offset }) => offset >= next);
    return end < 0 ? this.held.slice() : this.held.slice(0, end);
  }

  #stored(now: number): Effect<R>[] {
    if (this.phase !== "storing") return [];
    const next = this.#claim!.next;
    const stored = this.#within(next);
    this.held = this.held.slice(stored.length);
    for (const { bytes } of stored) this.heldBytes -= bytes;
    this.#openedAt = this.held.length ? now : undefined;
    this.first = next;
    this.position = Math.max(this.position, next);
    this.#claim = undefined;
    this.phase = "reading";
    this.#ahead = this.#ahead.filter((first) => first >= next);
    if (this.#ahead[0] === next) {
      this.#ahead.shift();
      this.#hurry = true;
    }
    return [{ type: "commit", next }, ...this.#rotateIfDue(now)];
  }

  #again(): Effect<R>[] {
    if (this.phase === "locating") return [{ type: "locate" }];
    if (this.phase === "claiming") return this.#claimRange(this.#pending!, this.#within(this.#pending!.next));
    if (this.phase === "storing") return this.#store(this.#claim!);
    return [];
  }

  #drain(now: number): Effect<R>[] {
    this.#draining = true;
    if (this.phase === "locating" || this.phase === "completing") return this.#stop();
    return this.#rotateIfDue(now);
  }

  #stop(): Effect<R>[] {
    this.phase = "stopped";
    return [{ type: "stopped" }];
  }
}
