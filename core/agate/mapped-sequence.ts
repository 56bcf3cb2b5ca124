import { pyEquals, sortBy } from "../jinja/runtime/compare.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import { hashKey } from "../jinja/runtime/hash.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { PySlice, sliceArray } from "../jinja/runtime/slice.ts";
import { HostObject, Tuple } from "../jinja/runtime/values.ts";
import { type Member, method, raise } from "../python/support.ts";
import type { Names } from "./names.ts";
import type { DataType } from "./types.ts";

/** Python's `collections.OrderedDict`, which shows itself as such. */
class OrderedDict extends PyDict {
  override readonly pyName = "OrderedDict";
}

/** agate's sequence whose items can be had by number or by name: rows, columns, and the values of each. */
export class MappedSequence extends HostObject {
  readonly typeName: string = "MappedSequence";
  readonly names: Names | null;
  private readonly held: readonly unknown[] | undefined;

  constructor(values: readonly unknown[] | undefined, names: Names | null) {
    super();
    this.held = values;
    this.names = names;
  }
  /** The items, in order. */
  get values(): readonly unknown[] {
    return this.held!;
  }
  /** The item of a name; `undefined` where there is none. */
  named(name: unknown): unknown {
    const index = this.names ? this.names.indexOf(name) : -1;
    return index < 0 ? undefined : this.values[index];
  }
  /** The items by name; a KeyError where there are no names. */
  dict(): PyDict {
    if (!this.names) return raise("KeyError", "");
    const dict = new OrderedDict();
    for (const [key, value] of this.entries()) dict.set(key, value);
    return dict;
  }
  entries(): [unknown, unknown][] {
    if (!this.names) return raise("TypeError", "'NoneType' object is not iterable");
    const { values } = this;
    return this.names.list.slice(0, values.length).map((name, i) => [name, values[i]]);
  }
  override attr(name: string): unknown {
    return SEQUENCE_MEMBERS.get(name)?.(this);
  }
  override item(key: unknown): unknown {
    const { values } = this;
    if (typeof key === "number" && Number.isInteger(key)) return values[key < 0 ? key + values.length : key];
    if (key instanceof PySlice) return new Tuple(sliceArray(values, key));
    return this.named(key);
  }
  override iterate(): Iterable<unknown> {
    return this.values;
  }
  override length(): number {
    return this.values.length;
  }
  override contains(item: unknown): boolean {
    return this.values.some((value) => pyEquals(value, item));
  }
  override repr(): string {
    const sample = this.values.slice(0, 5).map(pyRepr).join(", ");
    return `<agate.${this.typeName}: (${sample}${this.values.length > 5 ? ", ..." : ""})>`;
  }
  override equals(other: unknown): boolean {
    const items = other instanceof MappedSequence ? other.values : other instanceof Tuple ? other.items : other;
    if (!Array.isArray(items) || items.length !== this.values.length) return false;
    return this.values.every((value, i) => pyEquals(value, items[i]));
  }
}

const SEQUENCE_MEMBERS = new Map<string, Member<MappedSequence>>([
  ["keys", method("keys()", (self: MappedSequence) => (self.names ? new Tuple(self.names.list) : null))],
  ["values", method("values()", (self: MappedSequence) => new Tuple(self.values))],
  ["items", method("items()", (self: MappedSequence) => new Tuple(self.entries().map((entry) => new Tuple(entry))))],
  ["dict", method("dict()", (self: MappedSequence) => self.dict())],
  [
    "get",
    method("get(key, default=None)", (self: MappedSequence, key: unknown, otherwise: unknown) => {
      const value = self.named(key);
      return value === undefined ? otherwise : value;
    }),
  ],
  [
    "index",
    method(
      "index(value, start=0, stop=None)",
      (self: MappedSequence, value: unknown, start: number, stop: number | null) => {
        const at = self.values.findIndex(
          (item, i) => i >= start && (stop === null || i < stop) && pyEquals(item, value),
        );
        return at < 0 ? raise("ValueError", "") : at;
      },
    ),
  ],
  [
    "count",
    method(
      "count(value)",
      (self: MappedSequence, value: unknown) => self.values.filter((item) => pyEquals(item, value)).length,
    ),
  ],
]);

/** A row: its values by column. */
export class Row extends MappedSequence {
  override readonly typeName = "Row";
  constructor(values: readonly unknown[], names: Names) {
    super(values, names);
  }
}

/** A column: its values, read from the rows when first asked for. */
export class Column extends MappedSequence {
  override readonly typeName = "Column";
  readonly index: number;
  readonly name: string;
  readonly dataType: DataType;
  private readonly table: HeldRows;
  private read: unknown[] | undefined;

  constructor(index: number, name: string, dataType: DataType, table: HeldRows, rowNames: Names | null) {
    super(undefined, rowNames);
    this.index = index;
    this.name = name;
    this.dataType = dataType;
    this.table = table;
  }
  override get values(): readonly unknown[] {
    this.read ??= this.table.rows.map((row) => row.values[this.index]);
    return this.read;
  }
  override attr(name: string): unknown {
    return COLUMN_MEMBERS.get(name)?.(this) ?? super.attr(name);
  }
  override length(): number {
    return this.table.rowCount;
  }
}

/** Who has the rows; they may be read only when they are asked for. */
export interface HeldRows {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

/** A table's rows. */
export class Rows extends MappedSequence {
  private readonly table: HeldRows;
  constructor(table: HeldRows, names: Names | null) {
    super(undefined, names);
    this.table = table;
  }
  override get values(): readonly unknown[] {
    return this.table.rows;
  }
  override length(): number {
    return this.table.rowCount;
  }
}

/** Sorts values with the nulls last. */
export function sortNullsLast<T>(items: readonly T[], keys: readonly unknown[], reverse = false): T[] {
  const present: number[] = [];
  const absent: number[] = [];
  keys.forEach((key, i) => {
    (key === null ? absent : present).push(i);
  });
  const sorted = sortBy(
    present,
    present.map((i) => keys[i]),
    reverse,
  );
  return (reverse ? [...absent, ...sorted] : [...sorted, ...absent]).map((i) => items[i]!);
}

const distinct = (values: readonly unknown[]): unknown[] => {
  const seen = new Map<unknown, unknown>();
  for (const value of values) {
    const key = hashKey(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
};
const withoutNulls = (values: readonly unknown[]): unknown[] => values.filter((value) => value !== null);

const COLUMN_MEMBERS = new Map<string, Member<Column>>([
  ["index", (self) => self.index],
  ["name", (self) => self.name],
  ["data_type", (self) => self.dataType],
  ["values_distinct", method("values_distinct()", (self: Column) => new Tuple(distinct(self.values)))],
  ["values_without_nulls", method("values_without_nulls()", (self: Column) => new Tuple(withoutNulls(self.values)))],
  ["values_sorted", method("values_sorted()", (self: Column) => sortNullsLast(self.values, self.values))],
  [
    "values_without_nulls_sorted",
    method("values_without_nulls_sorted()", (self: Column) => {
      const values = withoutNulls(self.values);
      return sortNullsLast(values, values);
    }),
  ],
]);
