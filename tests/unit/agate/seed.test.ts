import { describe, expect, test } from "vitest";
import { parseCsv, readCsv } from "../../../core/agate/index.ts";
import { TsdbtError } from "../../../core/errors.ts";
import { pyRepr } from "../../../core/jinja/index.ts";

const typesOf = (text: string, textColumns?: Set<string>): string[] =>
  readCsv(text, { textColumns }).columnTypes.map((type) => type.typeName);
const valuesOf = (text: string): string[] => readCsv(text).rows.map((row) => pyRepr([...row.values]));

describe("parseCsv", () => {
  test.each([
    ['a,"b ""c""",d\n', [["a", 'b "c"', "d"]]],
    ['"x\ny",1\n2', [["x\ny", "1"], ["2"]]],
    ["a,,\n\nb", [["a", "", ""], [], ["b"]]],
    ['a"b,"c"d', [['a"b', "cd"]]],
    ["", []],
  ])("%j", (text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  test("with another delimiter", () => {
    expect(parseCsv("a;b,c", { delimiter: ";" })).toEqual([["a", "b,c"]]);
    expect(() => parseCsv("a", { delimiter: "::" })).toThrow("1-character");
  });
});

describe("readCsv", () => {
  test("types columns as dbt does", () => {
    const text =
      "n,d,t,i,b,s,none\n1,2026-01-02,2026-01-02 03:04:05,2026-01-02T03:04:05Z,true,x,\n2.5,,null,,FALSE,1,\n";
    expect(typesOf(text)).toEqual(["Number", "Date", "DateTime", "ISODateTime", "Boolean", "Text", "Number"]);
    expect(typesOf("a,b\n", new Set())).toEqual(["Integer", "Integer"]);
    expect(typesOf("a\n001\n", new Set(["a"]))).toEqual(["Text"]);
  });

  test("reads numbers as agate does", () => {
    expect(valuesOf('a\n"1,000"\n$5\n10%\n-3\n1e3\n')).toEqual([
      "[Decimal('1000')]",
      "[Decimal('5')]",
      "[Decimal('10')]",
      "[Decimal('-3')]",
      "[Decimal('1E+3')]",
    ]);
  });

  test("null and nothing are null, short and empty rows filled", () => {
    expect(valuesOf("a,b\nx,null\n\ny\n")).toEqual(["['x', None]", "[None, None]", "['y', None]"]);
  });

  test("takes a byte order mark and any line ends", () => {
    expect(valuesOf("\ufeffa\r\n1\r\n2")).toEqual(["[Decimal('1')]", "[Decimal('2')]"]);
    expect(readCsv(Buffer.from("\ufeffa\n1")).columnNames).toEqual(["a"]);
  });

  test("names columns apart, and tells of it", () => {
    const told: string[] = [];
    expect(readCsv("a,a,\n1,2,3", { onWarning: (message) => told.push(message) }).columnNames).toEqual([
      "a",
      "a_2",
      "c",
    ]);
    expect(told).toEqual([
      'Column name "a" already exists in Table. Column will be renamed to "a_2".',
      'Column 2 has no name. Using "c".',
    ]);
  });

  test.each([
    [
      "a row that is too long",
      'a,b\n1,"x\ny"\n1,2,3\n',
      "TD1201",
      4,
      5,
      "Row 1 has 3 values, but Table only has 2 columns.",
    ],
    ["an open quote", 'a,b\n1,"x\n2,y\n', "TD1202", 2, 3, "never closed"],
    [
      "a byte that is no UTF-8",
      Buffer.from([97, 10, 98, 0xff]),
      "TD1203",
      2,
      2,
      "can't decode byte 0xff in position 3: invalid start byte",
    ],
    ["a cut character", Buffer.from([97, 10, 0xc3]), "TD1203", 2, 1, "unexpected end of data"],
    ["nothing", "", "TD1204", 1, 1, "no header"],
  ])("%s", (_what, content, code, line, column, message) => {
    let error: unknown;
    try {
      readCsv(content, { file: "seeds/x.csv" });
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(TsdbtError);
    expect(error).toMatchObject({ code, details: { file: "seeds/x.csv", span: { line, column } } });
    expect((error as TsdbtError).message).toContain(message);
  });
});
