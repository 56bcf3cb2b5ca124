import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { artifact, copyOf, discard, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Table {
  metadata: { type: string; comment: string | null; database: string | null; owner: string | null };
  columns: { [name: string]: { type: string; index: number; comment: string | null } };
  stats: { [id: string]: { value: unknown; include: unknown } };
  unique_id: string;
}
interface Catalog {
  metadata: { dbt_schema_version: string };
  nodes: { [id: string]: Table };
  sources: { [id: string]: Table };
  errors: string[] | null;
}

describe("docs generate on DuckDB", () => {
  let root: string;
  const catalog = () => artifact<Catalog>(root, "catalog.json");
  const ids = () => [...Object.keys(catalog().nodes), ...Object.keys(catalog().sources)].sort();
  beforeAll(() => {
    root = copyOf("tests/fixtures/projects/catalog");
    const built = tsdbt(root, ["build"]);
    expect(built.code, built.text).toBe(0);
  });
  afterAll(() => discard(root));

  it("writes what the warehouse says of tables, columns and comments", () => {
    const { code, text } = tsdbt(root, ["docs", "generate"]);
    expect(code, text).toBe(0);
    expect(text).toContain("Building catalog");
    expect(text).toContain(`Catalog written to ${join(root, "target", "catalog.json")}`);
    const { metadata, nodes, sources, errors } = catalog();
    expect(metadata.dbt_schema_version).toBe("https://schemas.getdbt.com/dbt/catalog/v1.json");
    expect(errors).toBeNull();
    expect(Object.keys(nodes).sort()).toEqual([
      "model.catalog.elsewhere",
      "model.catalog.order_view",
      "model.catalog.orders",
      "model.catalog.renamed",
      "seed.catalog.coins",
      "snapshot.catalog.kept",
    ]);
    expect(Object.keys(sources).sort()).toEqual([
      "source.catalog.attached.elsewhere",
      "source.catalog.raw.by_another_name",
      "source.catalog.raw.coins",
    ]);
    const orders = nodes["model.catalog.orders"]!;
    expect(orders).toMatchObject({ metadata: { type: "BASE TABLE", comment: 'One row an order. It\'s "quoted".' } });
    expect(orders.columns.amount).toEqual({
      type: "DECIMAL(10,2)",
      index: 4,
      name: "amount",
      comment: "In euros\nand cents",
    });
    expect(nodes["model.catalog.elsewhere"]!.metadata.database).toBe("other");
    expect(existsSync(join(root, "target", "site", "pictures", "readme.txt"))).toBe(true);
    expect(existsSync(join(root, "target", "index.html"))).toBe(true);
    expect(text).toContain(`Documentation written to ${join(root, "target", "index.html")}`);
  });
  it("tells how many rows tables have where the variable catalog_stats asks for it", () => {
    expect(Object.keys(catalog().nodes["model.catalog.orders"]!.stats)).toEqual(["has_stats"]);
    expect(tsdbt(root, ["docs", "generate", "--vars", "{catalog_stats: true}"]).code).toBe(0);
    const { nodes } = catalog();
    expect(nodes["model.catalog.orders"]!.stats).toMatchObject({
      has_stats: { value: true },
      row_count: { label: "Rows stored", value: 1, include: true },
    });
    expect(Object.keys(nodes["model.catalog.order_view"]!.stats)).toEqual(["has_stats"]);
  });
  it("keeps to a selection, which --no-compile makes it ignore as dbt does", () => {
    expect(tsdbt(root, ["docs", "generate", "-s", "orders", "source:raw.coins"]).code).toBe(0);
    expect(ids()).toEqual(["model.catalog.orders", "source.catalog.raw.coins"]);
    rmSync(join(root, "target", "manifest.json"));
    expect(tsdbt(root, ["docs", "generate", "-s", "orders", "--no-compile"]).code).toBe(0);
    expect(existsSync(join(root, "target", "manifest.json"))).toBe(false);
    expect(ids()).toHaveLength(9);
  });
  it("asks nothing with --empty-catalog", () => {
    const { code, text } = tsdbt(root, ["docs", "generate", "--empty-catalog"]);
    expect(code).toBe(0);
    expect(text).not.toContain("Building catalog");
    expect(ids()).toEqual([]);
  });
  it("takes statistics from the project's own macro", () => {
    expect(tsdbt(root, ["docs", "generate", "--vars", "stats: true"]).code).toBe(0);
    const { nodes } = catalog();
    expect(nodes["model.catalog.orders"]!.stats).toMatchObject({
      rows: { value: 1, include: true },
      kind: { value: 7 },
      has_stats: { value: true },
    });
    expect(Object.keys(nodes["model.catalog.renamed"]!.stats).sort()).toEqual(["has_stats", "rows"]);
    expect(nodes["model.catalog.orders"]!.metadata.owner).toBe("42");
  });
  it("writes what it could get when one database cannot be asked, and ends with 1", () => {
    const { code, text } = tsdbt(root, ["docs", "generate", "--vars", "broken: other"]);
    expect(code).toBe(1);
    expect(text).toContain("Encountered an error while generating catalog: Compilation Error in macro");
    expect(text).toContain("dbt encountered 1 failure while writing the catalog");
    expect(catalog().errors).toHaveLength(1);
    expect(Object.keys(catalog().nodes)).toContain("model.catalog.orders");
    expect(Object.keys(catalog().nodes)).not.toContain("model.catalog.elsewhere");
  });
});

describe("docs generate on ClickHouse", () => {
  it("writes tables, views and comments of the engine inside the process", () => {
    const root = copyOf("examples/crypto");
    try {
      const built = tsdbt(root, ["run", "--target", "clickhouse", "--empty"]);
      expect(built.code, built.text).toBe(0);
      const { code, text } = tsdbt(root, [
        "docs",
        "generate",
        "--target",
        "clickhouse",
        "-s",
        "crypto_stage",
        "source:*",
      ]);
      expect(code, text).toBe(0);
      const { nodes, sources, errors } = artifact<Catalog>(root, "catalog.json");
      expect(errors).toBeNull();
      expect(Object.keys(nodes)).toEqual(["model.crypto.crypto_stage"]);
      const { metadata, columns } = nodes["model.crypto.crypto_stage"]!;
      expect(metadata).toMatchObject({ type: "table", database: "" });
      expect(columns.coin_id).toMatchObject({ index: 2, type: "Nullable(Int64)" });
      expect(Object.keys(sources)).toContain("source.crypto.layers.crypto_stage");
    } finally {
      discard(root);
    }
  });
});
