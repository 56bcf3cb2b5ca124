import { promisify } from "node:util";
import zlib from "node:zlib";
import { compressionsAlgorithms } from "@platformatic/kafka";

type Compression = "none" | "gzip" | "snappy" | "zstd";

/** What names end with. */
export const SUFFIX: { [name in Compression]: string } = { none: "", gzip: ".gz", snappy: ".snappy", zstd: ".zst" };

const gzip = promisify(zlib.gzip);
const BLOCK = 256 * 1024;
/** How an object's bytes are compressed, as its layout says. */
export interface Compressing {
  compression: Compression;
  /** 1 to 9, for gzip and Avro's deflate. */
  gzip_level: number;
}

/** Newer Nodes have zstd; for Node 20 there is a library. */
const own = zlib as typeof zlib & {
  zstdCompressSync?: (data: Uint8Array) => Buffer;
  zstdCompress?: (data: Uint8Array, done: (error: Error | null, result: Buffer) => void) => void;
};

/** Compresses a whole object, off the main thread where Node can. */
export async function compress(data: Buffer, { compression: how, gzip_level: level }: Compressing): Promise<Buffer> {
  if (how === "none") return data;
  // Each chunk is a round trip to the main thread.
  if (how === "gzip") return gzip(data, { level, chunkSize: Math.max(BLOCK, data.length >> 2) });
  if (how === "snappy") return hadoopSnappy(data);
  return own.zstdCompress ? promisify(own.zstdCompress)(data) : Buffer.from((await wasmZstd())(data));
}

/** Snappy as Hadoop, Athena and ClickHouse read it: blocks with both sizes before each. */
function hadoopSnappy(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += BLOCK) {
    const block = data.subarray(at, at + BLOCK);
    const packed = snappy(block);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(block.length, 0);
    head.writeUInt32BE(packed.length, 4);
    parts.push(head, packed);
  }
  return Buffer.concat(parts);
}

/** One raw block of snappy. */
export function snappy(data: Uint8Array): Buffer {
  return compressionsAlgorithms.snappy.compressSync(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}

/** zstd for those who cannot wait for it. */
export async function zstdSync(): Promise<Pack> {
  return own.zstdCompressSync ?? (await wasmZstd());
}

type Pack = (data: Uint8Array) => Uint8Array;

let library: Promise<Pack> | undefined;

/** Begun once: each beginning takes memory of its own, which is given back late. */
function wasmZstd(): Promise<Pack> {
  library ??= loadZstd();
  return library;
}

async function loadZstd(): Promise<Pack> {
  // In a bundle and in Node this CommonJS module's names stand under `default`, for programs that translate it beside.
  const loaded = await import("@bokuweb/zstd-wasm");
  const zstd = loaded.default ?? loaded;
  await zstd.init();
  return (data) => zstd.compress(data, 3);
}
