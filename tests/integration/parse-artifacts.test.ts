import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { artifact, copyOf, discard, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Semantic {
  semantic_models: { name: string; config: object; node_relation: { relation_name: string } }[];
  metrics: { name: string; type_params: { input_measures: { name: string }[] } }[];
  saved_queries: { name: string; exports: { config: object }[] }[];
  project_configuration: { time_spines: { custom_granularities: object[] }[] };
}

describe("parse of a project with a semantic layer", () => {
  let root: string;
  let text: string;
  beforeAll(() => {
    root = copyOf("tests/fixtures/projects/semantic");
    const parsed = tsdbt(root, ["parse"]);
    expect(parsed.code, parsed.text).toBe(0);
    text = parsed.text;
  });
  afterAll(() => discard(root));

  it("writes semantic_manifest.json", () => {
    const { semantic_models, metrics, saved_queries, project_configuration } = artifact<Semantic>(
      root,
      "semantic_manifest.json",
    );
    expect(semantic_models.map(({ name }) => name).sort()).toEqual(["customers", "mail", "orders", "visits"]);
    expect(semantic_models.find(({ name }) => name === "mail")).toMatchObject({
      config: { meta: { from: "project", kind: "flat" } },
      node_relation: { relation_name: '"semantic"."main_own"."parcels"' },
    });
    const growth = metrics.find(({ name }) => name === "growth");
    expect(growth?.type_params.input_measures.map(({ name }) => name)).toEqual(["revenue", "order_count"]);
    expect(metrics.map(({ name }) => name)).not.toContain("switched_off");
    expect(saved_queries.find(({ name }) => name === "report")?.exports.map(({ config }) => config)).toEqual([
      { export_as: "table", schema_name: "reports", alias: "report_table" },
      { export_as: "view", schema_name: "elsewhere", alias: "seen" },
    ]);
    expect(project_configuration.time_spines.flatMap((spine) => spine.custom_granularities)).toEqual([
      { name: "fiscal_week", column_name: null },
      { name: "season_of_year", column_name: "season" },
    ]);
  });
  it("writes how long it took to perf_info.json, and says where", () => {
    expect(text).toMatch(/Performance info: .*perf_info\.json/);
    const info = artifact<{ path_count: number; parsed_path_count: number; projects: { project_name: string }[] }>(
      root,
      "perf_info.json",
    );
    expect(info.parsed_path_count).toBe(info.path_count);
    expect(info.projects.map((project) => project.project_name)).toContain("semantic");
    expect(tsdbt(root, ["parse"]).code).toBe(0);
    expect(artifact(root, "perf_info.json")).toMatchObject({ path_count: info.path_count, parsed_path_count: 0 });
  });
  it("keeps the semantic layer when nothing is parsed anew", () => {
    const before = artifact(root, "semantic_manifest.json");
    expect(tsdbt(root, ["parse"]).code).toBe(0);
    expect(artifact(root, "semantic_manifest.json")).toEqual(before);
    const { stdout } = tsdbt(root, ["-q", "ls", "-s", "+saved_query:report", "--resource-type", "metric"]);
    expect(stdout.trim().split("\n").sort()).toEqual(
      ["average_order", "growth", "orders_count", "revenue"].map((name) => `metric:semantic.${name}`),
    );
  });
});

describe("a model that another one refers to and that ends soon", () => {
  it("is warned of, but is no deprecation of dbt's to be summed up", () => {
    const root = copyOf("tests/fixtures/projects/versions");
    try {
      const { text } = tsdbt(root, ["parse"]);
      expect(text).not.toMatch(/- UpcomingReferenceDeprecation/);
    } finally {
      discard(root);
    }
  });
});

describe("parse of a project with tags that are no blocks", () => {
  let root: string;
  beforeAll(() => {
    root = copyOf("tests/fixtures/malformed/macro-unexpected-blocks");
  });
  afterAll(() => discard(root));

  it.each(["read anew", "kept"])("tells the first and counts all: %s", () => {
    const { code, text } = tsdbt(root, ["parse"]);
    expect(code, text).toBe(0);
    expect(text.match(/Found unexpected '\w+' block tag/g)).toEqual(["Found unexpected 'endmacro' block tag"]);
    expect(text).toContain("- UnexpectedJinjaBlockDeprecation: 5 occurrences");
  });

  it("tells each if asked", () => {
    const { text } = tsdbt(root, ["parse", "--show-all-deprecations"]);
    expect(text.match(/Found unexpected '\w+' block tag. in file `[\w/.]+`/g)).toEqual([
      "Found unexpected 'endmacro' block tag. in file `macros/money.sql`",
      "Found unexpected 'if' block tag. in file `macros/money.sql`",
      "Found unexpected 'endif' block tag. in file `macros/money.sql`",
      "Found unexpected 'set' block tag. in file `macros/money.sql`",
      "Found unexpected 'set' block tag. in file `orders_history.sql`",
    ]);
    expect(text).toContain("- UnexpectedJinjaBlockDeprecation: 5 occurrences");
  });

  it("writes down that a test has no macro, as dbt does", () => {
    const { nodes } = artifact<{ nodes: { [id: string]: { name: string; depends_on: { macros: string[] } } } }>(
      root,
      "manifest.json",
    );
    const test = Object.values(nodes).find(({ name }) => name === "sums_up_orders_");
    expect(test?.depends_on.macros).toEqual(["None", "macro.dbt.get_where_subquery"]);
  });
});
