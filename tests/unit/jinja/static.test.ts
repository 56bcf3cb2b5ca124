import { describe, expect, test } from "vitest";
import {
  assignedNames,
  Environment,
  freeNames,
  type PyDict,
  type StaticCall,
  staticCalls,
} from "../../../core/jinja/index.ts";

const env = new Environment({ undefined: "dbt", blocks: true });
const calls = (source: string) => staticCalls(env.parse(source), env);

describe("staticCalls", () => {
  test("reads literal arguments", () => {
    const [config, ref, source] = calls(
      "{{ config(materialized='table', tags=['a', 'b'], meta={'n': 1.5, 'neg': -1}) }}select {{ ref('pkg', 'm', v=2) }} {{ source('a', 'b' ~ 'c') }}",
    );
    expect(config).toMatchObject({ name: "config", args: [], literal: true, conditional: false });
    expect(config?.kwargs.get("tags")).toEqual(["a", "b"]);
    expect(((config as StaticCall).kwargs.get("meta") as PyDict).get("neg")).toBe(-1);
    expect(ref).toMatchObject({ name: "ref", args: ["pkg", "m"] });
    expect(ref?.kwargs.get("v")).toBe(2);
    expect(source).toMatchObject({ args: ["a", "bc"], literal: true });
  });

  test("knows what is not constant", () => {
    const [outer, inner] = calls("{{ ref(var('x'), *more) }}");
    expect(outer).toMatchObject({ name: "ref", args: [undefined], literal: false });
    expect(inner).toMatchObject({ name: "var", args: ["x"], literal: true });
  });

  test.each([
    ["{% if x %}{{ f() }}{% endif %}", true],
    ["{% if f() %}{% endif %}", false],
    ["{% for i in f() %}{% endfor %}", false],
    ["{% for i in x %}{{ f() }}{% endfor %}", true],
    ["{{ a and f() }}", true],
    ["{{ f() and a }}", false],
    ["{{ f() if a else b }}", true],
    ["{{ b if f() else c }}", false],
    ["{% macro m() %}{{ f() }}{% endmacro %}", true],
    ["{% call f() %}{% endcall %}", false],
    ["{% set x %}{{ f() }}{% endset %}", false],
    ["{{ [f()] | join(g) }}", false],
    ["{% do f() %}", false],
  ])("%s: conditional is %s", (source, conditional) => {
    expect(calls(source).find((c) => c.name === "f")?.conditional).toBe(conditional);
  });

  test("dotted names, and names the template itself gives", () => {
    const found = calls(
      "{% set a = 1 %}{{ a.b() }}{{ adapter.dispatch('x', 'y')() }}{{ x[0].y() }}{{ dbt_utils.star(ref('m')) }}",
    );
    expect(found.map((c) => [c.name, c.local])).toEqual([
      ["a.b", true],
      ["adapter.dispatch", false],
      ["dbt_utils.star", false],
      ["ref", false],
    ]);
    expect(found[1]).toMatchObject({ start: 29, end: 55 });
  });
});

test("freeNames are those a rendering asks its scope for", () => {
  const free = (source: string) => [...freeNames(env.parse(source))].sort();
  expect(
    free("{% set x = a %}{{ x }}{{ b.c }}{% for i in d %}{{ i }}{{ loop.index }}{{ e }}{% endfor %}{{ f | join(g) }}"),
  ).toEqual(["a", "b", "d", "e", "f", "g"]);
  expect(free("{% macro m(p, q=r) %}{{ p }}{{ caller() }}{{ varargs }}{{ s }}{% endmacro %}{{ m(t) }}")).toContain("s");
  expect(free("{% for i in i %}{{ i }}{% endfor %}")).toEqual(["i"]);
});

test("assignedNames are those the template gives anywhere", () => {
  const ast = env.parse(
    "{% set a, b = 1, 2 %}{% for c in d %}{% with e = 1 %}{% endwith %}{% endfor %}{% call(f) g() %}{% endcall %}",
  );
  expect([...assignedNames(ast)].sort()).toEqual(["a", "b", "c", "e", "f"]);
});
