import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { artifact, copyOf, discard, type Run, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Result {
  unique_id: string;
  status: string;
  message: string | null;
}

describe("what a template can see", () => {
  let root: string;
  let run: Run;
  beforeAll(() => {
    root = copyOf("tests/fixtures/projects/context_members");
    run = tsdbt(root, ["build"]);
  });
  afterAll(() => discard(root));

  const lines = (model: string) =>
    readFileSync(join(root, `target/compiled/context_members/models/shown/${model}.sql`), "utf8").split("\n");

  it("is there for every template of the project", () => {
    expect(run.text).toContain("ERROR=0");
    expect(run.code).toBe(0);
  });

  it("has results of statements as tuples", () => {
    expect(lines("base_members").concat(lines("macros_members"))).toEqual(
      expect.arrayContaining(["[(1,)]", "(1,)", "['response','data','table']", "m[]", "3c"]),
    );
  });

  it("has the macros that a node called only while it ran among what it depends on", () => {
    const { nodes } = artifact<{ nodes: { [id: string]: { depends_on: { macros: string[] } } } }>(
      root,
      "manifest.json",
    );
    expect(nodes["model.context_members.late_macros"]?.depends_on.macros).toEqual([
      "macro.context_members.only_when_it_runs",
    ]);
    expect(lines("seen_macros")).toContain("select 'macro.context_members.only_when_it_runs' as macros");
  });

  it("has macros as items of their package, whatever their name", () => {
    expect(lines("macros_members")).toContain("<x>");
    expect(lines("base_members")).toContain(
      "['_hidden','answered','ident','materialization_nothing_default','only_when_it_runs','raw_answer','shadow','shown','text']",
    );
  });

  it("makes relations of what there is", () => {
    expect(lines("api_members")).toEqual(
      expect.arrayContaining([
        "{'database':True,'schema':True,'identifier':True}",
        "Policy(database=True,schema=False,identifier=True)",
        '"context_members"."main"."api_members"',
        "{'STRING':'TEXT'}",
      ]),
    );
  });

  it("has the node behind its config, and the project behind the adapter", () => {
    expect(lines("node_members")).toEqual(
      expect.arrayContaining([
        "node_membersmodel.context_members.node_membersnode_members",
        "context_members://models/shown/node_members.sql",
      ]),
    );
    expect(lines("adapter_members")).toEqual(
      expect.arrayContaining(["context_members1.0['models']", "mainduckdbcontext_members.duckdb"]),
    );
  });

  it("has moments in the zone of the session", () => {
    expect(lines("node_members")).toEqual(
      expect.arrayContaining([
        "(datetime.datetime(2024,7,1,10,0,0,500000,tzinfo=<DstTzInfo'Europe/Berlin'CEST+2:00:00DST>),)",
        "EST-0500",
      ]),
    );
  });

  it("has the SQL of built-in macros", () => {
    expect(lines("utility_macros").join("\n")).toMatch(/\|split_part\(a,',',-3\)/);
    expect(lines("materialization_macros").join("\n")).toMatch(/MERGEINTO"context_members"."main"."m1"ASDBT_INTERNAL_/);
  });

  it("has no warehouse while the project is parsed", () => {
    const { nodes } = artifact<{ nodes: { [id: string]: { config: { meta: { [key: string]: string } } } } }>(
      root,
      "manifest.json",
    );
    expect(nodes["model.context_members.parse_members"]?.config.meta).toMatchObject({
      execute: "False",
      relation: "None",
      query: "",
      graph: "{}0",
      model: "parse_membersnothingTrue{}",
      sql: "Nonenow()NoneNone",
      context: "TrueTrueTrue",
    });
  });
});

describe("templates that go wrong", () => {
  const messages = new Map<string, string | null>();
  beforeAll(() => {
    const model = (expression: string) => `{% if execute %}{{ ${expression} }}{% endif %}select 1 as x`;
    const root = makeProject({
      "models/returns.sql": model("return([1, 2])"),
      "models/flag.sql": model("adapter.behavior.nope"),
      "models/dispatch.sql": model("adapter.dispatch(1)"),
      "models/endless.sql": model("endless()"),
      "macros/endless.sql":
        "{% macro endless() %}{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}{% endmacro %}",
    });
    tsdbt(root, ["run"]);
    for (const { unique_id, message } of artifact<{ results: Result[] }>(root, "run_results.json").results)
      messages.set(unique_id, message);
  });
  afterAll(discardProjects);

  it("are told that return() outside of a macro gives nothing", () => {
    expect(messages.get("model.shop.returns")).toBe(
      "Compilation Error in model returns (models/returns.sql)\n  [1, 2]",
    );
  });

  it("are told of flags that do not exist", () => {
    expect(messages.get("model.shop.flag")).toContain("The flag nope has not been registered.");
  });

  it("are told what dispatch cannot take", () => {
    expect(messages.get("model.shop.dispatch")).toContain("argument of type 'int' is not iterable");
  });

  it("are stopped where a loop calls itself without end", () => {
    expect(messages.get("model.shop.endless")).toContain("maximum recursion depth exceeded");
  });
});
