import avro from "avsc";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { kafkaTool } from "../services/kafka.ts";
import { framed, startRegistry, type TestRegistry } from "./registry.ts";
import { World } from "./world.ts";

let world: World;
let registry: TestRegistry | undefined;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "input");
});
afterEach(async () => {
  await world.close();
  await registry?.stop();
  registry = undefined;
});

const WAIT = { timeout: 60_000, interval: 200 };
const PRICE = {
  type: "record",
  name: "price",
  fields: [
    { name: "id", type: "long" },
    { name: "symbol", type: "string" },
  ],
};

describe("what producers send", () => {
  it("is read in all four compressions", async () => {
    const topic = await world.topic("packed");
    const codecs = ["gzip", "snappy", "lz4", "zstd"];
    for (const codec of codecs) {
      const lines = Array.from({ length: 100 }, (_, id) => JSON.stringify({ id, codec }));
      await kafkaTool(
        "ConsoleProducer",
        ["--bootstrap-server", world.bootstrap, "--topic", topic, "--compression-codec", codec],
        lines.join("\n"),
      );
    }
    world.start({ kafka: { topics: [topic] } });
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(400), WAIT);
    for (const codec of codecs) expect((await world.rows()).filter((row) => row.codec === codec)).toHaveLength(100);
  });

  it("may be as large as 50 MB, among small ones", async () => {
    const topic = await world.topic("large", 1, { "max.message.bytes": "62914560" });
    await world.send(topic, [{ id: 0 }]);
    await world.send(topic, [{ id: 1, text: "x".repeat(50_000_000) }]);
    await world.send(topic, [{ id: 2 }]);
    const sink = world.start({ kafka: { topics: [topic] }, memory: { max: "16MiB" }, s3: { multipart: "8MiB" } });
    await sink.logged(({ message, next }) => message === "batch stored" && next === 3);
    const rows = await world.rows<{ id: number; text?: string }>();
    rows.sort((a, b) => a.id - b.id);
    expect(rows.map(({ id, text }) => [id, text?.length])).toEqual([
      [0, undefined],
      [1, 50_000_000],
      [2, undefined],
    ]);
  });

  it("may be Avro by a registry; what is not goes to the dead letters", async () => {
    registry = await startRegistry();
    const id = registry.add(PRICE);
    const json = registry.add({ type: "object" }, "JSON");
    const type = avro.Type.forSchema(PRICE as never);
    const topic = await world.topic("avro");
    const values = [
      framed(id, type.toBuffer({ id: 1, symbol: "BTC" })),
      framed(id, type.toBuffer({ id: 2, symbol: "ETH" }), 7),
      framed(99, type.toBuffer({ id: 3, symbol: "ETH" })),
      framed(json, type.toBuffer({ id: 4, symbol: "ETH" })),
      framed(id, Buffer.from([1])),
      Buffer.from([0]),
    ];
    await world.produce(values.map((value) => ({ topic, value })));
    await world.produce([{ topic, key: Buffer.from("gone") }]);
    world.start({ kafka: { topics: [topic] }, input: { format: "avro_registry" }, registry: { url: registry.url } });
    await vi.waitFor(async () => expect(await world.deadLetters()).toHaveLength(6), WAIT);
    expect(await world.rows()).toEqual([{ id: 1, symbol: "BTC" }]);
    expect((await world.deadLetters()).map(({ offset, detail }) => [offset, detail])).toEqual([
      [1, "unknown magic byte 7"],
      [2, "not of its schema: the schema registry knows no schema 99"],
      [3, `not of its schema: schema ${json} is of type JSON`],
      [4, expect.stringMatching(/^not of its schema: /)],
      [5, "the message is shorter than the registry's header"],
      [6, "the message has no value"],
    ]);
  });

  it("waits for a registry that is down", async () => {
    registry = await startRegistry();
    registry.down = true;
    const id = registry.add({ type: "object", required: ["id"] }, "JSON");
    const topic = await world.topic("json");
    await world.produce(['{"id":1}', "{}"].map((text) => ({ topic, value: framed(id, Buffer.from(text)) })));
    const sink = world.start({
      kafka: { topics: [topic] },
      input: { format: "json_schema_registry" },
      registry: { url: registry.url },
    });
    await sink.logged(({ error }) => String(error).includes("the schema registry answered 500"));
    expect(await world.keys()).toEqual([expect.stringContaining("_begin.json")]);
    registry.down = false;
    await vi.waitFor(async () => expect(await world.deadLetters()).toHaveLength(1), WAIT);
    expect(await world.rows()).toEqual([{ id: 1 }]);
  });
});
