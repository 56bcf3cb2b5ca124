import type { Table } from "./table.ts";
import { DATE, DATE_TIME, type DataType, isNullText, NUMBER, TEXT } from "./types.ts";

/** What Python would write as it stands: nearly all numbers and dates; and moments, but for the letter between. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,20})(?:\.\d{1,6})?$/;
const PLAIN_DATE = /^\d{4}-\d\d-\d\d$/;
const PLAIN_MOMENT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** So many rows make a part. */
const PART = 10_000;

/** A table's rows as Python's csv writes them, with minimal quotes and without a header, many at a time. */
export function* csvLines(table: Table): Generator<string> {
  const { columnTypes: types, source } = table;
  if (source) {
    for (const rows of source.texts())
      yield rows.map((row) => line(types.map((type, i) => ofText(type, row[i])))).join("");
    return;
  }
  for (let from = 0; from < table.rows.length; from += PART) {
    const rows = table.rows.slice(from, from + PART);
    yield rows.map((row) => line(types.map((type, i) => type.toCsv(row.values[i] ?? null)))).join("");
  }
}

/** What a text of the file is in CSV, once it has the column's type. */
function ofText(type: DataType, text: string | undefined): string {
  if (text === undefined || isNullText(text)) return "";
  if (type === TEXT || (type === NUMBER && PLAIN_NUMBER.test(text)) || (type === DATE && PLAIN_DATE.test(text)))
    return text;
  if (type === DATE_TIME && PLAIN_MOMENT.test(text)) return text.replace(" ", "T");
  return type.toCsv(type.cast(text));
}

function line(values: string[]): string {
  if (values.length === 1 && values[0] === "") return '""\n';
  return `${values.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")}\n`;
}
