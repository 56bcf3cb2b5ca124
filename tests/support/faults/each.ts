import type { Fault } from "./proxy.ts";

/** What became of one statement or call that was made to fail. */
export interface FaultResult {
  statement: string;
  /** `write`: nothing failed, but a row was written to the source before the statement. */
  fault: Fault | "write";
  /** What was wrong; empty where nothing was. */
  problems: string[];
}

/** A change to a model, as it is made on an engine. */
export interface Driver {
  title: string;
  /** Brings back what was there before. */
  reset(): Promise<void>;
  /** Makes the change; one of its statements, by number, fails or has something done before it. */
  change(plan?: Plan): Promise<Outcome>;
  /** The rows as text; undefined where there is no table. */
  read(): Promise<string | undefined>;
  /** All that stands there, by name. */
  standing(): Promise<string>;
  /** Whether the rows of the table may be those for a moment, beside the old ones and the new. */
  mayBe(rows: string | undefined): boolean;
  /** Whether a statement tidies up after the work is done: the command need not fail with it, the next one tidies up again. */
  isTidying?(statement: string): boolean;
  /** Whether a statement changes nothing. */
  isReading(statement: string): boolean;
  /** The rows in the end. */
  rows: string;
  /** How a row is written to the source, and the rows that there are then. */
  live?: { write(): Promise<void>; rows: string };
}

export type Plan = { at: number; fault: Fault } | { at: number; first: () => Promise<void> };

export interface Outcome {
  code: number;
  text: string;
  statements: string[];
  /** Whether the plan's statement came. */
  struck: boolean;
}

/**
 * Makes a change once without a fault; then fails each of its statements in turn, and says what was wrong then or after making
 * it again. A statement that is refused leaves what the one before it left whose answer got lost: with `thorough` both are
 * tried, else the latter.
 */
export async function failEach(
  driver: Driver,
  { thorough }: { thorough: boolean },
): Promise<{ statements: string[]; results: FaultResult[] }> {
  const { title, rows, live } = driver;
  await driver.reset();
  const old = await driver.read();
  const clean = await driver.change();
  const found = await driver.read();
  if (clean.code !== 0 || found !== rows) {
    throw new Error(`${title}: without a fault: ${found} instead of ${rows}\n${clean.text}`);
  }
  const standing = await driver.standing();
  const results: FaultResult[] = [];
  for (const [at, statement] of clean.statements.entries()) {
    for (const fault of ["before", "after", "write"] as const) {
      if (fault === "write" ? !live : !thorough && (driver.isReading(statement) || fault === "before")) continue;
      const problems: string[] = [];
      await driver.reset();
      const failed = await driver.change(fault === "write" ? { at, first: live!.write } : { at, fault });
      if (!failed.struck) problems.push("the statement did not come again");
      if (fault === "write") {
        if (failed.code !== 0) problems.push(`failed: ${failed.text.slice(-600)}`);
      } else {
        if (failed.code === 0 && !driver.isTidying?.(statement)) problems.push("the failure was not noticed");
        const now = await driver.read();
        if (now !== rows && now !== old && !driver.mayBe(now)) {
          problems.push(`left ${now} where it was ${old} and is to be ${rows}`);
        }
        await live?.write().catch((error) => problems.push(`cannot write to the source: ${error}`));
        const again = await driver.change();
        if (again.code !== 0) problems.push(`failed again: ${again.text.slice(-600)}`);
      }
      const last = await driver.read();
      const wanted = live?.rows ?? rows;
      if (last !== wanted) problems.push(`ended with ${last} instead of ${wanted}`);
      const left = await driver.standing();
      if (left !== standing) problems.push(`left over: ${left} instead of ${standing}`);
      results.push({ statement, fault, problems });
    }
  }
  return { statements: clean.statements, results };
}
