import { describe, expect, it } from "vitest";
import { addConfigCall, ConfigGenerator, ConfigProblem } from "../../../core/parse/config/index.ts";
import type { DataObject, Project, RuntimeConfig } from "../../../project/types.ts";

const SECTIONS = [
  "models",
  "seeds",
  "snapshots",
  "sources",
  "tests",
  "exposures",
  "metrics",
  "semantic-models",
  "saved-queries",
  "unit_tests",
  "functions",
];

function project(name: string, sections: { [section: string]: DataObject } = {}): Project {
  const configs = Object.fromEntries(
    SECTIONS.map((s) => [s, { rendered: sections[s] ?? {}, unrendered: sections[s] ?? {} }]),
  ) as Project["configs"];
  return { name, configs } as Project;
}

function generator(root: Project, ...packages: Project[]): ConfigGenerator {
  return new ConfigGenerator({
    project: root,
    flags: {},
    packages: new Map([root, ...packages].map((p) => [p.name, p])),
  } as unknown as RuntimeConfig);
}

const shop = project("shop", {
  models: {
    "+tags": "all",
    shop: {
      "+materialized": "table",
      "+meta": { a: 1, b: 1 },
      "+post-hook": "select 1",
      "+grants": { select: "x" },
      "+tags": ["shop"],
      staging: { "+schema": "stg", "+meta": { b: 2 }, "+grants": { "+select": ["y"], insert: "z" }, enabled: false },
    },
  },
});

describe("config of a node", () => {
  const request = { resourceType: "model", packageName: "shop", fqn: ["shop", "staging", "orders"] };

  it("goes from the outer folder to the inner one", () => {
    const config = generator(shop).rendered(request);
    expect(config).toMatchObject({
      tags: ["all", "shop"],
      materialized: "table",
      meta: { a: 1, b: 2 },
      schema: "stg",
      enabled: false,
      grants: { select: ["x", "y"], insert: ["z"] },
      "post-hook": [{ sql: "select 1", transaction: true, index: null }],
      alias: null,
    });
  });

  it("then takes the properties, then the file", () => {
    const config = generator(shop).rendered({
      ...request,
      patch: { meta: { c: 3 }, tags: "patched", post_hook: ["select 2"], materialized: "view" },
      call: {
        meta: { b: 4 },
        tags: ["file"],
        "post-hook": '{"sql": "select 3", "transaction": false}',
        materialized: "incremental",
      },
    });
    expect(config.meta).toEqual({ a: 1, b: 4, c: 3 });
    expect(config.tags).toEqual(["all", "shop", "patched", "file"]);
    expect((config["post-hook"] as { sql: string }[]).map((h) => h.sql)).toEqual(["select 1", "select 2", "select 3"]);
    expect(config.materialized).toBe("incremental");
  });

  it("is not shared between nodes", () => {
    const configs = generator(shop);
    configs.rendered({ ...request, call: { meta: { z: 1 }, tags: ["z"] } });
    expect(configs.rendered(request).meta).toEqual({ a: 1, b: 2 });
    expect(configs.rendered(request).tags).toEqual(["all", "shop"]);
  });

  it("of a package has the root project's word last", () => {
    const helper = project("helper", { models: { helper: { "+materialized": "view", "+tags": "own" } } });
    const root = project("shop", { models: { helper: { "+materialized": "table", "+tags": "root" } } });
    const config = generator(root, helper).rendered({
      resourceType: "model",
      packageName: "helper",
      fqn: ["helper", "m"],
      call: { materialized: "ephemeral", tags: "file" },
    });
    expect(config.materialized).toBe("table");
    expect(config.tags).toEqual(["own", "file", "root"]);
  });

  it("as written is replaced, not merged", () => {
    const unrendered = generator(shop).unrendered({ ...request, call: { meta: "{'b': 4}" } });
    expect(unrendered).toMatchObject({ tags: ["shop"], meta: "{'b': 4}", schema: "stg", materialized: "table" });
    expect(unrendered).not.toHaveProperty("alias");
  });

  it("makes text of numbers and lists of single values", () => {
    const config = generator(project("p")).rendered({
      resourceType: "model",
      packageName: "p",
      fqn: ["p", "m"],
      call: {
        alias: 1,
        tags: [1, null],
        unique_key: ["a", 2],
        packages: "numpy",
        own_key: { x: [1] },
        freshness: { warn_after: 1 },
      },
    });
    expect(config).toMatchObject({
      alias: "1",
      tags: ["1", "None"],
      unique_key: ["a", "2"],
      packages: ["numpy"],
      own_key: { x: [1] },
      freshness: null,
    });
  });

  it.each([
    [{ enabled: "no" }, "at path ['enabled']: 'no' is not of type 'boolean'"],
    [{ full_refresh: 1 }, "at path ['full_refresh']: 1 is not valid under any of the given schemas"],
    [{ meta: "x" }, "expected dict, got x"],
    [{ access: "bogus" }, "Field \"access\" of type AccessType in ModelConfig has invalid value 'bogus'"],
    [
      { docs: { node_color: "zzz" } },
      "at path []: Invalid color name for docs.node_color: zzz. It is neither a valid HTML color name nor a valid HEX code.",
    ],
    [{ persist_docs: "x" }, "Field \"persist_docs\" of type Dict[str, Any] in ModelConfig has invalid value 'x'"],
    [{ contract: { enforced: "true" } }, "at path ['contract']['enforced']: 'true' is not of type 'boolean'"],
    [{ "post-hook": [[1]] }, "the JSON object must be str, bytes or bytearray, not list"],
  ])("refuses %j", (call, message) => {
    const run = () =>
      generator(project("p")).rendered({ resourceType: "model", packageName: "p", fqn: ["p", "m"], call });
    expect(run).toThrow(ConfigProblem);
    try {
      run();
    } catch (error) {
      expect((error as ConfigProblem).text).toBe(message);
    }
  });

  it("of a test keeps store_failures and store_failures_as in step", () => {
    const test = (call: { [key: string]: unknown }) =>
      generator(project("p")).rendered({ resourceType: "test", packageName: "p", fqn: ["p", "t"], call });
    expect(test({ store_failures: true })).toMatchObject({ store_failures_as: "table" });
    expect(test({ store_failures_as: "ephemeral" })).toMatchObject({ store_failures: false });
    expect(test({ store_failures_as: "view" })).toMatchObject({ store_failures: true, schema: "dbt_test__audit" });
    expect(() => test({ severity: "loud" })).toThrow("Severity must be either 'warn' or 'error'. Got 'loud'");
  });
});

it("joins several config calls of one file", () => {
  const calls: { [key: string]: unknown } = {};
  addConfigCall(calls, { tags: "a", meta: { x: 1 }, alias: "one", grants: { select: "p" } });
  addConfigCall(calls, { tags: ["b"], meta: { y: 2 }, alias: "two", grants: { "+select": ["q"], insert: "r" } });
  expect(calls).toEqual({
    tags: ["a", "b"],
    meta: { x: 1, y: 2 },
    alias: "two",
    grants: { select: ["p"], "+select": ["q"], insert: ["r"] },
  });
});
