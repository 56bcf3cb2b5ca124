import type { TrinoColumn, TrinoType } from "./trino-client.ts";

/** A column as GetQueryResults describes it. */
export function columnInfo({ name, typeSignature }: TrinoColumn): { [key: string]: unknown } {
  const { rawType } = typeSignature;
  const [first, second] = typeSignature.arguments.map(({ value }) => value);
  const sizes =
    rawType === "decimal"
      ? { Precision: Number(first), Scale: Number(second) }
      : rawType === "varchar"
        ? { Precision: 2_147_483_647, Scale: 0 }
        : { Precision: PRECISIONS[rawType] ?? 0, Scale: 0 };
  return {
    CatalogName: "hive",
    SchemaName: "",
    TableName: "",
    Name: name,
    Label: name,
    Type: rawType,
    ...sizes,
    Nullable: "UNKNOWN",
    CaseSensitive: rawType === "varchar" || rawType === "char",
  };
}

const PRECISIONS: { readonly [type: string]: number } = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  double: 17,
};

/** A value as Athena writes it; null where the row has none. */
export function textOf(type: TrinoType, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  switch (type.rawType) {
    case "double":
    case "real":
      return typeof value === "number" ? javaDouble(value) : String(value);
    case "varbinary":
      return [...Buffer.from(String(value), "base64")].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    case "array":
      return `[${(value as unknown[]).map((one) => nested(argument(type, 0), one)).join(", ")}]`;
    case "map": {
      const pairs = Object.entries(value as { [key: string]: unknown });
      return `{${pairs.map(([key, one]) => `${key}=${nested(argument(type, 1), one)}`).join(", ")}}`;
    }
    case "row": {
      const fields = type.arguments.map(
        ({ value: field }) => field as { fieldName?: { name: string }; typeSignature: TrinoType },
      );
      const parts = fields.map((field, i) => {
        const text = nested(field.typeSignature, (value as unknown[])[i]);
        return `${field.fieldName?.name ?? `field${i}`}=${text}`;
      });
      return `{${parts.join(", ")}}`;
    }
    default:
      return String(value);
  }
}

function argument(type: TrinoType, index: number): TrinoType {
  return type.arguments[index]!.value as TrinoType;
}

function nested(type: TrinoType, value: unknown): string {
  return textOf(type, value) ?? "null";
}

/** A floating-point number as Java prints it: `1.0`, `1.0E7`. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = String(value);
    return Object.is(value, -0) ? "-0.0" : text.includes(".") ? text : `${text}.0`;
  }
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}
