import zlib from "node:zlib";
import { compressionsAlgorithms } from "@platformatic/kafka";
import { decompress as unzstd } from "fzstd";

interface Codec {
  decompressSync(data: Buffer): Buffer;
  available: boolean;
}

/** What the Java client puts before snappy's blocks: this, two version numbers, then blocks with their size before each. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEAD = 16;

/** Lets the Kafka client read all that producers compress: zstd on a Node that has none, and the Java client's snappy. */
export function readEveryBatch(): void {
  const { snappy, zstd } = compressionsAlgorithms as unknown as { snappy: Codec; zstd: Codec };
  const raw = snappy.decompressSync;
  if (raw.name !== "unsnappy") {
    snappy.decompressSync = function unsnappy(data) {
      return data.subarray(0, XERIAL.length).equals(XERIAL)
        ? Buffer.concat([...xerialBlocks(data)].map(raw))
        : raw(data);
    };
  }
  if (zstd.available && "zstdDecompressSync" in zlib) return;
  zstd.decompressSync = (data) => Buffer.from(unzstd(data));
  zstd.available = true;
}

function* xerialBlocks(data: Buffer): Generator<Buffer> {
  for (let at = XERIAL_HEAD; at < data.length; ) {
    const size = data.readUInt32BE(at);
    yield data.subarray(at + 4, at + 4 + size);
    at += 4 + size;
  }
}
