import { describe, expect, it } from "vitest";
import { PyFloat } from "../../../core/jinja/runtime/values.ts";
import { ManifestLookups, searchName, versionText } from "../../../core/manifest/lookups.ts";
import { createManifest } from "../../../core/manifest/manifest.ts";
import type { Manifest, ManifestMetadata, Node, SourceDefinition } from "../../../core/manifest/resources.ts";

function manifestOf(
  nodes: Partial<Node>[],
  disabled: Partial<Node>[] = [],
  sources: Partial<SourceDefinition>[] = [],
): Manifest {
  const manifest = createManifest({} as ManifestMetadata);
  for (const node of nodes) manifest.nodes.set(node.unique_id!, node as Node);
  for (const node of disabled) manifest.disabled.set(node.unique_id!, [node as Node]);
  for (const source of sources) manifest.sources.set(source.unique_id!, source as SourceDefinition);
  return manifest;
}

function node(id: string, more: Partial<Node> = {}): Partial<Node> {
  const [resource_type, package_name, name] = id.split(".") as ["model", string, string];
  return { unique_id: id, resource_type, package_name, name, config: { enabled: true } as Node["config"], ...more };
}

const root = { package_name: "root" };
const found = (result: { node: { unique_id: string } } | null) => result?.node.unique_id;

describe("ref", () => {
  it("prefers the root project, then the asking package", () => {
    const lookups = new ManifestLookups(
      manifestOf([node("model.pkg.a"), node("seed.root.a"), node("model.pkg.b")]),
      "root",
    );
    expect(found(lookups.resolveRef({ package_name: "pkg" }, "a", null, null))).toBe("seed.root.a");
    expect(found(lookups.resolveRef({ package_name: "pkg" }, "a", "pkg", null))).toBe("model.pkg.a");
    expect(found(lookups.resolveRef({ package_name: "pkg" }, "b", null, null))).toBe("model.pkg.b");
    expect(found(lookups.resolveRef(root, "b", null, null))).toBe("model.pkg.b");
  });

  it("can be told to ask the node's own package first", () => {
    const manifest = manifestOf([node("model.pkg.a"), node("model.root.a")]);
    const lookups = new ManifestLookups(manifest, "root", { nodePackageFirst: true });
    expect(found(lookups.resolveRef({ package_name: "pkg" }, "a", null, null))).toBe("model.pkg.a");
  });

  it("refuses to choose between packages", () => {
    const lookups = new ManifestLookups(manifestOf([node("model.one.a"), node("model.two.a")]), "root");
    expect(() => lookups.resolveRef(root, "a", null, null)).toThrow(
      "When referencing 'a', dbt found nodes in multiple packages: 'model.one.a', 'model.two.a'\n" +
        "To fix this, use two-argument 'ref', with the package name first: 'one' or 'two'",
    );
  });

  it("finds versions, and the latest one without a version", () => {
    const v = (version: number) =>
      node(`model.root.a.v${version}`, { name: "a", version, latest_version: 2 } as Partial<Node>);
    const lookups = new ManifestLookups(manifestOf([v(1), v(2), v(3)]), "root");
    expect(found(lookups.resolveRef(root, "a", null, null))).toBe("model.root.a.v2");
    expect(found(lookups.resolveRef(root, "a", null, 3))).toBe("model.root.a.v3");
    expect(found(lookups.resolveRef(root, "a", null, "1"))).toBe("model.root.a.v1");
    expect(lookups.resolveRef(root, "a", null, 4)).toBeNull();
  });

  it("tells disabled nodes from missing ones", () => {
    const lookups = new ManifestLookups(
      manifestOf([], [node("model.root.off", { config: { enabled: false } as never })]),
      "root",
    );
    expect(lookups.resolveRef(root, "off", null, null)?.disabled).toBe(true);
    expect(lookups.resolveRef(root, "gone", null, null)).toBeNull();
  });

  it("does not find analyses and tests", () => {
    const lookups = new ManifestLookups(manifestOf([node("analysis.root.a"), node("test.root.t")]), "root");
    expect(lookups.resolveRef(root, "a", null, null)).toBeNull();
    expect(lookups.analysisId("a")).toBe("analysis.root.a");
    expect(lookups.singularTestId("t", "root")).toBe("test.root.t");
  });
});

it("finds sources by both names", () => {
  const source = {
    unique_id: "source.root.raw.orders",
    package_name: "root",
    source_name: "raw",
    name: "orders",
    config: { enabled: true },
  } as SourceDefinition;
  const lookups = new ManifestLookups(manifestOf([], [], [source]), "root");
  expect(found(lookups.resolveSource(root, "raw", "orders"))).toBe("source.root.raw.orders");
  expect(lookups.resolveSource(root, "orders", "raw")).toBeNull();
});

it("writes versions as Python does", () => {
  expect(versionText(new PyFloat(1))).toBe("1.0");
  expect(versionText(1.5)).toBe("1.5");
  expect(searchName({ resource_type: "model", name: "a", version: 2 })).toBe("a.v2");
  expect(searchName({ resource_type: "source", name: "a", source_name: "s" })).toBe("s.a");
});
