import { TsdbtError } from "../core/errors.ts";
import { PyDict, textOf } from "../core/jinja/index.ts";
import { pyRepr, pyStr } from "../core/jinja/runtime/repr.ts";
import { HostObject, type Kwargs } from "../core/jinja/runtime/values.ts";
import { type Member, member, method, noAttribute, raise } from "../core/python/support.ts";

/** What a column is known to be. */
export interface ColumnFields {
  readonly name: string;
  readonly dtype: string;
  readonly charSize: number | null;
  readonly numericPrecision: number | null;
  readonly numericScale: number | null;
}

/** A class of columns: what types are called and written differs by engine. */
export interface ColumnClass {
  new (fields: ColumnFields): Column;
  readonly className: string;
  /** General names of types and the engine's: `STRING` is `TEXT`. */
  readonly typeLabels: { readonly [label: string]: string };
  stringType(size: number): string;
  numericType(dtype: string, precision: unknown, scale: unknown): string;
}

const STRINGS = new Set(["text", "character varying", "character", "varchar"]);
const FLOATS = new Set(["real", "float4", "float", "double precision", "float8", "double"]);
const INTEGERS = new Set([
  "smallint",
  "integer",
  "bigint",
  "smallserial",
  "serial",
  "bigserial",
  "int2",
  "int4",
  "int8",
  "serial2",
  "serial4",
  "serial8",
]);

/**
 * A column of a relation, as `adapter.get_columns_in_relation` gives it to templates.
 *
 * @see https://docs.getdbt.com/reference/dbt-classes#column
 */
export class Column extends HostObject {
  static readonly className: string = "Column";
  static readonly typeLabels: { readonly [label: string]: string } = { STRING: "TEXT" };
  static stringType(size: number): string {
    return `character varying(${size})`;
  }
  static numericType(dtype: string, precision: unknown, scale: unknown): string {
    return isNothing(precision) || isNothing(scale) ? dtype : `${dtype}(${pyStr(precision)},${pyStr(scale)})`;
  }

  readonly fields: ColumnFields;
  constructor(fields: ColumnFields) {
    super();
    this.fields = fields;
  }

  get kind(): ColumnClass {
    return this.constructor as unknown as ColumnClass;
  }
  get typeName(): string {
    return this.kind.className;
  }
  get name(): string {
    return this.fields.name;
  }
  get dtype(): string {
    return this.fields.dtype;
  }
  get quoted(): string {
    return `"${this.name}"`;
  }
  /** The type as DDL writes it. */
  get dataType(): string {
    if (this.isString()) return this.kind.stringType(this.stringSize());
    const { dtype, numericPrecision, numericScale } = this.fields;
    return this.isNumeric() ? this.kind.numericType(dtype, numericPrecision, numericScale) : dtype;
  }
  isString(): boolean {
    return STRINGS.has(this.dtype.toLowerCase());
  }
  isInteger(): boolean {
    return INTEGERS.has(this.dtype.toLowerCase());
  }
  isFloat(): boolean {
    return FLOATS.has(this.dtype.toLowerCase());
  }
  isNumeric(): boolean {
    return ["numeric", "decimal"].includes(this.dtype.toLowerCase());
  }
  /** Throws a TsdbtError for a column that is no string. */
  stringSize(): number {
    if (!this.isString()) {
      throw new TsdbtError("TD5010", "Runtime Error", "Called string_size() on non-string field!", {
        hint: `The column ${this.name} is of type ${this.dtype}: ask is_string() first.`,
      });
    }
    return this.dtype === "text" || this.fields.charSize === null ? 256 : this.fields.charSize;
  }
  canExpandTo(other: Column): boolean {
    return this.isString() && other.isString() && other.stringSize() > this.stringSize();
  }
  literal(value: unknown): string {
    return `${pyStr(value)}::${this.dataType}`;
  }

  override attr(name: string): unknown {
    return member(COLUMN_MEMBERS, this, name);
  }
  /** Name and value of each field, as Python's `repr` of a dataclass lists them. */
  protected listFields(): [string, string][] {
    const { name, dtype, charSize, numericPrecision, numericScale } = this.fields;
    return [
      ["column", pyRepr(name)],
      ["dtype", pyRepr(dtype)],
      ["char_size", pyStr(charSize)],
      ["numeric_precision", pyStr(numericPrecision)],
      ["numeric_scale", pyStr(numericScale)],
    ];
  }
  override repr(): string {
    const fields = this.listFields().map(([name, value]) => `${name}=${value}`);
    return `${this.typeName}(${fields.join(", ")})`;
  }
  override equals(other: unknown): boolean {
    return other instanceof Column && other.constructor === this.constructor && other.repr() === this.repr();
  }
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (value instanceof HostObject && !value.truth());
}

/** The name of a type in this engine: `translateType(Column, "string")` is `TEXT`. */
export function translateType(kind: ColumnClass, dtype: string): string {
  return kind.typeLabels[dtype.toUpperCase()] ?? dtype;
}

/** A column by name and type: `createColumn(Column, "id", "string")`. */
export function createColumn(kind: ColumnClass, name: string, labelOrType: string): Column {
  const dtype = translateType(kind, labelOrType);
  return new kind({ name, dtype, charSize: null, numericPrecision: null, numericScale: null });
}

/** A column of a type as the engine writes it: `numeric(10,2)`, `varchar(20)`. Throws a TsdbtError for a size that is no number. */
export function columnFromDescription(kind: ColumnClass, name: string, rawType: string): Column {
  const match = /^([^(]+)(\([^)]+\))?/.exec(rawType);
  if (!match) throw typeError(`Could not interpret data type "${rawType}"`);
  const sizes = match[2] ? match[2].slice(1, -1).split(",") : [];
  const numbers = sizes.map((size) => {
    if (!/^\s*[+-]?\d+\s*$/.test(size))
      throw typeError(`Could not interpret data_type "${rawType}": could not convert "${size}" to an integer`);
    return Number(size);
  });
  const [first = null, second = null] = numbers;
  return new kind({
    name,
    dtype: match[1]!,
    charSize: numbers.length === 1 ? first : null,
    numericPrecision: numbers.length === 2 ? first : null,
    numericScale: numbers.length === 2 ? second : null,
  });
}

function typeError(message: string): TsdbtError {
  return new TsdbtError("TD5011", "Runtime Error", message);
}

/** What a template may see of a column. Adapters add theirs. */
export const COLUMN_MEMBERS: ReadonlyMap<string, Member<Column>> = new Map<string, Member<Column>>([
  ["column", (self) => self.name],
  ["name", (self) => self.name],
  ["dtype", (self) => self.dtype],
  ["char_size", (self) => self.fields.charSize],
  ["numeric_precision", (self) => self.fields.numericPrecision],
  ["numeric_scale", (self) => self.fields.numericScale],
  ["quoted", (self) => self.quoted],
  ["data_type", (self) => self.dataType],
  ["expanded_data_type", (self) => self.dataType],
  ["is_string", method("is_string()", (self: Column) => self.isString())],
  ["is_number", method("is_number()", (self: Column) => self.isInteger() || self.isNumeric() || self.isFloat())],
  ["is_float", method("is_float()", (self: Column) => self.isFloat())],
  ["is_integer", method("is_integer()", (self: Column) => self.isInteger())],
  ["is_numeric", method("is_numeric()", (self: Column) => self.isNumeric())],
  ["string_size", method("string_size()", (self: Column) => self.stringSize())],
  ["can_expand_to", method("can_expand_to(other_column)", (self: Column, other: Column) => self.canExpandTo(other))],
  ["literal", method("literal(value)", (self: Column, value: unknown) => self.literal(value))],
  ...classMembers<Column>((self) => self.kind),
]);

/** What a column's class offers, on the class itself and on its columns. */
function classMembers<T>(kindOf: (self: T) => ColumnClass): [string, Member<T>][] {
  return [
    ["TYPE_LABELS", (self) => PyDict.from(Object.entries(kindOf(self).typeLabels))],
    ["translate_type", method("translate_type(dtype)", (self: T, dtype: string) => translateType(kindOf(self), dtype))],
    [
      "create",
      method("create(name, label_or_dtype)", (self: T, name: string, type: unknown) =>
        createColumn(kindOf(self), name, textOrFail(type, "upper")),
      ),
    ],
    ["string_type", method("string_type(size)", (self: T, size: number) => kindOf(self).stringType(size))],
    [
      "numeric_type",
      method("numeric_type(dtype, precision, scale)", (self: T, dtype: string, precision: unknown, scale: unknown) =>
        kindOf(self).numericType(dtype, precision, scale),
      ),
    ],
    [
      "from_description",
      method("from_description(name, raw_data_type)", (self: T, name: string, type: string) =>
        columnFromDescription(kindOf(self), name, type),
      ),
    ],
  ];
}

/** A text, or Python's error at the first thing that is asked of it. */
function textOrFail(value: unknown, asked: string): string {
  return textOf(value) ?? noAttribute(value, asked);
}

const FACTORY_MEMBERS = new Map<string, Member<ColumnFactory>>([...classMembers<ColumnFactory>((self) => self.kind)]);

/** `api.Column`: the class itself, which templates call and whose class methods they use. */
export class ColumnFactory extends HostObject {
  readonly typeName = "type";
  readonly kind: ColumnClass;
  constructor(kind: ColumnClass) {
    super();
    this.kind = kind;
  }
  override attr(name: string): unknown {
    return member(FACTORY_MEMBERS, this, name);
  }
  override call(args: unknown[], kwargs: Kwargs): unknown {
    const names = ["column", "dtype", "char_size", "numeric_precision", "numeric_scale"];
    if (args.length > names.length) {
      raise("TypeError", `Column.__init__() takes from 3 to 6 positional arguments but ${args.length + 1} were given`);
    }
    const given = new Map<string, unknown>(args.map((value, i) => [names[i]!, value]));
    for (const [name, value] of kwargs ?? []) given.set(name, value);
    for (const required of ["column", "dtype"]) {
      if (!given.has(required)) {
        raise("TypeError", `Column.__init__() missing 1 required positional argument: '${required}'`);
      }
    }
    const size = (name: string) => (given.get(name) ?? null) as number | null;
    return new this.kind({
      name: given.get("column") as string,
      dtype: textOrFail(given.get("dtype"), "lower"),
      charSize: size("char_size"),
      numericPrecision: size("numeric_precision"),
      numericScale: size("numeric_scale"),
    });
  }
  override repr(): string {
    const { className } = this.kind;
    const adapter = /^(DuckDB|ClickHouse|Athena)Column$/.exec(className)?.[1]?.toLowerCase();
    return `<class 'dbt.adapters.${adapter ?? "base"}.column.${className}'>`;
  }
}
