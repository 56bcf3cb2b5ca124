import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { member } from "../../core/python/support.ts";
import { COLUMN_MEMBERS, Column, type ColumnFields } from "../column.ts";

const STRINGS = new Set([
  "string",
  "fixedstring",
  "longblob",
  "longtext",
  "tinytext",
  "text",
  "varchar",
  "mediumblob",
  "blob",
  "tinyblob",
  "char",
  "mediumtext",
]);

/** ClickHouse's column: knows what is within `LowCardinality(Nullable(…))`. */
export class ClickHouseColumn extends Column {
  static override readonly className = "ClickHouseColumn";
  static override readonly typeLabels = {
    STRING: "String",
    TIMESTAMP: "DateTime",
    FLOAT: "Float32",
    INTEGER: "Int32",
  };
  static override stringType(): string {
    return "String";
  }
  static override numericType(_dtype: string, precision: unknown, scale: unknown): string {
    return `Decimal(${pyStr(precision)}, ${pyStr(scale)})`;
  }

  readonly isNullable: boolean;
  readonly isLowCardinality: boolean;

  constructor(fields: ColumnFields) {
    const { inner, isNullable, isLowCardinality } = unwrap(fields.dtype);
    const size = /FixedString\((\d+)\)/.exec(inner)?.[1];
    const decimal = inner.toLowerCase().startsWith("decimal") ? /Decimal\((\d+), (\d+)\)/.exec(inner) : null;
    const isDecimal = inner.toLowerCase().startsWith("decimal");
    super({
      name: fields.name,
      dtype: inner,
      charSize: size === undefined ? null : Number(size),
      numericPrecision: isDecimal ? Number(decimal?.[1] ?? 0) : null,
      numericScale: isDecimal ? Number(decimal?.[2] ?? 0) : null,
    });
    this.isNullable = isNullable;
    this.isLowCardinality = isLowCardinality;
  }

  override get dataType(): string {
    const type = super.dataType;
    const nullable = this.isNullable ? `Nullable(${type})` : type;
    return this.isLowCardinality ? `LowCardinality(${nullable})` : nullable;
  }
  override isString(): boolean {
    const type = this.dtype.toLowerCase();
    return STRINGS.has(type) || type.startsWith("fixedstring");
  }
  override isInteger(): boolean {
    return /^u?int/i.test(this.dtype);
  }
  override isNumeric(): boolean {
    return /^decimal/i.test(this.dtype);
  }
  override isFloat(): boolean {
    return /^float/i.test(this.dtype);
  }
  override literal(value: unknown): string {
    return `to${this.dtype}(${pyStr(value)})`;
  }
  override attr(name: string): unknown {
    if (name === "is_nullable") return this.isNullable;
    if (name === "is_low_cardinality") return this.isLowCardinality;
    return member(COLUMN_MEMBERS, this, name);
  }
  override str(): string {
    return `${this.name} ${this.dataType}`;
  }
  override repr(): string {
    return `<ClickhouseColumn ${this.name} (${this.dataType}, is nullable: ${this.isNullable ? "True" : "False"})>`;
  }
}

/** A column by name and type as ClickHouse says it. */
export function clickhouseColumn(name: string, dtype: string): ClickHouseColumn {
  return new ClickHouseColumn({ name, dtype, charSize: null, numericPrecision: null, numericScale: null });
}

function unwrap(dtype: string): { inner: string; isNullable: boolean; isLowCardinality: boolean } {
  const low = /^LowCardinality\(([\s\S]*)\)$/.exec(dtype.trim());
  const outer = low ? low[1]! : dtype.trim();
  const nullable = /^Nullable\(([\s\S]*)\)$/.exec(outer);
  return { inner: nullable ? nullable[1]! : outer, isNullable: nullable !== null, isLowCardinality: low !== null };
}
