import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type Chunk, writeFileAtomic } from "../atomic.ts";

/** The parts of a cache file: three of JSON, then the entries' texts one after the other. */
export interface CacheParts {
  head: string;
  rows: string;
  edges: string;
  body: Chunk[];
}

const MAGIC = Buffer.from("tsdbt parse cache 1\n");
const LENGTHS = 4;
const PREFIX = MAGIC.length + 4 + LENGTHS * 4;

/** The file: a name, a checksum of all that follows it, four lengths, the parts. Nothing of it depends on the folder. */
export function writeCacheFile(path: string, parts: CacheParts): void {
  const texts = [parts.head, parts.rows, parts.edges].map((text) => Buffer.from(text));
  const body = parts.body.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk));
  const lengths = Buffer.alloc(LENGTHS * 4);
  texts.forEach((text, index) => {
    lengths.writeUInt32LE(text.length, index * 4);
  });
  lengths.writeUInt32LE(
    body.reduce((sum, chunk) => sum + chunk.length, 0),
    12,
  );
  let sum = crc32(lengths);
  for (const chunk of [...texts, ...body]) sum = crc32(chunk, sum);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(sum);
  writeFileAtomic(path, [MAGIC, checksum, lengths, ...texts, ...body]);
}

/** A cache file's parts as bytes. `undefined` for one that is missing, cut off, damaged or none of ours. */
export function readCacheFile(
  path: string,
): { head: Uint8Array; rows: Uint8Array; edges: Uint8Array; body: Buffer } | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  if (bytes.length < PREFIX || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const lengths = Array.from({ length: LENGTHS }, (_, i) => bytes.readUInt32LE(MAGIC.length + 4 + i * 4));
  if (bytes.length !== PREFIX + lengths.reduce((a, b) => a + b, 0)) return undefined;
  if (crc32(bytes.subarray(MAGIC.length + 4)) !== bytes.readUInt32LE(MAGIC.length)) return undefined;
  let at = PREFIX;
  const [head, rows, edges, body] = lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
  return { head: head!, rows: rows!, edges: edges!, body: body! };
}
