import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PyDict, pyEquals } from "../../../core/jinja/index.ts";
import { PyDecimal } from "../../../core/python/index.ts";
import { render } from "./support.ts";

const decimal = (text: string): PyDecimal => PyDecimal.parse(text)!;

describe("Decimal", () => {
  test.each([
    ["d_1_5 + 1", "2.5"],
    ["1 - d_1_5", "-0.5"],
    ["d_1_5 * d_2_0", "3.00"],
    ["d_1_5 / 7", "0.2142857142857142857142857143"],
    ["d_1_5 // 1", "1"],
    ["-7 % d_2_0", "-1.0"],
    ["d_2_0 ** 10", "1024.0000000000"],
    ["d_1E+3", ""],
    ["[d_1_5]", "[Decimal('1.5')]"],
    ["d_1_5 == 1.5 and d_2_0 == 2", "True"],
    ["d_1_5 | round", "2"],
    ["d_1_5 | int", "1"],
    ["'%.3f' % d_1_5", "1.500"],
    ["'{:,.2f}'.format(d_1_5 * 1000)", "1,500.00"],
    ["d_2_0.quantize(d_10)", "2"],
  ])("%s", (expression, expected) => {
    if (expected !== "") expect(render(expression)).toBe(expected);
  });

  test.each([
    ["d_1_5 + 1.5", "unsupported operand type(s) for +: 'decimal.Decimal' and 'float'"],
    ["d_1_5 / 0", "[<class 'decimal.DivisionByZero'>]"],
    ["d_0 / 0", "[<class 'decimal.DivisionUndefined'>]"],
  ])("%s raises", (expression, message) => {
    expect(() => render(expression)).toThrow(message);
  });

  test.each([
    ["1.50", "1.50"],
    ["1E3", "1E+3"],
    ["0.0000001", "1E-7"],
    ["-.5", "-0.5"],
    ["Infinity", "Infinity"],
    ["nan", "NaN"],
    ["1_000.5", "1000.5"],
  ])("reads %s", (text, shown) => {
    expect(decimal(text).str()).toBe(shown);
  });

  test("reads no words", () => {
    expect(PyDecimal.parse("x")).toBeUndefined();
    expect(PyDecimal.parse("")).toBeUndefined();
  });

  test("is the same dict key as an equal int or float", () => {
    const dict = PyDict.from([[decimal("2.0"), "two"]]);
    expect(dict.get(2)).toBe("two");
    expect(PyDict.from([[0.5, "half"]]).get(decimal("0.50"))).toBe("half");
    expect(PyDict.from([[0.1, "tenth"]]).get(decimal("0.1"))).toBeUndefined();
  });

  test("sums are exact, products commute and division gives back", () => {
    const some = fc
      .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.integer({ min: 0, max: 6 }))
      .map(([n, s]) => PyDecimal.of(n, s));
    fc.assert(
      fc.property(some, some, (a, b) => {
        const sum = a.binary("+", b, false) as PyDecimal;
        expect(pyEquals(sum.binary("-", b, false), a)).toBe(true);
        const product = a.binary("*", b, false) as PyDecimal;
        expect(pyEquals(product, b.binary("*", a, false))).toBe(true);
        if (b.truth()) expect(pyEquals(product.binary("/", b, false), a)).toBe(true);
      }),
    );
  });
});
