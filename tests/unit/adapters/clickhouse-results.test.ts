import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BIG, ResultReader } from "../../../adapters/clickhouse/results.ts";
import { readerOf } from "../../../adapters/clickhouse/values.ts";
import { pyRepr } from "../../../core/jinja/index.ts";

/** Reads an answer that comes in parts of so many bytes. */
function read(answer: Buffer, size: number, limit?: number): ReturnType<ResultReader["end"]> {
  const reader = new ResultReader(limit);
  for (let at = 0; at < answer.length; at += size) reader.add(answer.subarray(at, at + size));
  return reader.end();
}

const HEAD = '["a","b"]\n["String","UInt64"]\n';

describe("answers", () => {
  it("are the same whatever the parts they come in", () => {
    const row = fc.tuple(fc.string({ unit: "binary", maxLength: 6 }), fc.integer());
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (rows, size) => {
        const answer = Buffer.from(HEAD + rows.map((values) => `${JSON.stringify(values)}\n`).join(""));
        expect(read(answer, size)).toEqual({
          names: ["a", "b"],
          types: ["String", "UInt64"],
          rows: JSON.parse(JSON.stringify(rows)),
          other: "",
        });
      }),
      { numRuns: 50 },
    );
  });

  it("keep every digit of long integers, and none of those in texts", () => {
    const answer = Buffer.from(
      `${HEAD}["1234567890123456789",12345678901234567890]\n["\\"9007199254740993",-9007199254740993]\n`,
    );
    const { rows } = read(answer, 7);
    expect(rows).toEqual([
      ["1234567890123456789", { [BIG]: "12345678901234567890" }],
      ['"9007199254740993', { [BIG]: "-9007199254740993" }],
    ]);
    expect(readerOf("UInt64", "UTC")(rows[0]![1])).toBe(12345678901234567890n);
    expect(pyRepr(readerOf("JSON", "UTC")({ a: { [BIG]: "9007199254740993" }, b: ["1", 2] }))).toBe(
      "{'a': 9007199254740993, 'b': ['1', 2]}",
    );
  });

  it("keep bytes that are no text", () => {
    const bytes = (text: string) => Buffer.from(text, "latin1");
    const row = Buffer.concat([
      bytes('["'),
      Buffer.from("é"),
      bytes('",1]\n["'),
      Buffer.from([0xff, 0x41]),
      bytes('\\u2028",2]\n'),
    ]);
    for (const size of [1, 5, 1000]) {
      const { rows } = read(Buffer.concat([bytes(HEAD), row]), size);
      expect(rows[0]).toEqual(["é", 1]);
      expect(readerOf("String", "UTC")(rows[1]![0])).toBe("ff41e280a8");
      expect(pyRepr(readerOf("FixedString(2)", "UTC")(Buffer.from([0xff, 0x41])))).toBe("b'\\xffA'");
    }
  });

  it("keep no more rows than are wanted", () => {
    const answer = Buffer.from(`${HEAD}["x",1]\n["y",2]\n["z",3]\n`);
    expect(read(answer, 9, 2).rows).toEqual([
      ["x", 1],
      ["y", 2],
    ]);
    expect(read(answer, 9, 0)).toMatchObject({ names: ["a", "b"], rows: [] });
  });

  it("end with what went wrong", () => {
    const failure = "Code: 395. DB::Exception: boom: [1,2]\n[3]. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)";
    for (const size of [1, 11, 1000]) {
      const { rows, other } = read(Buffer.from(`${HEAD}["x",1]\n${failure}\n`), size);
      expect(rows).toEqual([["x", 1]]);
      expect(other).toContain(failure);
    }
  });
});
