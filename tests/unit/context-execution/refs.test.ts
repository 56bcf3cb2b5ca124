import { describe, expect, it } from "vitest";
import type { RelationSource } from "../../../adapters/adapter.ts";
import { Relation } from "../../../adapters/relation.ts";
import { createRelation, ephemeralRelation } from "../../../adapters/relation-create.ts";
import type { ExecutionEnvironment } from "../../../core/context/execution/environment.ts";
import { type Asking, createRef, createSource } from "../../../core/context/execution/refs.ts";
import { TsdbtError } from "../../../core/errors.ts";
import type { HostObject, PyCallable } from "../../../core/jinja/runtime/values.ts";
import { createManifest, ManifestLookups, type ManifestMetadata, type Node } from "../../../core/manifest/index.ts";

const model = (name: string, more: object = {}, config: object = {}): Node =>
  ({
    unique_id: `model.shop.${name}`,
    resource_type: "model",
    name,
    alias: name,
    package_name: "shop",
    original_file_path: `models/${name}.sql`,
    database: "db",
    schema: "main",
    config: { enabled: true, materialized: "view", ...config },
    depends_on: { nodes: [], macros: [] },
    ...more,
  }) as unknown as Node;

function environment(
  nodes: Node[],
  flags: object = {},
  deferred = new Map<string, RelationSource>(),
): ExecutionEnvironment {
  const manifest = createManifest({} as ManifestMetadata);
  for (const node of nodes) {
    if (node.config.enabled) manifest.nodes.set(node.unique_id, node);
    else manifest.disabled.set(node.unique_id, [node]);
  }
  manifest.sources.set("source.shop.raw.orders", {
    unique_id: "source.shop.raw.orders",
    resource_type: "source",
    source_name: "raw",
    name: "orders",
    identifier: "ORDERS",
    package_name: "shop",
    database: "db",
    schema: "landing",
    config: { enabled: true },
  } as never);
  const adapter = {
    defaultQuoting: { database: true, schema: true, identifier: true },
    relationOf: (source: RelationSource) =>
      createRelation(Relation, { ...source, identifier: source.identifier ?? source.alias ?? null, type: null }),
    createRelation: () => createRelation(Relation, {}),
  };
  return {
    manifest,
    lookups: new ManifestLookups(manifest, "shop"),
    adapter,
    deferred,
    selected: new Set(),
    config: { flags, packages: new Map() },
  } as unknown as ExecutionEnvironment;
}

const asking = (needs: string[], more: object = {}): Asking => ({
  unique_id: "model.shop.top",
  resource_type: "model",
  name: "top",
  original_file_path: "models/top.sql",
  package_name: "shop",
  depends_on: { nodes: needs },
  ...more,
});

const text = (fn: PyCallable, args: unknown[], kwargs?: Map<string, unknown>) =>
  (fn.fn(args, kwargs) as HostObject).str();
const options = { operation: false, onEphemeral: () => {}, exists: async () => false };

function failure(work: () => unknown): TsdbtError {
  try {
    work();
  } catch (error) {
    if (error instanceof TsdbtError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("ref", () => {
  it("names the relation of a node that was declared", () => {
    const env = environment([model("orders")]);
    expect(text(createRef(env, asking(["model.shop.orders"]), options), ["orders"])).toBe('"db"."main"."orders"');
    expect(text(createRef(env, asking(["model.shop.orders"]), options), ["shop", "orders"])).toBe(
      '"db"."main"."orders"',
    );
  });
  it("takes no rows with --empty", () => {
    const env = environment([model("orders")], { empty: true });
    expect(text(createRef(env, asking(["model.shop.orders"]), options), ["orders"])).toBe(
      '(select * from "db"."main"."orders" where false limit 0) _dbt_limit_subq_orders',
    );
  });
  it("stands for an ephemeral model by its CTE and says so", () => {
    const env = environment([model("cents", {}, { materialized: "ephemeral" })]);
    const seen: string[] = [];
    const ref = createRef(env, asking(["model.shop.cents"]), {
      ...options,
      onEphemeral: (n) => seen.push(n.name),
    });
    expect(text(ref, ["cents"])).toBe("__dbt__cte__cents");
    expect(seen).toEqual(["cents"]);
  });
  it("refuses an ephemeral model in an operation", () => {
    const env = environment([model("cents", {}, { materialized: "ephemeral" })]);
    const ref = createRef(env, asking([]), { ...options, operation: true });
    expect(failure(() => ref.fn(["cents"], undefined)).message).toBe(
      "Operations can not ref() ephemeral nodes, but cents is ephemeral",
    );
  });
  it("refuses what parsing did not see", () => {
    const env = environment([model("orders")]);
    const error = failure(() => createRef(env, asking([]), options).fn(["orders"], undefined));
    expect(error.message).toContain('dbt was unable to infer all dependencies for the model "top".');
    expect(error.message).toContain("-- depends_on: {{ ref('orders') }}");
  });
  it("asks nothing of an operation", () => {
    const env = environment([model("orders")]);
    const ref = createRef(env, asking([]), { ...options, operation: true });
    expect(text(ref, ["orders"])).toBe('"db"."main"."orders"');
  });
  it("points elsewhere with --defer to what is not there", async () => {
    const there = { database: "db", schema: "prod", alias: "orders" };
    const env = environment([model("orders")], {}, new Map([["model.shop.orders", there]]));
    const needs = asking(["model.shop.orders"]);
    const answer = async (exists: boolean) =>
      (
        (await createRef(env, needs, { ...options, exists: async () => exists }).fn(
          ["orders"],
          undefined,
        )) as HostObject
      ).str();
    expect(await answer(false)).toBe('"db"."prod"."orders"');
    expect(await answer(true)).toBe('"db"."main"."orders"');
  });
  it("suggests the nearest name", () => {
    const env = environment([model("orders")]);
    const error = failure(() => createRef(env, asking([]), options).fn(["ordrs"], undefined));
    expect(error.message).toBe(
      "Model 'model.shop.top' (models/top.sql) depends on a node named 'ordrs' which was not found",
    );
    expect(error.details.hint).toContain("orders");
  });
  it("tells a disabled node from a missing one", () => {
    const env = environment([model("orders", {}, { enabled: false })]);
    const error = failure(() => createRef(env, asking([]), options).fn(["orders"], undefined));
    expect(error.message).toContain("depends on a node named 'orders' which is disabled");
  });
  it("keeps a private model to its group", () => {
    const env = environment([model("pay", { access: "private", group: "finance" })]);
    const needs = ["model.shop.pay"];
    expect(failure(() => createRef(env, asking(needs), options).fn(["pay"], undefined)).message).toBe(
      "Node model.shop.top attempted to reference node model.shop.pay, which is not allowed because the referenced " +
        "node is private to the 'finance' group.",
    );
    expect(text(createRef(env, asking(needs, { group: "finance" }), options), ["pay"])).toBe('"db"."main"."pay"');
  });
  it.each([
    [[], "ref() takes at most two arguments (0 given)"],
    [["a", "b", "c"], "ref() takes at most two arguments (3 given)"],
    [[1], "The name argument to ref() must be a string, got <class 'int'>"],
    [[null, 1], "The name argument to ref() must be a string, got <class 'int'>"],
    [[1, "a"], "The package argument to ref() must be a string or None, got <class 'int'>"],
  ])("refuses the arguments %j", (args, message) => {
    expect(failure(() => createRef(environment([]), asking([]), options).fn(args, undefined)).message).toBe(message);
  });
});

describe("source", () => {
  it("names the relation of a source", () => {
    expect(text(createSource(environment([]), asking([])), ["raw", "orders"])).toBe('"db"."landing"."ORDERS"');
  });
  it.each([
    [["raw"], "source() takes exactly two arguments (1 given)"],
    [[1, "x"], "The source name (first) argument to source() must be a string, got <class 'int'>"],
    [["raw", null], "The table name (second) argument to source() must be a string, got <class 'NoneType'>"],
    [
      ["raw", "ordres"],
      "Model 'model.shop.top' (models/top.sql) depends on a source named 'raw.ordres' which was not found",
    ],
  ])("refuses %j", (args, message) => {
    expect(failure(() => createSource(environment([]), asking([])).fn(args, undefined)).message).toBe(message);
  });
});

it("knows the CTE's name", () => expect(ephemeralRelation(Relation, "x").str()).toBe("__dbt__cte__x"));
