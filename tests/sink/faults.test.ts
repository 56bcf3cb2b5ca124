import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { type FaultyProxy, startFaultyProxy } from "../services/faulty-proxy.ts";
import { WAIT, World } from "./world.ts";

let world: World;
let proxy: FaultyProxy;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "faults");
  proxy = await startFaultyProxy(world.access.endpoint);
});
afterEach(async () => {
  await world.close();
  await proxy.stop();
});

const ids = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

describe("a failing S3", () => {
  it.each(["500", "503", "403", "reset", "lost", "hang"] as const)(
    "that answers with %s is tried again until it works",
    async (fault) => {
      const topic = await world.topic("t");
      await world.send(topic, ids(50));
      let left = 4;
      proxy.choose = (method) => (method === "PUT" && left-- > 0 ? fault : "none");
      const sink = world.start({ kafka: { topics: [topic] }, s3: { endpoint: proxy.endpoint, timeout: "700ms" } });
      await vi.waitFor(async () => expect(await world.rows()).toHaveLength(50), WAIT);
      expect(await (await sink.ask("/metrics")).text()).toMatch(
        /tsdbt_sink_upload_errors_total\{topic="[^"]+"\} [1-9]/,
      );
      expect(await sink.end()).toBe(0);
      expect(await world.rows()).toHaveLength(50);
    },
  );

  it("is only probed after some failures, and said so", async () => {
    const topic = await world.topic("t", 4);
    for (let partition = 0; partition < 4; partition++) await world.send(topic, ids(10), partition);
    proxy.choose = () => "503";
    const sink = world.start({
      kafka: { topics: [topic] },
      s3: { endpoint: proxy.endpoint },
      retry: { first: "20ms", most: "100ms", circuit: 3 },
    });
    await sink.logged(({ message }) => message === "S3 keeps failing, only probing it now");
    expect(await (await sink.ask("/metrics")).text()).toContain("tsdbt_sink_circuit_open 1");
    expect((await sink.ask("/ready")).status).toBe(503);
    proxy.choose = () => "none";
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(40), WAIT);
    await sink.logged(({ message }) => message === "S3 works again");
    expect((await sink.ask("/ready")).status).toBe(200);
  });

  it("does not make the sink hang when it is told to end", async () => {
    const topic = await world.topic("t");
    await world.send(topic, ids(10));
    let failing = false;
    proxy.choose = () => (failing ? "503" : "none");
    const sink = world.start({
      kafka: { topics: [topic] },
      s3: { endpoint: proxy.endpoint },
      batch: { age: "1h" },
      shutdown: { grace: "1s" },
    });
    await vi.waitFor(
      async () => expect(await (await sink.ask("/metrics")).text()).toMatch(/messages_consumed_total\{[^}]+\} 10/),
      WAIT,
    );
    failing = true;
    expect(await sink.end()).toBe(0);
    expect(sink.log.map(({ message }) => message)).toContain(
      "the grace time is over; what is not stored will be read again",
    );
    expect(await world.rows()).toEqual([]);
    failing = false;
    world.start({ kafka: { topics: [topic] } });
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(10), WAIT);
  });
});

describe("what trying again cannot heal", () => {
  it("stops the sink: a name that another program has taken", async () => {
    const topic = await world.topic("t");
    await world.send(topic, ids(10));
    await world.s3.send(new PutObjectCommand({ Bucket: world.bucket, Key: "0/0000000000", Body: "not ours" }));
    const sink = world.start({ kafka: { topics: [topic] }, output: { path: "{partition}/{offset}" } });
    expect(await sink.ended).toBe(2);
    expect(sink.stderr).toMatch(
      /^tsdbt-sink: the object 0\/0000000000 is there already, and is not of this batch\n {2}another program/,
    );
    expect((await world.objects()).get("0/0000000000")?.toString()).toBe("not ours");
  });

  it("stops the sink: too many dead letters, of which nothing is lost", async () => {
    const topic = await world.topic("t");
    await world.send(topic, [...ids(100), ...Array<string>(100).fill("{")]);
    const overlay = {
      kafka: { topics: [topic] },
      dead_letters: { max_share: 0.2, window: 50 },
      batch: { records: 50 },
    };
    const sink = world.start(overlay);
    expect(await sink.ended).toBe(2);
    expect(sink.stderr).toContain("messages would be dead letters, more than dead_letters.max_share of 0.2");
    expect((await world.rows()).length).toBeLessThanOrEqual(100);
    world.start({ ...overlay, dead_letters: { max_share: 1 } });
    await vi.waitFor(async () => expect(await world.deadLetters()).toHaveLength(100), WAIT);
    expect(await world.rows()).toHaveLength(100);
  });
});

it("a failing S3 makes no batch count twice among the dead letters' share", async () => {
  const topic = await world.topic("t");
  await world.send(topic, [...Array<string>(20).fill("{"), ...ids(80)]);
  let left = 4;
  proxy.choose = (method, path) =>
    method === "PUT" && path.includes("/_claims/") && !path.includes("_begin") && left-- > 0 ? "503" : "none";
  world.start({
    kafka: { topics: [topic] },
    s3: { endpoint: proxy.endpoint },
    dead_letters: { max_share: 0.2, window: 100 },
    batch: { records: 50, age: "1h" },
  });
  await vi.waitFor(async () => expect(await world.rows()).toHaveLength(80), WAIT);
  expect(await world.deadLetters()).toHaveLength(20);
});

describe("topics that come and go", () => {
  it("are waited for, and found by a pattern", async () => {
    const early = await world.topic("early");
    await world.send(early, ids(5));
    const missing = `${world.bucket}.late`;
    const sink = world.start({ kafka: { topics: [missing], pattern: `^${world.bucket}\\.early$` } });
    await sink.logged(({ message }) => message === "topics do not exist, waiting for them");
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(5), WAIT);
    await world.topic("late");
    await world.send(missing, ids(7));
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(12), WAIT);
  });

  it("are stored anew when they are made anew", async () => {
    const topic = await world.topic("again");
    await world.send(topic, ids(5));
    const sink = world.start({ kafka: { topics: [topic] }, output: { path: "{topic_id}/{partition}/{offset}" } });
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(5), WAIT);
    await sink.end();
    await world.deleteTopic(topic);
    await vi.waitFor(() => world.topic("again"), WAIT);
    await world.send(topic, ids(3));
    world.start({ kafka: { topics: [topic] }, output: { path: "{topic_id}/{partition}/{offset}" } });
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(8), WAIT);
  });
});
