import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { PyDecimal } from "../python/decimal/decimal.ts";
import { parseCsvPart } from "./csv.ts";
import { Row } from "./mapped-sequence.ts";
import { Names, uniqueNames } from "./names.ts";
import { readCsv, type SeedOptions } from "./seed.ts";
import { type RowSource, Table } from "./table.ts";
import { type DataType, INTEGER, isNullText, isPlainNumber, NO_CAST, NUMBER, TEXT, TRIED_TYPES } from "./types.ts";

const LARGE = 8 * 1024 * 1024;
const PART = 256 * 1024;

export interface SeedFileOptions extends SeedOptions {
  /** Files of more bytes are read in parts. */
  large?: number;
  /** So many bytes make a part. */
  part?: number;
}

/**
 * A seed's file as the table that `readCsv` makes of it. A large file is read once for its types, and again for its rows when they
 * are wanted.
 */
export function readCsvFile(path: string, options: SeedFileOptions = {}): Table {
  if (statSync(path).size > (options.large ?? LARGE)) {
    const table = unread(path, options);
    if (table) return table;
  }
  return readCsv(readFileSync(path), options);
}

/** Undefined where the file is not what it should be: reading it whole tells why. */
function unread(path: string, options: SeedFileOptions): Table | undefined {
  const warnings: string[] = [];
  try {
    let names: Names | undefined;
    let guesses: ColumnGuess[] = [];
    let count = 0;
    for (const rows of rowsOf(path, options)) {
      if (!names) {
        const header = rows.shift()!;
        if (header.length === 0) return undefined;
        names = new Names(uniqueNames(header, (message) => warnings.push(message)));
        guesses = names.list.map((name) => new ColumnGuess(options.textColumns?.has(name as string) ?? false));
      }
      for (const row of rows) {
        if (row.length > guesses.length) return undefined;
        for (let i = 0; i < row.length; i++) guesses[i]!.see(row[i]!);
      }
      count += rows.length;
    }
    if (!names) return undefined;
    for (const message of warnings) options.onWarning?.(message);
    const types = guesses.map((guess) => guess.type);
    return new Table(new FileRows({ path, options, names, types, guesses, count }), names, types);
  } catch {
    return undefined;
  }
}

/** The rows of a file, the header first, as many at a time as a part of it holds. Throws where it is not UTF-8 or not CSV. */
function* rowsOf(path: string, options: SeedFileOptions): Generator<string[][]> {
  const file = openSync(path, "r");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let text = "";
    let heldBack = "";
    for (let isLast = false; !isLast; ) {
      const bytes = new Uint8Array(Math.max(options.part ?? PART, text.length));
      const read = readSync(file, bytes);
      isLast = read === 0;
      const decoded = heldBack + decoder.decode(bytes.subarray(0, read), { stream: !isLast });
      // The line break that begins with it may end in the next part.
      heldBack = !isLast && decoded.endsWith("\r") ? "\r" : "";
      text += decoded.slice(0, decoded.length - heldBack.length).replace(/\r\n?/g, "\n");
      const { rows, end } = parseCsvPart(text, options, isLast);
      text = text.slice(end);
      if (rows.length > 0) yield rows;
    }
  } finally {
    closeSync(file);
  }
}

/** The types that a column can still have, as its values are seen one by one. */
class ColumnGuess {
  private left: DataType[];
  hasFraction = false;

  constructor(isText: boolean) {
    this.left = isText ? [TEXT] : [...TRIED_TYPES];
  }
  get type(): DataType {
    return this.left[0]!;
  }
  see(text: string): void {
    const { left } = this;
    if (left[0] === TEXT) return;
    if (left[0] === NUMBER && isPlainNumber(text)) {
      this.hasFraction ||= /\.\d*[1-9]/.test(text);
      if (left[1] === TEXT) return;
    }
    if (isNullText(text)) {
      // A null written as text is no Integer to agate.
      if (left[0] === INTEGER) left.shift();
      return;
    }
    this.left = left.filter((type) => type === TEXT || (type !== INTEGER && this.fits(type, text)));
  }
  private fits(type: DataType, text: string): boolean {
    const value = type.cast(text);
    if (value === NO_CAST) return false;
    if (type === NUMBER && value instanceof PyDecimal) this.hasFraction ||= value.isFinite && !value.isInteger();
    return true;
  }
}

interface FileParts {
  path: string;
  options: SeedFileOptions;
  names: Names;
  types: readonly DataType[];
  guesses: readonly ColumnGuess[];
  count: number;
}

class FileRows implements RowSource {
  private readonly parts: FileParts;
  constructor(parts: FileParts) {
    this.parts = parts;
  }
  get count(): number {
    return this.parts.count;
  }
  hasFraction(column: number): boolean {
    return this.parts.guesses[column]!.hasFraction;
  }
  *texts(): Generator<string[][]> {
    let isFirst = true;
    for (const rows of rowsOf(this.parts.path, this.parts.options)) {
      if (isFirst) rows.shift();
      isFirst = false;
      yield rows;
    }
  }
  load(): Row[] {
    const { names, types } = this.parts;
    const all: Row[] = [];
    for (const rows of this.texts()) {
      for (const row of rows) {
        const values = types.map((type, i) => (row[i] === undefined ? null : type.cast(row[i])));
        all.push(new Row(values, names));
      }
    }
    return all;
  }
}
