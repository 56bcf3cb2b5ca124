import { pyLess } from "./compare.ts";
import { PyDict } from "./dict.ts";
import { pyRepr } from "./repr.ts";
import { PySet } from "./set.ts";
import { splitLines, strLength } from "./text.ts";
import { typeName } from "./types.ts";
import { Tuple } from "./values.ts";

const WIDTH = 80;

/** Python's `pprint.pformat`. */
export function pprint(value: unknown): string {
  return format(value, 0, 0, 0);
}

function sorted<T>(items: T[], key: (item: T) => unknown): T[] {
  const less = (a: unknown, b: unknown) => {
    try {
      return pyLess(a, b);
    } catch {
      return typeName(a) < typeName(b);
    }
  };
  return items.sort((a, b) => (less(key(a), key(b)) ? -1 : less(key(b), key(a)) ? 1 : 0));
}

function pairs(d: PyDict): [unknown, unknown][] {
  return sorted([...d.entries()], ([k]) => k);
}

/** The representation on one line, with sorted dicts. */
function flat(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(flat).join(", ")}]`;
  if (v instanceof Tuple) return v.items.length === 1 ? `(${flat(v.items[0])},)` : `(${v.items.map(flat).join(", ")})`;
  if (v instanceof PyDict)
    return `{${pairs(v)
      .map(([k, x]) => `${flat(k)}: ${flat(x)}`)
      .join(", ")}}`;
  return pyRepr(v);
}

function format(v: unknown, indent: number, allowance: number, level: number): string {
  const line = flat(v);
  if (strLength(line) <= WIDTH - indent - allowance) return line;
  if (v instanceof PyDict) return dict(v, indent, allowance + 1, level + 1);
  if (Array.isArray(v)) return `[${items(v, indent, allowance + 1, level + 1)}]`;
  if (v instanceof Tuple) {
    const close = v.items.length === 1 ? ",)" : ")";
    return `(${items(v.items, indent, allowance + close.length, level + 1)}${close}`;
  }
  if (v instanceof PySet && v.size > 0) {
    const [open, close] = v.frozen ? ["frozenset({", "})"] : ["{", "}"];
    const sortedItems = sorted([...v], (x) => x);
    return `${open}${items(sortedItems, indent + open.length - 1, allowance + close.length, level + 1)}${close}`;
  }
  if (typeof v === "string") return text(v, indent, allowance, level + 1, line);
  return line;
}

function items(list: readonly unknown[], indent: number, allowance: number, level: number): string {
  const inner = indent + 1;
  return list
    .map((x, i) => format(x, inner, i === list.length - 1 ? allowance : 1, level))
    .join(`,\n${" ".repeat(inner)}`);
}

function dict(d: PyDict, indent: number, allowance: number, level: number): string {
  const inner = indent + 1;
  const list = pairs(d);
  const parts = list.map(([k, x], i) => {
    const key = flat(k);
    return `${key}: ${format(x, inner + strLength(key) + 2, i === list.length - 1 ? allowance : 1, level)}`;
  });
  return `{${parts.join(`,\n${" ".repeat(inner)}`)}}`;
}

/** A long string, broken at spaces into adjacent literals. */
function text(s: string, indentBy: number, allow: number, level: number, whole: string): string {
  const indent = level === 1 ? indentBy + 1 : indentBy;
  const allowance = level === 1 ? allow + 1 : allow;
  const width = WIDTH - indent;
  const chunks: string[] = [];
  const lines = splitLines(s, true);
  for (const [i, line] of lines.entries()) {
    const lastLine = i === lines.length - 1;
    const rep = pyRepr(line);
    if (strLength(rep) <= (lastLine ? width - allowance : width)) {
      chunks.push(rep);
      continue;
    }
    const parts = (line.match(/\S*\s*/g) ?? []).filter((p) => p !== "");
    let current = "";
    for (const [j, part] of parts.entries()) {
      const max = j === parts.length - 1 && lastLine ? width - allowance : width;
      if (strLength(pyRepr(current + part)) > max) {
        if (current !== "") chunks.push(pyRepr(current));
        current = part;
      } else current += part;
    }
    if (current !== "") chunks.push(pyRepr(current));
  }
  if (chunks.length === 1) return whole;
  const body = chunks.join(`\n${" ".repeat(indent)}`);
  return level === 1 ? `(${body})` : body;
}
