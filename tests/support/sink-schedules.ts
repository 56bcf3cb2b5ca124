import fc from "fast-check";
import { type Counts, noCounts, runSchedule, type Variant } from "./sink-model.ts";

const SCHEDULE = fc.array(fc.nat(0x3fffffff), { minLength: 20, maxLength: 200, size: "max" });

/** A schedule that ends with messages lost or doubled. */
export interface Fault {
  schedule: number[];
  faults: string[];
  tries: number;
}

/** Runs random schedules until one ends in a fault, which is then made small. */
export function findFault(options: {
  runs: number;
  seed: number;
  counts?: Counts;
  variant?: Variant;
  fault?: RegExp;
}): Fault | undefined {
  const { runs, seed, counts = noCounts(), variant = {}, fault = /./ } = options;
  const wrong = (schedule: number[]) => runSchedule(schedule, counts, variant).filter((text) => fault.test(text));
  const property = fc.property(SCHEDULE, (schedule) => wrong(schedule).length === 0);
  const result = fc.check(property, { numRuns: runs, seed });
  if (!result.failed) return undefined;
  const [schedule] = result.counterexample!;
  return { schedule, faults: wrong(schedule), tries: result.numRuns };
}
