import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "./statements.ts";

/** INSERT … FORMAT and what follows it, which is data. */
const INSERT =
  /^((?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*insert\s+into\b[\s\S]*?)((?:\s+settings\s[^;]*?)?\s+format\s+(\w+))(?:[ \t]*\r?\n|\s|$)/i;
const HEAD_AT_MOST = 65_536;

/** An insert whose data cannot stand in a query's text: it is read from a file. */
export interface FileInsert {
  query: string;
  discard(): void;
}

/**
 * The insert of data that is binary or compressed in a way that only the engine knows; undefined for what can run as text.
 * `prefix` is the query in the URL, `encoding` the Content-Encoding.
 */
export function insertFromFile(
  folder: string,
  prefix: string,
  body: Buffer,
  encoding?: string,
): FileInsert | undefined {
  const whole = prefix === "" ? body : Buffer.concat([Buffer.from(`${prefix}\n`), body]);
  const compression = encoding ? ` compression ${literal(encoding)}` : "";
  if (compression === "" && isUtf8(whole) && !whole.includes(0)) return undefined;
  const match = INSERT.exec(compression === "" ? whole.subarray(0, HEAD_AT_MOST).toString("latin1") : `${prefix}\n`);
  if (!match || /\bvalues\s*$/i.test(match[1]!)) return undefined;
  const [, into, format] = match;
  const file = join(folder, `insert-${randomUUID()}`);
  writeFileSync(file, compression === "" ? whole.subarray(match[0].length) : body);
  const text = (latin1: string) => (compression === "" ? Buffer.from(latin1, "latin1").toString("utf8") : latin1);
  return {
    query: `${text(into!)} from infile ${literal(file)}${compression}${text(format!)}`,
    discard: () => rmSync(file, { force: true }),
  };
}
