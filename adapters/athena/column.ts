import { TsdbtError } from "../../core/errors.ts";
import { type Member, member, method } from "../../core/python/support.ts";
import { COLUMN_MEMBERS, Column, type ColumnFields } from "../column.ts";
import type { TableKind } from "./relation.ts";
import { TableTypeObject } from "./table-type.ts";

/** Athena's column: its type is Hive's or Trino's, its DDL Trino's. */
export class AthenaColumn extends Column {
  static override readonly className = "AthenaColumn";
  static override readonly typeLabels = { STRING: "VARCHAR", TEXT: "VARCHAR" };
  static override stringType(size: number): string {
    return size > 0 ? `varchar(${size})` : "varchar";
  }

  readonly tableKind: TableKind;
  constructor(fields: ColumnFields, tableKind: TableKind = "table") {
    super(fields);
    this.tableKind = tableKind;
  }

  private get type(): string {
    return this.dtype.toLowerCase();
  }
  get isIceberg(): boolean {
    return this.tableKind === "iceberg_table";
  }
  get isBinary(): boolean {
    return this.type === "binary" || this.type === "varbinary";
  }
  get isArray(): boolean {
    return this.type.startsWith("array");
  }
  override isString(): boolean {
    return this.type === "varchar" || this.type === "string";
  }
  override stringSize(): number {
    super.stringSize();
    return this.fields.charSize ?? 0;
  }
  get timestampType(): string {
    return this.isIceberg ? "timestamp(6)" : "timestamp";
  }
  /** What stands between the brackets of `array<…>` or `array(…)`. */
  get arrayInnerType(): string {
    if (this.isArray) return /^array[<(](.*)[>)]$/.exec(this.dtype)?.[1] ?? this.dtype;
    throw new TsdbtError("TD5430", "Runtime Error", "Called array_inner_type() on non-array field!", {
      hint: `The column ${this.name} is of type ${this.dtype}: ask is_array() first.`,
    });
  }
  override get dataType(): string {
    if (this.isString() || this.isNumeric()) return super.dataType;
    if (this.isBinary) return "varbinary";
    if (this.type === "timestamp") return this.timestampType;
    if (!this.isArray) return this.dtype;
    const inner = new AthenaColumn({ ...this.fields, dtype: this.arrayInnerType });
    return `array(${inner.dataType})`;
  }
  override attr(name: string): unknown {
    return member(ATHENA_MEMBERS, this, name) ?? member(COLUMN_MEMBERS, this, name);
  }
  protected override listFields(): [string, string][] {
    return [...super.listFields(), ["table_type", new TableTypeObject(this.tableKind).repr()]];
  }
}

const ATHENA_MEMBERS = new Map<string, Member<AthenaColumn>>([
  ["table_type", (self) => new TableTypeObject(self.tableKind)],
  ["quoted_hive", (self) => `\`${self.name}\``],
  ["is_iceberg", method("is_iceberg()", (self: AthenaColumn) => self.isIceberg)],
  ["is_binary", method("is_binary()", (self: AthenaColumn) => self.isBinary)],
  ["is_timestamp", method("is_timestamp()", (self: AthenaColumn) => self.dtype.toLowerCase() === "timestamp")],
  ["is_array", method("is_array()", (self: AthenaColumn) => self.isArray)],
  ["binary_type", method("binary_type()", () => "varbinary")],
  ["timestamp_type", method("timestamp_type()", (self: AthenaColumn) => self.timestampType)],
  ["array_type", method("array_type(inner_type)", (_self: AthenaColumn, inner: string) => `array(${inner})`)],
  ["array_inner_type", method("array_inner_type()", (self: AthenaColumn) => self.arrayInnerType)],
]);
