import { type DataType, INTEGER, NO_CAST, TEXT, TRIED_TYPES } from "./types.ts";

/** A column's type and its values as that type has them. */
export interface TypedColumn {
  type: DataType;
  values: unknown[];
}

/**
 * Types a column: the first of dbt's types that can hold every value, with the values made so.
 * A row that is too short has no say, so that a column without any value is Integer; a text never is.
 */
export function typeColumn(rows: readonly (readonly unknown[])[], column: number): TypedColumn {
  for (const type of TRIED_TYPES) {
    const values = castColumn(rows, column, type);
    if (values) return { type, values };
  }
  return { type: TEXT, values: castColumn(rows, column, TEXT)! };
}

/** A column's values as a type has them; `undefined` as soon as one does not fit. */
function castColumn(rows: readonly (readonly unknown[])[], column: number, type: DataType): unknown[] | undefined {
  const values = new Array<unknown>(rows.length);
  const { cast } = type;
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]![column];
    if (value === undefined || value === null) {
      values[i] = null;
      continue;
    }
    // A null written as text is no Integer to agate.
    const typed = type === INTEGER && typeof value === "string" ? NO_CAST : cast(value);
    if (typed === NO_CAST) return undefined;
    values[i] = typed;
  }
  return values;
}

/** The type alone. */
export const inferType = (rows: readonly (readonly unknown[])[], column: number): DataType =>
  typeColumn(rows, column).type;
