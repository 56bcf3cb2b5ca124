import { pyLess } from "../jinja/runtime/compare.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import { hashKey } from "../jinja/runtime/hash.ts";
import { pyRepr, pyStr } from "../jinja/runtime/repr.ts";
import { PySlice, sliceArray } from "../jinja/runtime/slice.ts";
import { pyTruth } from "../jinja/runtime/truth.ts";
import { HostObject, PyCallable, Tuple } from "../jinja/runtime/values.ts";
import { raise, toCall } from "../python/support.ts";
import { MappedSequence, Row, sortNullsLast } from "./mapped-sequence.ts";
import { Names, uniqueNames } from "./names.ts";
import { Table } from "./table.ts";
import type { DataType } from "./types.ts";

/** A key of several columns; `undefined` for anything that is no sequence. */
export function asSequence(key: unknown): readonly unknown[] | undefined {
  if (Array.isArray(key)) return key;
  if (key instanceof Tuple) return key.items;
  return key instanceof MappedSequence ? key.values : undefined;
}

const isCallable = (key: unknown): boolean =>
  key instanceof PyCallable ||
  (key instanceof HostObject && !(key instanceof MappedSequence) && key.call !== HostObject.prototype.call);

/** `row[key]`, with Python's errors. */
export function valueAt(row: Row, key: unknown): unknown {
  const value = row.item(key);
  if (value !== undefined) return value;
  return typeof key === "number" ? raise("IndexError", "tuple index out of range") : raise("KeyError", pyRepr(key));
}

/** What a key says of each row: a column, several, or a function of the row. */
export function keyOf(key: unknown): (row: Row) => unknown {
  if (isCallable(key)) {
    const call = toCall(key);
    return (row) => call([row]);
  }
  const columns = asSequence(key);
  return columns ? (row) => new Tuple(columns.map((column) => valueAt(row, column))) : (row) => valueAt(row, key);
}

export function select(table: Table, key: unknown): Table {
  const columns = asSequence(key) ?? [key];
  const indexes = columns.map((name) => table.columnIndex(name));
  const names = new Names(uniqueNames(columns as string[]));
  const rows = table.rows.map(
    (row) =>
      new Row(
        indexes.map((i) => row.values[i] ?? null),
        names,
      ),
  );
  return new Table(
    rows,
    names,
    indexes.map((i) => table.columnTypes[i]!),
    table.rowNames,
  );
}

export function exclude(table: Table, key: unknown): Table {
  const columns = asSequence(key) ?? [key];
  return select(
    table,
    table.columnNames.filter((name) => !columns.includes(name)),
  );
}

/** The rows at some places, with their names. */
function pick(table: Table, places: readonly number[]): Table {
  const { rowNames } = table;
  return table.withRows(
    places.map((i) => table.rows[i]!),
    rowNames && places.map((i) => rowNames[i]),
  );
}

export function where(table: Table, test: unknown): Table {
  const call = toCall(test);
  const places: number[] = [];
  table.rows.forEach((row, i) => {
    if (pyTruth(call([row]))) places.push(i);
  });
  return pick(table, places);
}

export function find(table: Table, test: unknown): Row | null {
  const call = toCall(test);
  return table.rows.find((row) => pyTruth(call([row]))) ?? null;
}

export function orderBy(table: Table, key: unknown, reverse: unknown): Table {
  const places = table.rows.map((_, i) => i);
  const columns = isCallable(key) ? undefined : asSequence(key);
  if (!columns) {
    const of = keyOf(key);
    return pick(table, sortNullsLast(places, table.rows.map(of), pyTruth(reverse)));
  }
  const keys = table.rows.map((row) => columns.map((column) => valueAt(row, column)));
  const sign = pyTruth(reverse) ? -1 : 1;
  places.sort((i, j) => sign * compareKeys(keys[i]!, keys[j]!) || i - j);
  return pick(table, places);
}

/** The order of two keys of several columns; a null comes after everything, and nothing after it counts. */
function compareKeys(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const y = b[i];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    if (pyLess(x, y)) return -1;
    if (pyLess(y, x)) return 1;
  }
  return 0;
}

export function limit(table: Table, startOrStop: unknown, stop: unknown, step: unknown): Table {
  const slice =
    pyTruth(stop) || pyTruth(step) ? new PySlice(startOrStop, stop, step) : new PySlice(null, startOrStop, null);
  return pick(
    table,
    sliceArray(
      table.rows.map((_, i) => i),
      slice,
    ),
  );
}

export function distinct(table: Table, key: unknown): Table {
  // With several columns agate compares objects that are never equal, and so keeps every row.
  if (!isCallable(key) && asSequence(key)) return table;
  const of = key === null ? (row: Row) => new Tuple(row.values) : keyOf(key);
  const seen = new Set<unknown>();
  const places: number[] = [];
  table.rows.forEach((row, i) => {
    const k = hashKey(of(row));
    if (seen.has(k)) return;
    seen.add(k);
    places.push(i);
  });
  return pick(table, places);
}

function renamed(given: unknown, current: readonly unknown[] | null): readonly unknown[] | null {
  if (given === null) return current;
  if (given instanceof PyDict) return (current ?? []).map((name) => (given.has(name) ? given.get(name) : name));
  return asSequence(given) ?? raise("ValueError", "column_names must be a sequence or a dict");
}

const slug = (name: unknown): string =>
  pyStr(name)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f']/g, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");

export function rename(table: Table, columns: unknown, rows: unknown, slugColumns: unknown, slugRows: unknown): Table {
  let columnNames = renamed(columns, table.columnNames)!;
  if (pyTruth(slugColumns)) columnNames = columnNames.map(slug);
  let rowNames = renamed(rows, table.rowNames);
  if (rowNames && pyTruth(slugRows)) rowNames = uniqueNames(rowNames.map(slug));
  const names = new Names(uniqueNames(columnNames as string[]));
  if (names.list.length !== table.columnTypes.length) {
    raise("ValueError", "column_names and column_types must be the same length.");
  }
  return new Table(
    table.rows.map((row) => new Row(row.values, names)),
    names,
    table.columnTypes,
    rowNames,
  );
}

/** The options of `join`. */
export interface JoinOptions {
  inner: unknown;
  fullOuter: unknown;
  requireMatch: unknown;
  columns: unknown;
}

export function join(left: Table, right: Table, leftKey: unknown, rightKey: unknown, options: JoinOptions): Table {
  const inner = pyTruth(options.inner);
  const fullOuter = pyTruth(options.fullOuter);
  if (inner && fullOuter) raise("ValueError", 'A join can not be both "inner" and "full_outer".');
  const usedRightKey = rightKey ?? leftKey;
  const wanted = asSequence(options.columns);
  const keyColumns =
    usedRightKey === null || isCallable(usedRightKey) ? [] : (asSequence(usedRightKey) ?? [usedRightKey]);
  const skipped = new Set(keyColumns.map((key) => (typeof key === "number" ? key : right.columnIndex(key))));
  const taken = right.columnNames
    .map((_, i) => i)
    .filter((i) => fullOuter || (wanted ? wanted.includes(right.columnNames[i]) : !skipped.has(i)));
  const names = new Names([
    ...left.columnNames,
    ...taken.map((i) =>
      left.columnNames.includes(right.columnNames[i]!) ? `${right.columnNames[i]}2` : right.columnNames[i]!,
    ),
  ]);
  const types = [...left.columnTypes, ...taken.map((i) => right.columnTypes[i]!)];
  const keysOf = (table: Table, key: unknown): unknown[] =>
    table.rows.map((row, i) => (key === null ? i : hashKey(keyOf(key)(row))));
  const leftKeys = keysOf(left, leftKey);
  const rightKeys = keysOf(right, usedRightKey);
  const matches = new Map<unknown, Row[]>();
  rightKeys.forEach((key, i) => {
    const known = matches.get(key);
    if (known) known.push(right.rows[i]!);
    else matches.set(key, [right.rows[i]!]);
  });
  const rows: Row[] = [];
  const rowNames: unknown[] | null = left.rowNames && !fullOuter ? [] : null;
  left.rows.forEach((row, i) => {
    const found = matches.get(leftKeys[i]);
    if (!found && pyTruth(options.requireMatch)) {
      raise("ValueError", `Left key "${pyStr(leftKeys[i])}" does not have a matching right key.`);
    }
    for (const match of found ?? (inner ? [] : [undefined])) {
      rows.push(new Row([...row.values, ...taken.map((j) => (match ? (match.values[j] ?? null) : null))], names));
      rowNames?.push(left.rowNames![i]);
    }
  });
  if (fullOuter) {
    const known = new Set(leftKeys);
    right.rows.forEach((row, i) => {
      if (!known.has(rightKeys[i])) rows.push(new Row([...left.columnNames.map(() => null), ...row.values], names));
    });
  }
  return new Table(rows, names, types, rowNames);
}

/** Tables one after another; columns that a table lacks are null there. */
export function merge(tables: readonly Table[], columnNames: unknown): Table {
  const wanted = asSequence(columnNames);
  const types = new Map<string, DataType>();
  for (const table of tables) {
    table.columnNames.forEach((name, i) => {
      if (wanted && !wanted.includes(name)) return;
      const type = table.columnTypes[i]!;
      const known = types.get(name);
      if (known && known.typeName !== type.typeName) {
        raise("ValueError", "Tables contain columns with the same names, but different types.");
      }
      if (!known) types.set(name, type);
    });
  }
  const names = new Names([...types.keys()]);
  const rows = tables.flatMap((table) =>
    table.rows.map(
      (row) =>
        new Row(
          names.list.map((name) => row.named(name) ?? null),
          names,
        ),
    ),
  );
  return new Table(rows, names, [...types.values()]);
}
