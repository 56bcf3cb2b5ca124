import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PyDict, PyFloat, Tuple } from "../../../core/jinja/index.ts";
import { PyDate, PyDecimal } from "../../../core/python/index.ts";
import { dumpYaml, loadYaml } from "../../../core/yaml/index.ts";

describe("dumpYaml", () => {
  test.each([
    [{ b: 1, a: [1, new PyFloat(2), null, true] }, "b: 1\na:\n- 1\n- 2.0\n- null\n- true\n"],
    ["plain", "plain\n...\n"],
    ["yes", "'yes'\n"],
    ["x: y", "'x: y'\n"],
    ["é\u2615", '"\\xE9\\u2615"\n'],
    ["a\nb", "'a\n\n  b'\n"],
    [[], "[]\n"],
    [{ a: {}, b: [[1]] }, "a: {}\nb:\n- - 1\n"],
    [new Tuple([1, "a"]), "- 1\n- a\n"],
    [new PyDate(2026, 1, 2), "2026-01-02\n...\n"],
    [new PyFloat(1e20), "1.0e+20\n...\n"],
    [PyDict.from([[new Tuple([1, 2]), "x"]]), "? - 1\n  - 2\n: x\n"],
  ])("writes %j", (value, expected) => {
    expect(dumpYaml(value)).toBe(expected);
  });

  test("sorts keys if asked to", () => {
    expect(dumpYaml({ b: 1, a: 2 }, { sortKeys: true })).toBe("a: 2\nb: 1\n");
  });

  test("names what stands twice", () => {
    const shared = [1];
    expect(dumpYaml([shared, shared])).toBe("- &id001\n  - 1\n- *id001\n");
  });

  test("folds long texts at 80 columns", () => {
    const lines = dumpYaml({ key: "word ".repeat(30).trim() }).split("\n");
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(85);
  });

  test("refuses what YAML does not know", () => {
    expect(() => dumpYaml(PyDecimal.parse("1.5"))).toThrow(/cannot represent/);
  });

  test("is read back as what it was", () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string({ unit: "grapheme" }).map((s) => s.replace(/[\p{C}\u2028\u2029\x85]/gu, "")),
        fc.constantFrom("yes", "1", "1.0", "- a", "a: b", "#", "'", '"', "a\nb", " x", "~", "0x1", "2026-01-01"),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom("a", "b c", "no", "x: y", "'q'", ""), tie("value"), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        expect(loadYaml(dumpYaml(data))).toEqual(structuredClone(data));
      }),
      { numRuns: 300 },
    );
  });
});
