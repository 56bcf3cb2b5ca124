import type { LineageDialect } from "./types.ts";

/** Texts and comments, in which nothing is a number, and hexadecimal numbers. */
const PARTS =
  /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|(?<![\w$])0[xX]([0-9a-fA-F_]*)(?![\w$])/g;

/**
 * The SQL with what the parser would take for something else written in a way that it reads, in as many characters, so that
 * places hold: `0x1f` is a zero called `x1f` to it but for ClickHouse.
 */
export function readable(sql: string, dialect: LineageDialect): string {
  if (dialect === "clickhouse" || !/0[xX]/.test(sql)) return sql;
  return sql.replace(PARTS, (part: string, _tag: unknown, digits: string | undefined) =>
    digits === undefined ? part : decimal(digits.replaceAll("_", "")).padStart(part.length),
  );
}

/** Long ones are bytes rather than numbers: what they amount to does not matter. */
function decimal(digits: string): string {
  return digits === "" || digits.length > 9 ? "0" : String(Number.parseInt(digits, 16));
}
