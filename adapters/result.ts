import { Table } from "../core/agate/table.ts";
import { PyDict } from "../core/jinja/index.ts";
import { pyStr } from "../core/jinja/runtime/repr.ts";
import { HostObject, PyFloat, Tuple } from "../core/jinja/runtime/values.ts";
import { PyDate } from "../core/python/datetime/date.ts";
import { PyDateTime } from "../core/python/datetime/datetime.ts";
import { PyDecimal } from "../core/python/decimal/decimal.ts";
import { jsonText } from "./json-text.ts";

/** What a column of a result holds: the types that dbt's tables know. */
type Kind = "integer" | "number" | "boolean" | "date" | "datetime" | "text";

/**
 * A result as dbt gives it to templates: floats become decimals, lists and dicts their JSON text, anything else that a
 * table has no type for (times, intervals, bytes, UUIDs) its text. A column of nulls alone counts as integers.
 *
 *     resultTable(["id", "price"], [[1, PyDecimal.of(150n, 2)]])
 */
export function resultTable(columnNames: readonly string[], rows: unknown[][]): Table {
  const names = uniqueNames(columnNames);
  const kinds: Kind[] = [];
  for (let column = 0; column < names.length; column++) {
    const kind = kindOf(rows, column);
    kinds.push(kind);
    if (kind === "text" || kind === "number") {
      const convert = kind === "text" ? toText : toNumber;
      for (const row of rows) row[column] = convert(row[column]);
    }
  }
  return Table.fromRows(names, rows, kinds);
}

/** The second column `a` is `a_2`. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

function kindOf(rows: readonly unknown[][], column: number): Kind {
  let kind: Kind | undefined;
  for (const row of rows) {
    const value = row[column];
    if (value === null || value === undefined) continue;
    const own = kindOfValue(value);
    if (own === "text") return "text";
    if (kind === undefined || kind === own) kind = own;
    else if ((kind === "integer" && own === "number") || (kind === "number" && own === "integer")) kind = "number";
    else return "text";
  }
  return kind ?? "integer";
}

function kindOfValue(value: unknown): Kind {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "integer" : "number";
    case "bigint":
      return "integer";
    case "boolean":
      return "boolean";
  }
  if (value instanceof PyDateTime) return "datetime";
  if (value instanceof PyDate) return "date";
  return value instanceof PyDecimal || value instanceof PyFloat ? "number" : "text";
}

function toText(value: unknown): unknown {
  if (value === null || typeof value === "string") return value;
  return isContainer(value) ? jsonText(value) : pyStr(value);
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || value instanceof PyDict || value instanceof Tuple;
}

function toNumber(value: unknown): unknown {
  if (value === null || value instanceof PyDecimal) return value;
  return PyDecimal.parse(value instanceof HostObject ? value.str() : pyStr(value)) ?? null;
}
