import { describe, expect, it } from "vitest";
import { PyFloat } from "../../../core/jinja/runtime/values.ts";
import { extractStatic, parseRefOrSource } from "../../../core/parse/static.ts";

describe("reading a model without rendering", () => {
  it("finds refs, sources and config", () => {
    const found = extractStatic(
      "{{ config(materialized='table', tags=['a', \"b\"], flag=True, meta={'k': {'l': ['m']}}) }}\n" +
        "-- {# {{ ref('commented') }} #}\nselect '{' from {{ ref('a') }} join {{ ref('p', 'b', v=2) }} join {{source('s','t')}}",
    );
    expect(found).toEqual({
      refs: [
        { name: "a", package: null, version: null },
        { name: "b", package: "p", version: 2 },
      ],
      sources: [["s", "t"]],
      configs: [
        ["materialized", "table"],
        ["tags", ["a", "b"]],
        ["flag", true],
        ["meta", { k: { l: ["m"] } }],
      ],
    });
  });

  it.each([
    "plain sql",
    "}} #} %}",
    "{{ 'text' }} {{ 1 }} {{ True }} {{ [] }}",
    "{{ config(a='x',) }}",
    "{{\nref(\n'a'\n)\n}}",
    "{{ source(source_name='a', table_name='b') }}",
  ])("takes %j", (source) => {
    expect(extractStatic(source)).toBeDefined();
  });

  it.each([
    "{% set x = 1 %}",
    "{{- ref('a') -}}",
    "{{ ref(name) }}",
    "{{ ref('a').identifier }}",
    "{{ ref('a') | trim }}",
    "{{ config(a=1) }}",
    "{{ config(enabled=true) }}",
    "{{ config(pre_hook='x') }}",
    "{{ config({'a': 'b'}) }}",
    "{{ config() }}",
    "{{ var('x') }}",
    "{{ this }}",
    "{{ ref('a', version=none) }}",
    "{{ ref('a', 'b', 'c') }}",
    "{{ ref('a'",
    "{# unclosed",
    "{{ source('a') }}",
    "{{ config(a={'__proto__': 'x'}) }}",
  ])("leaves %j to rendering", (source) => {
    expect(extractStatic(source)).toBeUndefined();
  });

  it("keeps escapes and whole floats as they are", () => {
    expect(extractStatic("{{ config(a='x\\'y') }}")?.configs).toEqual([["a", "x\\'y"]]);
    expect(extractStatic("{{ ref('a', v=1.0) }}")?.refs[0]?.version).toBeInstanceOf(PyFloat);
  });
});

it("reads the target of an expression", () => {
  expect(parseRefOrSource("ref('a', version=3)")).toEqual({ name: "a", package: null, version: 3 });
  expect(parseRefOrSource("source('s', 't')")).toEqual(["s", "t"]);
  expect(parseRefOrSource("orders")).toBeUndefined();
  expect(parseRefOrSource("'text'")).toBeUndefined();
});
