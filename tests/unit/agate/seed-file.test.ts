import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { seedColumnType } from "../../../adapters/seed-types.ts";
import { csvLines, readCsv, readCsvFile, type Table } from "../../../core/agate/index.ts";
import { pyRepr } from "../../../core/jinja/runtime/repr.ts";

const folder = mkdtempSync(join(tmpdir(), "tsdbt-seed-file-"));
const path = join(folder, "seed.csv");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const types = {
  integer: "integer",
  wholeNumber: "whole",
  number: "number",
  text: "text",
  boolean: "boolean",
  datetime: "datetime",
  date: "date",
  time: "time",
};

/** All that can be told of a table, or of the error instead of one. */
function told(make: (onWarning: (message: string) => void) => Table): unknown {
  const warnings: string[] = [];
  try {
    const table = make((message) => warnings.push(message));
    const kinds = table.columnTypes.map((type, i) => [type.typeName, seedColumnType(table, i, types)]);
    const count = table.rowCount;
    const lines = [...csvLines(table)].join("");
    return {
      names: table.columnNames,
      kinds,
      count,
      lines,
      rows: table.rows.map((row) => pyRepr(row.values)),
      warnings,
    };
  } catch (error) {
    return error;
  }
}

function isReadTheSame(content: string | Buffer, part: number, textColumns = new Set<string>()): void {
  writeFileSync(path, content);
  const options = { file: "seeds/seed.csv", textColumns };
  const whole = told((onWarning) => readCsv(Buffer.from(content), { ...options, onWarning }));
  expect(told((onWarning) => readCsvFile(path, { ...options, onWarning, large: 0, part }))).toEqual(whole);
}

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true }).map(String),
  fc.constantFrom(
    "007",
    "-0",
    "1.50",
    "0.0000001",
    "$1,200.5",
    "12%",
    "1e5",
    "NaN",
    "99999999999999999999999999999999",
  ),
);
const value = fc.oneof(
  number,
  fc.constantFrom(
    "",
    "null",
    " NULL ",
    "true",
    "False",
    "1",
    "0",
    "2024-1-5",
    "2024-02-30",
    "2024-01-05",
    " 2024-01-05",
  ),
  fc.constantFrom("2024-01-05 10:00:00", "2024-01-05T10:00:00", "2024-01-05T10:00:00.5+02:00", "2024-01-05 25:00:00"),
  fc.string(),
  fc.constantFrom('say "yes"', "a,b", "two\nlines", "a\r\nb", "a\rb", "naïve", "日本語", "🙂", ","),
);
const kinds = [
  number,
  value,
  fc.constantFrom("2024-01-05", "null"),
  fc.constantFrom("true", "0", ""),
  fc.constantFrom("1", ""),
];
const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

it("reads a file in parts as it reads it whole", () => {
  const table = fc
    .array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 })
    .chain((columns) =>
      fc.array(fc.tuple(...columns), { maxLength: 12 }).map((rows) => ({ width: columns.length, rows })),
    );
  fc.assert(
    fc.property(
      table,
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (made, end, part, bom) => {
        const header = ["a", "b", "a", ""].slice(0, made.width).join(",");
        const lines = [header, ...made.rows.map((row) => row.map((text) => field(text)).join(","))];
        isReadTheSame(`${bom ? "\ufeff" : ""}${lines.join(end)}${end}`, part, new Set(part % 3 === 0 ? ["a"] : []));
      },
    ),
    { numRuns: 200 },
  );
});

it("tells the same of a file that cannot be read", () => {
  for (const content of [
    "",
    "\n",
    "a,b\n1,2,3\n",
    'a\n"open\n1\n',
    "a,b\n1\n\n2,3",
    "a\n1\n",
    "a",
    Buffer.from([97, 10, 0xff, 10]),
  ]) {
    for (const part of [1, 3, 1000]) isReadTheSame(content, part);
  }
});
