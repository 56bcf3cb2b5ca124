import { exceptionFor } from "./excepted.ts";
import type { Outcome, Outcomes } from "./run-tests.ts";

interface Difference {
  test: string;
  dbt: Outcome;
  tsdbt: Outcome;
  /** Why tsdbt need not pass it. */
  reason: string | undefined;
}

export interface Comparison {
  total: number;
  passed: { dbt: number; tsdbt: number };
  differences: Difference[];
  /** Tests that neither passes. */
  failWithBoth: string[];
}

const MISSING: Outcome = { outcome: "failed", why: "did not run" };

/** Which tests the two tools end differently. */
export function compareOutcomes(dbt: Outcomes, tsdbt: Outcomes, reasonFor = exceptionFor): Comparison {
  const passes = (outcomes: Outcomes) => Object.values(outcomes).filter((o) => o.outcome === "passed").length;
  const tests = [...new Set([...Object.keys(dbt), ...Object.keys(tsdbt)])].sort();
  const differences: Difference[] = [];
  for (const test of tests) {
    const pair = { dbt: dbt[test] ?? MISSING, tsdbt: tsdbt[test] ?? MISSING };
    if (pair.dbt.outcome !== pair.tsdbt.outcome) {
      differences.push({ test, ...pair, reason: reasonFor(test) });
    }
  }
  const failWithBoth = tests.filter((t) => dbt[t]?.outcome === "failed" && tsdbt[t]?.outcome === "failed");
  return { total: tests.length, passed: { dbt: passes(dbt), tsdbt: passes(tsdbt) }, differences, failWithBoth };
}

/** Prints the counts and the differences; answers whether nothing speaks against tsdbt or the set-up. */
export function printComparison(name: string, { total, passed, differences }: Comparison, least: number): boolean {
  console.log(`\n${name}: ${total} tests, ${passed.dbt} pass with Python dbt, ${passed.tsdbt} with tsdbt`);
  let sound = true;
  for (const { test, dbt, tsdbt, reason } of differences) {
    const against = dbt.outcome === "passed" && !reason;
    if (against) sound = false;
    console.log(
      `${against ? "DIFFERENT" : "differs  "} ${test}: ${dbt.outcome} with Python dbt, ${tsdbt.outcome} with tsdbt`,
    );
    const why = reason ?? (tsdbt.why || dbt.why);
    if (why) console.log(`    ${why}`);
  }
  if (passed.dbt < least) {
    console.log(`only ${passed.dbt} of at least ${least} tests pass with Python dbt: the set-up is broken`);
    sound = false;
  }
  return sound;
}
