import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FLAG_SCENARIOS } from "../support/scenarios/behavior-flags.ts";
import { expectedLines } from "../support/scenarios/compare.ts";
import { SCENARIOS } from "../support/scenarios/deps.ts";
import { FLOWS } from "../support/scenarios/flows.ts";
import { LOGS } from "../support/scenarios/logs.ts";
import {
  type Outcome,
  portable,
  RECORDED,
  runScenario,
  type Surroundings,
  surroundings,
  tsdbtTool,
} from "../support/scenarios/run.ts";

vi.setConfig({ testTimeout: 240_000 });

let around: Surroundings;
beforeAll(async () => {
  around = await surroundings();
});
afterAll(() => around.close());

describe("as Python dbt", () => {
  const recorded = JSON.parse(readFileSync(RECORDED, "utf8")) as { [scenario: string]: Outcome[] };
  it.each([...SCENARIOS, ...FLOWS, ...FLAG_SCENARIOS, ...LOGS].map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    async (name, scenario) => {
      const outcomes = await runScenario(tsdbtTool, scenario, around);
      for (const [i, { unlike }] of scenario.steps.entries()) {
        const { lines, ...ours } = portable(outcomes[i]!, scenario);
        const dbt = recorded[name]![i]!;
        const [expected, said] = expectedLines(dbt, outcomes[i]!, unlike, scenario.unordered);
        expect(said, `step ${i + 1}`).toEqual(expected);
        expect({ ...ours, lines: dbt.lines }, `step ${i + 1}:\n${lines.join("\n")}`).toEqual(dbt);
      }
    },
  );
});
