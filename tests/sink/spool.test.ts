import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { type FaultyProxy, startFaultyProxy } from "../services/faulty-proxy.ts";
import { type SinkProcess, WAIT, World } from "./world.ts";

let world: World;
let proxy: FaultyProxy;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "spool");
  proxy = await startFaultyProxy(world.access.endpoint);
});
afterEach(async () => {
  await world.close();
  await proxy.stop();
});

const COUNT = 3000;
const rows = Array.from({ length: COUNT }, (_, id) => ({ id, text: "x".repeat(1000) }));
const stored = async () => (await world.rows<{ id: number }>()).map(({ id }) => id).sort((a, b) => a - b);
const all = rows.map(({ id }) => id);

const overlay = (topic: string) => ({
  kafka: { topics: [topic], fetch_partition_bytes: "100KiB" },
  s3: { endpoint: proxy.endpoint },
  memory: { max: "500KiB" },
  retry: { first: "20ms", most: "100ms", circuit: 3 },
  spool: { folder: join(world.folder, "spool"), max: "50MiB" },
});
const metric = async (sink: SinkProcess, name: string) =>
  Number(
    new RegExp(`^tsdbt_sink_${name}(?:\\{.*\\})? (\\d+)`, "m").exec(await (await sink.ask("/metrics")).text())?.[1],
  );

/** A sink that has stored ten messages before S3 fails and the rest comes. */
async function inTrouble(options: Parameters<World["start"]>[1] = {}): Promise<{ topic: string; sink: SinkProcess }> {
  const topic = await world.topic("prices");
  await world.send(topic, rows.slice(0, 10));
  const sink = world.start(overlay(topic), options);
  await vi.waitFor(async () => expect(await world.caughtUp(topic)).toBe(true), WAIT);
  proxy.choose = () => "503";
  await world.send(topic, rows.slice(10));
  return { topic, sink };
}

describe("a spool", () => {
  it("keeps what Kafka deletes while S3 fails, also when the sink is killed", async () => {
    const { topic, sink } = await inTrouble();
    // Nothing is behind before the sink has seen what came, too.
    await vi.waitFor(async () => expect(await metric(sink, "spool_bytes")).toBeGreaterThan(2_000_000), WAIT);
    await vi.waitFor(async () => expect(await metric(sink, "lag")).toBe(0), WAIT);
    await world.deleteRecords(topic, 0);
    await sink.end("SIGKILL");
    expect(await world.rows()).toHaveLength(10);
    proxy.choose = () => "none";
    const next = world.start(overlay(topic));
    await vi.waitFor(async () => expect(await world.caughtUp(topic)).toBe(true), WAIT);
    expect(await stored()).toEqual(all);
    expect(await metric(next, "spool_bytes")).toBe(0);
    expect(await next.end()).toBe(0);
  });

  it("on a full disk makes reading wait, and loses nothing", async () => {
    const limited = ["bash", "-c", 'ulimit -f 1000; exec "$0" "$@"'];
    const { topic, sink } = await inTrouble({ before: limited });
    await sink.logged(({ message }) => String(message).startsWith("the spool cannot be written"));
    proxy.choose = () => "none";
    await vi.waitFor(async () => expect(await world.caughtUp(topic)).toBe(true), WAIT);
    expect(await stored()).toEqual(all);
    expect(await sink.end()).toBe(0);
  });
});

it("a clock that jumps costs no message", async () => {
  const jump = `const now = Date.now; let by = 0; Date.now = () => now() + by; const Real = Date;
    globalThis.Date = class extends Real { constructor(...given) { given.length ? super(...given) : super(Real.now()); } };
    process.on("SIGUSR2", () => { by = by ? -by : 7200000; });`;
  const topic = await world.topic("prices");
  await world.send(topic, rows.slice(0, 10));
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(jump)}` };
  const sink = world.start({ kafka: { topics: [topic] } }, { env });
  for (const count of [10, 20, 30]) {
    await vi.waitFor(async () => expect(await world.caughtUp(topic)).toBe(true), WAIT);
    expect(await stored()).toEqual(all.slice(0, count));
    sink.child.kill("SIGUSR2");
    if (count < 30) await world.send(topic, rows.slice(count, count + 10));
  }
  expect(await sink.end()).toBe(0);
});
