import { describe, expect, test } from "vitest";
import {
  defineFunction,
  Environment,
  JinjaError,
  PyCallable,
  PyDict,
  PyRange,
  Tuple,
} from "../../../core/jinja/index.ts";

const env = new Environment();
const later = defineFunction("later(value=None, *args, **kwargs)", async (value) => value);

function scope(names: Record<string, unknown> = {}) {
  return new Map<string, unknown>(Object.entries({ later, nums: [3, 1, 2], d: PyDict.from({ a: 1 }), ...names }));
}

describe("async rendering awaits a call wherever it stands", () => {
  test.each([
    ["{{ later('x') }}", "x"],
    ["{% do later(1) %}{% set x = later('y') %}{{ x }}", "y"],
    ["{% set x %}[{{ later('z') }}]{% endset %}{{ x }}", "[z]"],
    ["{% for i in later(nums) %}{{ loop.index }}{{ later(i) }}{{ ',' if not loop.last }}{% endfor %}", "13,21,32"],
    ["{% for i in nums if later(i) > 1 %}{{ i }}{{ loop.length }}{% endfor %}", "3222"],
    ["{% for i in nums if later(i) > 1 %}{{ i }}{% endfor %}", "32"],
    ["{{ 'yes' if later(true) else later('no') }}", "yes"],
    ["{% if later(0) %}a{% elif later(1) %}b{% endif %}", "b"],
    ["{{ later(later(1)) + later(2) * later(3) }}", "7"],
    ["{{ later('a') | upper }}{{ 'x' | replace('x', later('y')) }}", "Ay"],
    ["{{ [later(1), {later('k'): later(2)}] }}", "[1, {'k': 2}]"],
    ["{{ later(1) and later('b') or later('c') }}", "b"],
    ["{{ later('abc')[later(1)] }}{{ later('abc')[later(1):] }}{{ later(d).a }}", "bbc1"],
    [
      "{% macro m(a, b=later(2)) %}{{ a }}{{ later(b) }}{{ caller() }}{% endmacro %}{% call m(1) %}{{ later('c') }}{% endcall %}",
      "12c",
    ],
    ["{% filter upper %}{{ later('f') }}{% endfilter %}{% with x = later(4) %}{{ x }}{% endwith %}", "F4"],
    ["{{ later(*later([5])) }}{{ later(**later({'value': 6})) }}", "56"],
    ["{% set ns = namespace(x=0) %}{% for i in nums %}{% set ns.x = ns.x + later(i) %}{% endfor %}{{ ns.x }}", "6"],
    ["{% for n in [1, [2, [3]]] recursive %}{{ later(loop(n)) if n is sequence else later(n) }}{% endfor %}", "123"],
    ["{% block b %}{{ later('block') }}{% endblock %}", "block"],
    ["{{ later() }}", "None"],
    ["{{ 1 in later(nums) }}{{ 1 < later(2) < later(3) }}{{ later(1) is odd }}", "TrueTrueTrue"],
  ])("%s", async (source, expected) => {
    expect(await env.compile(source).renderAsync(scope())).toBe(expected);
  });

  test("calls are made in order", async () => {
    const seen: unknown[] = [];
    const note = new PyCallable("note", async ([x]) => {
      await new Promise((r) => setImmediate(r));
      seen.push(x);
      return x;
    });
    const text = await env
      .compile("{{ note(1) }}{% for i in [2, 3] %}{{ note(i) }}{% endfor %}{{ note(4) ~ note(5) }}")
      .renderAsync(scope({ note }));
    expect(text).toBe("12345");
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test("a rejected promise is an error of the template, at its place", async () => {
    const boom = new PyCallable("boom", () => Promise.reject(new JinjaError("ValueError", "no")));
    const error = await env
      .compile("\n  {{ boom() }}", { name: "t.sql" })
      .renderAsync(scope({ boom }))
      .catch((e) => e);
    expect(error).toBeInstanceOf(JinjaError);
    expect(error.location).toMatchObject({ template: "t.sql", span: { line: 2, column: 6 } });
  });
});

describe("scoping", () => {
  test.each([
    ["{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}", "231"],
    ["{% if true %}{% set x = 5 %}{% endif %}{{ x }}", "5"],
    ["{% if false %}{% set nums = 5 %}{% endif %}{{ nums }}", "[3, 1, 2]"],
    ["{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}", "12"],
    ["{% for i in [1] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}", "1False"],
    ["{% set seen = [] %}{% for i in [1, 1, 2] if i not in seen %}{% do seen.append(i) %}{{ i }}{% endfor %}", "12"],
    ["{% for t in [1] %}{% for t2 in [2] %}{{ t }}{{ t2 }}{% endfor %}{% endfor %}", "12"],
    ["{% set class, function, let = 1, 2, 3 %}{{ class }}{{ function }}{{ let }}", "123"],
    ["{% set o = 'o' %}{% set p = 'p' %}{% set E = 'E' %}{{ o }}{{ p }}{{ E }}{{ R }}{{ K }}", "opE"],
    ["{% set naïve = 1 %}{{ naïve }}", "1"],
    ["{% block a %}{{ self.b() }}{% endblock %}{% block b %}B{% endblock %}", "BB"],
  ])("%s", (source, expected) => {
    expect(env.compile(source).render(scope())).toBe(expected);
  });

  test("a template may be rendered again and again", () => {
    const t = env.compile("{% set l = [] %}{% do l.append(1) %}{{ l }}{% for k in d %}{{ k }}{% endfor %}");
    expect([t.render(scope()), t.render(scope())]).toEqual(["[1]a", "[1]a"]);
  });
});

test("a range is at most 100000 long, memory and recursion are bounded", () => {
  const kind = (source: string) => {
    try {
      env.compile(source).render();
      return "rendered";
    } catch (e) {
      return (e as JinjaError).pythonType;
    }
  };
  expect(kind("{{ range(100000) | length }}")).toBe("rendered");
  expect(kind("{{ range(100001) | length }}")).toBe("OverflowError");
  expect(kind("{{ 'a' * 10**9 }}")).toBe("MemoryError");
  expect(kind("{{ [0] * 10**9 }}")).toBe("MemoryError");
  expect(kind("{{ 'a' * 10**30 }}")).toBe("OverflowError");
  expect(kind("{{ 10 ** (10 ** 10) }}")).toBe("MemoryError");
  expect(kind("{{ 'a'.center(10**12) }}")).toBe("MemoryError");
  expect(kind("{{ 'a' | indent(10**12) }}")).toBe("MemoryError");
  expect(kind("{{ [] | tojson(10**12) }}")).toBe("MemoryError");
  expect(kind("{{ n.x if n is defined else '\\t'.expandtabs(10**12) }}")).toBe("MemoryError");
  expect(kind("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")).toBe("RecursionError");
  expect(kind(`{{ ${"(".repeat(20000)}1${")".repeat(20000)} }}`)).toBe("TemplateSyntaxError");
});

test.each([
  "{% macro m() %}{{ later(1) }}{{ m() }}{% endmacro %}{{ m() }}",
  "{% block b %}{{ self.b() }}{% endblock %}",
  "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
])("recursion without end is stopped in async rendering too: %s", async (source) => {
  const t = env.compile(source);
  await expect(t.renderAsync(scope())).rejects.toMatchObject({ pythonType: "RecursionError" });
  await expect(t.renderAsync(scope())).rejects.toMatchObject({ pythonType: "RecursionError" });
});

test("a promise does not get into the text of a synchronous rendering", () => {
  expect(() => env.compile("{{ later(1) }}").render(scope())).toThrow(
    "a call that has to be waited for was made while parsing",
  );
});

test("filters and tests of the host", async () => {
  const own = new Environment({
    filters: {
      shout: defineFunction("shout(s, mark='!')", (s, mark) => `${s}${mark}`),
      slow: defineFunction("slow(s)", async (s) => s),
    },
    tests: { big: defineFunction("big(n)", (n) => n > 100) },
    globals: { answer: 42 },
  });
  expect(own.compile("{{ 'a' | shout }}{{ 'b' | shout(mark='?') }}{{ answer is big }}{{ 101 is big }}").render()).toBe(
    "a!b?FalseTrue",
  );
  expect(await own.compile("{{ 'a' | slow }}").renderAsync()).toBe("a");
  expect(own.compile("{{ ['x'] | map('shout') | list }}").render()).toBe("['x!']");
});

test("names come from the scope, then from the globals, at each rendering", () => {
  const asked: string[] = [];
  const spy = {
    get(name: string) {
      asked.push(name);
      return name === "range" ? undefined : new Tuple([name]);
    },
  };
  expect(env.compile("{{ a }}{{ range(2) | list }}").render(spy)).toBe("('a',)[0, 1]");
  expect(asked).toEqual(["a", "range"]);
  expect(new PyRange(0, 3, 1).iterate()).toEqual([0, 1, 2]);
});

test("include, import and extends find no loader", () => {
  for (const source of ["{% include 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% extends 'x' %}"])
    expect(() => env.compile(source).render()).toThrow("no loader for this environment specified");
});
