import { describe, expect, it } from "vitest";
import {
  buildMaps,
  createManifest,
  type Manifest,
  type ManifestMetadata,
  type Node,
} from "../../../core/manifest/index.ts";
import { buildRunGraph, descendants, subsetNeeds } from "../../../core/run/graph.ts";

function manifest(edges: { [id: string]: string[] }): Manifest {
  const made = createManifest({} as ManifestMetadata);
  for (const [id, nodes] of Object.entries(edges)) {
    const node = { unique_id: id, resource_type: id.split(".")[0], depends_on: { nodes, macros: [] } };
    made.nodes.set(id, node as unknown as Node);
  }
  buildMaps(made);
  return made;
}

describe("subsetNeeds", () => {
  it("keeps edges across unselected nodes", () => {
    const graph = buildRunGraph(manifest({ "model.a": [], "model.b": ["model.a"], "model.c": ["model.b"] }), false);
    const needs = subsetNeeds(graph, new Set(["model.a", "model.c"]));
    expect(needs).toEqual(
      new Map([
        ["model.a", new Set()],
        ["model.c", new Set(["model.a"])],
      ]),
    );
  });
});

describe("buildRunGraph with tests first", () => {
  const project = manifest({
    "model.a": [],
    "model.b": ["model.a"],
    "model.c": ["model.a", "model.b"],
    "model.d": ["model.c"],
    "model.e": ["model.b"],
    "test.a": ["model.a"],
    "test.ab": ["model.a", "model.b"],
  });
  it("holds up children behind the tests of their parents", () => {
    const graph = buildRunGraph(project, true);
    expect(graph.parents.get("model.b")).toEqual(["model.a", "test.a"]);
    expect([...descendants(graph, "test.a")].sort()).toEqual(["model.b", "model.c", "model.d", "model.e", "test.ab"]);
  });
  it("holds up what descends from all that a test needs, and nothing before", () => {
    const graph = buildRunGraph(project, true);
    expect([...descendants(graph, "test.ab")].sort()).toEqual(["model.c", "model.d", "model.e"]);
  });
  it("adds nothing without", () => {
    expect([...descendants(buildRunGraph(project, false), "test.a")]).toEqual([]);
  });
});
