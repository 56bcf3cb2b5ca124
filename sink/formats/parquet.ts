import { gzipSync } from "node:zlib";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { type Column, cellOf } from "./columns.ts";
import { type Compressing, snappy, zstdSync } from "./compress.ts";

const TYPES = {
  string: "STRING",
  json: "STRING",
  int: "INT64",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
} as const;

const CODECS = { none: "UNCOMPRESSED", gzip: "GZIP", snappy: "SNAPPY", zstd: "ZSTD" } as const;

/** Rows as one Parquet file. Every column may be null, so that files of an older and a newer schema read together. */
export async function parquetOf(
  rows: readonly { [name: string]: unknown }[],
  columns: readonly Column[],
  { compression, gzip_level: level }: Compressing,
): Promise<Buffer> {
  const writer = new ByteWriter();
  const zstd = compression === "zstd" ? await zstdSync() : undefined;
  await parquetWrite({
    writer,
    columnData: columns.map((column) => ({
      name: column.name,
      data: rows.map((row) => cellOf(row[column.name], column)),
      type: TYPES[column.type],
      nullable: true,
    })),
    codec: CODECS[compression],
    compressors: { SNAPPY: snappy, GZIP: (data) => gzipSync(data, { level }), ...(zstd && { ZSTD: zstd }) },
    createdBy: "tsdbt-sink",
  });
  const { buffer, byteOffset, length } = writer.getBytes();
  return Buffer.from(buffer, byteOffset, length);
}
