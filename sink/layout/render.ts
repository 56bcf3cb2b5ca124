import { setImmediate as breathe } from "node:timers/promises";
import { SinkError } from "../errors.ts";
import { avroOf } from "../formats/avro-writer.ts";
import { BadMessage, Refused } from "../formats/bad-message.ts";
import type { CodeSchema } from "../formats/code-schema.ts";
import { cellOf, columnsOf, timeOf } from "../formats/columns.ts";
import { compress, SUFFIX } from "../formats/compress.ts";
import { decoderOf, type Row } from "../formats/decode.ts";
import { parquetOf } from "../formats/parquet.ts";
import type { Registry } from "../formats/registry.ts";
import { lineOf, originOf, withField } from "../formats/text.ts";
import type { Message, TopicPartition } from "../message.ts";
import type { Claim } from "../protocol/index.ts";
import { borrow, giveBack } from "./buffers.ts";
import type { Layout, Refusal } from "./layout.ts";
import { compileTemplate, zoned } from "./path-template.ts";

/** A message that is a row: as its line in formats of text, as its value in others. */
interface Good {
  value: unknown;
  line: Buffer | undefined;
  /** Of the path, where it does not come from the claim. */
  time: number | undefined;
}

/** A message that cannot be one. */
export interface DeadLetter {
  message: Message;
  reason: string;
  detail: string;
}

/** Messages told apart: a function of them, the claim's layout, and the schemas of the registry, which never change. */
export interface Prepared {
  good: Good[];
  dead: DeadLetter[];
  /** Those of the dead whose verdict the claim has to keep. */
  refused: Refusal[];
}

/** An object to be stored. */
export interface Rendered {
  key: string;
  /** To be given back when it is stored. */
  body: Buffer;
  contentType: string;
  messages: number;
}

const SLICE_MS = 4;
/** Begins an `output.time` that is one of the message's own. */
const FIELD = "field:";

/** Decodes and checks messages, a slice at a time, so that nothing else has to wait long. */
export async function prepare(
  layout: Layout,
  from: TopicPartition,
  messages: readonly Message[],
  { registry, schema }: { registry?: Registry | undefined; schema?: CodeSchema | undefined } = {},
): Promise<Prepared> {
  const { input, output, validation, refused } = layout;
  const verdicts = refused && new Map(refused.map((verdict) => [verdict.offset, verdict]));
  const values = !isText(output) || output.time.startsWith(FIELD);
  const decoding = { input, validation, registry, schema: verdicts ? undefined : schema, values };
  const decode = await decoderOf(decoding, messages);
  const finish = finisher(layout, from);
  const prepared: Prepared = { good: [], dead: [], refused: [] };
  let since = performance.now();
  for (const message of messages) {
    try {
      const verdict = verdicts?.get(message.offset);
      if (verdict) throw new BadMessage(verdict.reason, verdict.detail);
      const row = decode(message);
      if (row) prepared.good.push(finish(message, row));
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error;
      const { reason, message: detail } = error;
      if (error instanceof Refused) {
        if (verdicts)
          throw new SinkError(`the batch was claimed when offset ${message.offset} was good, now: ${detail}`);
        prepared.refused.push({ offset: message.offset, reason, detail });
      }
      prepared.dead.push({ message, reason, detail });
    }
    if ((message.offset & 63) === 0 && performance.now() - since > SLICE_MS) {
      await breathe();
      since = performance.now();
    }
  }
  return prepared;
}

/** What a row gets besides its content, and the checks that its format needs. */
function finisher({ output }: Layout, from: TopicPartition): (message: Message, row: Row) => Good {
  const { kafka_field: name, time } = output;
  const columns = Object.entries(output.columns ?? {}).map(([column, type]) => ({ name: column, type }));
  const field = time.startsWith(FIELD) ? time.slice(FIELD.length).split(".") : undefined;
  const timeOfPath = (message: Message, value: unknown) =>
    field ? fieldTime(value, field) : time === "kafka" ? message.timestamp : undefined;
  if (isText(output))
    return (message, row) => ({
      value: undefined,
      line: name ? withField(lineOf(row), name, originOf(from, message)) : lineOf(row),
      time: timeOfPath(message, row.value),
    });
  return (message, row) => {
    const value = recordOf(row.value);
    for (const column of columns) cellOf(value[column.name], column);
    return {
      value: name ? { ...value, [name]: originOf(from, message) } : value,
      line: undefined,
      time: timeOfPath(message, row.value),
    };
  };
}

function recordOf(value: unknown): { [name: string]: unknown } {
  if (value && typeof value === "object" && !Array.isArray(value)) return value as { [name: string]: unknown };
  throw new BadMessage("row", "the message is no object, so it has no columns");
}

function fieldTime(value: unknown, path: readonly string[]): number {
  let found = value;
  for (const name of path) found = (found as { [name: string]: unknown } | null | undefined)?.[name];
  const time = timeOf(found);
  if (time === undefined || Number.isNaN(new Date(time).getTime()))
    throw new BadMessage("time", `${path.join(".")} is no time: ${String(JSON.stringify(found)).slice(0, 100)}`);
  return time;
}

/** The objects of a claim: the same ones whoever makes them. */
export async function render(
  layout: Layout,
  from: TopicPartition,
  claim: Claim,
  prepared: Prepared,
): Promise<Rendered[]> {
  const { output } = layout;
  const ext = extension(output);
  const parts = { topic: from.topic, topicId: from.topicId, partition: from.partition, offset: claim.first, ext };
  const name = compileTemplate(output.path, parts);
  const inZone = zoned(output.timezone);
  const files = new Map<string, Good[]>();
  const bySecond = new Map<number, Good[]>();
  const fileAt = (time: number) => {
    const key = layout.prefix + name(inZone(time));
    const rows = files.get(key) ?? [];
    files.set(key, rows);
    bySecond.set(Math.floor(time / 1000), rows);
    return rows;
  };
  for (const row of prepared.good) {
    const time = row.time ?? claim.time;
    (bySecond.get(Math.floor(time / 1000)) ?? fileAt(time)).push(row);
  }
  const objects: Rendered[] = [];
  for (const [key, rows] of files) objects.push({ key, messages: rows.length, ...(await fileOf(layout, rows)) });
  if (prepared.dead.length) objects.push(deadLetters(layout, from, claim, prepared.dead));
  return objects;
}

function isText({ format }: Layout["output"]): boolean {
  return format === "jsonl" || format === "json";
}

function extension(output: Layout["output"]): string {
  return `.${output.format}${isText(output) ? SUFFIX[output.compression] : ""}`;
}

async function fileOf({ output }: Layout, rows: readonly Good[]): Promise<{ body: Buffer; contentType: string }> {
  const { format } = output;
  if (format === "jsonl" || format === "json") {
    const text = textOf(rows, format);
    const body = await compress(text, output);
    if (body !== text) giveBack(text);
    return { body, contentType: format === "json" ? "application/json" : "application/x-ndjson" };
  }
  const records = rows.map(({ value }) => value as { [name: string]: unknown });
  const columns = output.columns
    ? Object.entries(output.columns).map(([name, type]) => ({ name, type }))
    : columnsOf(records);
  const body = await (format === "parquet" ? parquetOf : avroOf)(records, columns, output);
  return { body, contentType: format === "parquet" ? "application/vnd.apache.parquet" : "application/avro" };
}

function textOf(rows: readonly Good[], format: "jsonl" | "json"): Buffer {
  const [open, between, close] = format === "json" ? ["[", ",\n", "]\n"] : ["", "\n", "\n"];
  const size = rows.reduce((sum, { line }) => sum + line!.length + between.length, 0);
  const text = borrow(open.length + size - between.length + close.length);
  let at = text.write(open, "latin1");
  for (const [index, { line }] of rows.entries()) {
    if (index) for (let i = 0; i < between.length; i++) text[at++] = between.charCodeAt(i);
    text.set(line!, at);
    at += line!.length;
  }
  text.write(close, at, "latin1");
  return text;
}

/** One line a dead letter, with its bytes as they were. */
function deadLetters(layout: Layout, from: TopicPartition, claim: Claim, dead: readonly DeadLetter[]): Rendered {
  const name = `${String(claim.first).padStart(10, "0")}-${from.topicId}.jsonl`;
  const lines = dead.map((letter) => `${JSON.stringify(deadLetterRecord(from, letter))}\n`);
  return {
    key: `${layout.prefix}${layout.deadLetters}/${from.topic}/${from.partition}/${name}`,
    body: Buffer.from(lines.join("")),
    contentType: "application/x-ndjson",
    messages: dead.length,
  };
}

/** What a dead letter's line holds. Key, value and headers' values are base64. */
export interface DeadLetterRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  reason: string;
  detail: string;
  key: string | null;
  value: string | null;
  headers: [string, string | null][];
}

function deadLetterRecord(
  { topic, partition }: TopicPartition,
  { message, reason, detail }: DeadLetter,
): DeadLetterRecord {
  return {
    topic,
    partition,
    offset: message.offset,
    timestamp: message.timestamp,
    reason,
    detail,
    key: message.key?.toString("base64") ?? null,
    value: message.value?.toString("base64") ?? null,
    headers: message.headers.map(([name, value]) => [name?.toString() ?? "", value?.toString("base64") ?? null]),
  };
}
