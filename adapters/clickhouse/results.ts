import { isUtf8 } from "node:buffer";
import type { ClientResult } from "./client.ts";

/** Names, types, then the rows: one JSON array a line. */
export const FORMAT = "JSONCompactEachRowWithNamesAndTypes";

/** An integer that a JavaScript number may not hold, as it comes out of the answer: `{[BIG]: "9007199254740993"}`. */
export const BIG = "\0int";

const NEWLINE = 10;
const LAST_LINES = 16_384;
const LONG_INTEGER = /\d{16}/;
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Reads an answer in {@link FORMAT} as its parts come; a statement that has no rows to answer gives none. */
export class ResultReader {
  private readonly limit: number;
  private rest: Buffer = Buffer.alloc(0);
  private readonly head: string[][] = [];
  private readonly rows: unknown[][] = [];
  /** What is no row, and comes last: how it failed. */
  private other = "";

  /** At most so many rows are kept. */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.limit = limit;
  }

  add(part: Uint8Array): void {
    const bytes =
      this.rest.length > 0 ? Buffer.concat([this.rest, part]) : Buffer.from(part.buffer, part.byteOffset, part.length);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.take(bytes.subarray(0, end));
    this.rest = Buffer.from(bytes.subarray(end));
  }
  /** The whole answer, and what behind its rows was none. */
  end(): ClientResult & { other: string } {
    this.take(this.rest);
    const [names = [], types = []] = this.head;
    return this.head.length < 2
      ? { names: [], types: [], rows: [], other: this.other }
      : { names, types, rows: this.rows, other: this.other };
  }

  private take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const text = isUtf8(bytes) ? bytes.toString("utf8") : undefined;
    if (text !== undefined && this.other === "" && text.startsWith("[")) {
      const rows = parsed(`[${text.trimEnd().replaceAll("\n", ",")}]`);
      if (rows) {
        this.keep(rows);
        return;
      }
    }
    const lines = bytes.toString("latin1").split("\n");
    if (lines.at(-1) === "") lines.pop();
    for (const line of lines) this.takeLine(line);
  }
  /** `line` has a character for each byte. */
  private takeLine(line: string): void {
    const row = this.other === "" && line.startsWith("[") ? parsed(line) : undefined;
    if (row) this.keep([fromBytes(row) as unknown[]]);
    else if (line !== "" || this.other !== "") {
      this.other = `${this.other}${Buffer.from(line, "latin1").toString("utf8")}\n`.slice(-LAST_LINES);
    }
  }
  private keep(rows: unknown[]): void {
    let from = 0;
    while (this.head.length < 2 && from < rows.length) this.head.push(rows[from++] as string[]);
    for (let i = from; i < rows.length && this.rows.length < this.limit; i++) this.rows.push(rows[i] as unknown[]);
  }
}

/** What a statement answered. */
export function parseResult(text: string): ClientResult {
  const reader = new ResultReader();
  reader.add(Buffer.from(text));
  return reader.end();
}

function parsed(json: string): unknown[] | undefined {
  try {
    return JSON.parse(LONG_INTEGER.test(json) ? exact(json) : json) as unknown[];
  } catch {
    return undefined;
  }
}

function exact(json: string): string {
  return json.replace(TEXT_OR_NUMBER, (token) =>
    token.length > 15 && /^-?\d+$/.test(token) ? `{"\\u0000int":"${token}"}` : token,
  );
}

/** Texts whose characters are bytes as the texts those bytes are; bytes that are no text stay bytes. */
function fromBytes(value: unknown): unknown {
  if (typeof value === "string") return textOf(value);
  if (Array.isArray(value)) return value.map(fromBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = textOf(key);
      return [typeof name === "string" ? name : name.toString("hex"), fromBytes(item)];
    }),
  );
}

function textOf(value: string): string | Buffer {
  // What was escaped is no byte.
  const bytes = Buffer.from(
    value.replace(/[^\0-\xff]+/g, (escaped) => Buffer.from(escaped, "utf8").toString("latin1")),
    "latin1",
  );
  return isUtf8(bytes) ? bytes.toString("utf8") : bytes;
}
