import { hashKey } from "../jinja/runtime/hash.ts";
import { pyStr } from "../jinja/runtime/repr.ts";
import { Tuple } from "../jinja/runtime/values.ts";
import { PyDecimal } from "../python/decimal/decimal.ts";
import { raise } from "../python/support.ts";
import { inferType } from "./infer.ts";
import { Row } from "./mapped-sequence.ts";
import { Names, uniqueNames } from "./names.ts";
import { asSequence, valueAt } from "./operations.ts";
import { Table } from "./table.ts";
import { type DataType, NUMBER } from "./types.ts";

const keysOf = (key: unknown): readonly unknown[] =>
  key === null || key === undefined ? [] : (asSequence(key) ?? [key]);

const typesOf = (table: Table, keys: readonly unknown[]): DataType[] =>
  keys.map((key) => table.columnTypes[table.columnIndex(key)]!);

/** One column a value of `propertyColumn`, one row a key. */
export function denormalize(
  table: Table,
  key: unknown,
  propertyColumn: unknown,
  valueColumn: unknown,
  defaultValue: unknown,
  valueType?: DataType,
): Table {
  const keys = keysOf(key);
  const fields: string[] = [];
  const groups = new Map<unknown, { key: unknown[]; values: Map<string, unknown> }>();
  for (const row of table.rows) {
    const values = keys.map((name) => valueAt(row, name));
    const id = hashKey(new Tuple(values));
    let group = groups.get(id);
    if (!group) {
      group = { key: values, values: new Map() };
      groups.set(id, group);
    }
    const field = pyStr(valueAt(row, propertyColumn));
    if (!fields.includes(field)) fields.push(field);
    group.values.set(field, valueAt(row, valueColumn));
  }
  const isNumber = table.columnTypes[table.columnIndex(valueColumn)] === NUMBER;
  const missing = defaultValue === undefined ? (isNumber ? PyDecimal.of(0n) : null) : defaultValue;
  const names = new Names(uniqueNames([...(keys as string[]), ...fields]));
  const rows = [...groups.values()].map((group) => [
    ...group.key,
    ...fields.map((field) => (group.values.has(field) ? group.values.get(field) : missing)),
  ]);
  const types = typesOf(table, keys);
  types.push(...fields.map((_, i) => valueType ?? inferType(rows, keys.length + i)));
  const made = Table.cast(rows, names, types);
  const rowNames = [...groups.values()].map((group) =>
    rowName(group.key.length === 1 ? group.key[0] : new Tuple(group.key)),
  );
  return new Table(made.rows, names, types, rowNames);
}

function rowName(name: unknown): unknown {
  if (typeof name === "number" && Number.isInteger(name)) {
    raise("ValueError", "Row names cannot be of type int. Use Decimal for numbered row names.");
  }
  return name;
}

/** One row a key and property. */
export function normalize(
  table: Table,
  key: unknown,
  properties: unknown,
  propertyColumn: string,
  valueColumn: string,
): Table {
  const keys = keysOf(key);
  const rows = table.rows.flatMap((row) =>
    keysOf(properties).map((property) => [...keys.map((name) => valueAt(row, name)), property, valueAt(row, property)]),
  );
  const names = new Names(uniqueNames([...(keys as string[]), propertyColumn, valueColumn]));
  const types = [...typesOf(table, keys), inferType(rows, keys.length), inferType(rows, keys.length + 1)];
  return Table.cast(rows, names, types);
}

/** How many rows there are of each key, with `pivot` a column each of its values. */
export function pivot(table: Table, key: unknown, pivotColumn: unknown, defaultValue: unknown): Table {
  const keys = keysOf(key);
  const all = pivotColumn === null ? keys : [...keys, pivotColumn];
  const groups = new Map<unknown, { values: unknown[]; count: number }>();
  for (const row of table.rows) {
    const values = all.map((name) => valueAt(row, name));
    const id = hashKey(new Tuple(values));
    const group = groups.get(id);
    if (group) group.count++;
    else groups.set(id, { values, count: 1 });
  }
  const names = new Names(uniqueNames([...(all as string[]), "Count"]));
  const rows = [...groups.values()].map(
    ({ values, count }) => new Row([...values, PyDecimal.of(BigInt(count))], names),
  );
  const rowNames = [...groups.values()].map(({ values }) =>
    rowName(values.length === 1 ? values[0] : new Tuple(values)),
  );
  const counted = new Table(rows, names, [...typesOf(table, all), NUMBER], rowNames);
  if (pivotColumn === null) return counted;
  return denormalize(counted, keys, pivotColumn, "Count", defaultValue, NUMBER);
}

/** Adds a row for each of the wanted values of `key` that no row has. */
export function homogenize(table: Table, key: unknown, compareValues: unknown, defaultRow: unknown): Table {
  const keys = keysOf(key);
  const indexes = keys.map((name) => table.columnIndex(name));
  const present = new Set(table.rows.map((row) => hashKey(new Tuple(indexes.map((i) => row.values[i] ?? null)))));
  const added: unknown[][] = [];
  for (const wanted of keysOf(compareValues)) {
    const values = (asSequence(wanted) ?? [wanted]).map((value, i) => table.columnTypes[indexes[i]!]!.cast(value));
    const id = hashKey(new Tuple(values));
    if (present.has(id)) continue;
    present.add(id);
    const row = [...(asSequence(defaultRow) ?? table.columnNames.slice(keys.length).map(() => null))];
    indexes.forEach((index, i) => {
      row.splice(index, 0, values[i]);
    });
    added.push(row);
  }
  const more = Table.cast(added, table.names, table.columnTypes);
  return new Table([...table.rows, ...more.rows], table.names, table.columnTypes);
}
