import { isAscii, isUtf8 } from "node:buffer";
import type { InputOptions, ValidationOptions } from "../config/schema.ts";
import type { Message } from "../message.ts";
import { type AvroReader, avroReader, avroValidator } from "./avro-reader.ts";
import { BadMessage, Refused } from "./bad-message.ts";
import { type CodeSchema, problemByCode } from "./code-schema.ts";
import { unwrapDebezium } from "./debezium.ts";
import { isJsonText } from "./json-text.ts";
import type { Registry, Schema } from "./registry.ts";
import { type Validator, validator } from "./validate.ts";

/**
 * A message's content. `text` is there where the message itself was JSON: its bytes are kept, digit for digit; `value` is undefined
 * then if nobody asked for it.
 */
export interface Row {
  value: unknown;
  text?: Buffer;
}

/** Turns messages into rows, or into nothing where they are to be skipped. Throws a `BadMessage`. */
export type Decode = (message: Message) => Row | undefined;

/** What decoding needs besides the messages. */
export interface Decoding {
  input: InputOptions;
  validation: ValidationOptions;
  registry: Registry | undefined;
  /** Of `validation.zod`. */
  schema: CodeSchema | undefined;
  /** Whether the rows' values are looked at, or only the texts of messages that are JSON. */
  values: boolean;
}

/** Makes the decoder of some messages: what they need from the schema registry is fetched before. */
export async function decoderOf(
  { input, validation, registry, schema, values }: Decoding,
  messages: readonly Message[],
): Promise<Decode> {
  const checks: Validator[] = [];
  if (validation.json_schema !== undefined) checks.push(validator(validation.json_schema));
  if (validation.avro_schema !== undefined) checks.push(avroValidator(validation.avro_schema));
  const looksInto = values || checks.length > 0 || schema !== undefined || input.debezium !== "off";
  const parse = input.format === "json" && !looksInto ? checkJson : await parserOf(input, registry, messages);
  return (message) => {
    if (message.value === undefined) {
      if (input.nulls === "skip") return undefined;
      if (input.nulls === "keep") return { value: null, text: NULL };
      throw new BadMessage("null", "the message has no value");
    }
    const parsed = parse(message.value);
    const row = input.debezium === "off" ? parsed : { value: unwrapDebezium(parsed.value, input.debezium) };
    for (const check of checks) refuse(check(row.value));
    const problem = schema && problemByCode(schema, row.value);
    if (problem) throw new Refused("schema", problem);
    return row;
  };
}

const NULL = Buffer.from("null");

function refuse(problem: string | undefined): void {
  if (problem) throw new BadMessage("schema", problem);
}

async function parserOf(
  input: InputOptions,
  registry: Registry | undefined,
  messages: readonly Message[],
): Promise<(value: Buffer) => Row> {
  switch (input.format) {
    case "json":
      return parseJson;
    case "raw":
      return parseRaw;
    case "avro": {
      const reader = avroReader(input.schema);
      return (value) => ({ value: readAvro(reader, value) });
    }
    case "avro_registry": {
      const schemas = await registry!.schemas(idsOf(messages), "avro");
      return (value) => {
        const { read } = usable(schemas, value) as { read: AvroReader };
        return { value: readAvro(read, value.subarray(5)) };
      };
    }
    case "json_schema_registry": {
      const schemas = await registry!.schemas(idsOf(messages), "json");
      return (value) => {
        const { check } = usable(schemas, value) as { check: Validator };
        const row = parseJson(value.subarray(5));
        refuse(check(row.value));
        return row;
      };
    }
  }
}

function usable(schemas: ReadonlyMap<number, Schema>, value: Buffer): Schema {
  const schema = schemas.get(schemaId(value))!;
  if ("refused" in schema) throw new Refused("registry", schema.refused);
  return schema;
}

function parseJson(value: Buffer): Row {
  const ascii = isAscii(value);
  if (!ascii && !isUtf8(value)) throw new BadMessage("json", "the message is not UTF-8");
  try {
    // ASCII is copied as it is, where UTF-8 would be looked at once more.
    return { value: JSON.parse(value.toString(ascii ? "latin1" : "utf8")), text: value };
  } catch (error) {
    throw new BadMessage("json", (error as Error).message);
  }
}

/** As parseJson, but for the value. */
function checkJson(value: Buffer): Row {
  return isJsonText(value) ? { value: undefined, text: value } : parseJson(value);
}

function parseRaw(value: Buffer): Row {
  return { value: isUtf8(value) ? { value: value.toString() } : { value_base64: value.toString("base64") } };
}

function readAvro(reader: AvroReader, value: Buffer): unknown {
  try {
    return reader(value);
  } catch (error) {
    throw new BadMessage("avro", `not of its schema: ${(error as Error).message}`);
  }
}

/** Confluent's wire format: a zero byte, the schema's id as four bytes, the content. */
function schemaId(value: Buffer): number {
  if (value.length < 5) throw new BadMessage("wire_format", "the message is shorter than the registry's header");
  if (value[0] !== 0) throw new BadMessage("wire_format", `unknown magic byte ${value[0]}`);
  return value.readUInt32BE(1);
}

function idsOf(messages: readonly Message[]): Set<number> {
  const ids = new Set<number>();
  for (const { value } of messages) if (value && value.length >= 5 && value[0] === 0) ids.add(value.readUInt32BE(1));
  return ids;
}
