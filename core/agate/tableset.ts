import { hashKey } from "../jinja/runtime/hash.ts";
import { pyIterate } from "../jinja/runtime/iterate.ts";
import { address, pyStr } from "../jinja/runtime/repr.ts";
import { type HostObject, type Kwargs, PyCallable, Tuple } from "../jinja/runtime/values.ts";
import { type Member, method, raise, typeName } from "../python/support.ts";
import { type Column, MappedSequence, Row } from "./mapped-sequence.ts";
import { Names, uniqueNames } from "./names.ts";
import { keyOf } from "./operations.ts";
import { output } from "./output.ts";
import { pairsText } from "./print.ts";
import { Table } from "./table.ts";
import { type DataType, NO_CAST, TEXT } from "./types.ts";

/** agate's TableSet: the tables that `group_by` makes, by the value of their key. */
export class TableSet extends MappedSequence {
  override readonly typeName: string = "TableSet";
  readonly keyName: string;
  readonly keyType: DataType;

  constructor(tables: readonly HostObject[], keys: readonly unknown[], keyName: string, keyType: DataType) {
    super(tables, new Names(keys));
    this.keyName = keyName;
    this.keyType = keyType;
  }
  /** A table of the set, for the columns that all of them have. */
  get sample(): Table {
    const first = this.values[0];
    return first instanceof TableSet ? first.sample : (first as Table);
  }
  structure(maxRows = 20): string {
    const rows = this.entries()
      .slice(0, maxRows)
      .map(([key, table]): [string, string] => [
        key === null ? "" : pyStr(key),
        String((table as HostObject).length()),
      ]);
    return pairsText("table", "rows", rows);
  }
  override attr(name: string): unknown {
    return SET_MEMBERS.get(name)?.(this) ?? (PROXIED.has(name) ? proxy(this, name) : super.attr(name));
  }
  override str(): string {
    return this.structure();
  }
  override repr(): string {
    return `<agate.tableset.TableSet object at ${address(this)}>`;
  }
}

/** What is done to each table of a set. */
const PROXIED = new Set(
  "compute denormalize distinct exclude find group_by homogenize join limit normalize order_by pivot select where bins".split(
    " ",
  ),
);

function proxy(set: TableSet, name: string): PyCallable {
  return new PyCallable(name, (args: unknown[], kwargs: Kwargs) => {
    const results = set.values.map((table) => {
      const bound = (table as HostObject).attr(name);
      if (!(bound instanceof PyCallable)) return raise("AttributeError", `'Table' object has no attribute '${name}'`);
      return bound.fn(args, kwargs) as HostObject;
    });
    return new TableSet(results, set.names!.list, set.keyName, set.keyType);
  });
}

/** All rows in one table again, with their group in a column of its own. */
function mergeSet(set: TableSet, groups: unknown, groupName: unknown): Table {
  if (Array.isArray(groups) && groups.length !== set.values.length) {
    raise("ValueError", "Groups length must be equal to TableSet length.");
  }
  const names = new Names(uniqueNames([(groupName as string | null) ?? set.keyName, ...set.sample.columnNames]));
  const rows = set.entries().flatMap(([key, table], i) => {
    const group = Array.isArray(groups) ? groups[i] : key;
    return (table as Table).rows.map((row) => new Row([group, ...row.values], names));
  });
  return new Table(rows, names, [set.keyType, ...set.sample.columnTypes]);
}

const SET_MEMBERS = new Map<string, Member<TableSet>>([
  ["key_name", (self) => self.keyName],
  ["key_type", (self) => self.keyType],
  ["column_names", (self) => new Tuple(self.sample.columnNames)],
  ["column_types", (self) => new Tuple(self.sample.columnTypes)],
  [
    "merge",
    method("merge(groups=None, group_name=None, group_type=None)", (self: TableSet, groups: unknown, name: unknown) =>
      mergeSet(self, groups, name),
    ),
  ],
  [
    "aggregate",
    method("aggregate(aggregations)", (self: TableSet, aggregations: unknown) => {
      for (const item of pyIterate(aggregations))
        raise("TypeError", `cannot unpack non-iterable ${typeName(item)} object`);
      return Table.cast(
        self.names!.list.map((key) => [key]),
        new Names([self.keyName]),
        [self.keyType],
      );
    }),
  ],
  [
    "print_structure",
    method("print_structure(max_rows=20, output=None)", (self: TableSet, maxRows: number) => {
      output.write(self.structure(maxRows));
      return null;
    }),
  ],
]);

/** `table.group_by(key)`: the tables of each value, in the order in which the values appear. */
export function groupBy(table: Table, key: unknown, keyName: unknown, keyType: unknown): TableSet {
  const column =
    typeof key === "string" || typeof key === "number"
      ? (table.columnSequence().item(key) as Column | undefined)
      : null;
  if (column === undefined) return raise("KeyError", pyStr(key));
  const name = (keyName as string | null) ?? column?.name ?? "group";
  const type = (keyType as DataType | null) ?? column?.dataType ?? TEXT;
  const of = keyOf(column ? column.name : key);
  const groups = new Map<unknown, { key: unknown; rows: Row[] }>();
  for (const row of table.rows) {
    const value = type.cast(of(row));
    const cast = value === NO_CAST ? of(row) : value;
    const id = hashKey(cast);
    const group = groups.get(id);
    if (group) group.rows.push(row);
    else groups.set(id, { key: cast, rows: [row] });
  }
  if (groups.size === 0) return new TableSet([table.withRows([])], [], name, type);
  const all = [...groups.values()];
  return new TableSet(
    all.map(({ rows }) => table.withRows(rows, null)),
    all.map((group) => group.key),
    name,
    type,
  );
}
