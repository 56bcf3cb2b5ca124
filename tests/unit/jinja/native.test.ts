import { describe, expect, test } from "vitest";
import { Environment, pyRepr } from "../../../core/jinja/index.ts";
import { literalEval } from "../../../core/jinja/runtime/literal-eval.ts";

const env = new Environment({ blocks: true });
const scope = new Map<string, unknown>([
  ["n", 5],
  ["text", "5"],
  ["l", [1, 2]],
  ["yes", "True"],
  ["word", "yes"],
]);
const native = (source: string) => pyRepr(env.compile(source).renderNative(scope));

describe("native rendering", () => {
  test.each([
    ["{{ n }}", "5"],
    ["{{ l }}", "[1, 2]"],
    ["{{ text }}", "'5'"],
    ["{{ n }}{{ n }}", "'55'"],
    [" {{ n }}", "' 5'"],
    ["", "''"],
    ["plain", "'plain'"],
    ["{{ text | as_number }}", "5"],
    ["{{ yes | as_bool }}", "True"],
    ["{{ '[1, (2,)]' | as_native }}", "[1, (2,)]"],
    ["{{ word | as_native }}", "'yes'"],
    ["{{ n | as_text }}", "'5'"],
    ["{{ text | int }}", "5"],
    // A constant is text: Jinja2 evaluates it while compiling.
    ["{{ 1 }}", "'1'"],
    ["{{ '1' | int }}", "'1'"],
    ["{{ 1 + 2 }}", "'3'"],
    ["{{ n + 2 }}", "7"],
    ["{{ none }}", "'None'"],
    ["{% if true %}{{ n }}{% endif %}", "5"],
    ["{{ l | is_list }}", "True"],
  ])("%s", (source, expected) => {
    expect(native(source)).toBe(expected);
  });

  test("a value that is not what it was marked as is refused", () => {
    expect(() => native("{{ word | as_bool }}")).toThrow("Could not convert value 'yes' into type 'bool'");
    expect(() => native("{{ yes | as_number }}")).toThrow("Could not convert value 'True' into type 'number'");
  });

  test("in text the markers change nothing", () => {
    expect(env.compile("{{ text | as_number }}{{ yes | as_bool }}").render(scope)).toBe("5True");
  });
});

test.each([
  ["1", "1"],
  ["  -1.5e3", "-1500.0"],
  ["0x1f", "31"],
  ["1_000", "1000"],
  ["'a' \"b\"", "'ab'"],
  ["r'\\d'", "'\\\\d'"],
  ["b'x'", "b'x'"],
  ["(1,)", "(1,)"],
  ["1, 2", "(1, 2)"],
  ["()", "()"],
  ["{1, 2}", "{1, 2}"],
  ["set()", "set()"],
  ["{'a': [None, True, False]}", "{'a': [None, True, False]}"],
  ["[1,\n 2] # note", "[1, 2]"],
])("literal_eval of %s", (text, expected) => {
  expect(pyRepr(literalEval(text))).toBe(expected);
});

test.each(["", "x", "1 +", "1 + 2", "[1", "'a", "007", "f'x'", "__import__('os')", "1 2", "{1: 2, 3}", "-'a'"])(
  "literal_eval refuses %s",
  (text) => {
    expect(literalEval(text)).toBeUndefined();
  },
);
