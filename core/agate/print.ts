import { pyStr } from "../jinja/runtime/repr.ts";
import { strLength, strSlice } from "../jinja/runtime/text.ts";
import { PyDecimal } from "../python/decimal/decimal.ts";
import { digitCount, roundAway, tenTo } from "../python/decimal/number.ts";
import { dumpJson, jsonString } from "../python/json.ts";
import type { Table } from "./table.ts";
import { NUMBER, TEXT, VERBATIM_TEXT } from "./types.ts";

export interface PrintOptions {
  /** `null` means all. */
  maxRows?: number | null;
  maxColumns?: number | null;
  maxColumnWidth?: number | null;
  maxPrecision?: number | null;
}

const ELLIPSIS = "...";

/** A table as text, in the form of Markdown: what `print_table` prints. */
export function tableText(table: Table, options: PrintOptions = {}): string {
  const names = table.columnNames;
  const maxRows = options.maxRows === undefined ? 20 : (options.maxRows ?? table.rows.length);
  const maxColumns = options.maxColumns === undefined ? 6 : (options.maxColumns ?? names.length);
  const maxWidth = options.maxColumnWidth === undefined ? 20 : options.maxColumnWidth;
  const maxPrecision = options.maxPrecision === undefined ? 3 : (options.maxPrecision ?? Number.POSITIVE_INFINITY);
  const cut = (text: string): string =>
    maxWidth !== null && strLength(text) > maxWidth ? `${strSlice(text, 0, maxWidth - 3)}${ELLIPSIS}` : text;
  const hidesColumns = maxColumns < names.length;
  const shown = names.slice(0, maxColumns);
  const headers = shown.map(cut);
  if (hidesColumns) headers.push(ELLIPSIS);
  const rows = table.rows.slice(0, maxRows);
  const formats = shown.map((_, j) => numberFormat(table, j, maxRows, maxPrecision));
  const body = rows.map((row) => {
    const cells = shown.map((_, j) => {
      const value = row.values[j];
      if (value === null || value === undefined) return "";
      const format = formats[j];
      return cut(format && value instanceof PyDecimal && value.isFinite ? format(value) : pyStr(value));
    });
    if (hidesColumns) cells.push(ELLIPSIS);
    return cells;
  });
  const widths = headers.map((header, j) =>
    body.reduce((w, cells) => Math.max(w, strLength(cells[j]!)), strLength(header)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, j) => {
      const gap = " ".repeat(Math.max(0, widths[j]! - strLength(cell)));
      const type = table.columnTypes[j];
      return type === TEXT || type === VERBATIM_TEXT ? ` ${cell}${gap} ` : ` ${gap}${cell} `;
    });
    return `|${padded.join("|")}|\n`;
  };
  let text = line(headers);
  text += `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |\n`;
  for (const cells of body) text += line(cells);
  if (maxRows < table.rows.length) text += line(headers.map(() => ELLIPSIS));
  return text;
}

/** How a column of numbers is written: with as many places as its values need, at most `maxPrecision`. */
function numberFormat(
  table: Table,
  column: number,
  maxRows: number,
  maxPrecision: number,
): ((value: PyDecimal) => string) | undefined {
  if (table.columnTypes[column] !== NUMBER) return undefined;
  let whole = 1;
  let places = 0;
  for (const row of table.rows.slice(0, maxRows)) {
    const value = row.values[column];
    if (!(value instanceof PyDecimal) || !value.isFinite) continue;
    let { coefficient, exponent } = value.digits;
    while (coefficient !== 0n && coefficient % 10n === 0n) {
      coefficient /= 10n;
      exponent++;
    }
    if (coefficient === 0n) exponent = 0;
    whole = Math.max(whole, digitCount(coefficient) + exponent);
    places = Math.max(places, -exponent);
  }
  if (whole + places > 28) places = 28 - whole;
  const hidesPlaces = places > maxPrecision;
  const shown = Math.min(places, maxPrecision);
  return (value) => grouped(value, shown) + (hidesPlaces ? "…" : "");
}

function grouped(value: PyDecimal, places: number): string {
  const { negative, coefficient, exponent } = value.digits;
  const rounded = roundAway(coefficient, -places - exponent, negative, "ROUND_HALF_EVEN");
  const unit = tenTo(Math.max(places, 0));
  const whole = String(rounded / unit).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = places > 0 ? `.${String(rounded % unit).padStart(places, "0")}` : "";
  return `${negative ? "-" : ""}${whole}${fraction}`;
}

/** The names and types of a table's columns as a table. */
export function structureText(table: Table): string {
  return pairsText(
    "column",
    "data_type",
    table.columnNames.map((name, i) => [name, table.columnTypes[i]!.typeName]),
  );
}

/** Two columns of text as `print_structure` shows them. */
export function pairsText(left: string, right: string, rows: readonly (readonly [string, string])[]): string {
  const width = (i: 0 | 1, header: string): number =>
    Math.max(strLength(header), ...rows.map((row) => strLength(row[i])));
  const a = width(0, left);
  const b = width(1, right);
  const pad = (text: string, to: number): string => text + " ".repeat(to - strLength(text));
  const line = (x: string, y: string): string => `| ${pad(x, a)} | ${pad(y, b)} |\n`;
  return line(left, right) + line("-".repeat(a), "-".repeat(b)) + rows.map(([x, y]) => line(x, y)).join("");
}

/** The rows as JSON objects: a list, or one a line. Text is not escaped to ASCII, as agate has it. */
export function tableJson(table: Table, newline = false): string {
  const objects = table.rows.map((row) => {
    const fields = table.columnNames.map((name, i) => {
      const value = table.columnTypes[i]!.toJson(row.values[i] ?? null);
      return `${jsonText(name)}: ${typeof value === "string" ? jsonText(value) : dumpJson(value)}`;
    });
    return `{${fields.join(", ")}}`;
  });
  return newline ? objects.map((object) => `${object}\n`).join("") : `[${objects.join(", ")}]`;
}

function jsonText(text: string): string {
  const parts = text.split(/([\x7f-\uffff]+)/);
  return `"${parts.map((part, i) => (i % 2 === 1 ? part : jsonString(part).slice(1, -1))).join("")}"`;
}

/** The table as CSV with a header. */
export function tableCsv(table: Table): string {
  const field = (text: string): string => {
    const unix = text.replaceAll("\r", "\n");
    return /[",\n]/.test(unix) || (unix !== "" && / ^/.test(unix)) ? `"${unix.replaceAll('"', '""')}"` : unix;
  };
  const lines = [table.columnNames.map(field).join(",")];
  for (const row of table.rows) {
    const cells = table.columnTypes.map((type, i) => field(type.toCsv(row.values[i] ?? null)));
    lines.push(cells.length === 1 && cells[0] === "" ? '""' : cells.join(","));
  }
  return `${lines.join("\n")}\n`;
}
