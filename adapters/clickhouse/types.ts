/** A type of ClickHouse as its parts: `Map(String, Array(Nullable(UInt8)))`. */
export interface ChType {
  /** `Map`, `UInt8`, `Enum8`. */
  name: string;
  /** Types within it. */
  inner: ChType[];
  /** The names of a named tuple's fields. */
  fieldNames: string[] | null;
  /** Numbers and strings within it: a precision, a time zone. */
  params: string[];
}

const WITH_TYPES = new Set([
  "Nullable",
  "LowCardinality",
  "Array",
  "Map",
  "Tuple",
  "Nested",
  "Variant",
  "SimpleAggregateFunction",
]);

/** Reads the text of a type as ClickHouse writes it: `parseType("Nullable(Decimal(10, 2))")`. */
export function parseType(text: string): ChType {
  const open = text.indexOf("(");
  if (open < 0) return { name: text.trim(), inner: [], fieldNames: null, params: [] };
  const name = text.slice(0, open).trim();
  const parts = splitArguments(text.slice(open + 1, text.lastIndexOf(")")));
  if (!WITH_TYPES.has(name)) return { name, inner: [], fieldNames: null, params: parts };
  if (name === "SimpleAggregateFunction")
    return { name, inner: parts.slice(1).map(parseType), fieldNames: null, params: parts.slice(0, 1) };
  if (name !== "Tuple" && name !== "Nested") return { name, inner: parts.map(parseType), fieldNames: null, params: [] };
  const fields = parts.map(splitField);
  const named = fields.length > 0 && fields.every(([field]) => field !== null);
  return {
    name,
    inner: fields.map(([, type]) => parseType(type)),
    fieldNames: named ? fields.map(([field]) => field!) : null,
    params: [],
  };
}

/** The arguments between the commas of the outermost level. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote) {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === "'" || c === "`" || c === '"') quote = c;
    else if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = text.slice(start).trim();
  if (last !== "") parts.push(last);
  return parts;
}

/** `a Int8` and `` `a b` Int8 `` have a name; `Int8` and `Decimal(1, 2)` have none. */
function splitField(field: string): [string | null, string] {
  if (field.startsWith("`")) {
    const end = /[^\\]`/.exec(field)!.index + 1;
    return [field.slice(1, end).replace(/\\(.)/g, "$1"), field.slice(end + 1).trim()];
  }
  const match = /^([^\s(]+)\s+(\S[\s\S]*)$/.exec(field);
  return match ? [match[1]!, match[2]!] : [null, field];
}
