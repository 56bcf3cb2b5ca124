import { readFileSync } from "node:fs";

interface Case {
  id: string;
  area: string;
}

/** Cases of a file, and what is wrong with one; `undefined` when it passes. */
export interface Suite<C extends Case> {
  cases: C[];
  check: (c: C) => string | undefined;
}

/** Runs files of cases, prints each failing one with what came out, and ends with `N passed, M failed`. */
export function runFiles<C extends Case>(
  files: readonly string[],
  load: (text: string) => Suite<C>,
  show: (c: C) => string,
): void {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const { cases, check } = load(readFileSync(file, "utf8"));
    for (const c of cases) {
      const problem = check(c);
      if (problem === undefined) {
        passed++;
        continue;
      }
      failed++;
      console.log(`${c.id} (${c.area}) ${show(c)}\n  ${problem}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** The lines of a case file, parsed. */
export const parseLines = <C>(text: string): C[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as C);
