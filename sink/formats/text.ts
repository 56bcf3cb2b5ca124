import type { Message, TopicPartition } from "../message.ts";
import { BadMessage } from "./bad-message.ts";
import type { Row } from "./decode.ts";

/** A row as one line of JSON, without the line's end. A JSON message keeps its own bytes. */
export function lineOf(row: Row): Buffer {
  const { text } = row;
  if (!text) return Buffer.from(jsonOf(row.value));
  return text.includes(10) || text.includes(13) ? Buffer.from(text.toString().replace(/[\r\n]+/g, " ")) : text;
}

/** Adds a field to a line that is an object. */
export function withField(line: Buffer, name: string, value: unknown): Buffer {
  const end = line.lastIndexOf(125);
  if (line.length === 0 || !isObject(line))
    throw new BadMessage("json", `the message is no object, so ${name} cannot be added`);
  const comma = line.subarray(1, end).some((byte) => byte > 32) ? "," : "";
  const field = `${comma}${JSON.stringify(name)}:${jsonOf(value)}}`;
  return Buffer.concat([line.subarray(0, end), Buffer.from(field)]);
}

function isObject(line: Buffer): boolean {
  return line.find((byte) => byte > 32) === 123;
}

/** Where a message came from, as a field of its row. */
export function originOf({ topic, partition }: TopicPartition, message: Message): { [name: string]: unknown } {
  return {
    topic,
    partition,
    offset: message.offset,
    timestamp: message.timestamp,
    key: message.key?.toString() ?? null,
    headers: Object.fromEntries(
      message.headers.map(([name, value]) => [name?.toString() ?? "", value?.toString() ?? null]),
    ),
  };
}

/** JSON text of values that may hold 64-bit integers and bytes. */
export function jsonOf(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Buffer.isBuffer(value) || value instanceof Uint8Array)
    return JSON.stringify(Buffer.from(value).toString("base64"));
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonOf(item)}`).join(",")}}`;
}
