import { gunzipSync } from "node:zlib";
import avro from "avsc";
import { decompress as unzstd } from "fzstd";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { configSchema } from "../../../sink/config/index.ts";
import { columnsOf, timeOf } from "../../../sink/formats/columns.ts";
import { compress, zstdSync } from "../../../sink/formats/compress.ts";
import { jsonOf } from "../../../sink/formats/text.ts";
import { layoutOf, prepare, render } from "../../../sink/layout/index.ts";
import type { Message } from "../../../sink/message.ts";

const FROM = { topic: "prices", topicId: "id-1", partition: 2 };
const TIME = Date.UTC(2026, 2, 28, 23, 30, 5);

function message(offset: number, value: string | Buffer | undefined, more: Partial<Message> = {}): Message {
  return {
    offset,
    bytes: 10,
    timestamp: TIME,
    key: Buffer.from(`k${offset}`),
    value: typeof value === "string" ? Buffer.from(value) : value,
    headers: [],
    ...more,
  };
}

const LEAST = {
  kafka: { brokers: ["localhost:9092"], group: "g", topics: ["prices"] },
  s3: { bucket: "b" },
  registry: { url: "http://localhost" },
};

/** What messages become under some options: objects' texts, or bytes for binary formats, by name. */
async function objectsOf(options: object, messages: Message[]): Promise<Map<string, Buffer>> {
  const config = configSchema.parse({ ...LEAST, ...options });
  const layout = layoutOf(config, "prices");
  const prepared = await prepare(layout, FROM, messages);
  const claim = { first: messages[0]!.offset, next: messages.at(-1)!.offset + 1, time: TIME, layout };
  return new Map((await render(layout, FROM, claim, prepared)).map(({ key, body }) => [key, body]));
}

const texts = (objects: Map<string, Buffer>) =>
  Object.fromEntries([...objects].map(([key, body]) => [key, body.toString()]));
const only = (objects: Map<string, Buffer>) => {
  expect(objects.size).toBe(1);
  return [...objects.values()][0]!;
};

describe("objects", () => {
  it("are JSON Lines with the messages' own bytes by default", async () => {
    const big = '{"id":12345678901234567890,"x":1.10}';
    expect(texts(await objectsOf({}, [message(7, big), message(9, '{\n "id": 2\r\n}')]))).toEqual({
      "prices/year=2026/month=03/day=28/prices+2+0000000007.jsonl": `${big}\n{  "id": 2 }\n`,
    });
  });

  it("are one array where the original pipeline wrote one", async () => {
    const output = { format: "json", path: "crypto_data/%Y/%m/%d/crypto_data_%H-%M-%S_{partition}_{offset}{ext}" };
    expect(texts(await objectsOf({ output }, [message(7, '{"id":1}'), message(8, '{"id":2}')]))).toEqual({
      "crypto_data/2026/03/28/crypto_data_23-30-05_2_0000000007.json": '[{"id":1},\n{"id":2}]\n',
    });
  });

  it("stand under the time of a field, in a time zone", async () => {
    const output = { time: "field:at.when", timezone: "Europe/Berlin", path: "%Y-%m-%d-%H/{partition}-{offset}" };
    const at = (when: unknown) => JSON.stringify({ at: { when } });
    const objects = await objectsOf({ output }, [
      message(1, at("2026-03-28T23:30:00Z")),
      message(2, at(Date.UTC(2026, 2, 29, 1, 30) / 1000)),
      message(3, at("soon")),
    ]);
    expect([...objects.keys()]).toEqual([
      "2026-03-29-00/2-0000000001",
      "2026-03-29-03/2-0000000001",
      "_dead_letters/prices/2/0000000001-id-1.jsonl",
    ]);
  });

  it("get a field that tells where each message came from", async () => {
    const output = { kafka_field: "_kafka" };
    const body = only(await objectsOf({ output }, [message(7, '{"id":1}'), message(8, "{ }")])).toString();
    const lines = body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { id: 1, _kafka: { topic: "prices", partition: 2, offset: 7, key: "k7" } },
      { _kafka: { offset: 8 } },
    ]);
  });

  it("are compressed", async () => {
    const text = Buffer.from("tsdbt ".repeat(100_000));
    const by = (compression: "gzip" | "zstd" | "snappy", gzip_level = 2) => compress(text, { compression, gzip_level });
    expect(gunzipSync(await by("gzip")).equals(text)).toBe(true);
    expect((await by("gzip", 9)).length).toBeLessThan((await by("gzip", 1)).length);
    expect(Buffer.from(unzstd(await by("zstd"))).equals(text)).toBe(true);
    // A library that is begun anew takes new memory each time.
    expect(await zstdSync()).toBe(await zstdSync());
    const snappy = await by("snappy");
    expect(snappy.readUInt32BE(0)).toBe(256 * 1024);
    expect(snappy.length).toBeLessThan(text.length / 5);
  });

  it.each(["none", "gzip", "snappy", "zstd"] as const)("are Parquet, %s", async (compression) => {
    const output = {
      format: "parquet",
      compression,
      columns: { id: "int", name: "string", price: "double", at: "timestamp", ok: "boolean", more: "json" },
    };
    const body = only(
      await objectsOf({ output }, [
        message(1, '{"id":1,"name":"a","price":1.5,"at":"2026-03-28T23:30:00Z","ok":true,"more":{"x":[1]}}'),
        message(2, '{"id":2}'),
      ]),
    );
    const compressors = {
      ZSTD: (data: Uint8Array) => unzstd(data),
      GZIP: (data: Uint8Array) => gunzipSync(data),
    };
    const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file, compressors })).toEqual(
      [
        { id: 1n, name: "a", price: 1.5, at: new Date("2026-03-28T23:30:00Z"), ok: true, more: '{"x":[1]}' },
        { id: 2n, name: undefined, price: undefined, at: undefined, ok: undefined, more: undefined },
      ].map((row) => expect.objectContaining(Object.fromEntries(Object.entries(row).map(([k, v]) => [k, v ?? null])))),
    );
  });

  it.each(["none", "gzip", "snappy"] as const)("are Avro, %s", async (compression) => {
    const output = { format: "avro", compression, columns: { id: "int", name: "string" } };
    const body = only(await objectsOf({ output }, [message(1, '{"id":1,"name":"a"}'), message(2, '{"id":2}')]));
    const rows: unknown[] = [];
    const { snappyUncompress } = await import("hyparquet");
    const codecs = {
      snappy: (data: Buffer, done: (error: Error | null, result?: Buffer) => void) => {
        const out = new Uint8Array(data.readUInt8(0) & 127);
        snappyUncompress(data.subarray(0, -4), out);
        done(null, Buffer.from(out));
      },
      deflate: avro.streams.BlockDecoder.defaultCodecs().deflate,
      null: avro.streams.BlockDecoder.defaultCodecs().null,
    };
    const decoder = new avro.streams.BlockDecoder({ codecs } as never);
    decoder.on("data", (row) => rows.push({ ...row }));
    await new Promise((resolve) => {
      decoder.on("end", resolve);
      decoder.end(body);
    });
    expect(rows).toEqual([
      { id: 1, name: "a" },
      { id: 2, name: null },
    ]);
  });
});

describe("dead letters", () => {
  it("keep the message's bytes and say why", async () => {
    const bad = [message(3, "{nope"), message(4, Buffer.from([0xff, 0xfe])), message(5, undefined)];
    const objects = await objectsOf({}, bad);
    const lines = only(objects)
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ offset, reason }) => [offset, reason])).toEqual([
      [3, "json"],
      [4, "json"],
      [5, "null"],
    ]);
    expect(Buffer.from(lines[0].value, "base64").toString()).toBe("{nope");
    expect(lines[2].value).toBeNull();
  });

  it("are what does not fit the schema", async () => {
    const validation = { json_schema: { type: "object", required: ["id"], properties: { id: { type: "integer" } } } };
    const objects = texts(await objectsOf({ validation }, [message(1, '{"id":1}'), message(2, '{"id":"x"}')]));
    expect(objects["_dead_letters/prices/2/0000000001-id-1.jsonl"]).toContain("message/id must be integer");
    expect(Object.values(objects)[0]).toBe('{"id":1}\n');
  });

  it("are what does not fit the Avro schema", async () => {
    const fields = [
      { name: "id", type: "long" },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
      { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
      { name: "note", type: ["null", "string"], default: null },
    ];
    const validation = { avro_schema: { type: "record", name: "price", fields } };
    const good = ['{"id":1,"at":5,"price":"-1.25"}', '{"id":2,"at":"2026-01-02T03:04:05Z","price":7,"note":"n"}'];
    const bad = ['{"id":"x","at":5,"price":1}', '{"id":1,"at":5,"price":1.234}', '{"at":5,"price":1}', "[]"];
    const objects = texts(
      await objectsOf(
        { validation },
        [...good, ...bad].map((text, id) => message(id, text)),
      ),
    );
    expect(Object.values(objects)[0]).toBe(`${good.join("\n")}\n`);
    const details = objects["_dead_letters/prices/2/0000000000-id-1.jsonl"]!.trim().split("\n");
    expect(details.map((line) => JSON.parse(line).detail)).toEqual([
      'message/id is no long: "x"',
      "message/price is no decimal: 1.234",
      "message/id is no long: null",
      "message/id is no long: null",
    ]);
  });

  it("are what code refuses; the claim keeps its verdicts, whatever it would say later", async () => {
    const layout = layoutOf(configSchema.parse(LEAST), "prices");
    const messages = [message(1, '{"id":1}'), message(2, '{"id":-1}'), message(3, "{")];
    const schema = z.object({ id: z.number().positive() });
    const first = await prepare(layout, FROM, messages, { schema });
    expect(first.refused).toEqual([
      { offset: 2, reason: "schema", detail: expect.stringMatching(/^message\/id: .*>0$/) },
    ]);
    const claimed = { ...layout, refused: first.refused };
    for (const changed of [undefined, z.never(), z.any()]) {
      const again = await prepare(claimed, FROM, messages, { schema: changed });
      expect(again.good.map(({ line }) => JSON.parse(String(line)).id)).toEqual([1]);
      expect(again.dead).toEqual(first.dead);
    }
  });

  it("are what code fails on", async () => {
    const layout = layoutOf(configSchema.parse(LEAST), "prices");
    const schema = z.any().refine((value: { id: { x: number } }) => value.id.x > 0);
    const { dead } = await prepare(layout, FROM, [message(1, "{}")], { schema });
    expect(dead[0]!.detail).toMatch(/^the schema's code failed: /);
  });

  it("are what does not fit the columns", async () => {
    const output = { format: "parquet", columns: { id: "int" } };
    const objects = texts(
      await objectsOf({ output }, [message(1, '{"id":1}'), message(2, '{"id":1.5}'), message(3, "[1]")]),
    );
    const dead = objects["_dead_letters/prices/2/0000000001-id-1.jsonl"]!;
    expect(dead).toContain("id is no int: 1.5");
    expect(dead).toContain("no object");
  });

  it("are not made of tombstones that are to be skipped", async () => {
    expect((await objectsOf({ input: { nulls: "skip" } }, [message(1, undefined)])).size).toBe(0);
  });
});

describe("what is read", () => {
  const lines = async (input: object, ...values: (string | Buffer)[]) =>
    only(
      await objectsOf(
        { input },
        values.map((value, index) => message(index, value)),
      ),
    )
      .toString()
      .trim()
      .split("\n");

  it("may be Debezium's change events", async () => {
    const event = { schema: {}, payload: { op: "u", before: { id: 1 }, after: { id: 1, n: 2 }, ts_ms: 5 } };
    const gone = { op: "d", before: { id: 1 }, after: null };
    expect(await lines({ debezium: "unwrap" }, JSON.stringify(event), JSON.stringify(gone))).toEqual([
      '{"id":1,"n":2,"__op":"u","__deleted":false,"__ts_ms":5}',
      '{"id":1,"__op":"d","__deleted":true,"__ts_ms":null}',
    ]);
    expect(JSON.parse((await lines({ debezium: "keep" }, JSON.stringify(event)))[0]!)).toEqual(event.payload);
  });

  it("may be bytes", async () => {
    expect(await lines({ format: "raw" }, "hello", Buffer.from([255]))).toEqual([
      '{"value":"hello"}',
      '{"value_base64":"/w=="}',
    ]);
  });

  it("may be Avro, with 64-bit integers, times and decimals told exactly", async () => {
    const schema = {
      type: "record",
      name: "price",
      fields: [
        { name: "id", type: "long" },
        { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
        { name: "day", type: { type: "int", logicalType: "date" } },
        { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 20, scale: 2 } },
        { name: "note", type: ["null", "string"] },
      ],
    };
    const writer = avro.Type.forSchema({
      ...schema,
      fields: schema.fields.map((field) =>
        typeof field.type === "object" && !Array.isArray(field.type) ? { ...field, type: field.type.type } : field,
      ),
    } as never);
    const value = writer.toBuffer({ id: 5, at: TIME, day: 20_000, price: Buffer.from([0xff, 0x85]), note: null });
    const huge = Buffer.concat([Buffer.from("feffffffffffffffff01", "hex"), value.subarray(1)]);
    const read = await lines({ format: "avro", schema }, value, huge);
    expect(JSON.parse(read[0]!)).toEqual({
      id: 5,
      at: "2026-03-28T23:30:05.000Z",
      day: "2024-10-04",
      price: "-1.23",
      note: null,
    });
    expect(read[1]).toContain('"id":9223372036854775807,');
  });
});

describe("columns", () => {
  it("have types that do not hang on the values at hand", () => {
    expect(
      columnsOf([
        { a: 1, b: "x", c: null },
        { a: 1.5, b: 2, d: true, e: {} },
      ]),
    ).toEqual([
      { name: "a", type: "double" },
      { name: "b", type: "json" },
      { name: "c", type: "string" },
      { name: "d", type: "boolean" },
      { name: "e", type: "json" },
    ]);
  });

  it.each([
    [1_700_000_000, 1_700_000_000_000],
    [1_700_000_000_123, 1_700_000_000_123],
    [1_700_000_000_123_456, 1_700_000_000_123],
    ["1700000000", 1_700_000_000_000],
    ["2023-11-14T22:13:20Z", 1_700_000_000_000],
    ["2023-11-14 22:13:20", 1_700_000_000_000],
    ["soon", undefined],
    [null, undefined],
  ])("read the time %s", (given, expected) => expect(timeOf(given)).toBe(expected));
});

describe("JSON text", () => {
  it("holds what JSON.stringify cannot", () => {
    expect(jsonOf({ a: 2n ** 63n, b: Buffer.from("x"), c: [undefined, null], d: undefined, e: 'q"' })).toBe(
      '{"a":9223372036854775808,"b":"eA==","c":[null,null],"e":"q\\""}',
    );
  });
});
