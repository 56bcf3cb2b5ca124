/**
 * `npm run test:sink-model -- --runs 100000 [--seed N]`: random schedules of crashes, sleeps, takeovers and lost answers against
 * the sink's own partition machine. Then the same with a step of the protocol taken out, which must end in a fault.
 */
import { parseArgs } from "node:util";
import { noCounts, type Variant } from "../tests/support/sink-model.ts";
import { findFault } from "../tests/support/sink-schedules.ts";

const { values } = parseArgs({ options: { runs: { type: "string" }, seed: { type: "string" } } });
const runs = Number(values.runs ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const started = Date.now();
const counts = noCounts();
const found = findFault({ runs, seed, counts });
console.log(`seed ${seed}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(18)}${count}`);
if (found) console.error(`FAULT: ${found.faults.join("; ")}\nschedule ${JSON.stringify(found.schedule)}`);
else console.log("every message exactly once");

const broken: [string, Variant, RegExp][] = [
  ["without claims", { withoutClaims: true }, /lost/],
  ["offsets committed with the claim", { commitEarly: true }, /lost/],
  ["found ranges not completed", { ignoreFoundRange: true }, /lost|and in/],
];
let missed = 0;
for (const [name, variant, fault] of broken) {
  const loss = findFault({ runs, seed, variant, fault });
  if (!loss) missed++;
  console.log(
    `${name}: ${loss ? `${loss.faults.find((text) => fault.test(text))}, after ${loss.tries} schedules` : "NO FAULT FOUND"}`,
  );
}
process.exit(found || missed ? 1 : 0);
