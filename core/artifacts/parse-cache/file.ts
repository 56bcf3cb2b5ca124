import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { writeFileAtomic } from "../atomic.ts";

/** The parts of the index file. */
export interface IndexParts {
  /** JSON: what the whole is about. */
  head: Uint8Array;
  /** JSON: the keys of each section. */
  keys: Uint8Array;
  /** Numbers: where each entry lies. */
  places: Uint8Array;
  /** JSON in chunks: what selection asks most about resources. */
  rows: Uint8Array;
  /** Numbers: who depends on whom. */
  parents: Uint8Array;
  children: Uint8Array;
  /** What entries hold beside what the artifact shows, one after the other. */
  rests: Uint8Array;
  /** JSON: what has changed since the texts were written. */
  changes: Uint8Array;
  /** The files that were parsed, their stamps and digests. */
  fileNames: Uint8Array;
  fileNumbers: Uint8Array;
  fileDigests: Uint8Array;
}

const ORDER = [
  "head",
  "keys",
  "places",
  "rows",
  "parents",
  "children",
  "rests",
  "changes",
  "fileNames",
  "fileNumbers",
  "fileDigests",
] as const satisfies (keyof IndexParts)[];
const MAGIC = Buffer.from("tsdbt parse cache 4\n");
const PREFIX = MAGIC.length + 4 + ORDER.length * 4;

/** The file: a name, a checksum of all that follows it, the lengths, the parts. Nothing of it depends on the folder. */
export function writeIndexFile(path: string, parts: IndexParts): void {
  const lengths = Buffer.alloc(ORDER.length * 4);
  ORDER.forEach((name, index) => {
    lengths.writeUInt32LE(parts[name].length, index * 4);
  });
  const checksum = Buffer.alloc(4);
  const all = ORDER.map((name) => parts[name]);
  checksum.writeUInt32LE(all.reduce((sum, part) => crc32(part, sum), crc32(lengths)));
  writeFileAtomic(path, [MAGIC, checksum, lengths, ...all]);
}

/** An index file's parts as bytes. `undefined` for one that is missing, cut off, damaged or none of ours. */
export function readIndexFile(path: string): IndexParts | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  if (bytes.length < PREFIX || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const lengths = ORDER.map((_, i) => bytes.readUInt32LE(MAGIC.length + 4 + i * 4));
  if (bytes.length !== PREFIX + lengths.reduce((a, b) => a + b, 0)) return undefined;
  if (crc32(bytes.subarray(MAGIC.length + 4)) !== bytes.readUInt32LE(MAGIC.length)) return undefined;
  let at = PREFIX;
  const parts = ORDER.map((name, i) => {
    at += lengths[i]!;
    return [name, bytes.subarray(at - lengths[i]!, at)];
  });
  return Object.fromEntries(parts) as IndexParts;
}
