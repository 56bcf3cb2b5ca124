import { member, method } from "../../core/python/support.ts";
import { COLUMN_MEMBERS, Column, type ColumnFields } from "../column.ts";

const FLOATS = new Set(["real", "float", "float4", "float8", "double"]);
const INTEGERS = new Set([
  "tinyint",
  "smallint",
  "integer",
  "bigint",
  "hugeint",
  "utinyint",
  "usmallint",
  "uinteger",
  "ubigint",
  "int1",
  "int2",
  "int4",
  "int8",
  "short",
  "int",
  "signed",
  "long",
]);

/** DuckDB's column: a struct knows its fields. */
export class DuckDBColumn extends Column {
  static override readonly className = "DuckDBColumn";
  /** The fields of a struct, in order. */
  readonly structFields: readonly DuckDBColumn[];
  constructor(fields: ColumnFields) {
    super(fields);
    this.structFields = this.isStruct() ? structFields(fields.dtype) : [];
  }
  override isFloat(): boolean {
    return FLOATS.has(this.dtype.toLowerCase());
  }
  override isInteger(): boolean {
    return INTEGERS.has(this.dtype.toLowerCase());
  }
  isStruct(): boolean {
    return this.dtype.toLowerCase().startsWith("struct");
  }
  /** A struct as the columns of its fields, named `outer.inner`; any other column is itself. */
  flatten(): DuckDBColumn[] {
    if (!this.isStruct()) return [this];
    return this.structFields.flatMap((field) =>
      field.flatten().map((inner) => duckdbColumn(`${this.name}.${inner.name}`, inner.dtype)),
    );
  }
  protected override listFields(): [string, string][] {
    return [...super.listFields(), ["fields", `[${this.structFields.map((field) => field.repr()).join(", ")}]`]];
  }
  override attr(name: string): unknown {
    if (name === "fields") return [...this.structFields];
    return member(DUCKDB_MEMBERS, this, name) ?? member(COLUMN_MEMBERS, this, name);
  }
}

const DUCKDB_MEMBERS = new Map([
  ["is_struct", method("is_struct()", (self: DuckDBColumn) => self.isStruct())],
  ["flatten", method("flatten()", (self: DuckDBColumn) => self.flatten())],
]);

/** A column by name and type as DuckDB says it. */
export function duckdbColumn(name: string, dtype: string): DuckDBColumn {
  return new DuckDBColumn({ name, dtype, charSize: null, numericPrecision: null, numericScale: null });
}

/** `STRUCT(a VARCHAR, b DECIMAL(10, 2))` as columns. */
function structFields(dtype: string): DuckDBColumn[] {
  const content = /^STRUCT\(([\s\S]*)\)/i.exec(dtype)?.[1];
  if (content === undefined) return [];
  return splitFields(content).map((field) => {
    const space = field.startsWith('"') ? field.indexOf('" ') + 1 : field.indexOf(" ");
    return duckdbColumn(field.slice(0, space), field.slice(space + 1));
  });
}

function splitFields(content: string): string[] {
  const fields: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < content.length; i++) {
    const c = content[i];
    if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === "," && depth === 0) {
      fields.push(content.slice(start, i).trim());
      start = i + 1;
    }
  }
  fields.push(content.slice(start).trim());
  return fields;
}
