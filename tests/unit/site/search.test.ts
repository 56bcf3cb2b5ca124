import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Search } from "../../../site/app/search.ts";
import type { SiteIndex } from "../../../site/data/format.ts";

interface Made {
  name: string;
  kind: "model" | "test" | "macro";
  columns: string;
  about: string;
  path: string;
  tag: string;
  text: string;
}

const KINDS = ["model", "test", "macro"];

function searchOver(resources: readonly Made[], perFile = 3): Search {
  const index: Partial<SiteIndex> = {
    kinds: KINDS,
    tagSets: resources.map(({ tag }) => [tag]),
    nodes: {
      id: resources.map(({ name }, place) => `${name}.${place}`),
      name: resources.map(({ name }) => name),
      kind: resources.map(({ kind }) => KINDS.indexOf(kind)),
      package: resources.map(() => 0),
      path: resources.map(({ path }) => path),
      tags: resources.map((_, place) => place),
      config: resources.map(() => 0),
      about: resources.map(({ about }) => about),
      columns: resources.map(({ columns }) => columns),
      status: resources.map(() => 0),
      seconds: resources.map(() => 0),
    },
  };
  const search = new Search(index as SiteIndex);
  for (let from = 0; from < resources.length; from += perFile) {
    search.addTexts(
      from,
      resources.slice(from, from + perFile).map(({ text }) => text),
    );
  }
  return search;
}

const text = fc.string({ unit: fc.constantFrom("a", "b", "C", "_", " ", "1", "İ", "ß"), maxLength: 8 });
const resource: fc.Arbitrary<Made> = fc.record({
  name: text,
  kind: fc.constantFrom("model" as const, "test" as const, "macro" as const),
  columns: text,
  about: text,
  path: text,
  tag: text,
  text,
});

describe("search", () => {
  it("finds just the resources that hold every word, and of many the same best ones as without a limit", () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 40 }), text, fc.integer({ min: 1, max: 5 }), (all, query, limit) => {
        const search = searchOver(all);
        const found = search.find(query, all.length + 1);
        const words = query
          .toLowerCase()
          .split(/\s+/)
          .filter((word) => word !== "");
        const holds = (made: Made) =>
          words.every((word) =>
            [made.name, made.tag, made.columns, made.about, made.path, made.text].some((part) =>
              [...part]
                .map((c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c))
                .join("")
                .includes(word),
            ),
          );
        const expected = words.length === 0 ? [] : all.flatMap((made, place) => (holds(made) ? [place] : []));
        expect(found.map(({ place }) => place).sort((a, b) => a - b)).toEqual(expected);
        expect(search.find(query, limit)).toEqual(found.slice(0, limit));
      }),
      { numRuns: 400 },
    );
  });

  it("puts a whole name first, then beginnings, and tests last", () => {
    const made = (name: string, more: Partial<Made> = {}): Made => ({
      name,
      kind: "model",
      columns: "",
      about: "",
      path: "",
      tag: "",
      text: "",
      ...more,
    });
    const search = searchOver([
      made("unique_orders_id", { kind: "test" }),
      made("stg_orders"),
      made("revenue", { text: "select * from orders" }),
      made("orders_by_day"),
      made("orders"),
      made("customers", { columns: "id\norders" }),
    ]);
    expect(search.find("orders", 10).map(({ place, field }) => [place, field])).toEqual([
      [4, "name"],
      [3, "name"],
      [1, "name"],
      [5, "column"],
      [2, "code"],
      [0, "name"],
    ]);
    expect(search.find("orders", 3).map(({ place }) => place)).toEqual([4, 3, 1]);
    expect(search.find("select orders", 10)).toEqual([{ place: 2, field: "code", excerpt: "select * from orders" }]);
  });
});
