import type { Table } from "../core/agate/table.ts";
import { PyDecimal } from "../core/python/decimal/decimal.ts";

/** An engine's types for the columns of a CSV file. */
export interface SeedTypes {
  integer: string;
  /** Numbers none of which has a fraction. */
  wholeNumber: string;
  number: string;
  text: string;
  boolean: string;
  datetime: string;
  date: string;
  time: string;
}

/** The engine's type for a column: `seedColumnType(table, 0, { integer: "integer", … })`. */
export function seedColumnType(table: Table, column: number, types: SeedTypes): string {
  switch (table.columnTypes[column]?.typeName) {
    case "Integer":
      return types.integer;
    case "Number":
      return hasFraction(table, column) ? types.number : types.wholeNumber;
    case "Boolean":
      return types.boolean;
    case "DateTime":
    case "ISODateTime":
      return types.datetime;
    case "Date":
      return types.date;
    case "TimeDelta":
      return types.time;
    default:
      return types.text;
  }
}

function hasFraction(table: Table, column: number): boolean {
  if (table.source) return table.source.hasFraction(column);
  return table.rows.some((row) => {
    const value = row.values[column];
    return value instanceof PyDecimal && value.isFinite && !value.isInteger();
  });
}
