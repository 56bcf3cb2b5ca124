import avro from "avsc";
import { messageOf, SinkError } from "../errors.ts";
import { jsonOf } from "./text.ts";
import type { Validator } from "./validate.ts";

/** Reads one value. */
export type AvroReader = (value: Buffer) => unknown;

/** 64-bit integers: numbers while they are exact, else bigints. */
export const exactLong = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => exact(buffer.readBigInt64LE()),
  toBuffer: (value: number | bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(value));
    return buffer;
  },
  fromJSON: (value: number) => value,
  toJSON: (value: number | bigint) => Number(value),
  isValid: (value: unknown) => typeof value === "bigint" || Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

class Timestamp extends avro.types.LogicalType {
  protected override _fromValue(value: unknown): unknown {
    return new Date(Math.floor(Number(value) / this.perMillisecond)).toISOString();
  }
  protected override _toValue(value: unknown): unknown {
    return typeof value === "number" ? value : new Date(String(value)).getTime() * this.perMillisecond;
  }
  get perMillisecond(): number {
    return 1;
  }
}

class MicroTimestamp extends Timestamp {
  override get perMillisecond(): number {
    return 1000;
  }
}

class Day extends avro.types.LogicalType {
  protected override _fromValue(value: unknown): unknown {
    return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  }
  protected override _toValue(value: unknown): unknown {
    return typeof value === "number" ? value : new Date(String(value)).getTime() / 86_400_000;
  }
}

class Decimal extends avro.types.LogicalType {
  readonly #scale: number;

  constructor(schema: { scale?: number }, options: unknown) {
    super(schema as never, options as never);
    this.#scale = schema.scale ?? 0;
  }
  protected override _fromValue(value: unknown): unknown {
    const bytes = value as Buffer;
    const digits = bytes.length ? BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`)) : 0n;
    return pointed(digits, this.#scale);
  }
  protected override _toValue(value: unknown): unknown {
    const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
    if (whole === undefined || part.length > this.#scale) return undefined;
    const digits = BigInt(`${sign}${whole}${part.padEnd(this.#scale, "0")}`);
    const size = (this.underlyingType as avro.types.FixedType).size ?? String(digits).length;
    return Buffer.from(
      BigInt.asUintN(size * 8, digits)
        .toString(16)
        .padStart(size * 2, "0"),
      "hex",
    );
  }
}

function pointed(digits: bigint, scale: number): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const split = text.length - scale;
  return `${digits < 0n ? "-" : ""}${text.slice(0, split)}${scale ? `.${text.slice(split)}` : ""}`;
}

const LOGICAL = {
  "timestamp-millis": Timestamp,
  "timestamp-micros": MicroTimestamp,
  date: Day,
  decimal: Decimal,
} as never;

/** A reader by the writer's schema: times and days become ISO text, decimals exact text. Schemas that it refers to come first. */
export function avroReader(schema: unknown, references: readonly unknown[] = []): AvroReader {
  const type = avroType(schema, references);
  return (value) => type.fromBuffer(value);
}

/** Checks values by an Avro schema, as they are in JSON: no union is wrapped that can be told apart without. */
export function avroValidator(schema: unknown): Validator {
  const type = avroType(schema, []);
  return (value) => {
    let problem: string | undefined;
    type.isValid(value, {
      errorHook: (path, found, expected) => {
        problem ??= `${["message", ...path].join("/")} is no ${expected.typeName.replace(/^\w+:/, "")}: ${jsonOf(found).slice(0, 100)}`;
      },
    });
    return problem;
  };
}

function avroType(schema: unknown, references: readonly unknown[]): avro.Type {
  const typeHook = (given: unknown) => (isLong(given) ? exactLong : undefined);
  const options = { typeHook, logicalTypes: LOGICAL, registry: {} } as never;
  try {
    for (const reference of references) avro.Type.forSchema(reference as avro.Schema, options);
    return avro.Type.forSchema(schema as avro.Schema, options);
  } catch (error) {
    throw new SinkError(`the Avro schema cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

function isLong(schema: unknown): boolean {
  if (schema === "long") return true;
  const given = schema as { type?: unknown; logicalType?: unknown };
  return given.type === "long" && !given.logicalType;
}
