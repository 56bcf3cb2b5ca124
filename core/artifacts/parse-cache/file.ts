import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { writeFileAtomic } from "../atomic.ts";

/** The parts of a cache file: three of JSON, then the texts of the entries one after the other. */
export interface CacheParts {
  head: Uint8Array;
  rows: Uint8Array;
  edges: Uint8Array;
  body: Buffer;
}

const MAGIC = Buffer.from("tsdbt parse cache 1\n");
const LENGTHS = 4;
const PREFIX = MAGIC.length + 4 + LENGTHS * 4;

/** The file: a name, a checksum of all that follows it, four lengths, the parts. Nothing of it depends on the folder. */
export function writeCacheFile(path: string, parts: CacheParts): void {
  const all = [parts.head, parts.rows, parts.edges, parts.body];
  const lengths = Buffer.alloc(LENGTHS * 4);
  all.forEach((part, index) => {
    lengths.writeUInt32LE(part.length, index * 4);
  });
  let sum = crc32(lengths);
  for (const part of all) sum = crc32(part, sum);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(sum);
  writeFileAtomic(path, [MAGIC, checksum, lengths, ...all]);
}

/** A cache file's parts as bytes. `undefined` for one that is missing, cut off, damaged or none of ours. */
export function readCacheFile(path: string): CacheParts | undefined {
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
