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
  { title: "table: rebuild (Hive, partitioned)", thorough: false },
  { title: "table: rebuild (Iceberg)", thorough: true },
  { title: "incremental: full refresh (append, Iceberg)", thorough: false },
];

describe("a statement or call that fails loses no row, and leaves nothing behind after the next run", () => {
  it.each(CHANGES.map((change, i) => ({ ...change, schema: `faults_${i}` })))("$title", async (change) => {
    const scenario = ATHENA_SCENARIOS.find((each) => titleOf(each) === change.title)!;
    const driver = await athenaDriver(at, scenario, change.schema);
    const { results } = await failEach(driver, change);
    expect(results.length).toBeGreaterThan(5);
    expect(results.filter(({ problems }) => problems.length > 0)).toEqual([]);
  });
});
