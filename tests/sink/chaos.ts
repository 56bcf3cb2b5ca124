import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultyProxy } from "../services/faulty-proxy.ts";
import type { RunningKafka } from "../services/kafka.ts";
import type { SinkProcess, World } from "./world.ts";

/** How much is to happen. */
export interface ChaosOptions {
  messages: number;
  partitions: number;
  kills: number;
  /** A sink is stopped (SIGSTOP) and goes on after a while, mostly when it has lost its partitions. */
  sleeps: number;
  brokerRestarts: number;
  /** Share of requests to S3 that go wrong. */
  faults: number;
  random: () => number;
  say: (text: string) => void;
}

/** What was found in the end. Lost and doubled must be 0. */
export interface ChaosResult {
  messages: number;
  good: number;
  bad: number;
  stored: number;
  deadLetters: number;
  /** Of the topic of dead letters, as readers of committed messages see it. */
  sentLetters: number;
  lost: number;
  doubled: number;
  misplaced: number;
  objects: number;
  claims: number;
  kills: number;
  sleeps: number;
  brokerRestarts: number;
  s3Faults: number;
  exitCodes: (number | null)[];
}

const FAULTS: Fault[] = ["500", "503", "reset", "lost", "slow"];
const SINKS = 2;
const STANDSTILL_MS = 180_000;

/** Two sinks on one topic, while they are killed and put to sleep, the broker is restarted and S3 fails. */
export async function runChaos(
  world: World,
  kafka: RunningKafka,
  proxy: FaultyProxy,
  options: ChaosOptions,
): Promise<ChaosResult> {
  const { partitions, random, say } = options;
  const topic = await world.topic("chaos", partitions);
  const graveyard = await world.topic("graveyard", 3);
  proxy.choose = () => (random() < options.faults ? FAULTS[Math.floor(random() * FAULTS.length)]! : "none");
  const overlay = {
    kafka: { topics: [topic] },
    s3: { endpoint: proxy.endpoint, timeout: "5s" },
    batch: { records: 150, age: "300ms" },
    output: { kafka_field: "_kafka" },
    http: null,
    dead_letters: { topic: graveyard },
    retry: { first: "20ms", most: "300ms" },
  };
  const sinks: SinkProcess[] = Array.from({ length: SINKS }, () => world.start(overlay));
  const bad = new Set<number>();
  const producing = produceAll(world, topic, options, bad);

  const kill = async (slot: number) => {
    await sinks[slot]!.end("SIGKILL");
    sinks[slot] = world.start(overlay);
  };
  const nap = async (slot: number, ms: number) => {
    const sink = sinks[slot]!;
    sink.child.kill("SIGSTOP");
    await sleep(ms);
    sink.child.kill("SIGCONT");
  };

  const events: ("kill" | "sleep" | "restart")[] = [
    ...Array<"kill">(options.kills).fill("kill"),
    ...Array<"sleep">(options.sleeps).fill("sleep"),
    ...Array<"restart">(options.brokerRestarts).fill("restart"),
  ];
  for (let i = events.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [events[i], events[j]] = [events[j]!, events[i]!];
  }
  const naps: Promise<void>[] = [];
  const asleep = new Set<number>();
  let done = 0;
  for (const event of events) {
    await sleep(200 + random() * random() * 4000);
    const slot = Math.floor(random() * SINKS);
    if (event === "restart") await kafka.restart(random() < 0.5);
    else if (event === "kill") await kill(asleep.has(slot) ? 1 - slot : slot);
    else {
      while (asleep.size) await sleep(100);
      asleep.add(slot);
      const ms = random() < 0.6 ? 8000 + random() * 4000 : random() * 2000;
      naps.push(nap(slot, ms).finally(() => asleep.delete(slot)));
    }
    if (++done % 10 === 0) say(`${done} of ${events.length} mishaps`);
  }
  await Promise.all(naps);
  await producing;
  say("waiting until all is committed");
  await untilCommitted(world, topic, () => sinks.map(({ log }) => log.slice(-30)));
  await Promise.all(sinks.map((sink) => sink.logged(() => true)));
  const exitCodes = await Promise.all(sinks.map((sink) => sink.end()));
  for (const [i, code] of exitCodes.entries()) {
    if (code !== 0)
      say(`a sink ended with ${code}: ${JSON.stringify(sinks[i]!.log.slice(-20), null, 1)}${sinks[i]!.stderr}`);
  }
  proxy.choose = () => "none";
  return { ...(await verify(world, { topic, graveyard }, bad)), ...counted(options, proxy, exitCodes) };
}

/** On a busy machine it may take long; it fails when nothing goes on any more. */
async function untilCommitted(world: World, topic: string, logs: () => unknown): Promise<void> {
  let before = -1;
  let since = Date.now();
  for (;;) {
    const { committed, end } = await world.progress(topic);
    if (committed >= end) return;
    if (committed > before) [before, since] = [committed, Date.now()];
    if (Date.now() - since > STANDSTILL_MS)
      throw new Error(`the sinks stand still at ${committed} of ${end}: ${JSON.stringify(logs(), null, 1)}`);
    await sleep(500);
  }
}

function counted({ kills, sleeps, brokerRestarts }: ChaosOptions, proxy: FaultyProxy, exitCodes: (number | null)[]) {
  const s3Faults = FAULTS.reduce((sum, fault) => sum + (proxy.counts.get(fault) ?? 0), 0);
  return { kills, sleeps, brokerRestarts, s3Faults, exitCodes };
}

/** Bad ones are cut off, but still tell their number. */
async function produceAll(world: World, topic: string, options: ChaosOptions, bad: Set<number>): Promise<void> {
  const { messages, random } = options;
  const at = 500;
  const pause = (options.kills + options.sleeps) * 20 * (at / messages) * 60;
  for (let id = 0; id < messages; ) {
    const values: string[] = [];
    for (let i = 0; i < at && id < messages; i++, id++) {
      const text = JSON.stringify({ id, symbol: `S${id % 50}`, price: id / 7 });
      const isBad = random() < 0.01;
      if (isBad) bad.add(id);
      values.push(isBad ? text.slice(0, -3) : text);
    }
    await world.sendStubbornly(topic, values);
    await sleep(pause);
  }
}

/**
 * Holds what stands in S3 against what Kafka has: each offset in one object, and the bad ones among the dead letters, there and in
 * their topic.
 */
async function verify(
  world: World,
  { topic, graveyard }: { topic: string; graveyard: string },
  bad: ReadonlySet<number>,
) {
  const seen = new Map<string, { good: number; dead: number }>();
  const count = (partition: number, offset: number, kind: "good" | "dead") => {
    const key = `${partition}/${offset}`;
    const entry = seen.get(key) ?? { good: 0, dead: 0 };
    entry[kind]++;
    seen.set(key, entry);
  };
  const rows = await world.rows<{ id: number; _kafka: { partition: number; offset: number } }>();
  for (const { _kafka } of rows) count(_kafka.partition, _kafka.offset, "good");
  const letters = await world.deadLetters();
  for (const { partition, offset } of letters) count(partition, offset, "dead");
  const sent = new Map<string, number>();
  for (const { key } of await world.committed(graveyard)) sent.set(String(key), (sent.get(String(key)) ?? 0) + 1);
  const messages = await world.everything(topic);
  let [lost, doubled, misplaced] = [0, 0, 0];
  for (const { partition, offset, value } of messages) {
    const { good, dead } = seen.get(`${partition}/${offset}`) ?? { good: 0, dead: 0 };
    if (good + dead === 0) lost++;
    if (good + dead > 1) doubled++;
    const id = Number(/"id":(\d+)/.exec(value.toString())![1]);
    if ((bad.has(id) ? good : dead) > 0) misplaced++;
    const times = sent.get(`${topic}/${partition}/${offset}`) ?? 0;
    if (bad.has(id) && times === 0) lost++;
    if (times > 1) doubled++;
    if (!bad.has(id) && times > 0) misplaced++;
  }
  const keys = await world.keys();
  const claims = keys.filter((key) => key.startsWith("_claims/")).length;
  const total = messages.length;
  const sentLetters = [...sent.values()].reduce((sum, times) => sum + times, 0);
  const found = { stored: rows.length, deadLetters: letters.length, sentLetters, lost, doubled, misplaced };
  return {
    messages: total,
    good: total - letters.length,
    bad: bad.size,
    ...found,
    objects: keys.length - claims,
    claims,
  };
}
