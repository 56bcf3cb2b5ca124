import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PyDict, PyFloat, Tuple } from "../../../core/jinja/index.ts";
import { dumpJson, loadJson } from "../../../core/python/index.ts";

describe("dumpJson", () => {
  test.each([
    [
      PyDict.from([
        ["b", 1],
        ["a", [new PyFloat(1), null, true]],
      ]),
      '{"b": 1, "a": [1.0, null, true]}',
    ],
    ['é"\\\n</script>', '"\\u00e9\\"\\\\\\n</script>"'],
    ["😀", '"\\ud83d\\ude00"'],
    [new Tuple([1, "x"]), '[1, "x"]'],
    [
      PyDict.from([
        [1, "a"],
        [null, "b"],
        [new PyFloat(2), "c"],
      ]),
      '{"1": "a", "null": "b", "2.0": "c"}',
    ],
    [[Number.NaN, Number.POSITIVE_INFINITY, 1e-7], "[NaN, Infinity, 1e-07]"],
    [12345678901234567890n, "12345678901234567890"],
  ])("writes %#", (value, expected) => {
    expect(dumpJson(value)).toBe(expected);
  });

  test("indents and sorts", () => {
    expect(dumpJson({ b: [], a: { c: [1] } }, true, 2)).toBe(
      '{\n  "a": {\n    "c": [\n      1\n    ]\n  },\n  "b": []\n}',
    );
  });

  test("refuses values and keys that JSON does not know", () => {
    expect(() => dumpJson(PyDict.from([[new Tuple([1]), 1]]))).toThrow(
      "keys must be str, int, float, bool or None, not tuple",
    );
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => dumpJson(loop)).toThrow("Circular reference detected");
  });
});

describe("loadJson", () => {
  test("keeps floats and long ints apart from ints", () => {
    expect(loadJson("[1, 1.0, -0, 1e2, 12345678901234567890]")).toEqual([
      1,
      new PyFloat(1),
      0,
      new PyFloat(100),
      12345678901234567890n,
    ]);
  });

  test.each(["", "[1,]", "{'a': 1}", "01", '"a\nb"', "[1] 2", "nul", '{"a" 1}', '"\\x"'])("refuses %j", (text) => {
    expect(() => loadJson(text)).toThrow();
  });

  test("reads what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const written = dumpJson(loadJson(text));
        expect(dumpJson(loadJson(written))).toBe(written);
        expect(JSON.parse(written)).toEqual(JSON.parse(text));
      }),
    );
  });
});
