import { writeFileSync } from "node:fs";
import { join } from "node:path";
import avro from "avsc";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { startFaultyProxy } from "../services/faulty-proxy.ts";
import { kafkaTool } from "../services/kafka.ts";
import { framed, startRegistry, type TestRegistry } from "./registry.ts";
import { WAIT, World } from "./world.ts";

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
      [2, "the schema registry knows no schema 99"],
      [3, `schema ${json} is of type JSON`],
      [4, expect.stringMatching(/^not of its schema: /)],
      [5, "the message is shorter than the registry's header"],
      [6, "the message has no value"],
    ]);
  });

  it("may have schemas that refer to others, in Avro and in JSON Schema", async () => {
    registry = await startRegistry();
    const refer = (name: string, id: number) => ({ name, subject: String(id), version: 1 });
    const unit = { type: "enum", name: "market.unit", symbols: ["USD", "EUR"] };
    const money = { type: "record", name: "market.money", fields: [{ name: "unit", type: "market.unit" }] };
    const trade = {
      type: "record",
      name: "trade",
      fields: [
        { name: "paid", type: "market.money" },
        { name: "of", type: "market.unit" },
      ],
    };
    const unitId = registry.add(unit);
    const moneyId = registry.add(money, "AVRO", [refer("market.unit", unitId)]);
    const references = [refer("market.money", moneyId), refer("market.unit", unitId)];
    const tradeId = registry.add(trade, "AVRO", references);
    const type = avro.Type.forSchema({
      ...trade,
      fields: [{ name: "paid", type: { ...money, fields: [{ name: "unit", type: unit }] } }, trade.fields[1]],
    } as never);
    const priceId = registry.add(
      { $schema: "http://json-schema.org/draft-07/schema#", type: "number", minimum: 0 },
      "JSON",
    );
    const pricedId = registry.add(
      { $id: "https://schemas.test/priced.json", type: "object", properties: { price: { $ref: "price.json" } } },
      "JSON",
      [refer("price.json", priceId)],
    );
    const lostId = registry.add({ type: "object" }, "JSON", [refer("gone.json", 77)]);
    const [trades, priced] = [await world.topic("trades"), await world.topic("priced")];
    await world.produce([
      { topic: trades, value: framed(tradeId, type.toBuffer({ paid: { unit: "EUR" }, of: "USD" })) },
      ...['{"price":1}', '{"price":-1}'].map((text) => ({ topic: priced, value: framed(pricedId, Buffer.from(text)) })),
      { topic: priced, value: framed(lostId, Buffer.from("{}")) },
    ]);
    world.start({
      kafka: { topics: [trades, priced] },
      input: { format: "avro_registry" },
      overrides: { [priced]: { input: { format: "json_schema_registry" } } },
      registry: { url: registry.url },
    });
    await vi.waitFor(async () => expect(await world.deadLetters()).toHaveLength(2), WAIT);
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(2), WAIT);
    expect(await world.rows()).toEqual(expect.arrayContaining([{ paid: { unit: "EUR" }, of: "USD" }, { price: 1 }]));
    expect((await world.deadLetters()).map(({ detail }) => detail)).toEqual([
      "message/price must be >= 0",
      `schema ${lostId} refers to version 1 of 77, which the schema registry does not know`,
    ]);
  });

  it("is checked by a zod schema in a module; a crash between claim and objects changes no verdict", async () => {
    const topic = await world.topic("checked");
    await world.send(topic, [{ price: 1 }, { price: -1 }, { price: 2 }]);
    const module = (test: string) => {
      const file = join(world.folder, "price.mjs");
      const check = `(row) => (${test} ? { success: true } : { success: false, error: { issues: [{ path: ["price"], message: "is odd" }] } })`;
      writeFileSync(file, `export const price = { safeParse: ${check} };\n`);
      return `${file}#price`;
    };
    const proxy = await startFaultyProxy(world.access.endpoint);
    proxy.choose = (method, path) => (method === "PUT" && !path.includes("/_claims/") ? "503" : "none");
    const overlay = { kafka: { topics: [topic] }, s3: { endpoint: proxy.endpoint } };
    const first = world.start({ ...overlay, validation: { zod: module("row.price > 0") } });
    await first.logged(({ message }) => message === "cannot store yet, trying again");
    await first.end("SIGKILL");
    proxy.choose = () => "none";
    const second = world.start({ ...overlay, validation: { zod: module("row.price === -1") } });
    await second.logged(({ message }) => message === "batch stored");
    await second.end();
    await proxy.stop();
    expect(await world.rows()).toEqual([{ price: 1 }, { price: 2 }]);
    expect((await world.deadLetters()).map(({ offset, detail }) => [offset, detail])).toEqual([
      [1, "message/price: is odd"],
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
