import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { select, selectNodes } from "../../../core/select/index.ts";
import { type Criterion, formatCriterion, METHODS, parseCriterion } from "../../../core/select/spec.ts";
import { fixtureManifest } from "./fixture.ts";

const manifest = fixtureManifest();
const all = selectNodes(manifest, { includeEmpty: true });
const names = [...manifest.nodes.values()].map((node) => node.name);

const word = fc.stringMatching(/^[a-z_][a-z_0-9.*?/-]{0,12}$/);
const depth = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
const criterion = fc.record({
  method: fc.constantFrom(...METHODS),
  arguments: fc.array(fc.stringMatching(/^[a-z_]{1,6}$/), { maxLength: 2 }),
  value: word,
  side: fc.constantFrom("at", "graph"),
  parents: fc.boolean(),
  parentsDepth: depth,
  children: fc.boolean(),
  childrenDepth: depth,
});

describe("a criterion", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(criterion, (c) => {
        const at = c.side === "at";
        const written: Omit<Criterion, "kind" | "raw" | "indirect"> = {
          method: c.method,
          arguments: c.arguments,
          value: c.value,
          childrensParents: at,
          parents: c.parents,
          parentsDepth: c.parents ? c.parentsDepth : null,
          children: c.children && !at,
          childrenDepth: c.children && !at ? c.childrenDepth : null,
        };
        const {
          kind: _kind,
          raw: _raw,
          indirect: _indirect,
          ...read
        } = parseCriterion(formatCriterion(written), "eager");
        expect(read).toEqual(written);
      }),
    );
  });

  test("never fails in another way than by saying what is wrong", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseCriterion(text, "eager");
        } catch (error) {
          expect(error).toHaveProperty("code", expect.stringMatching(/^TD40/));
        }
      }),
    );
  });

  test("has the default method that its value suggests", () => {
    const method = (text: string) => parseCriterion(text, "eager").method;
    expect(["orders", "a.b", "models/a", "a.sql", "A.CSV", "x/a.sql"].map(method)).toEqual([
      "fqn",
      "fqn",
      "path",
      "file",
      "file",
      "path",
    ]);
  });

  test("refuses @ with + behind", () => {
    expect(() => parseCriterion("@a+", "eager")).toThrow('"@" prefix and "+" suffix are incompatible');
  });
});

describe("sets", () => {
  const atom = fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom(
      "tag:nightly",
      "source:web",
      "path:models/staging",
      "config.materialized:view",
      "test_type:generic",
    ),
  );
  const term = fc
    .record({ atom, before: fc.constantFrom("", "+", "1+", "@"), after: fc.constantFrom("", "+", "2+") })
    .map(
      // Behind the value stand the sign and then the depth.
      ({ atom: a, before, after }) => `${before}${a}${before === "@" ? "" : after.split("").reverse().join("")}`,
    );
  const ids = (...select: string[]) =>
    selectNodes(manifest, { select, indirectSelection: "empty", includeEmpty: true });
  const sorted = (set: Iterable<string>) => [...set].sort();

  test("a space unites, a comma intersects, exclude takes away", () => {
    fc.assert(
      fc.property(term, term, (a, b) => {
        const [x, y] = [ids(a), ids(b)];
        expect(sorted(ids(a, b))).toEqual(sorted(new Set([...x, ...y])));
        expect(sorted(ids(`${a} ${b}`))).toEqual(sorted(ids(b, a)));
        expect(sorted(ids(`${a},${b}`))).toEqual(sorted([...x].filter((id) => y.has(id))));
        const options = { select: [a], exclude: [b], indirectSelection: "empty" as const, includeEmpty: true };
        expect(sorted(selectNodes(manifest, options))).toEqual(sorted([...x].filter((id) => !y.has(id))));
      }),
      { numRuns: 60 },
    );
  });

  test("more steps never find less, and tests only add", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.integer({ min: 1, max: 5 }), (name, n) => {
        const wider = ids(`${n + 1}+${name}+${n + 1}`);
        for (const id of ids(`${n}+${name}+${n}`)) expect(wider).toContain(id);
        const eager = selectNodes(manifest, { select: [name], includeEmpty: true });
        for (const mode of ["cautious", "buildable", "empty"] as const) {
          const some = selectNodes(manifest, { select: [name], indirectSelection: mode, includeEmpty: true });
          for (const id of some) expect(eager).toContain(id);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("nothing asked for is everything", () => {
    const every = [manifest.nodes, manifest.sources, manifest.exposures, manifest.metrics, manifest.semantic_models];
    for (const map of every) for (const id of map.keys()) expect(all).toContain(id);
  });

  test("what is found but not kept is told", () => {
    const { ids: kept, dropped } = select(manifest, { select: ["raw_orders"], resourceTypes: new Set(["model"]) });
    expect(kept.size).toBe(0);
    expect([...dropped]).toContain("seed.market.raw_orders");
  });
});

test("an empty word selects nothing, not everything", () => {
  expect(selectNodes(manifest, { select: [""] }).size).toBe(0);
});
