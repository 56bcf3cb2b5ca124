import { describe, expect, test } from "vitest";
import {
  defineFunction,
  float,
  HostObject,
  JinjaError,
  PyDict,
  PyFloat,
  PySet,
  pyEquals,
  pyRepr,
  Tuple,
  toData,
  toPython,
} from "../../../core/jinja/index.ts";

describe("PyDict", () => {
  test("keys are equal as Python's are, and the first spelling stays", () => {
    const d = new PyDict().set(true, "yes").set(1, "one").set(new PyFloat(1), "float");
    expect(d.size).toBe(1);
    expect(pyRepr(d)).toBe("{True: 'float'}");
    expect(d.get(1)).toBe("float");
  });

  test("a string is never a number's key", () => {
    const d = new PyDict().set("1", "text").set(1, "number");
    expect(d.size).toBe(2);
    expect(d.get("1")).toBe("text");
  });

  test("tuples are keys by value, lists are refused", () => {
    const d = new PyDict().set(new Tuple([1, "x"]), "t");
    expect(d.get(new Tuple([new PyFloat(1), "x"]))).toBe("t");
    expect(d.get(new Tuple(["1", "x"]))).toBeUndefined();
    expect(() => d.set([1], "l")).toThrow("unhashable type: 'list'");
    expect(() => d.get(new PyDict())).toThrow("unhashable type: 'dict'");
  });

  test("strings that look like internal keys stay apart", () => {
    const odd = new PyDict().set("\0t2,n1,n2", "a").set(new Tuple([1, 2]), "b");
    expect(odd.size).toBe(2);
    expect(odd.keyArray()[0]).toBe("\0t2,n1,n2");
  });

  test("changing the size while running through it is an error", () => {
    const d = PyDict.from({ a: 1, b: 2 });
    expect(() => {
      for (const k of d.keys()) d.set(`${String(k)}x`, 1);
    }).toThrow("dictionary changed size during iteration");
  });

  test("big ints and whole floats meet", () => {
    const d = new PyDict().set(2n ** 60n, "big");
    expect(d.get(new PyFloat(2 ** 60))).toBe("big");
  });
});

describe("conversion at the boundary", () => {
  test("objects become dicts and come back", () => {
    const data = { b: [1, { c: null }], a: "x" };
    const value = toPython(data) as PyDict;
    expect(value).toBeInstanceOf(PyDict);
    expect(value.keyArray()).toEqual(["b", "a"]);
    expect(toData(value)).toEqual(data);
  });

  test.each([["10"], ["0"], ["__proto__"], [1], [null]])("a dict with the key %s stays a dict", (key) => {
    const data = toData(PyDict.from([[key, 1]]));
    expect(data).toBeInstanceOf(PyDict);
    expect((toPython(data) as PyDict).get(key)).toBe(1);
  });

  test("tuples and sets become arrays, host objects pass", () => {
    class Thing extends HostObject {
      readonly typeName = "Thing";
    }
    const thing = new Thing();
    expect(toData(new Tuple([1, new PySet([2]), thing]))).toEqual([1, [2], thing]);
    expect(toPython([thing])).toEqual([thing]);
  });
});

describe("defineFunction", () => {
  const f = defineFunction("f(a, b=2, *args, k='x', m=..., **kw)", (...bound) => bound);
  const call = (args: unknown[], kwargs: Record<string, unknown> = {}) => f.fn(args, new Map(Object.entries(kwargs)));

  test("binds by position and name", () => {
    expect(call([1])).toEqual([1, 2, "x", undefined, [], new PyDict()]);
    expect(call([1, 3, 4, 5], { k: "y", m: null })).toEqual([1, 3, "y", null, [4, 5], new PyDict()]);
    const [, , , , , kw] = call([1], { z: 9 }) as unknown[];
    expect((kw as PyDict).get("z")).toBe(9);
  });

  test.each([
    [[], {}, "f() missing 1 required positional argument: 'a'"],
    [[1], { a: 2 }, "f() got multiple values for argument 'a'"],
  ])("refuses %j %j", (args, kwargs, message) => {
    expect(() => call(args, kwargs)).toThrow(message);
  });

  test("counts arguments as Python does", () => {
    const g = defineFunction("g(a, b)", () => null);
    expect(() => g.fn([1, 2, 3], undefined)).toThrow("g() takes 2 positional arguments but 3 were given");
    expect(() => g.fn([], undefined)).toThrow("g() missing 2 required positional arguments: 'a' and 'b'");
    expect(() => g.fn([1], new Map([["c", 1]]))).toThrow("g() got an unexpected keyword argument 'c'");
    const h = defineFunction("h(a, /, b=1.0)", (a, b) => [a, b]);
    expect(h.fn([1], undefined)).toEqual([1, new PyFloat(1)]);
    expect(() => h.fn([], new Map([["a", 1]]))).toThrow(JinjaError);
  });
});

test("an int and a float of the same value are equal, and print apart", () => {
  expect(pyEquals(1, float(1))).toBe(true);
  expect(pyEquals(true, float(1))).toBe(true);
  expect(pyEquals(1, "1")).toBe(false);
  expect(pyRepr([1, float(1), float(2.5), float(1e22), 2n ** 64n])).toBe("[1, 1.0, 2.5, 1e+22, 18446744073709551616]");
});
