import { describe, expect, test } from "vitest";
import {
  BoundMacro,
  bindMacro,
  defineFunction,
  Environment,
  extractBlocks,
  type JinjaError,
  locationOf,
  MacroReturn,
  parseMacroFile,
  pyRepr,
} from "../../../core/jinja/index.ts";

const env = new Environment({ undefined: "dbt", blocks: true });

/** The macros of a file, bound to each other. */
function load(source: string, mode: "sync" | "async", more: Record<string, unknown> = {}) {
  const names = new Map<string, unknown>(Object.entries(more));
  names.set(
    "return",
    defineFunction("return(value)", (value) => {
      throw new MacroReturn(value);
    }),
  );
  const bound = parseMacroFile(source, "macros/test.sql").map((d) => bindMacro(env, d, names, mode));
  for (const macro of bound) names.set(macro.name, macro);
  return { names, bound };
}

const FILE = `Notes {{ not: jinja }} stand outside.
{% macro cents(amount: float, digits: int = 2, names: list[dict[str, str]] = []) -%}
  ({{ amount }} / 100)::numeric(16, {{ digits }})
{%- endmacro %}

{%- macro pick(x) -%}
  {%- for i in x -%}{%- if i == 2 -%}{{ return({'found': i}) }}{%- endif -%}{%- endfor -%}none
{%- endmacro %}
{% macro wrap() %}<{{ caller('a') }}>{% endmacro %}
{% materialization table, default %}T{% endmaterialization %}
{% materialization inc, adapter='duckdb', supported_languages=['sql', 'python'] %}I{% endmaterialization %}
{% test not_empty(model, column_name) %}select 1 from {{ model }}{% endtest %}
`;

describe("parseMacroFile", () => {
  const definitions = parseMacroFile(FILE, "macros/test.sql");

  test("finds what dbt finds, under its names", () => {
    expect(definitions.map((d) => [d.kind, d.name])).toEqual([
      ["macro", "cents"],
      ["macro", "pick"],
      ["macro", "wrap"],
      ["materialization", "materialization_table_default"],
      ["materialization", "materialization_inc_duckdb"],
      ["test", "test_not_empty"],
    ]);
  });

  test("reads arguments with types and defaults", () => {
    expect(definitions[0]?.args).toEqual([
      { name: "amount", type: "float", default: undefined },
      { name: "digits", type: "int", default: "2" },
      { name: "names", type: "list[dict[str, str]]", default: "[]" },
    ]);
    expect(definitions[3]?.supportedLanguages).toEqual(["sql"]);
    expect(definitions[4]?.supportedLanguages).toEqual(["sql", "python"]);
  });

  test("keeps text and place of each block", () => {
    expect(definitions[0]?.source.startsWith("{% macro cents(")).toBe(true);
    expect(definitions[0]?.source.endsWith("{%- endmacro %}")).toBe(true);
    expect(definitions[0]?.span).toMatchObject({ line: 2, column: 1, endLine: 4 });
    // What a dash strips belongs to the block, but not to its place.
    expect(definitions[1]?.source.startsWith("\n\n{%- macro pick")).toBe(true);
    expect(definitions[1]?.span.line).toBe(6);
  });

  test("an error tells its place in the file", () => {
    const error = (() => {
      try {
        parseMacroFile("text\n\n{% macro a() %}\n  {{ 1 + }}\n{% endmacro %}", "m.sql");
      } catch (e) {
        return e as JinjaError;
      }
      return undefined;
    })();
    expect(error?.message).toBe("unexpected 'end of print statement'");
    expect(error?.location).toMatchObject({ template: "m.sql", span: { line: 4, column: 10 } });
  });

  test("an unknown option of a materialization is refused", () => {
    expect(() => parseMacroFile("{% materialization m, colour='x' %}{% endmaterialization %}")).toThrow(
      "materialization 'm' received unknown argument 'colour'.",
    );
  });
});

describe.each(["sync", "async"] as const)("bound macros, %s", (mode) => {
  const { names } = load(FILE, mode);
  const run = async (source: string) => {
    const template = env.compile(source);
    return mode === "sync" ? template.render(names) : await template.renderAsync(names);
  };

  test("render, with free names of the scope", async () => {
    expect(await run("{{ cents(5) }}|{{ cents(amount=1, digits=3) }}")).toBe(
      "(5 / 100)::numeric(16, 2)|(1 / 100)::numeric(16, 3)",
    );
    expect(await run("{{ test_not_empty('t') }}")).toBe("select 1 from t");
  });

  test("return() leaves the macro with a value", async () => {
    expect(await run("{{ pick([1, 2, 3]).found + 1 }}|{{ pick([]) }}")).toBe("3|none");
  });

  test("call blocks hand a caller over", async () => {
    expect(await run("{% call(x) wrap() %}{{ x }}{{ cents(1) | length }}{% endcall %}")).toBe("<a25>");
  });

  test("wrong arguments are Python's errors", async () => {
    await expect(run("{{ pick(1, 2) }}")).rejects.toThrow("macro 'dbt_macro__pick' takes not more than 1 argument(s)");
    await expect(run("{{ pick(y=2) }}")).rejects.toThrow("macro 'dbt_macro__pick' takes no keyword argument 'y'");
  });
});

test("an error tells the calls that led to it, and a host's error passes through", async () => {
  class HostError extends Error {}
  const boom = defineFunction("boom()", async () => {
    throw new HostError("bad");
  });
  const { names } = load("{% macro a() %}\n{{ b() }}{% endmacro %}{% macro b() %}{{ boom() }}{% endmacro %}", "async", {
    boom,
  });
  const error = await env
    .compile("{{ a() }}", { name: "models/m.sql" })
    .renderAsync(names)
    .catch((e) => e);
  expect(error).toBeInstanceOf(HostError);
  const location = locationOf(error);
  expect(location).toMatchObject({ template: "macros/test.sql", span: { line: 2 } });
  expect(location?.frames.map((f) => [f.name, f.template, f.span.line])).toEqual([
    ["macro b", "macros/test.sql", 2],
    ["macro a", "macros/test.sql", 2],
    ["template", "models/m.sql", 1],
  ]);
});

test("in dbt a template does not see the macros it defines", () => {
  const strict = new Environment({ blocks: true });
  expect(() => strict.compile("{% macro m() %}x{% endmacro %}{{ m() }}").render()).toThrow("'m' is undefined");
});

test("a bound macro can be called by the host", () => {
  const { bound } = load("{% macro add(a, b=2) %}{{ return(a + b) }}{% endmacro %}", "sync");
  const [add] = bound;
  expect(add).toBeInstanceOf(BoundMacro);
  expect(add?.fn([1], undefined)).toBe(3);
  expect(add?.fn([1], new Map([["b", 5]]))).toBe(6);
});

describe("extractBlocks", () => {
  test("finds blocks between anything", () => {
    const text =
      "# Title {{ x }}\n{% docs one %}\nText with {% raw %}{% enddocs %}{% endraw %}.\n{% enddocs %}\n{# {% docs no %} #}\n{% docs two %}2{% enddocs %} 'quote";
    expect(extractBlocks(text, ["docs"]).map((b) => [b.blockName, b.contents, b.span.line])).toEqual([
      ["one", "\nText with {% raw %}{% enddocs %}{% endraw %}.\n", 2],
      ["two", "2", 6],
    ]);
  });

  test("tags and strings may hide ends", () => {
    const [block] = extractBlocks(
      "{% snapshot s %}{{ config(x='%} }}') }}{% set y = \"{% endsnapshot %}\" %}z{% endsnapshot %}",
      ["snapshot"],
    );
    expect(block?.contents.endsWith("z")).toBe(true);
  });

  test.each([
    ["{% docs a %}", "Reached EOF without finding a close tag for docs (searched from line 1)"],
    ["{% docs a %}{% docs b %}{% enddocs %}", "Got nested tags: docs (started at 0)"],
    ["{% if x %}{% docs b %}{% enddocs %}{% endif %}", "Got a block definition inside control flow at 1:10."],
    ["{% endif %}", "Got an unexpected control flow end tag, got endif but never saw a preceeding if (@ 1:0)"],
    ["{% if x %}{% endfor %}", "Got an unexpected control flow end tag, got endfor but expected endif next (@ 1:10)"],
    ["x {{ y", 'unexpected EOF, expected }}, got "y"'],
    ["x {# y", 'unexpected EOF, expected #}, got " y"'],
  ])("%s", (text, message) => {
    expect(() => extractBlocks(text, ["docs"])).toThrow(message);
  });

  test("tells of tags it was not asked for", () => {
    const seen: string[] = [];
    extractBlocks("{% docs a %}{% if x %}{% endif %}{% enddocs %}{% macro m() %}{% endmacro %}", ["docs"], {
      onUnexpected: (tag) => seen.push(tag),
    });
    expect(seen).toEqual(["macro", "endmacro"]);
  });
});

test("values of a macro show in Python's way", () => {
  const { bound } = load("{% macro m() %}{{ return((1, [2.0, none])) }}{% endmacro %}", "sync");
  expect(pyRepr(bound[0]?.fn([], undefined))).toBe("(1, [2.0, None])");
});
