import { expect, it } from "vitest";
import { documents } from "../../../scripts/sink-options.ts";

it("docs/sink.md tells every option as the schema has it (npm run docs:sink)", () => {
  const { now, wanted } = documents();
  expect(now).toBe(wanted);
});
