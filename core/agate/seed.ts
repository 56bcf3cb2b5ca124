import { isUtf8 } from "node:buffer";
import { TsdbtError } from "../errors.ts";
import { type CsvOptions, fieldPosition, parseCsv, spanAt } from "./csv.ts";
import { Names, uniqueNames } from "./names.ts";
import { Table } from "./table.ts";
import { TEXT } from "./types.ts";

export interface SeedOptions extends CsvOptions {
  /** Columns that are text whatever they hold: those whose type the seed's config names. */
  textColumns?: ReadonlySet<string> | undefined;
  /** Told of columns without a name and of names used twice. */
  onWarning?: ((message: string) => void) | undefined;
}

/**
 * Reads a seed's CSV into a table, with the types that dbt sees in its columns:
 *
 *     readCsv("id,name\n1,ann\n2,null\n", { file: "seeds/people.csv" })
 *
 * `null` and nothing at all are null. Throws a Compilation Error `TD12xx` with its place for rows that are too long, a quote that
 * is never closed, bytes that are no UTF-8 and a file without a header.
 */
export function readCsv(content: string | Uint8Array, options: SeedOptions = {}): Table {
  const text = decode(content, options.file);
  const rows: unknown[][] = parseCsv(text, options);
  const header = rows.shift() as string[] | undefined;
  if (header === undefined || header.length === 0) {
    throw new TsdbtError("TD1204", "Compilation Error", "the seed has no header", {
      file: options.file,
      span: { line: 1, column: 1 },
      source: text,
      hint: "Write the names of the columns into the first line.",
    });
  }
  const names = new Names(uniqueNames(header, options.onWarning));
  const count = names.list.length;
  const tooLong = rows.findIndex((row) => row.length > count);
  if (tooLong >= 0) throw ragged(text, rows[tooLong]!.length, tooLong, count, options);
  return Table.typed(rows, names, (i) => (options.textColumns?.has(names.list[i] as string) ? TEXT : undefined));
}

function ragged(text: string, length: number, row: number, count: number, options: SeedOptions): TsdbtError {
  return new TsdbtError(
    "TD1201",
    "Compilation Error",
    `Row ${row} has ${length} values, but Table only has ${count} columns.`,
    {
      file: options.file,
      span: fieldPosition(text, row + 1, count, options),
      source: text,
      hint: "Quote a value that contains the delimiter, or name the column in the header.",
    },
  );
}

/** The text of a file; without its byte order mark, and with one kind of line break. */
function decode(content: string | Uint8Array, file: string | undefined): string {
  let text = content;
  if (typeof text !== "string") {
    const buffer = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    if (!isUtf8(buffer)) throw badEncoding(buffer, file);
    text = buffer.toString("utf8");
  }
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

function badEncoding(buffer: Buffer, file: string | undefined): TsdbtError {
  const { offset, reason } = firstBadByte(buffer);
  const shown = `0x${buffer[offset]!.toString(16).padStart(2, "0")}`;
  const before = buffer.subarray(0, offset).toString("utf8").replace(/\r\n?/g, "\n");
  return new TsdbtError(
    "TD1203",
    "Compilation Error",
    `'utf-8' codec can't decode byte ${shown} in position ${offset}: ${reason}`,
    { file, span: spanAt(before, before.length), hint: "Save the file as UTF-8." },
  );
}

/** The first byte that is no UTF-8, and what is wrong with it in Python's words. */
function firstBadByte(buffer: Buffer): { offset: number; reason: string } {
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer[at]!);
    if (length === 0) return { offset: at, reason: "invalid start byte" };
    for (let k = 1; k < length; k++) {
      const next = buffer[at + k];
      if (next === undefined) return { offset: at, reason: "unexpected end of data" };
      if (!mayContinue(buffer[at]!, next, k)) return { offset: at, reason: "invalid continuation byte" };
    }
    at += length;
  }
  return { offset: 0, reason: "invalid start byte" };
}

/** How many bytes the character has that begins with this one; 0 where none does. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/** Whether a byte can follow in its place; some first bytes narrow what the second may be. */
function mayContinue(first: number, byte: number, place: number): boolean {
  if (place === 1) {
    if (first === 0xe0) return byte >= 0xa0 && byte <= 0xbf;
    if (first === 0xed) return byte >= 0x80 && byte <= 0x9f;
    if (first === 0xf0) return byte >= 0x90 && byte <= 0xbf;
    if (first === 0xf4) return byte >= 0x80 && byte <= 0x8f;
  }
  return byte >= 0x80 && byte <= 0xbf;
}
