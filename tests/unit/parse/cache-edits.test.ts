import { existsSync, readFileSync, rmSync, utimesSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SHOP, Shop, textOf } from "../../support/shop.ts";

let shop: Shop;

beforeEach(() => {
  shop = new Shop();
});
afterEach(() => shop.remove());

describe("any series of edits", () => {
  const names = ["a", "b", "c", "d", "e", "f"] as const;
  const name = fc.constantFrom(...names);
  const edit = fc.oneof(
    fc.record({
      kind: fc.constant("model" as const),
      name,
      refs: fc.uniqueArray(name, { maxLength: 2 }),
      tag: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("body" as const), name, refs: fc.uniqueArray(name, { maxLength: 2 }), n: fc.nat(9) }),
    fc.record({ kind: fc.constant("remove" as const), name }),
    fc.record({ kind: fc.constant("macro" as const), body: fc.constantFrom("1", "{{ var('limit') }}", "{{ c }}") }),
    fc.record({
      kind: fc.constant("yaml" as const),
      name,
      tests: fc.subarray(["unique", "not_null"]),
      text: fc.constantFrom("x", "y"),
    }),
    fc.record({ kind: fc.constant("seed" as const), rows: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant("var" as const), value: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant("env" as const), value: fc.constantFrom("p", "q") }),
    fc.record({ kind: fc.constant("profile" as const), schema: fc.constantFrom("main", "dev") }),
    fc.record({ kind: fc.constant("package" as const), sql: fc.constantFrom("select 1 as id", "select 2 as id") }),
    fc.record({ kind: fc.constant("touch" as const), name }),
    fc.record({ kind: fc.constant("nothing" as const) }),
  );
  type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

  function apply(step: Edit): void {
    switch (step.kind) {
      case "model": {
        const config = step.tag ? "{{ config(tags=['t']) }}" : "";
        shop.write(
          `models/${step.name}.sql`,
          `${config} select 1 as id ${step.refs.map((r) => `-- {{ ref('${r}') }}`).join("\n")}`,
        );
        return;
      }
      case "body": {
        const path = shop.path(`models/${step.name}.sql`);
        if (!existsSync(path)) return;
        const config = readFileSync(path, "utf8").match(/^\{\{ config.*?\}\} /)?.[0] ?? "";
        shop.write(
          `models/${step.name}.sql`,
          `${config}select {{ cents('${step.n}') }} as id ${step.refs.map((r) => `-- {{ ref('${r}') }}`).join("\n")}`,
        );
        return;
      }
      case "remove":
        rmSync(shop.path(`models/${step.name}.sql`), { force: true });
        return;
      case "macro":
        shop.write("macros/m.sql", SHOP["macros/m.sql"]!.replace("{{ c }}", step.body));
        return;
      case "yaml":
        shop.write(
          `models/${step.name}.yml`,
          `models: [{ name: ${step.name}, description: ${step.text}, columns: [{ name: k, data_tests: [${step.tests}] }] }]`,
        );
        return;
      case "seed":
        shop.write("seeds/s.csv", `id\n${"1\n".repeat(step.rows)}`);
        return;
      case "var":
        shop.write("dbt_project.yml", SHOP["dbt_project.yml"]!.replace("10", String(step.value)));
        return;
      case "env":
        shop.env.ALIAS = step.value;
        return;
      case "profile":
        shop.write("profiles.yml", SHOP["profiles.yml"]!.replace("main", step.schema));
        return;
      case "package":
        shop.write("dbt_packages/lib/models/lib_model.sql", step.sql);
        return;
      case "touch":
        if (existsSync(shop.path(`models/${step.name}.sql`))) utimesSync(shop.path(`models/${step.name}.sql`), 1, 1);
    }
  }

  it("leads to what a full parse comes to", { timeout: 300_000 }, async () => {
    const answer = async (how: "cached" | "fully") => {
      try {
        return textOf((await shop.parse(how)).manifest);
      } catch (error) {
        return (error as Error).message;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 3, maxLength: 8 }), async (steps) => {
        for (const step of steps) {
          apply(step);
          const cached = await answer("cached");
          expect(cached).toEqual(await answer("fully"));
        }
      }),
      { numRuns: 12 },
    );
  });
});
