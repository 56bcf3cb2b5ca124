import type { Table } from "../core/agate/table.ts";

/** An engine's types for the columns of a CSV file. */
export interface SeedTypes {
  integer: string;
  /** Numbers without a fraction. */
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
  void table;
  void column;
  return types.text;
}
