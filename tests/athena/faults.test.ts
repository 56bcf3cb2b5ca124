import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AthenaStandIn, startAthena } from "../services/athena/start.ts";
import { athenaDriver } from "../support/faults/athena.ts";
import { ATHENA_SCENARIOS } from "../support/faults/athena-scenarios.ts";
import { failEach } from "../support/faults/each.ts";
import { titleOf } from "../support/faults/run.ts";
import { discardProjects } from "../support/project.ts";

let at: AthenaStandIn;

beforeAll(async () => {
  at = await startAthena();
  Object.assign(process.env, at.env);
});
afterAll(discardProjects);

/** Those whose failures leave the most behind; `npm run faults:athena` makes all. */
const CHANGES = [
  "table: rebuild (Hive, partitioned)",
  "table: rebuild (Iceberg, batches)",
  "incremental: full refresh (append, Iceberg)",
];

describe("a statement or call that fails loses no row, and leaves nothing behind after the next run", () => {
  it.each(CHANGES)("%s", async (title) => {
    const scenario = ATHENA_SCENARIOS.find((each) => titleOf(each) === title)!;
    const driver = await athenaDriver(at, scenario, `faults_${CHANGES.indexOf(title)}`);
    const { results } = await failEach(driver, { thorough: false });
    expect(results.length).toBeGreaterThan(5);
    expect(results.filter(({ problems }) => problems.length > 0)).toEqual([]);
  });
});
