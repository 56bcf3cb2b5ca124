import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCases } from "../../scripts/conformance/yaml.ts";

const { cases, check } = loadCases(readFileSync(new URL("./yaml.jsonl", import.meta.url), "utf8"));

test("the file of cases is whole", () => {
  expect(cases.length).toBeGreaterThan(150);
});

test.each(cases.map((c) => [c.area, c.id, c] as const))("%s %s", (_area, _id, c) => {
  expect(check(c), c.source).toBeUndefined();
});
