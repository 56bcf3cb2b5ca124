import { crc32, deflateRawSync } from "node:zlib";
import avro from "avsc";
import { exactLong } from "./avro-reader.ts";
import { type Column, cellOf } from "./columns.ts";
import { type Compressing, snappy, zstdSync } from "./compress.ts";

const TYPES = {
  string: "string",
  json: "string",
  int: "long",
  double: "double",
  boolean: "boolean",
  timestamp: { type: "long", logicalType: "timestamp-millis" },
} as const;

/** The names of the container format; its gzip is deflate. */
const CODECS = { none: "null", gzip: "deflate", snappy: "snappy", zstd: "zstandard" } as const;
const MAGIC = Buffer.from("Obj\x01", "latin1");
const SYNC = Buffer.from("tsdbt-sink-block");

/** Rows as one Avro container file, a block for all. Every field may be null. */
export async function avroOf(
  rows: readonly { [name: string]: unknown }[],
  columns: readonly Column[],
  how: Compressing,
): Promise<Buffer> {
  const fields = columns.map(({ name, type }) => ({ name, type: ["null", TYPES[type]], default: null }));
  const schema = { type: "record", name: "row", namespace: "tsdbt.sink", fields } as avro.Schema;
  const type = typeOf(schema);
  const encoded = rows.map((row) =>
    type.toBuffer(Object.fromEntries(columns.map((column) => [column.name, plain(cellOf(row[column.name], column))]))),
  );
  const block = await packed(Buffer.concat(encoded), how);
  const meta = new Map([
    ["avro.schema", Buffer.from(JSON.stringify(schema))],
    ["avro.codec", Buffer.from(CODECS[how.compression])],
  ]);
  const header: Buffer[] = [MAGIC, varint(meta.size)];
  for (const [name, value] of meta) header.push(varint(name.length), Buffer.from(name), varint(value.length), value);
  return Buffer.concat([...header, varint(0), SYNC, varint(rows.length), varint(block.length), block, SYNC]);
}

let latest: { text: string; type: avro.Type } | undefined;

/** The library writes code for each type it makes; batches mostly have the columns of the one before. */
function typeOf(schema: avro.Schema): avro.Type {
  const text = JSON.stringify(schema);
  if (latest?.text !== text) {
    const typeHook = (given: unknown) => (given === "long" ? exactLong : undefined);
    latest = { text, type: avro.Type.forSchema(schema, { wrapUnions: false, typeHook } as never) };
  }
  return latest.type;
}

function plain(value: ReturnType<typeof cellOf>): string | number | boolean | bigint | null {
  return value instanceof Date ? value.getTime() : value;
}

async function packed(data: Buffer, { compression, gzip_level: level }: Compressing): Promise<Buffer> {
  if (compression === "none") return data;
  if (compression === "gzip") return deflateRawSync(data, { level });
  if (compression === "zstd") return Buffer.from((await zstdSync())(data));
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(data));
  return Buffer.concat([snappy(data), check]);
}

/** Avro's long: zigzag, seven bits a byte. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value) << 1n;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
