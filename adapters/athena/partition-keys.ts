import { TsdbtError } from "../../core/errors.ts";
import { typeError } from "../../core/jinja/errors.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { typeName } from "../../core/jinja/runtime/types.ts";
import { PyBytes } from "../../core/python/bytes.ts";
import { PyDate } from "../../core/python/datetime/date.ts";
import { PyDateTime } from "../../core/python/datetime/datetime.ts";
import { isInt } from "../../core/python/support.ts";
import { murmur3 } from "./murmur3.ts";

/** What a partition key of Iceberg is in a query: `day(at)` is `date_trunc('day', at)`, `bucket(id, 5)` is `id`. */
export function partitionKeyInQuery(key: string): string {
  const lower = key.toLowerCase();
  const hidden = /^(hour|day|month|year)\((.+)\)/.exec(lower);
  if (hidden) return `date_trunc('${hidden[1]}', ${hidden[2]})`;
  return /bucket\((.+),/.exec(lower)?.[1] ?? lower;
}

/** A value as a literal, and how it is compared. */
export function partitionValue(value: unknown, columnType: string): [literal: string, comparison: string] {
  if (value === null) return ["null", " is "];
  const text = pyStr(value);
  switch (columnType) {
    case "integer":
      return [text, "="];
    case "string":
      return [`'${text.replaceAll("'", "''")}'`, "="];
    case "date":
      return [`DATE'${text}'`, "="];
    case "timestamp":
      return [`TIMESTAMP'${text}'`, "="];
  }
  throw new TsdbtError("TD5464", "Runtime Error", `Unsupported column type: ${columnType}`, {
    hint: "Batches by partition work with keys that are integers, texts, dates and timestamps.",
  });
}

/** The bucket that Iceberg puts a value in. */
export function bucketOf(value: unknown, buckets: number): number {
  return (murmur3(bytesOf(value)) & 0x7fffffff) % buckets;
}

function bytesOf(value: unknown): Uint8Array {
  if (isInt(value)) return little(BigInt(value));
  if (value instanceof PyDateTime) return little(BigInt(Math.floor(value.timestamp())));
  if (value instanceof PyDate) {
    return little(BigInt(Math.floor(new PyDateTime(value.year, value.month, value.day).timestamp())));
  }
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (value instanceof PyBytes) return value.bytes;
  throw typeError(`Need to add support data type for hashing: ${typeName(value)}`);
}

function little(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}
