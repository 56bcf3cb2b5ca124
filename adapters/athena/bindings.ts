import { typeError } from "../../core/jinja/errors.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { typeName } from "../../core/jinja/runtime/types.ts";
import { PyFloat } from "../../core/jinja/runtime/values.ts";
import { PyDate } from "../../core/python/datetime/date.ts";
import { PyDateTime } from "../../core/python/datetime/datetime.ts";
import { PyDecimal } from "../../core/python/decimal/decimal.ts";
import { isInt } from "../../core/python/support.ts";

/** The statement with values in place of its `%s`, as literals: Athena binds none. */
export function withValues(sql: string, values: readonly unknown[]): string {
  let next = 0;
  return sql.replace(/%(s|%)/g, (_match, kind: string) => (kind === "%" ? "%" : literal(values[next++])));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (isInt(value) || value instanceof PyFloat || typeof value === "number") return pyStr(value);
  if (value instanceof PyDecimal) return `DECIMAL '${pyStr(value)}'`;
  if (value instanceof PyDateTime) return `TIMESTAMP '${moment(value)}'`;
  if (value instanceof PyDate) return `DATE '${pyStr(value)}'`;
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  throw typeError(`No parameter formatter found for type ${typeName(value)}.`);
}

/** To the millisecond. */
function moment(value: PyDateTime): string {
  const [seconds, fraction = ""] = pyStr(value)
    .replace(/[+-]\d\d:\d\d$/, "")
    .split(".");
  return `${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}`;
}
