/**
 * npm run faults -- [--quick] [--record] [--only TEXT]: fails every statement of every ClickHouse materialization in turn, before
 * and after it took effect, and prints what became of the data. `--quick` leaves out faults that leave what another one leaves;
 * `--record` writes docs/clickhouse-faults.md.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startClickHouse } from "../../tests/services/clickhouse.ts";
import { CLUSTER } from "../../tests/support/faults/clusters.ts";
import { startFaultProxy } from "../../tests/support/faults/proxy.ts";
import { runScenario, type Scenario, titleOf } from "../../tests/support/faults/run.ts";
import { SCENARIOS } from "../../tests/support/faults/scenarios.ts";
import { discardProjects } from "../../tests/support/project.ts";
import { type Failed, type Page, pageOf, printFailed, totalOf, wrongOf } from "./report.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

/** Servers that are worked on at once. */
const AT_ONCE = 3;

const chosen = SCENARIOS.filter((each) => titleOf(each).includes(values.only));
const page: Page = {
  title: "ClickHouse: every statement fails",
  about: [
    `Written by \`npm run faults -- --record${values.quick ? " --quick" : ""}\`. Each change to a model is made once without a fault, to know its statements; then once for each`,
    "statement and fault. *Refused*: the statement fails before it does anything. *Lost*: it is done, but its answer never arrives. *Row*:",
    "nothing fails, but a row is written to the source just before the statement. After a fault the table is read: it must have what it had, or",
    "what it is to have. Then, where a source is followed, a row is written to it, and the command runs again: it must succeed, all rows must",
    "be there once, and nothing may be left over.",
    ...(values.quick
      ? [
          "",
          "A statement that is refused leaves what the one before it left whose answer got lost: only the latter was tried here.",
        ]
      : []),
  ],
  asked: chosen.length,
  plain: (statement) => statement.replace(/(__dbt_new_data_)[0-9a-f_]+/g, "$1…"),
};
const found = new Map<Scenario, Failed>();
let broken = 0;
const queue = [...chosen];
await Promise.all(Array.from({ length: Math.min(AT_ONCE, chosen.length) }, work));
discardProjects();
console.log(totalOf(done(), chosen.length));
process.exitCode = wrongOf(done()) + broken === 0 ? 0 : 1;

async function work(): Promise<void> {
  const server = await startClickHouse({ clusters: [CLUSTER] });
  const proxy = await startFaultProxy(server.port);
  try {
    for (let scenario = queue.shift(); scenario; scenario = queue.shift()) {
      try {
        const result = await runScenario(proxy, scenario, { thorough: !values.quick });
        const failed = { ...result, title: titleOf(scenario) };
        found.set(scenario, failed);
        printFailed(failed, page);
        if (values.record)
          writeFileSync(new URL("../../docs/clickhouse-faults.md", import.meta.url), pageOf(done(), page));
      } catch (error) {
        broken++;
        console.log(String(error));
      }
    }
  } finally {
    proxy.close();
    server.stop();
  }
}

function done(): Failed[] {
  return chosen.flatMap((scenario) => found.get(scenario) ?? []);
}
