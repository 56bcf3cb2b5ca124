import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { CLUSTER } from "../support/faults/clusters.ts";
import { type FaultProxy, startFaultProxy } from "../support/faults/proxy.ts";
import { runScenario, titleOf } from "../support/faults/run.ts";
import { SCENARIOS } from "../support/faults/scenarios.ts";
import { discardProjects } from "../support/project.ts";

let server: RunningClickHouse;
let proxy: FaultProxy;

beforeAll(async () => {
  server = await startClickHouse({ clusters: [CLUSTER] });
  proxy = await startFaultProxy(server.port);
}, 60_000);
afterAll(() => {
  proxy.close();
  server.stop();
  discardProjects();
});

/** Where most can go wrong; `npm run faults` does all. */
const CHOSEN = [
  "incremental: first build (append)",
  "incremental: rebuild (delete+insert)",
  "materialized_view: first build",
  "materialized_view: first build (explicit target)",
  "snapshot: rebuild (timestamp, no EXCHANGE)",
];

describe("a ClickHouse statement that fails, or whose answer gets lost", () => {
  it.each(CHOSEN)(
    "neither loses nor doubles a row: %s",
    async (title) => {
      const scenario = SCENARIOS.find((each) => titleOf(each) === title);
      expect(scenario, "there is such a scenario").toBeDefined();
      const { results } = await runScenario(proxy, scenario!, { thorough: false });
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter(({ problems }) => problems.length > 0)).toEqual([]);
    },
    300_000,
  );
});
