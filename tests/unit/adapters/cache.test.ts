import { describe, expect, it } from "vitest";
import { createRelationCache } from "../../../adapters/cache.ts";
import { DuckDBRelation } from "../../../adapters/duckdb/relation.ts";
import type { Relation } from "../../../adapters/relation.ts";
import { createRelation } from "../../../adapters/relation-create.ts";

const relation = (identifier: string, schema = "main") =>
  createRelation(DuckDBRelation, { database: "db", schema, identifier, type: "table" });
const names = (relations: Relation[]) => relations.map((r) => r.identifier).sort();

describe("the relation cache", () => {
  it("asks the warehouse once a schema, however many want to know", async () => {
    let asked = 0;
    const cache = createRelationCache({
      load: async (_database, schema) => {
        asked++;
        await new Promise((resolve) => setImmediate(resolve));
        return [relation("a", schema), relation("b", schema)];
      },
    });
    const lists = await Promise.all([cache.list("db", "main"), cache.list("DB", "MAIN"), cache.list("db", "other")]);
    expect(lists.map(names)).toEqual([
      ["a", "b"],
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(asked).toBe(2);
    expect((await cache.get("db", "main", "A"))?.identifier).toBe("a");
    expect(asked).toBe(2);
  });
  it("asks again when asking failed", async () => {
    let asked = 0;
    const cache = createRelationCache({
      load: async () => {
        if (asked++ === 0) throw new Error("gone");
        return [relation("a")];
      },
    });
    await expect(cache.list("db", "main")).rejects.toThrow("gone");
    expect(names(await cache.list("db", "main"))).toEqual(["a"]);
  });
  it("follows what is made, renamed and dropped", async () => {
    const cache = createRelationCache({ load: async () => [relation("a")] });
    await cache.list("db", "main");
    cache.add(relation("b"));
    cache.rename(relation("a"), relation("c"));
    expect(names(await cache.list("db", "main"))).toEqual(["b", "c"]);
    cache.drop(relation("B"));
    expect(names(await cache.list("db", "main"))).toEqual(["c"]);
    expect(() => cache.rename(relation("x"), relation("c"))).toThrow("already in cache");
    cache.dropSchema("db", "main");
    expect(cache.has("db", "main")).toBe(false);
  });
  it("does not bring back what was dropped while the warehouse was asked", async () => {
    let answer: (relations: Relation[]) => void = () => undefined;
    const cache = createRelationCache({ load: () => new Promise((resolve) => (answer = resolve)) });
    const list = cache.list("db", "main");
    cache.drop(relation("a"));
    cache.rename(relation("b"), relation("c"));
    answer([relation("a"), relation("b"), relation("d")]);
    expect(names(await list)).toEqual(["c", "d"]);
  });
  it("tells names apart by case where the engine does", async () => {
    const cache = createRelationCache({ load: async () => [relation("a"), relation("A")], caseSensitive: true });
    expect(names(await cache.list("db", "main"))).toEqual(["A", "a"]);
    expect(await cache.get("db", "MAIN", "a")).not.toBeNull();
  });
});
