import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addConfigCall, ConfigGenerator } from "../../../core/parse/config/index.ts";
import { mergeValues } from "../../../core/parse/config/merge.ts";
import type { DataObject, Project, RuntimeConfig } from "../../../project/types.ts";

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const tags = fc.oneof(word, fc.array(word, { maxLength: 3 }));
const meta = fc.dictionary(word, fc.oneof(fc.integer(), word), { maxKeys: 3, noNullPrototype: true });
const grantee = fc.oneof(word, fc.array(word, { maxLength: 2 }));
const grants = fc
  .array(fc.tuple(fc.boolean(), fc.constantFrom("select", "insert"), grantee), { maxLength: 3 })
  .map((list) => Object.fromEntries(list.map(([adds, name, who]) => [adds ? `+${name}` : name, who])));

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

describe("two places that set one key", () => {
  it("append, whichever two of three are joined first", () => {
    fc.assert(
      fc.property(tags, tags, tags, (a, b, c) => {
        const join = (x: unknown, y: unknown) => mergeValues("tags", "append", x, y);
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
        expect(join(a, b)).toEqual([...listed(a), ...listed(b)]);
      }),
    );
  });

  it("update a mapping: all keys are there, the later value counts, and once more changes nothing", () => {
    fc.assert(
      fc.property(meta, meta, (a, b) => {
        const both = mergeValues("meta", "update", a, b) as { [key: string]: unknown };
        expect(new Set(Object.keys(both))).toEqual(new Set([...Object.keys(a), ...Object.keys(b)]));
        for (const key of Object.keys(both)) expect(both[key]).toEqual(Object.hasOwn(b, key) ? b[key] : a[key]);
        expect(mergeValues("meta", "update", both, b)).toEqual(both);
      }),
    );
  });

  it("grants: a plus adds to what was granted, a plain key replaces it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("select", "insert"), grantee, { noNullPrototype: true }),
        grantee,
        (before, who) => {
          const granted = (value: object) =>
            mergeValues("grants", "dictKeyAppend", before, value) as { [key: string]: unknown };
          expect(granted({ select: who }).select).toEqual(listed(who));
          const known = before.select === undefined ? [] : listed(before.select);
          expect(granted({ "+select": who }).select).toEqual([...known, ...listed(who)]);
          if (before.insert !== undefined) expect(granted({ "+select": who }).insert).toEqual(listed(before.insert));
        },
      ),
    );
  });

  it("clobber: the later one counts", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(mergeValues("schema", "clobber", a, b)).toBe(b);
      }),
    );
  });
});

describe("several config(...) in one file", () => {
  const call = fc.record(
    { tags, meta, schema: word, grants, materialized: fc.constantFrom("view", "table") },
    { requiredKeys: [] },
  );

  it("add up from the first to the last", () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), (calls) => {
        const joined: { [key: string]: unknown } = {};
        for (const one of calls) addConfigCall(joined, one);
        const said = (key: keyof (typeof calls)[number]) =>
          calls.filter((one) => one[key] !== undefined).map((one) => one[key]);
        for (const key of ["schema", "materialized"] as const) expect(joined[key]).toEqual(said(key).at(-1));
        if (said("meta").length > 0) expect(joined.meta).toEqual(Object.assign({}, ...said("meta")));
        if (said("tags").length > 0) expect(listed(joined.tags)).toEqual(said("tags").flatMap(listed));
      }),
    );
  });
});

/** What a folder of dbt_project.yml says, and the folders in it. */
interface Level {
  tags?: string | string[];
  meta?: { [key: string]: unknown };
  schema?: string;
  below: { [folder: string]: Level };
}

function levelOf(depth: number): fc.Arbitrary<Level> {
  const below: fc.Arbitrary<Level["below"]> =
    depth === 0
      ? fc.constant({})
      : fc.dictionary(fc.constantFrom("a", "b"), levelOf(depth - 1), { maxKeys: 2, noNullPrototype: true });
  return fc.record({ tags, meta, schema: word, below }, { requiredKeys: ["below"] });
}

function written({ below, ...own }: Level): DataObject {
  const keys = Object.entries(own).map(([key, value]): [string, unknown] => [`+${key}`, value]);
  const folders = Object.entries(below).map(([name, inner]): [string, unknown] => [name, written(inner)]);
  return Object.fromEntries([...keys, ...folders]) as DataObject;
}

describe("the folders of dbt_project.yml", () => {
  it("speak from the outer to the inner one, and only those on the way to the model", () => {
    fc.assert(
      fc.property(levelOf(4), fc.array(fc.constantFrom("a", "b"), { maxLength: 4 }), meta, (root, folders, patch) => {
        const way: Level[] = [root];
        for (const folder of ["shop", ...folders]) {
          const next = folder === "shop" ? root.below.a : way.at(-1)!.below[folder];
          if (!next) break;
          way.push(next);
        }
        const outer: Level = { ...root, below: root.below.a ? { shop: root.below.a } : {} };
        const configs = { models: { rendered: written(outer), unrendered: written(outer) } };
        const project = { name: "shop", configs } as unknown as Project;
        const config = new ConfigGenerator({
          project,
          flags: {},
          packages: new Map([["shop", project]]),
        } as unknown as RuntimeConfig);
        const found = config.rendered({
          resourceType: "model",
          packageName: "shop",
          fqn: ["shop", ...folders, "orders"],
          patch: { meta: patch },
        });
        const said = <K extends keyof Level>(key: K) =>
          way.map((one) => one[key]).filter((value) => value !== undefined);
        expect(found.schema).toEqual(said("schema").at(-1) ?? null);
        expect(found.tags).toEqual(said("tags").flatMap((value) => listed(value)));
        expect(found.meta).toEqual(Object.assign({}, ...said("meta"), patch));
      }),
    );
  });
});
