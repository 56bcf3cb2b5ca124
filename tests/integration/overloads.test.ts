import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { artifact, query, tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

// DuckDB keeps one macro of a name: each of these makes its own, with the number of its arguments.
const MACRO = `{% macro duckdb__scalar_function_sql(target_relation) %}
  create or replace macro main.{{ target_relation.identifier }}_{{ model.arguments | length }}(
    {{- model.arguments | map(attribute='name') | join(', ') }}) as ({{ model.compiled_code }}) -- {{ model.returns.data_type }}
{% endmacro %}`;
const FUNCTIONS = `functions:
  - {name: helper, arguments: [{name: x, data_type: text}], returns: {data_type: text}}
  - name: plus
    arguments: [{name: a, data_type: integer}]
    returns: {data_type: integer}
    overloads:
      - {defined_in: plus_two, description: two, arguments: [{name: a, data_type: text}, {name: b, data_type: text}], returns: {data_type: text}}
      - {defined_in: plus_none, arguments: []}
`;
const files = {
  "macros/duckdb.sql": MACRO,
  "functions/helper.sql": "upper(x)",
  "functions/plus.sql": "a + 1",
  "functions/plus_two.sql":
    "a || {{ 'main' }}.helper_1(b)  {# {{ function('helper') }} #} {% set _ = function('helper') %}",
  "functions/plus_none.sql": "(((",
  "functions/functions.yml": FUNCTIONS,
};

interface Artifact {
  functions: { [id: string]: { overloads: { [key: string]: unknown }[]; depends_on: { nodes: string[] } } };
  results: { unique_id: string; status: string; message: string; overload_results: unknown }[];
}

describe("overloads of a function", () => {
  it("are one resource, made one after the other; retry makes what is missing", async () => {
    const root = makeProject(files);
    const built = tsdbt(root, ["build"]);
    expect(built.code, built.text).toBe(1);
    expect(built.text).toMatch(/Overload 1 of 2 OK created function plus overload plus_two \.+ \[SUCCESS in/);
    expect(built.text).toMatch(
      /Overload 2 of 2 ERROR creating function plus overload plus_none: Runtime Error\n {2}Parser/,
    );
    expect(built.text).toMatch(/OK created function main\.plus \.+ \[PARTIAL SUCCESS in/);
    expect(await query(`${root}/shop.duckdb`, "select main.plus_1(1), main.plus_2('a', 'b')")).toEqual([[2, "aB"]]);

    const { functions } = artifact<Artifact>(root, "manifest.json");
    expect(Object.keys(functions)).toEqual(["function.shop.helper", "function.shop.plus"]);
    const plus = functions["function.shop.plus"]!;
    expect(plus.depends_on.nodes).toEqual(["function.shop.helper"]);
    expect(plus.overloads[0]).toMatchObject({
      defined_in: "plus_two",
      description: "two",
      raw_body: expect.any(String),
    });
    expect(plus.overloads[0]!.compiled_body).toContain("a || main.helper_1(b)");
    const result = () =>
      artifact<Artifact>(root, "run_results.json").results.find((r) => r.unique_id.endsWith(".plus"))!;
    expect(result()).toMatchObject({
      status: "partial success",
      message: "PARTIAL SUCCESS plus",
      overload_results: { successful: ["plus_two"], failed: ["plus_none"] },
    });

    writeFiles(root, { "functions/plus_none.sql": "0" });
    const again = tsdbt(root, ["retry"]);
    expect(again.code, again.text).toBe(0);
    expect(again.text).toMatch(/Overload 1 of 2 SKIP function plus overload plus_two/);
    expect(result()).toMatchObject({
      status: "success",
      overload_results: { successful: ["plus_two", "plus_none"], failed: [] },
    });
    expect(await query(`${root}/shop.duckdb`, "select main.plus_0()")).toEqual([[0]]);
  });

  it("count as changed with their code", () => {
    const root = makeProject({ ...files, "functions/plus_none.sql": "0" });
    tsdbt(root, ["parse", "--target-path", "before"]);
    const modified = () => tsdbt(root, ["ls", "-s", "state:modified", "--state", "before", "--quiet"]).stdout.trim();
    expect(modified()).toBe("");
    writeFiles(root, { "functions/plus_none.sql": "1" });
    expect(modified()).toBe("shop.plus");
  });

  it("are refused where their file is missing, taken, or the function itself", () => {
    const parse = (name: string, more = "") =>
      tsdbt(
        makeProject({
          ...files,
          "functions/functions.yml": `functions:
  - {name: plus, returns: {data_type: int}, overloads: [{defined_in: ${name}}]}\n${more}`,
        }),
        ["parse"],
      );
    const missing = parse("nowhere");
    expect(missing.code).toBe(2);
    expect(missing.text).toContain(
      "Function overload 'nowhere' (defined_in) not found. Expected a SQL file at functions/nowhere.sql",
    );
    expect(missing.text).toContain("functions/functions.yml:2");
    expect(parse("plus").text).toContain("Function 'plus' cannot list itself in overloads (defined_in: 'plus').");
    const taken = parse(
      "plus_two",
      "  - {name: helper, returns: {data_type: int}, overloads: [{defined_in: plus_two}]}\n",
    );
    expect(taken.text).toContain("Function overload 'plus_two' (defined_in) is already used by 'function.shop.plus'.");
  });
});
