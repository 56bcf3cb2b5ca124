import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConnectionPool, initProducerIdV4, txnOffsetCommitV3 } from "@platformatic/kafka";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { patiently } from "../../sink/kafka/patience.ts";
import { startKafka } from "../services/kafka.ts";
import { open, type Sending, sendRange } from "./dead-letter-sender.ts";
import { WAIT, World } from "./world.ts";

const SENDER = fileURLToPath(new URL("dead-letter-sender.ts", import.meta.url));
/** The requests of one range, in their order. */
const STEPS = {
  initProducerId: 22,
  offsetFetch: 9,
  addPartitions: 24,
  produce: 0,
  addOffsets: 25,
  offsetCommit: 28,
  endTransaction: 26,
};
const PER_RANGE = 5;

let world: World;
let graveyard: string;
let topic: string;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "dead");
  [graveyard, topic] = [await world.topic("graveyard", 3), await world.topic("prices", 2)];
});
afterEach(() => world.close());

const sending = (range: number, stop?: Sending["stop"]): Sending => ({
  bootstrap: world.bootstrap,
  group: world.group,
  graveyard,
  from: { topic, topicId: "one", partition: 1 },
  offsets: Array.from({ length: PER_RANGE }, (_, i) => range * 10 + i),
  ...(stop && { stop }),
});

const start = (of: Sending): ChildProcess =>
  spawn(process.execPath, ["--import", "tsx", SENDER, JSON.stringify(of)], { stdio: ["ignore", "pipe", "ignore"] });

/** The letters that readers of committed messages see, by their keys. */
async function committed(): Promise<string[]> {
  return (await world.committed(graveyard)).map(({ key }) => String(key)).sort();
}

const keys = (ranges: number[]) =>
  ranges.flatMap((range) => sending(range).offsets.map((offset) => `${topic}/1/${offset}`)).sort();

/** Sets a marker that the coordinator of transactions knows nothing of: nothing of its will ever decide it. */
async function leaveMarker(bootstrap: string, group: string, of: { topic: string; partition: number }): Promise<void> {
  const [host, port] = bootstrap.split(":");
  const pool = new ConnectionPool("test", {});
  const broker = await pool.get({ host: host!, port: Number(port) });
  const [letters, id] = [`${group}-dead-letters`, `${group}-dead-letters/${of.topic}/${of.partition}`];
  const { producerId, producerEpoch } = await patiently(() => initProducerIdV4.api.async(broker, id, 60_000, -1n, -1));
  const mark = { partitionIndex: of.partition, committedOffset: 1_000_000n, committedLeaderEpoch: -1 };
  await txnOffsetCommitV3.api.async(broker, id, letters, producerId, producerEpoch, -1, "", null, [
    { name: of.topic, partitions: [{ ...mark, committedMetadata: "one" }] },
  ]);
  await pool.close();
}

const state = (pid: number) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]![0];

describe("the topic of dead letters", () => {
  it("has those of each range once, wherever a sender is killed", async () => {
    const survivor = open(sending(0));
    const { produce, offsetCommit, endTransaction } = STEPS;
    const stops = [
      ...Object.values(STEPS).map((request) => ({ request, when: "sent" as const })),
      ...[produce, offsetCommit, endTransaction].map((request) => ({ request, when: "answered" as const })),
    ].map((stop) => ({ ...stop, signal: "SIGKILL" as const }));
    for (const [range, stop] of stops.entries()) {
      const [code, signal] = await once(start(sending(range, stop)), "close");
      expect({ ...stop, code, signal }).toEqual({ ...stop, code: null, signal: "SIGKILL" });
      await sendRange(survivor, sending(range));
    }
    await survivor.close();
    expect(await committed()).toEqual(keys([...stops.keys()]));
  });

  it("has them once where a sender wakes up after another has taken over", async () => {
    const steps = [STEPS.produce, STEPS.offsetCommit, STEPS.endTransaction];
    const survivor = open(sending(0));
    for (const [range, request] of steps.entries()) {
      const sleeper = start(sending(range, { request, when: "answered", signal: "SIGSTOP" }));
      const closed = once(sleeper, "close");
      await vi.waitFor(() => expect(state(sleeper.pid!)).toBe("T"), WAIT);
      await sendRange(survivor, sending(range));
      sleeper.kill("SIGCONT");
      expect(await closed).toEqual([0, null]);
    }
    await survivor.close();
    expect(await committed()).toEqual(keys([...steps.keys()]));
  });

  it("has a letter that is too large for it without its value", async () => {
    const small = await world.topic("small", 1, { "max.message.bytes": "2000" });
    const letters = open({ ...sending(0), graveyard: small });
    const letter = (offset: number, size: number) => ({
      message: { offset, bytes: size, timestamp: 0, key: undefined, value: Buffer.alloc(size, "x"), headers: [] },
      reason: "json",
      detail: "bad",
    });
    await letters.send(sending(0).from, 3, [letter(0, 100), letter(1, 5000), letter(2, 100)]);
    await letters.close();
    const found = await world.committed(small);
    expect(found.map(({ key, value }) => [String(key), value?.length])).toEqual([
      [`${topic}/1/0`, 100],
      [`${topic}/1/1`, undefined],
      [`${topic}/1/2`, 100],
    ]);
    expect(found[1]!.headers.map(String)).toContain("dead-letter.omitted-bytes,5000");
  });

  it("gets them where a broker keeps a marker undecided after the transaction's end", async () => {
    const kafka = await startKafka({ properties: { "transaction.partition.verification.enable": "false" } });
    const there = await World.open(kafka.bootstrap, inject("s3"), "undecided");
    try {
      const source = await there.topic("prices", 2);
      const dead = await there.topic("graveyard", 3);
      const to = { ...sending(0), bootstrap: kafka.bootstrap, group: there.group, graveyard: dead };
      const ranges = [0, 1, 2, 3].map((range) => ({
        ...to,
        from: { topic: source, topicId: "one", partition: 1 },
        offsets: sending(range).offsets,
      }));
      const letters = open(to);
      await letters.check();
      await sendRange(letters, ranges[0]!);
      await leaveMarker(kafka.bootstrap, there.group, { topic: source, partition: 1 });
      await sendRange(letters, ranges[1]!);
      const messages = ranges[2]!.offsets.map((at) => ({ topic: dead, key: `${source}/1/${at}`, value: `{bad ${at}` }));
      await there.produce(
        messages.map((each) => ({ ...each, key: Buffer.from(each.key), value: Buffer.from(each.value) })),
      );
      await leaveMarker(kafka.bootstrap, there.group, { topic: source, partition: 1 });
      const again = open(to);
      await sendRange(again, ranges[2]!);
      const later = open(to);
      await sendRange(later, ranges[2]!);
      await leaveMarker(kafka.bootstrap, there.group, { topic: source, partition: 1 });
      for (const range of ranges) await sendRange(later, range);
      await Promise.all([letters.close(), again.close(), later.close()]);
      const found = (await there.committed(dead)).map(({ key }) => String(key)).sort();
      expect(found).toEqual(ranges.flatMap(({ offsets }) => offsets.map((at) => `${source}/1/${at}`)).sort());
    } finally {
      await there.close();
      await kafka.stop();
    }
  });

  it("has those of a topic that was made anew, whose offsets begin again", async () => {
    const letters = open(sending(0));
    await sendRange(letters, sending(3));
    await letters.close();
    const again = open(sending(0));
    await sendRange(again, { ...sending(1), from: { topic, topicId: "two", partition: 1 } });
    await again.close();
    expect(await committed()).toEqual(keys([1, 3]));
  });
});
