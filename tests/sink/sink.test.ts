import { gunzipSync } from "node:zlib";
import { compressionsAlgorithms } from "@platformatic/kafka";
import { decompress } from "fzstd";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { linesOf, startSinkProcess, WAIT, World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "sink");
});
afterEach(() => world.close());

const ids = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

describe("tsdbt-sink run", () => {
  it.each(["consumer", "classic"])(
    "stores every message of all partitions once, by the protocol %s",
    async (protocol) => {
      const topic = await world.topic("prices", 3);
      await world.send(topic, ids(1000));
      const sink = world.start({ kafka: { topics: [topic], protocol } });
      await vi.waitFor(async () => expect(await world.rows()).toHaveLength(1000), WAIT);
      await vi.waitFor(async () => expect(await world.caughtUp(topic)).toBe(true), WAIT);
      expect(await sink.end()).toBe(0);
      const stored = (await world.rows<{ id: number }>()).map(({ id }) => id).sort((a, b) => a - b);
      expect(stored).toEqual(ids(1000).map(({ id }) => id));
      expect(sink.stderr).toBe("");
      expect(sink.log.find(({ message }) => message === "statistics")).toMatchObject({
        stored: 1000,
        deadLetters: 0,
        errors: 0,
      });
      const claims = (await world.keys()).filter((key) => key.startsWith("_claims/"));
      const [claim] = [...(await world.objects("_claims/")).values()].map((body) => JSON.parse(body.toString()));
      expect(claims.length).toBeGreaterThan(3);
      expect(Object.keys(claim)).toEqual([
        "version",
        "topic",
        "topicId",
        "partition",
        "first",
        "next",
        "time",
        "layout",
      ]);
      for (const key of (await world.objects()).keys())
        expect(key).toMatch(
          /^sink-\w+\.prices\/year=\d{4}\/month=\d\d\/day=\d\d\/sink-\w+\.prices\+[012]\+\d{10}\.jsonl$/,
        );
    },
  );

  it("stores what is open when it is told to end, and goes on behind it", async () => {
    const topic = await world.topic("prices");
    await world.send(topic, ids(7));
    const overlay = { kafka: { topics: [topic] }, batch: { age: "1h" } };
    const first = world.start(overlay);
    await vi.waitFor(
      async () => expect(await (await first.ask("/metrics")).text()).toMatch(/messages_consumed_total\{[^}]+\} 7/),
      WAIT,
    );
    expect(await world.rows()).toEqual([]);
    expect(await first.end()).toBe(0);
    expect(await world.rows()).toHaveLength(7);
    await world.send(topic, ids(4));
    const second = world.start(overlay);
    await vi.waitFor(
      async () => expect(await (await second.ask("/metrics")).text()).toMatch(/messages_consumed_total\{[^}]+\} 4/),
      WAIT,
    );
    expect(await second.end()).toBe(0);
    expect(await world.rows()).toHaveLength(11);
  });

  it("holds no more in memory than it may", async () => {
    const topic = await world.topic("prices", 4);
    const text = "x".repeat(10_000);
    await world.send(
      topic,
      ids(2000).map((value) => ({ ...value, text })),
    );
    const sink = world.start({
      kafka: { topics: [topic], fetch_partition_bytes: "100KiB", fetch_bytes: "400KiB" },
      batch: { age: "1h", records: 1_000_000 },
      memory: { max: "2MiB" },
    });
    let most = 0;
    await vi.waitFor(
      async () => {
        const metrics = await (await sink.ask("/metrics")).text();
        most = Math.max(most, Number(/tsdbt_sink_held_bytes (\d+)/.exec(metrics)![1]));
        expect(metrics).toMatch(/messages_consumed_total\{[^}]+\} 2000$/m);
      },
      { ...WAIT, interval: 20 },
    );
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3 * 1024 * 1024);
    expect((await world.rows()).length).toBeGreaterThan(1500);
    await sink.end();
    expect(await world.rows()).toHaveLength(2000);
  });

  it("tells Prometheus, and whether it is ready", async () => {
    const topic = await world.topic("prices");
    await world.send(topic, [...ids(9), "{"]);
    const sink = world.start({ kafka: { topics: [topic] } });
    await vi.waitFor(async () => expect((await sink.ask("/ready")).status).toBe(200), WAIT);
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(9), WAIT);
    await vi.waitFor(async () => {
      const metrics = await (await sink.ask("/metrics")).text();
      expect(metrics).toContain(`tsdbt_sink_messages_stored_total{topic="${topic}"} 10`);
      expect(metrics).toContain(`tsdbt_sink_dead_letters_total{topic="${topic}",reason="json"} 1`);
      expect(metrics).toContain(`tsdbt_sink_batches_uploaded_total{topic="${topic}"} 1`);
      expect(metrics).toContain(`tsdbt_sink_lag{topic="${topic}",partition="0"} 0`);
    }, WAIT);
    expect(await (await sink.ask("/health")).json()).toMatchObject({ healthy: true, ready: true, partitions: 1 });
    expect((await sink.ask("/nothing")).status).toBe(404);
  });

  it("takes other options for a topic by name", async () => {
    const [one, other] = [await world.topic("one"), await world.topic("other")];
    await world.send(one, ids(1));
    await world.send(other, ["plain text"]);
    world.start({
      kafka: { topics: [one, other] },
      overrides: {
        [other]: {
          input: { format: "raw" },
          output: { format: "json", path: "other/{topic}/{partition}/{offset}{ext}" },
        },
      },
    });
    await vi.waitFor(async () => expect((await world.objects()).size).toBe(2), WAIT);
    expect((await world.objects()).get(`other/${other}/0/0000000000.json`)?.toString()).toBe(
      '[{"value":"plain text"}]\n',
    );
  });
});

describe("compressions", () => {
  it("are those that readers know, in the program as it is installed", async () => {
    const names = ["none", "gzip", "snappy", "zstd"];
    const topics = await Promise.all(names.map((name) => world.topic(name)));
    for (const topic of topics) await world.send(topic, ids(3));
    const outputs = names.flatMap((compression, i): [string, object][] => [
      [topics[i]!, { output: { compression, path: `${compression}/{topic}-{partition}-{offset}{ext}` } }],
    ]);
    world.start({ kafka: { topics }, overrides: Object.fromEntries(outputs) });
    await vi.waitFor(async () => expect((await world.objects()).size).toBe(names.length), WAIT);
    const objects = await world.objects();
    const read: { [ending: string]: (body: Buffer) => Uint8Array } = {
      jsonl: (body) => body,
      gz: gunzipSync,
      snappy: (body) => compressionsAlgorithms.snappy.decompressSync(body.subarray(8)),
      zst: decompress,
    };
    for (const [key, body] of objects)
      expect(linesOf(Buffer.from(read[key.split(".").at(-1)!]!(body)))).toEqual(ids(3));
  });
});

describe("dead letters", () => {
  it("go to a topic too, and back by replay", async () => {
    const [topic, graveyard] = [await world.topic("prices"), await world.topic("dead")];
    const headers = new Map([[Buffer.from("trace"), Buffer.from("t1")]]);
    await world.produce([{ topic, key: Buffer.from("k"), value: Buffer.from("{bad"), headers }]);
    const overlay = { kafka: { topics: [topic] }, dead_letters: { topic: graveyard } };
    const sink = world.start(overlay);
    await vi.waitFor(async () => expect(await world.deadLetters()).toHaveLength(1), WAIT);
    const [letter] = await world.consume(graveyard, 1);
    expect(letter!.key!.toString()).toBe(`${topic}/0/0`);
    expect(letter!.value!.toString()).toBe("{bad");
    const told = Object.fromEntries([...letter!.headers].map(([name, value]) => [name.toString(), value.toString()]));
    expect(told).toMatchObject({ trace: "t1", "dead-letter.reason": "json", "dead-letter.key": "k" });
    await sink.end();

    const replay = async (...flags: string[]) => {
      const process = startSinkProcess(["replay", "--config", world.config(overlay), ...flags]);
      expect(await process.ended).toBe(0);
      return process.log[0]!.text;
    };
    expect(await replay("--dry-run")).toBe("1 messages of 1 objects to replay, 0 objects replayed before");
    expect(await replay()).toBe("1 messages of 1 objects replayed, 0 objects replayed before");
    expect(await replay()).toBe("0 messages of 0 objects replayed, 1 objects replayed before");
    const messages = await world.consume(topic, 2);
    expect(messages.map(({ key, value }) => `${key} ${value}`)).toEqual(["k {bad", "k {bad"]);
    expect([...messages[1]!.headers].map(String)).toEqual(["trace,t1"]);
  });
});

describe("tsdbt-sink check", () => {
  const check = async (overlay: { [section: string]: unknown }) => {
    const process = startSinkProcess(["check", "--config", world.config(overlay)]);
    const code = await process.ended;
    return { code, lines: process.log.map(({ text }) => String(text)), stderr: process.stderr };
  };

  it("finds all in order", async () => {
    const [topic, graveyard] = [await world.topic("prices"), await world.topic("dead")];
    for (let time = 0; time < 2; time++) {
      const { code, lines, stderr } = await check({ kafka: { topics: [topic] }, dead_letters: { topic: graveyard } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(lines).toContain(`ok    bucket ${world.bucket}: conditional put`);
      expect(lines).toContain("ok    transactions for dead letters");
      expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    }
  });

  it("finds what is missing", async () => {
    const { code, lines } = await check({
      kafka: { topics: ["nowhere"] },
      s3: { bucket: "no-such-bucket" },
      registry: { url: "http://127.0.0.1:1" },
    });
    expect(code).toBe(1);
    const text = lines.join("\n");
    expect(text).toContain("FAIL  topic nowhere: it does not exist");
    expect(text).toMatch(/FAIL {2}bucket no-such-bucket: list: .*NoSuchBucket/);
    expect(text).toContain("FAIL  schema registry http://127.0.0.1:1: the schema registry does not answer");
  });
});
