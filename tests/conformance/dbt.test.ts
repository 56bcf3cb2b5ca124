import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCases } from "../../scripts/conformance/dbt.ts";

const load = (file: string) => loadCases(readFileSync(new URL(file, import.meta.url), "utf8"));
const { cases, check } = load("./dbt.jsonl");
const more = load("./dbt-more.jsonl");

test("the files of cases are whole", () => {
  expect(cases.length).toBeGreaterThan(150);
  expect(more.cases.length).toBeGreaterThan(600);
});

test.each(cases.map((c) => [c.area, c.id, c] as const))("%s %s", (_area, _id, c) => {
  expect(check(c), c.template).toBeUndefined();
});

test.each([...new Set(more.cases.map((c) => c.area))])("more of %s", (area) => {
  const failures = more.cases.flatMap((c) => {
    const problem = c.area === area ? more.check(c) : undefined;
    return problem === undefined ? [] : [`${c.template}\n  ${problem}`];
  });
  expect(failures).toEqual([]);
});
