import { type Span, TsdbtError } from "../errors.ts";

export interface CsvOptions {
  /** One character; a comma unless said otherwise. */
  delimiter?: string | undefined;
  /** The file's name for errors. */
  file?: string | undefined;
}

/** A CSV text as rows of texts, by the rules of Python's `csv` module: quotes are doubled, an empty line is an empty row. */
export function parseCsv(text: string, options: CsvOptions = {}): string[][] {
  const rows: string[][] = [];
  scan(text, options, rows, Number.POSITIVE_INFINITY);
  return rows;
}

/**
 * The rows that end within the text, and where the next one begins: all of them are where it is the `last` text, else the one that
 * reaches its end may go on in the next.
 */
export function parseCsvPart(text: string, options: CsvOptions, last: boolean): { rows: string[][]; end: number } {
  const rows: string[][] = [];
  const end = scan(text, options, rows, Number.POSITIVE_INFINITY, 0, last);
  return { rows, end };
}

/** Where a field stands, for errors: reads the text again up to there. */
export function fieldPosition(text: string, row: number, field: number, options: CsvOptions): Span {
  const rows: string[][] = [];
  const offset = scan(text, options, rows, row, field);
  return spanAt(text, offset);
}

/** The one-based line and column of an offset. */
export function spanAt(text: string, offset: number): Span {
  const before = text.slice(0, offset);
  const lines = before.split("\n");
  return { line: lines.length, column: [...lines[lines.length - 1]!].length + 1 };
}

function delimiterCode(options: CsvOptions): number {
  const delimiter = options.delimiter ?? ",";
  if ([...delimiter].length === 1 && delimiter !== "\n" && delimiter !== "\r") return delimiter.charCodeAt(0);
  throw new TsdbtError("TD1205", "Compilation Error", '"delimiter" must be a 1-character string', {
    file: options.file,
    hint: "Set `delimiter` in the seed's config to one character, e.g. `delimiter: ';'`.",
  });
}

/**
 * Reads rows until `lastRow`; answers where its field `lastField` begins. Unless the text is `whole`, a row that reaches its end is
 * left out, and the answer is where it begins.
 */
function scan(
  text: string,
  options: CsvOptions,
  rows: string[][],
  lastRow: number,
  lastField = 0,
  whole = true,
): number {
  const delimiter = delimiterCode(options);
  const { length } = text;
  let at = 0;
  while (at < length) {
    const row: string[] = [];
    const start = at;
    rows.push(row);
    if (text.charCodeAt(at) === 10) {
      at++;
      continue;
    }
    for (;;) {
      if (rows.length - 1 === lastRow && row.length === lastField) return at;
      let end: number;
      if (text.charCodeAt(at) === 34) {
        let value = "";
        let from = at + 1;
        for (;;) {
          const quote = text.indexOf('"', from);
          if (quote < 0) {
            if (whole) throw unclosed(text, at, options.file);
            rows.pop();
            return start;
          }
          value += text.slice(from, quote);
          if (text.charCodeAt(quote + 1) !== 34) {
            end = quote + 1;
            break;
          }
          value += '"';
          from = quote + 2;
        }
        // What follows the closing quote belongs to the field as it stands.
        const rest = fieldEnd(text, end, delimiter);
        row.push(rest === end ? value : value + text.slice(end, rest));
        end = rest;
      } else {
        end = fieldEnd(text, at, delimiter);
        row.push(text.slice(at, end));
      }
      at = end + 1;
      if (end >= length && !whole) {
        rows.pop();
        return start;
      }
      if (end >= length || text.charCodeAt(end) === 10) break;
    }
  }
  return at;
}

function fieldEnd(text: string, from: number, delimiter: number): number {
  const { length } = text;
  let at = from;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === 10) break;
    at++;
  }
  return at;
}

function unclosed(text: string, offset: number, file: string | undefined): TsdbtError {
  const span = spanAt(text, offset);
  return new TsdbtError("TD1202", "Compilation Error", "a quoted field is never closed", {
    file,
    span,
    source: text,
    hint: `Close the quote that opens in line ${span.line}; a quote within a quoted field is written twice.`,
  });
}
