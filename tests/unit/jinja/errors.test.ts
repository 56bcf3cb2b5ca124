import { describe, expect, test } from "vitest";
import { Environment, JinjaError, PyDict } from "../../../core/jinja/index.ts";

const env = new Environment();

function failure(source: string, names: Record<string, unknown> = {}): JinjaError {
  try {
    env.compile(source, { name: "t.sql" }).render(new Map(Object.entries(names)));
  } catch (e) {
    return e as JinjaError;
  }
  throw new Error("nothing failed");
}

describe("syntax errors tell what and where", () => {
  test.each([
    ["a\n{{ b c }}", "expected token 'end of print statement', got 'c'", 2, 6],
    [
      "{% if x %}\n\n{% endfor %}",
      "Encountered unknown tag 'endfor'. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
      3,
      4,
    ],
    [
      "{% for x in y %}{% if a %}{% endfor %}",
      "Encountered unknown tag 'endfor'. You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
      1,
      30,
    ],
    ["{{ 'abc }}", 'unexpected char "\'" at 3', 1, 4],
    ["{{ (1] }}", "unexpected ']', expected ')'", 1, 6],
    ["{{ a | nope }}", "No filter named 'nope'.", 1, 4],
    ["{{ a is nope }}", "No test named 'nope'.", 1, 4],
    ["{# x", "Missing end of comment tag", 1, 1],
    ["{% raw %} x", "Missing end of raw directive", 1, 10],
    ["{% set true = 1 %}", "can't assign to 'const'", 1, 8],
    ["{% block a %}{% endblock %}{% block a %}{% endblock %}", "block 'a' defined twice", 1, 31],
    [
      "{% for i in x %}{% set loop = 1 %}{% endfor %}",
      "Can't assign to special loop variable in for-loop target",
      1,
      24,
    ],
    ["{% macro m(a=1, b) %}{% endmacro %}", "non-default argument follows default argument", 1, 18],
    ["{{ '\\x1' }}", "truncated \\xXX escape", 1, 4],
  ])("%s", (source, message, line, column) => {
    const error = failure(source);
    expect(error.is("TemplateSyntaxError")).toBe(true);
    expect(error.message).toBe(message);
    expect(error.span).toMatchObject({ line, column });
    expect(error.template).toBe("t.sql");
  });

  test("an unknown filter behind a condition is an error only when reached", () => {
    expect(env.compile("{% if false %}{{ 1 | nope }}{% endif %}ok").render()).toBe("ok");
    expect(failure("{% if true %}{{ 1 | nope }}{% endif %}")).toMatchObject({
      pythonType: "TemplateRuntimeError",
      message: "No filter named 'nope' found.",
    });
  });
});

describe("runtime errors tell what and where", () => {
  test.each([
    ["\n{{ missing.x }}", "UndefinedError", "'missing' is undefined", 2, 4, 13],
    ["{{ d.nope.x }}", "UndefinedError", "'dict object' has no attribute 'nope'", 1, 4, 12],
    ["{{ 1 + 'a' }}", "TypeError", "unsupported operand type(s) for +: 'int' and 'str'", 1, 4, 11],
    ["{{ 'x' }}{{ 1 +\n (2 / 0) }}", "ZeroDivisionError", "division by zero", 2, 3, 8],
    ["{% for i in 5 %}{% endfor %}", "TypeError", "'int' object is not iterable", 1, 13, 14],
    ["{% set a, b = [1] %}", "ValueError", "not enough values to unpack (expected 2, got 1)", 1, 8, 12],
    ["{{ 'a'.upper() ~ [].pop() }}", "IndexError", "pop from empty list", 1, 18, 26],
    ["{{ d.pop('q') }}", "KeyError", "'q'", 1, 4, 14],
    ["{{ {[1]: 2} }}", "TypeError", "unhashable type: 'list'", 1, 4, 12],
    ["{{ '%d' % 'x' }}", "TypeError", "%d format: a real number is required, not str", 1, 4, 14],
    ["{{ 5() }}", "TypeError", "'int' object is not callable", 1, 4, 7],
    [
      "{% for k in d %}{% do d.update({k ~ 'x': 1}) %}{% endfor %}",
      "RuntimeError",
      "dictionary changed size during iteration",
      1,
      13,
      14,
    ],
  ])("%s", (source, pythonType, message, line, column, endColumn) => {
    const error = failure(source, { d: PyDict.from({ a: 1 }) });
    expect([error.pythonType, error.message]).toEqual([pythonType, message]);
    expect(error.span).toMatchObject({ line, column, endColumn });
  });

  test("carriage returns count as one line end", () => {
    expect(failure("a\r\nb\r\n{{ 1 / 0 }}").span).toMatchObject({ line: 3, column: 4 });
  });

  test("the stack of macros is told, innermost first", () => {
    const error = failure(
      "{% macro a() %}{{ 1 / 0 }}{% endmacro %}\n{% macro b() %}{{ a() }}{% endmacro %}\n{{ b() }}",
    );
    expect(error.frames.map((f) => [f.name, f.span.line])).toEqual([
      ["macro a", 1],
      ["macro b", 2],
      ["template", 3],
    ]);
  });
});

test("an undefined value remembers what it was", () => {
  const message = (source: string) => failure(source, { l: [1] }).message;
  expect(message("{{ l[5].x }}")).toBe("list object has no element 5");
  expect(message("{{ none.x.y }}")).toBe("'None' has no attribute 'x'");
  expect(message("{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }}")).toBe("parameter 'a' was not provided");
  expect(message("{{ ('a' if false) + 1 }}")).toBe(
    "the inline if-expression on line 1 in 't.sql' evaluated to false and no else section was defined.",
  );
  expect(message("{{ ([] | first).x }}")).toBe("No first item, sequence was empty.");
});

test("dbt's undefined values can be called and chained, and no more", () => {
  const dbt = new Environment({ undefined: "dbt", blocks: true });
  expect(dbt.compile("{{ nope }}{{ nope() }}{{ nope.a.b(1)[2] }}{{ nope.name }}{{ nope is defined }}").render()).toBe(
    "nopeFalse",
  );
  expect(() => dbt.compile("{{ nope.x + 1 }}").render()).toThrow("'x' is undefined");
  expect(() => dbt.compile("{{ nope < 1 }}").render()).toThrow("'nope' is undefined");
});

test("errors know their kinds", () => {
  expect(new JinjaError("UndefinedError", "").is("TemplateRuntimeError")).toBe(true);
  expect(new JinjaError("KeyError", "").is("LookupError")).toBe(true);
  expect(new JinjaError("TypeError", "").is("ValueError")).toBe(false);
});

describe("what fails first is what Python meets first", () => {
  test.each([
    ["{{ 1000 | wordwrap(5, true, nobody) }}", "UndefinedError", "'nobody' is undefined"],
    ["{{ 'ab' | wordwrap(3, true, 7) }}", "AttributeError", "'int' object has no attribute 'join'"],
    ["{{ nobody.translate(a=1, **n) }}", "UndefinedError", "'nobody' is undefined"],
    ["{{ nobody.translate(1 / 0) }}", "UndefinedError", "'nobody' is undefined"],
    ["{{ 'a'.maketrans('ab', '', 3) }}", "TypeError", "maketrans() argument 3 must be str, not int"],
    ["{{ 1 | attr(2.5) }}", "TypeError", "attribute name must be string, not 'float'"],
    ["{{ 1 | attr([]) }}", "TypeError", "unhashable type: 'list'"],
    ["{{ 1 | tojson(['x']) }}", "TypeError", "'list' object"],
  ])("%s", (source, kind, message) => {
    const error = failure(source, { n: 3 });
    expect([error.name, error.message]).toEqual([kind, expect.stringContaining(message)]);
  });

  test("a text is written as JSON before the indent is looked at", () => {
    expect(env.compile("{{ 'a' | tojson(['x']) }}").render()).toBe('"a"');
  });
});
