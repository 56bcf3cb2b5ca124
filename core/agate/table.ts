import { PyDict } from "../jinja/runtime/dict.ts";
import { address, pyStr } from "../jinja/runtime/repr.ts";
import { float, HostObject, Tuple } from "../jinja/runtime/values.ts";
import { PyDate } from "../python/datetime/date.ts";
import { PyTime } from "../python/datetime/time.ts";
import { PyDecimal } from "../python/decimal/decimal.ts";
import { dumpJson } from "../python/json.ts";
import { type Member, raise } from "../python/support.ts";
import { typeColumn } from "./infer.ts";
import { Column, MappedSequence, Row, Rows } from "./mapped-sequence.ts";
import { Names, uniqueNames } from "./names.ts";
import { type PrintOptions, structureText, tableCsv, tableJson, tableText } from "./print.ts";
import { type DataType, NO_CAST, VERBATIM_TEXT } from "./types.ts";

/** Rows that lie in a file until they are looked at. */
export interface RowSource {
  readonly count: number;
  /** All of them, typed. */
  load(): Row[];
  /** Their texts as the file has them, some rows at a time. */
  texts(): Iterable<readonly (readonly string[])[]>;
  /** Whether a number of the column has a fraction. */
  hasFraction(column: number): boolean;
}

/** agate's Table: rows of typed values under named columns. It never changes; what changes it makes another. */
export class Table extends HostObject {
  readonly typeName = "Table";
  readonly columnNames: readonly string[];
  readonly columnTypes: readonly DataType[];
  readonly rowNames: readonly unknown[] | null;
  readonly names: Names;
  /** Where the rows come from, while nobody has looked at them. */
  private unread: RowSource | undefined;
  private held: readonly Row[] | undefined;
  private sequences: { rows: MappedSequence; columns: MappedSequence } | undefined;

  /** Of rows that are already what their columns' types say. */
  constructor(
    rows: readonly Row[] | RowSource,
    names: Names,
    columnTypes: readonly DataType[],
    rowNames: readonly unknown[] | null = null,
  ) {
    super();
    if (Array.isArray(rows)) this.held = rows;
    else this.unread = rows as RowSource;
    this.names = names;
    this.columnNames = names.list as readonly string[];
    this.columnTypes = columnTypes;
    this.rowNames = rowNames;
  }

  /**
   * The table of a query's result, typed as dbt types it: texts stay as they are, lists and dicts become JSON, floats become
   * Decimals, and each column gets the first type that can hold it.
   *
   *     Table.fromRows(["id", "name"], [[1, "ann"], [2, null]])
   *
   * With `types` the values are taken as they are. Rows are arrays of Python values, and belong to the table from then on.
   */
  static fromRows(columnNames: readonly string[], rows: unknown[][], types?: readonly DataType[]): Table {
    const names = new Names(uniqueNames(columnNames));
    if (types)
      return new Table(
        rows.map((row) => new Row(row, names)),
        names,
        types,
      );
    const texts = flatten(rows);
    return Table.typed(rows, names, (i) => (texts.has(i) ? VERBATIM_TEXT : undefined));
  }

  /** A table without rows. */
  static empty(columnNames: readonly string[] = []): Table {
    return Table.fromRows(columnNames, []);
  }

  /** Types each column by its values, but for those that `forced` knows a type of. Rows are changed in place. */
  static typed(rows: unknown[][], names: Names, forced: (column: number) => DataType | undefined): Table {
    checkLengths(rows, names);
    const types = names.list.map((_, j) => {
      const type = forced(j);
      if (!type) {
        const column = typeColumn(rows, j);
        for (let i = 0; i < rows.length; i++) rows[i]![j] = column.values[i];
        return column.type;
      }
      for (const row of rows) row[j] = row[j] === undefined ? null : type.cast(row[j]);
      return type;
    });
    return new Table(
      rows.map((row) => new Row(row, names)),
      names,
      types,
    );
  }

  /** Makes each value what its column's type says; a ValueError where a row is too long or a value does not fit. */
  static cast(rows: unknown[][], names: Names, types: readonly DataType[]): Table {
    checkLengths(rows, names);
    const count = names.list.length;
    const cast = rows.map((row, i) => {
      for (let j = 0; j < count; j++) {
        const value = row[j];
        const typed = value === undefined ? null : types[j]!.cast(value);
        if (typed === NO_CAST) {
          const shown = `Can not parse value "${pyStr(value)}" as ${types[j]!.typeName}.`;
          raise("ValueError", `${shown} Error at row ${i} column ${names.list[j]}.`);
        }
        row[j] = typed;
      }
      return new Row(row, names);
    });
    return new Table(cast, names, types);
  }

  get rows(): readonly Row[] {
    if (!this.held) {
      this.held = this.unread!.load();
      this.unread = undefined;
    }
    return this.held;
  }
  get rowCount(): number {
    return this.held?.length ?? this.unread!.count;
  }
  /** The rows' source, while nobody has looked at them. */
  get source(): RowSource | undefined {
    return this.unread;
  }

  /** The place of a column; a ValueError where there is none. */
  columnIndex(name: unknown): number {
    const index = typeof name === "string" ? this.names.indexOf(name) : -1;
    return index < 0 ? raise("ValueError", "tuple.index(x): x not in tuple") : index;
  }
  /** The values of a column, by name. */
  column(name: string): readonly unknown[] {
    return (this.columnSequence().values[this.columnIndex(name)] as Column).values;
  }
  rowSequence(): MappedSequence {
    return this.build().rows;
  }
  columnSequence(): MappedSequence {
    return this.build().columns;
  }
  private build(): { rows: MappedSequence; columns: MappedSequence } {
    if (!this.sequences) {
      const rowNames = this.rowNames ? new Names(this.rowNames) : null;
      const columns = this.columnNames.map((name, i) => new Column(i, name, this.columnTypes[i]!, this, rowNames));
      this.sequences = {
        rows: new Rows(this, rowNames),
        columns: new MappedSequence(columns, this.names),
      };
    }
    return this.sequences;
  }
  /** Another table of the same columns. */
  withRows(rows: readonly Row[], rowNames: readonly unknown[] | null = this.rowNames): Table {
    return new Table(rows, this.names, this.columnTypes, rowNames);
  }

  /** What `print_table` prints. */
  print(options: PrintOptions = {}): string {
    return tableText(this, options);
  }
  toJson(newline = false): string {
    return tableJson(this, newline);
  }
  toCsv(): string {
    return tableCsv(this);
  }

  override attr(name: string): unknown {
    return TABLE_MEMBERS.get(name)?.(this);
  }
  override item(key: unknown): unknown {
    return this.rowSequence().item(key);
  }
  override iterate(): Iterable<unknown> {
    return this.rows;
  }
  override length(): number {
    return this.rowCount;
  }
  override str(): string {
    return structureText(this);
  }
  override repr(): string {
    return `<agate.table.Table object at ${address(this)}>`;
  }
}

function checkLengths(rows: readonly unknown[][], names: Names): void {
  const count = names.list.length;
  const i = rows.findIndex((row) => row.length > count);
  if (i < 0) return;
  raise("ValueError", `Row ${i} has ${rows[i]!.length} values, but Table only has ${count} columns.`);
}

/** Turns lists and dicts into JSON in place; answers the columns that hold text, then or before. */
function flatten(rows: unknown[][]): Set<number> {
  const texts = new Set<number>();
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value === "string") {
        texts.add(i);
      } else if (typeof value === "object" && value !== null) {
        if (!Array.isArray(value) && !(value instanceof PyDict) && !(value instanceof Tuple)) continue;
        row[i] = dumpJson(jsonable(value));
        texts.add(i);
      }
    }
  }
  return texts;
}

/** What dbt's encoder makes of values that JSON does not know. */
function jsonable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonable);
  if (value instanceof Tuple) return value.items.map(jsonable);
  if (value instanceof PyDict)
    return PyDict.from([...value.entries()].map(([key, item]) => [key, jsonable(item)] as const));
  if (value instanceof PyDecimal) return float(value.toFloat());
  if (value instanceof PyDate) return value.str().replace(" ", "T");
  if (value instanceof PyTime) return value.isoFormat();
  return value instanceof HostObject ? pyStr(value) : value;
}

/** What templates see of a table; filled by `operations.ts`. */
export const TABLE_MEMBERS = new Map<string, Member<Table>>([
  ["column_names", (self) => new Tuple(self.columnNames)],
  ["column_types", (self) => new Tuple(self.columnTypes)],
  ["columns", (self) => self.columnSequence()],
  ["rows", (self) => self.rowSequence()],
  ["row_names", (self) => self.rowNames && new Tuple(self.rowNames)],
]);
