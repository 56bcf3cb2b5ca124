import { describe, expect, it } from "vitest";
import { EventBus } from "../../../core/events/event.ts";
import { buildTest, TestProblem, type TestTarget } from "../../../core/parse/tests/builder.ts";
import { testHash, testNames } from "../../../core/parse/tests/names.ts";
import { ParseWarnings } from "../../../core/parse/warnings.ts";

const model: TestTarget = { kind: "model", name: "orders", file: "models/schema.yml", packageName: "shop" };
const source: TestTarget = { ...model, kind: "source", name: "raw_orders", source: { name: "raw", table: "orders" } };

function build(test: unknown, target = model, columnName: string | null = "id", version: number | null = null) {
  const events = new EventBus();
  const deprecations: { [name: string]: number } = {};
  events.subscribe(({ name }) => {
    deprecations[name] = (deprecations[name] ?? 0) + 1;
  });
  const warnings = new ParseWarnings(events);
  const built = buildTest(test, target, {
    columnName,
    version,
    argumentsProperty: true,
    sqlHeaderAllowed: false,
    warnings,
    render: (text) => text,
  });
  return { ...built, deprecations };
}

describe("names of generic tests", () => {
  it("are made of test, target and arguments", () => {
    expect(
      testNames("relationships", "orders", { column_name: "id", to: "ref('x')", field: "id", model: "m" }).full,
    ).toBe("relationships_orders_id__id__ref_x_");
    expect(testNames("accepted_values", "o", { values: [1, 2.5, null, true, "a b"] }).full).toBe(
      "accepted_values_o_1__2_5__None__True__a_b",
    );
  });

  it("are cut where they are too long", () => {
    const { short, full } = testNames("accepted_values", "orders", {
      column_name: "id",
      values: ["a very long value that is long", "another very long value that is long"],
    });
    expect(full).toBe(
      "accepted_values_orders_id__a_very_long_value_that_is_long__another_very_long_value_that_is_long",
    );
    expect(short).toBe("accepted_values_orders_4e6ab09cfc3b9c716c0b358f9e7d3cca");
  });

  it("have dbt's hashes", () => {
    const kwargs = { column_name: "id", model: "{{ get_where_subquery(ref('orders')) }}" };
    expect(testHash("unique_orders_id", { namespace: null, name: "unique", kwargs })).toBe("1360ecc70e");
    const values = { values: [1, 2], column_name: "id", model: "{{ get_where_subquery(source('raw', 'orders')) }}" };
    expect(
      testHash("source_accepted_values_raw_orders_id__1__2", {
        namespace: null,
        name: "accepted_values",
        kwargs: values,
      }),
    ).toBe("d1f0c3652e");
  });
});

describe("a generic test", () => {
  it("takes arguments from where they stand", () => {
    const built = build({
      positive: { arguments: { min: 3 }, name: "posname", config: { tags: ["q", "r"] }, description: "why" },
    });
    expect(built).toMatchObject({
      name: "positive",
      namespace: null,
      fqnName: "posname",
      description: "why",
      args: { column_name: "id", min: 3, model: "{{ get_where_subquery(ref('orders')) }}" },
      config: { tags: ["q", "r"] },
      tags: ["q", "r"],
      rawCode: "{{ test_positive(**_dbt_generic_test_kwargs) }}{{ config(tags=['q', 'r']) }}",
      deprecations: {},
    });
  });

  it("may have its config beside its arguments, for old times' sake", () => {
    const built = build({ accepted_values: { values: ["a"], severity: "warn", where: 'x = "y"', tags: "t" } });
    expect(built.config).toEqual({ severity: "warn", tags: "t", where: 'x = "y"' });
    expect(built.rawCode).toContain('{{ config(severity="warn",tags="t",where="x = \\"y\\"") }}');
    expect(built.deprecations).toEqual({
      PropertyMovedToConfigDeprecation: 3,
      MissingArgumentsPropertyInGenericTestDeprecation: 1,
    });
  });

  it("of a package is named after it", () => {
    const built = build({ "dbt_utils.at_least_one": {} });
    expect(built).toMatchObject({ namespace: "dbt_utils", fqnName: "dbt_utils_at_least_one_orders_id" });
    expect(built.rawCode).toBe("{{ dbt_utils.test_at_least_one(**_dbt_generic_test_kwargs) }}");
  });

  it("on a source or a version says so", () => {
    expect(build({ unique: {} }, source).fqnName).toBe("source_unique_raw_orders_id");
    const versioned = build({ unique: {} }, model, "id", 2);
    expect(versioned.fqnName).toBe("unique_orders_v2_id");
    expect(versioned.args.model).toBe("{{ get_where_subquery(ref('orders', version='2')) }}");
  });

  it("may be written with test_name", () => {
    expect(build({ name: "mine", test_name: "unique", config: { where: "1=1" } })).toMatchObject({
      name: "unique",
      fqnName: "mine",
    });
  });

  it.each([
    [["unique"], "test must be dict or str, got <class 'list'> (value ['unique'])"],
    [
      { a: {}, b: {} },
      "test definition dictionary must have exactly one key, got [('a', {}), ('b', {})] instead (2 keys)",
    ],
    [{ unique: "id" }, "test arguments must be a dict, got <class 'str'> (value id)"],
    [{ unique: { model: "x" } }, 'Test arguments include "model", which is a reserved argument'],
    [{ unique: { config: "x" } }, "'config' must be a dict, got <class 'str'> (value x)"],
    [
      { unique: { severity: "warn", config: { severity: "error" } } },
      "Test cannot have the same key at the top-level and in config",
    ],
    [{ unique: { config: { tags: 1 } } }, "got 1 (<class 'int'>) for tags, expected a list of strings"],
    [{ "1": {} }, "Test name string did not match expected pattern: 1"],
  ])("is refused: %j", (test, message) => {
    expect(() => build(test)).toThrow(TestProblem);
    expect(() => build(test)).toThrow(message);
  });
});
