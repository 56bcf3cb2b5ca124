/**
 * npm run faults:athena -- [--quick] [--record] [--only TEXT] [--cache FILE]: fails every statement and every writing call of every
 * Athena materialization in turn on the stand-in, before and after it took effect, and prints what became of the data. `--quick`
 * leaves out faults that leave what another one leaves; `--cache` keeps each change's results in a file, from which a later run
 * goes on; `--record` writes docs/athena-faults.md.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startAthena } from "../../tests/services/athena/start.ts";
import { athenaDriver } from "../../tests/support/faults/athena.ts";
import { ATHENA_SCENARIOS, type AthenaScenario } from "../../tests/support/faults/athena-scenarios.ts";
import { failEach } from "../../tests/support/faults/each.ts";
import { titleOf } from "../../tests/support/faults/run.ts";
import { discardProjects } from "../../tests/support/project.ts";
import { type Failed, type Page, pageOf, printFailed, totalOf, wrongOf } from "./report.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    cache: { type: "string" },
  },
});

const chosen = ATHENA_SCENARIOS.filter((each) => titleOf(each).includes(values.only));
const page: Page = {
  title: "Athena: every statement and call fails",
  about: [
    `Written by \`npm run faults:athena -- --record${values.quick ? " --quick" : ""}\` on the stand-in (docs/athena-stand-in.md). Each change to a model is made once without a fault, to`,
    "know its statements and its writing calls to Glue and S3; then once for each of them and fault. *Refused*: it fails before it does anything.",
    "*Lost*: it is done, but answers that it failed. After a fault the table is read: it must have what it had, or what it is to have, and may be",
    "missing only where nothing was before or the model's configuration allows it, and there in part only where batches or partitions are written",
    "one after the other. Then the command runs again: it must succeed, all rows must be there once, and neither a table nor an object may be",
    "left over.",
    ...(values.quick
      ? [
          "",
          "What is refused leaves what the one before it left whose answer got lost: only the latter was tried here.",
        ]
      : []),
  ],
  asked: chosen.length,
  plain: (statement) => statement.replace(/[0-9a-f]{8}([-_])(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}/g, "…"),
};
const { cache } = values;
const known: { [title: string]: Failed } = cache && existsSync(cache) ? JSON.parse(readFileSync(cache, "utf8")) : {};
const done: Failed[] = [];
let broken = 0;
const at = await startAthena();
Object.assign(process.env, at.env);
try {
  for (const [i, scenario] of chosen.entries()) {
    const title = titleOf(scenario);
    try {
      const failed = known[title] ?? { title, ...(await failuresOf(scenario, `faults_${i}_${process.pid}`)) };
      done.push(failed);
      printFailed(failed, page);
      known[title] = failed;
      if (cache) writeFileSync(cache, JSON.stringify(known));
      if (values.record) writeFileSync(new URL("../../docs/athena-faults.md", import.meta.url), pageOf(done, page));
    } catch (error) {
      broken++;
      console.log(String(error));
    }
  }
} finally {
  await at.stop();
  discardProjects();
}
console.log(totalOf(done, chosen.length));
process.exitCode = wrongOf(done) + broken === 0 ? 0 : 1;

async function failuresOf(scenario: AthenaScenario, schema: string) {
  return failEach(await athenaDriver(at, scenario, schema), { thorough: !values.quick });
}
