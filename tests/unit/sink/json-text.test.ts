import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isJsonText } from "../../../sink/formats/json-text.ts";
import { JSON_TEXT } from "../../../sink/formats/json-text-code.ts";

function isParsed(text: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf8", { fatal: true, ignoreBOM: true }).decode(text));
    return true;
  } catch {
    return false;
  }
}

const bytes = (text: string) => Buffer.from(text);
const RUNS = { numRuns: 3000 };
/** What texts of JSON are made of, and what spoils them. */
const PIECES = [
  ...'{}[],:"\\ \n\t\r0123456789-+.eEu/bfnrtaAé€😀\0\x01\x1f\x7f',
  ...[
    "true",
    "false",
    "null",
    "tru",
    "nul",
    '"a"',
    '"a":',
    "\\u00e9",
    "\\ud83d",
    "\\u12g4",
    "-0",
    "01",
    "1e5",
    "0.5",
    ".5",
    "1.",
  ],
  ...["x".repeat(15), "x".repeat(16), "x".repeat(17), "\ufeff", "\u2028"],
];

it("says yes only to what JSON.parse reads, and to all of it", () => {
  const texts = [
    ...[
      "",
      " ",
      "{}",
      "[]",
      ' { "a" : [ 1 , { "b" : null } ] } ',
      "1,2",
      "[1,]",
      '{"a":1,}',
      '{"a":1}}',
      '{"a"}',
      "{1:2}",
      "[1 2]",
    ],
    ...[
      "true",
      "truefalse",
      "nul",
      "-",
      "-01",
      "0x1",
      "1.",
      ".5",
      "1e",
      "1e+",
      "1E-07",
      "1.0e+30",
      '"',
      '"abc',
      '"\\"',
      '"\\x"',
    ],
    ...[
      '"\\u00"',
      '"\\u00zz"',
      '"\\ud800"',
      `"${"y".repeat(14)}\n"`,
      `"${"y".repeat(15)}\\n"`,
      "\ufeff{}",
      "\0",
      "1\0",
      "\u00a01",
    ],
  ];
  for (const text of texts) expect([text, isJsonText(bytes(text))]).toEqual([text, isParsed(bytes(text))]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      const text = bytes(pieces.join(""));
      expect(isJsonText(text)).toBe(isParsed(text));
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary" }), fc.nat(), fc.nat(255), (json, at, byte) => {
      const text = bytes(json);
      expect(isJsonText(text)).toBe(true);
      text[at % text.length] = byte;
      expect(isJsonText(text)).toBe(isParsed(text));
      expect(isJsonText(text.subarray(0, at % text.length))).toBe(isParsed(text.subarray(0, at % text.length)));
    }),
    RUNS,
  );
});

it("gives no verdict on what is too deep or too large", () => {
  const deep = (levels: number) => bytes(`${"[".repeat(levels)}1${"]".repeat(levels)}`);
  expect([1024, 1025].map((levels) => isJsonText(deep(levels)))).toEqual([true, false]);
  const large = (size: number) => bytes(`"${"x".repeat(size - 2)}"`);
  expect([1024 ** 2, 1024 ** 2 + 1].map((size) => isJsonText(large(size)))).toEqual([true, false]);
});

it("is compiled from the source that is there", () => {
  const source = readFileSync(new URL("../../../sink/formats/json-text.as", import.meta.url));
  expect(JSON_TEXT.source).toBe(createHash("sha256").update(source).digest("hex"));
});
