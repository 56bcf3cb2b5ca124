import { type Body, expression, type Tree } from "./ast.ts";
import type { TypeClass } from "./types.ts";

const CLASSES: readonly [TypeClass, RegExp][] = [
  [
    "number",
    /^(u?(tiny|small|big|huge)?int(eger)?\d*|uint\d+|u?int(8|16|32|64|128|256)|long|float\d*|double|real|decimal\d*|numeric|number|double_precision)$/,
  ],
  ["text", /^(var_?char|char|character|text|string|fixedstring|fixed_string|bpchar|character varying|n?varchar)$/],
  ["time", /^(date(32)?|timestamp(tz|_tz|_s|_ms|_ns)?|datetime(64)?|date_?time|timestamp with(out)? time zone)$/],
  ["boolean", /^bool(ean)?$/],
];

/** The class of a type as a warehouse or YAML names it: `DECIMAL(10,2)`, `Nullable(String)`. */
export function classOfType(type: string): TypeClass | undefined {
  const inner = /^(?:nullable|lowcardinality)\((.*)\)$/i.exec(type.trim());
  if (inner) return classOfType(inner[1]!);
  if (/[[\]]|^(array|map|struct|tuple|row|nested)\b/i.test(type)) return undefined;
  const name = type
    .trim()
    .toLowerCase()
    .replace(/\s*\([^)]*\)\s*/, " ")
    .trim();
  return CLASSES.find(([, pattern]) => pattern.test(name))?.[0];
}

/** The class of the type that a cast names. */
export function classOfCast(to: Tree): TypeClass | undefined {
  if (to === null || typeof to !== "object") return undefined;
  const { data_type: type, inner, name } = to as Body;
  if (type === "nullable" || type === "low_cardinality") return classOfCast(inner);
  if (type === "custom" || type === "unknown") return typeof name === "string" ? classOfType(name) : undefined;
  return typeof type === "string" ? classOfType(type.replace(/^(tiny|small|big|huge)_int$/, "$1int")) : undefined;
}

const OF_KIND: { readonly [kind: string]: TypeClass } = {
  count: "number",
  count_if: "number",
  row_number: "number",
  rank: "number",
  dense_rank: "number",
  length: "number",
  lower: "text",
  upper: "text",
  trim: "text",
  concat: "text",
  boolean: "boolean",
};

/** The class of an expression that says it by itself; undefined where it depends on what goes into it. */
export function classOfExpression(tree: Tree): TypeClass | undefined {
  const found = expression(tree);
  if (!found) return undefined;
  const { kind, body } = found;
  if (kind === "cast" || kind === "try_cast") return classOfCast(body.to);
  if (kind === "literal") {
    if (body.literal_type === "number") return "number";
    return body.literal_type === "date" || body.literal_type === "timestamp" ? "time" : undefined;
  }
  return OF_KIND[kind];
}

/** Whether no dialect compares the two without a cast. */
export function clash(a: TypeClass | undefined, b: TypeClass | undefined): boolean {
  if (!a || !b || a === b) return false;
  const both = [a, b];
  return !(both.includes("boolean") && (both.includes("number") || both.includes("text")));
}
