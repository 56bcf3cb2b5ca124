import type { LineageDialect } from "./types.ts";

/** Texts and comments, in which nothing is a number. */
const TEXT = /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$/;
const HEXADECIMAL = /(?<![\w$])0[xX](?<digits>[0-9a-fA-F_]*)(?![\w$])/;
/** `bigint '1'`. Dune's Trino has types of its own. */
const TYPED =
  /(?<![\w$.])(?<type>bigint|integer|int|smallint|tinyint|double|real|decimal|u?int256)(?<space>\s+)'(?<number>-?[\d.]+)'/;
const PARTS = new RegExp([TYPED, TEXT, HEXADECIMAL].map(({ source }) => source).join("|"), "gi");

/**
 * The SQL with what the parser does not know, or takes for something else, written in a way that it reads, in as many characters,
 * so that places hold: `0x1f` is a zero called `x1f` to it but for ClickHouse, and `double '1'` an error.
 */
export function readable(sql: string, dialect: LineageDialect): string {
  if (dialect === "clickhouse") return sql;
  return sql.replace(PARTS, (part: string, ...rest: unknown[]) => {
    const { digits, type, space, number } = rest.at(-1) as { [name: string]: string | undefined };
    if (digits !== undefined) return decimal(digits.replaceAll("_", "")).padStart(part.length);
    return type === undefined ? part : `${" ".repeat(type.length)}${space} ${number} `;
  });
}

/** Long ones are bytes rather than numbers: what they amount to does not matter. */
function decimal(digits: string): string {
  return digits === "" || digits.length > 9 ? "0" : String(Number.parseInt(digits, 16));
}
