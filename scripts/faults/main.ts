/**
 * npm run faults -- [--only TEXT]: fails every statement of every ClickHouse materialization in turn, before and after it took
 * effect, and prints what became of the data.
 */
import { startClickHouse } from "../../tests/services/clickhouse.ts";
import { CLUSTER } from "../../tests/support/faults/clusters.ts";
import { startFaultProxy } from "../../tests/support/faults/proxy.ts";
import { runScenario, titleOf } from "../../tests/support/faults/run.ts";
import { SCENARIOS } from "../../tests/support/faults/scenarios.ts";
import { discardProjects } from "../../tests/support/project.ts";

const at = process.argv.indexOf("--only");
const only = at < 0 ? "" : (process.argv[at + 1] ?? "");
const server = await startClickHouse({ clusters: [CLUSTER] });
const proxy = await startFaultProxy(server.port);
let bad = 0;
try {
  for (const scenario of SCENARIOS.filter((each) => titleOf(each).includes(only))) {
    const since = Date.now();
    try {
      const { statements, results } = await runScenario(proxy, scenario, {
        thorough: !process.argv.includes("--quick"),
      });
      const wrong = results.filter(({ problems }) => problems.length > 0);
      bad += wrong.length;
      console.log(
        `${titleOf(scenario)}: ${statements.length} statements, ${results.length} faults, ${wrong.length} wrong, ${Date.now() - since} ms`,
      );
      for (const { statement, fault, problems } of wrong) {
        console.log(`  ${fault} ${statement.replace(/\s+/g, " ").slice(0, 110)}\n    ${problems.join("\n    ")}`);
      }
    } catch (error) {
      bad++;
      console.log(String(error));
    }
  }
} finally {
  proxy.close();
  server.stop();
  discardProjects();
}
process.exitCode = bad === 0 ? 0 : 1;
