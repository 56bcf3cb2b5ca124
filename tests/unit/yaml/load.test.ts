import { describe, expect, test } from "vitest";
import { PyDict, PyFloat, PySet } from "../../../core/jinja/index.ts";
import { PyDate, PyDateTime } from "../../../core/python/index.ts";
import { loadYaml, positionOf } from "../../../core/yaml/index.ts";

describe("loadYaml", () => {
  test("gives plain data", () => {
    expect(loadYaml("a: [1, x, null]\nb:\n  c: yes\n")).toEqual({ a: [1, "x", null], b: { c: true } });
    expect(loadYaml("")).toBeNull();
  });

  test("reads scalars by YAML 1.1", () => {
    expect(loadYaml("[017, 1_000, 1:30, 1e3, 0x1F, on, 'on', 1.5, ~]")).toEqual([
      15,
      1000,
      90,
      "1e3",
      31,
      true,
      "on",
      1.5,
      null,
    ]);
    expect(loadYaml("1.0")).toEqual(new PyFloat(1));
    expect(loadYaml("12345678901234567890")).toBe(12345678901234567890n);
    expect(loadYaml("2026-01-02")).toBeInstanceOf(PyDate);
    expect(loadYaml("2026-01-02 03:04:05")).toBeInstanceOf(PyDateTime);
    expect(loadYaml("!!set {a, b}")).toBeInstanceOf(PySet);
  });

  test("keeps keys that an object could not hold in their place", () => {
    const keys = (source: string): unknown[] => {
      const value = loadYaml(source);
      expect(value).toBeInstanceOf(PyDict);
      return [...(value as PyDict).keys()];
    };
    expect(keys("b: 1\n'10': 2\n'9': 3")).toEqual(["b", "10", "9"]);
    expect(keys("1: a\nx: b")).toEqual([1, "x"]);
    expect(keys("__proto__: 1")).toEqual(["__proto__"]);
  });

  test("merges what << names under a mapping's own keys", () => {
    expect(loadYaml("base: &b {x: 1, y: 2}\nk:\n  <<: *b\n  y: 3\n")).toEqual({
      base: { x: 1, y: 2 },
      k: { x: 1, y: 3 },
    });
  });

  test("takes the last of two equal keys, and tells of it", () => {
    const told: [string, number][] = [];
    const value = loadYaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", {
      onDuplicateKey: (key, { line }) => told.push([key, line]),
    });
    expect(value).toEqual({ a: 3, b: { c: 2 } });
    expect(told).toEqual([
      ["c", 4],
      ["a", 5],
    ]);
  });

  test("takes tabs between tokens as libyaml does, and not as PyYAML's own scanner", () => {
    expect(loadYaml("a:\tb\t# c\n")).toEqual({ a: "b" });
    expect(() => loadYaml("a:\tb\n", { dialect: "pyyaml" })).toThrow();
    expect(loadYaml("[a?, b]")).toEqual(["a?", "b"]);
  });

  test("shares what aliases name", () => {
    const value = loadYaml("a: &x [1]\nb: *x") as { a: unknown; b: unknown };
    expect(value.b).toBe(value.a);
  });

  test("is not overcome by deep nesting", () => {
    expect(() => loadYaml("[".repeat(100_000))).toThrow(/nested too deeply|did not find/);
  });
});

describe("positionOf", () => {
  const source = "models:\n  - name: orders\n    columns:\n      - {name: id}\n      - name: total\nvars: {a: 1}\n";

  test("finds keys and values", () => {
    expect(positionOf(source, ["models", 0, "name"])).toMatchObject({ line: 2, column: 11 });
    expect(positionOf(source, ["models", 0, "name"], "key")).toMatchObject({ line: 2, column: 5, endColumn: 9 });
    expect(positionOf(source, ["models", 0, "columns", 1, "name"])).toMatchObject({ line: 5, column: 15 });
    expect(positionOf(source, ["models", 0, "columns", 0, "name"])).toMatchObject({ line: 4, column: 16 });
    expect(positionOf(source, ["vars", "a"])).toMatchObject({ line: 6, column: 11 });
  });

  test("knows nothing of what is not there", () => {
    expect(positionOf(source, ["models", 3])).toBeUndefined();
    expect(positionOf("a: [", ["a"])).toBeUndefined();
  });
});
