import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCycle } from "../../../core/manifest/cycles.ts";
import { createManifest } from "../../../core/manifest/manifest.ts";
import { buildMaps } from "../../../core/manifest/maps.ts";
import { didYouMean, nearestNames } from "../../../core/manifest/nearest.ts";
import type { Manifest, ManifestMetadata, Node } from "../../../core/manifest/resources.ts";

function graph(edges: { [id: string]: string[] }): Manifest {
  const manifest = createManifest({} as ManifestMetadata);
  for (const [unique_id, nodes] of Object.entries(edges))
    manifest.nodes.set(unique_id, { unique_id, group: null, depends_on: { macros: [], nodes } } as unknown as Node);
  return manifest;
}

describe("cycles", () => {
  it("are told as the whole path", () => {
    const cycle = findCycle(graph({ a: [], b: ["a", "d"], c: ["b"], d: ["c"], e: ["d"] }));
    expect(cycle?.length).toBe(4);
    expect(cycle?.[0]).toBe(cycle?.at(-1));
    expect(new Set(cycle)).toEqual(new Set(["b", "c", "d"]));
  });

  it("of one are found", () => {
    expect(findCycle(graph({ a: ["a"] }))).toEqual(["a", "a"]);
  });

  it("do not exist where every edge points back", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 }), (lists) => {
        const edges = Object.fromEntries(
          lists.map((list, i) => [`n${i}`, list.filter((j) => j < i).map((j) => `n${j}`)]),
        );
        return findCycle(graph(edges)) === undefined;
      }),
    );
  });
});

it("links parents and children, sorted", () => {
  const manifest = graph({ c: ["b", "a", "missing"], b: ["a"], a: [] });
  buildMaps(manifest);
  expect(Object.fromEntries(manifest.parent_map)).toEqual({ c: ["a", "b", "missing"], b: ["a"], a: [] });
  expect(Object.fromEntries(manifest.child_map)).toEqual({ c: [], b: ["c"], a: ["b", "c"] });
});

describe("nearest names", () => {
  it("come best first", () => {
    expect(nearestNames("custmers", ["customers", "orders", "custom", "costumers"])).toEqual([
      "customers",
      "costumers",
    ]);
    expect(nearestNames("ordres", ["orders"])).toEqual(["orders"]);
    expect(nearestNames("x", ["completely_different"])).toEqual([]);
  });
  it("make a question", () => {
    expect(didYouMean("ordrs", ["orders", "order"])).toBe("did you mean 'orders' or 'order'?");
    expect(didYouMean("zzz", ["orders"])).toBeUndefined();
  });
});
