import type { ColumnType } from "../config/index.ts";
import { BadMessage } from "./bad-message.ts";
import { jsonOf } from "./text.ts";

export interface Column {
  name: string;
  type: ColumnType;
}

/**
 * The columns that rows have. A number is always a double, and whatever is not of one kind throughout is JSON text, so that a
 * column's type does not hang on the values that a batch happens to have.
 */
export function columnsOf(rows: readonly { [name: string]: unknown }[]): Column[] {
  const types = new Map<string, ColumnType | undefined>();
  for (const row of rows) {
    for (const name in row) {
      const before = types.get(name);
      if (before === "json") continue;
      const type = kindOf(row[name]);
      types.set(name, !before || !type || type === before ? (type ?? before) : "json");
    }
  }
  return [...types].map(([name, type]) => ({ name, type: type ?? "string" }));
}

function kindOf(value: unknown): ColumnType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return "string";
  if (typeof value === "number" || typeof value === "bigint") return "double";
  return typeof value === "boolean" ? "boolean" : "json";
}

/** A value as its column wants it: `timestamp` is a Date, `int` a bigint, `json` text. */
export function cellOf(value: unknown, { name, type }: Column): string | number | boolean | bigint | Date | null {
  if (value === null || value === undefined) return null;
  switch (type) {
    case "string":
      return typeof value === "string" ? value : typeof value === "object" ? jsonOf(value) : String(value);
    case "json":
      return jsonOf(value);
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "double":
      if (typeof value === "number" || typeof value === "bigint") return Number(value);
      if (typeof value === "string" && value.trim() && Number.isFinite(Number(value))) return Number(value);
      break;
    case "int":
      if (typeof value === "bigint" || Number.isSafeInteger(value)) return BigInt(value as number);
      if (typeof value === "string" && /^-?\d{1,18}$/.test(value)) return BigInt(value);
      break;
    case "timestamp": {
      const time = timeOf(value);
      if (time !== undefined) return new Date(time);
    }
  }
  throw new BadMessage("column", `${name} is no ${type}: ${jsonOf(value).slice(0, 100)}`);
}

/** Milliseconds since 1970 of a time: ISO text, or seconds, milliseconds, microseconds or nanoseconds, told by their size. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === "string" && !/^-?\d+(\.\d+)?$/.test(value)) {
    const time = Date.parse(
      /[zZ]|[+-]\d\d:?\d\d$/.test(value) || !/\d[T ]\d/.test(value) ? value : `${value.replace(" ", "T")}Z`,
    );
    return Number.isNaN(time) ? undefined : time;
  }
  const number = typeof value === "string" || typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  const size = Math.abs(number);
  const time = size < 1e11 ? number * 1000 : size < 1e14 ? number : size < 1e17 ? number / 1000 : number / 1e6;
  return Math.floor(time);
}
