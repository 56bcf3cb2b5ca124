import { describe, expect, it } from "vitest";
import { blankTexts, modelFunctions, pythonCalls } from "../../../core/parse/python-source.ts";

const callsOf = (code: string) => pythonCalls(code, blankTexts(code));
const functionsOf = (code: string) => modelFunctions(blankTexts(code));

describe("calls of dbt's functions in Python code", () => {
  it.each([
    ["in a comment", '# dbt.ref("a")'],
    ["in a string", `x = 'dbt.ref("a")'`],
    ["in a string of several lines", '"""\ndbt.ref("a")\n"""'],
    ["after an escaped quote", String.raw`x = "\"dbt.ref('a')"`],
    ["of something else's dbt", 'x.dbt.ref("a")'],
    ["of a longer name", 'mydbt.ref("a"); dbt.reference("a")'],
    ["in a plain part of an f-string", `f"dbt.ref('a') {{dbt.ref('b')}}"`],
  ])("are not %s", (_, code) => expect(callsOf(code)).toEqual([]));

  it("are found in the braces of an f-string", () =>
    expect(callsOf(`session.sql(f"select * from {dbt.ref('a')}")`)).toMatchObject([{ name: "ref", args: ["a"] }]));

  it("may span lines, with comments and a comma at the end", () =>
    expect(callsOf("dbt.source(  # where from\n  'raw',\n  \"pay,ments\",\n)")).toMatchObject([
      { name: "source", args: ["raw", "pay,ments"], unreadable: undefined },
    ]));

  it("tell names from values", () => {
    const [call] = callsOf('dbt.config(materialized="table", tags=["a", "b"], limits=(1, 2))');
    expect([...call!.kwargs.keys()]).toEqual(["materialized", "tags", "limits"]);
    expect(call!.kwargs.get("tags")).toEqual(["a", "b"]);
  });

  it("say which argument is no literal", () =>
    expect(callsOf('dbt.ref("a", v=version())')).toMatchObject([{ unreadable: "version()", args: ["a"] }]));

  it("include those of config", () =>
    expect(callsOf("dbt.config.get('a'), dbt.config.meta_get('b', 1)").map(({ name }) => name)).toEqual([
      "get",
      "meta_get",
    ]));
});

describe("model functions in Python code", () => {
  it("leaves out those within others", () =>
    expect(functionsOf("def f():\n    def model(x):\n        return x\n")).toEqual([]));

  it.each([
    ["one value", "return dbt.ref('a')", true],
    ["brackets over several lines", "return (\n  f(a,\n  b)\n    )", true],
    ["a tuple over several lines", "return (\n  a,\n  b\n    )", false],
    ["a comma", "return a,", false],
    ["an empty tuple", "return ()", false],
    ["two pairs of brackets", "return (a)(b, c)", true],
    ["a call with commas", "return f(a, b)", true],
    ["two values", "return a, b", false],
    ["nothing", "return", true],
    ["no return at the end", "if a:\n        return a", false],
    ["something after it", "return a\n    x = 1", false],
  ])("see what they end with: %s", (_, body, returnsOne) =>
    expect(functionsOf(`def model(dbt, session):\n    """What it does."""\n    ${body}\n\nx = 1\n`)).toEqual([
      { parameters: ["dbt", "session"], returnsOne },
    ]),
  );
});
