import type { Outcome } from "./run.ts";

/**
 * The lines that dbt says in a step and ours to compare them with. Our errors say more than dbt's: what dbt says must be in
 * there, in its order. Where nodes run in any order, so do their lines.
 */
export function expectedLines(
  dbt: Outcome,
  tsdbt: Outcome,
  unlike: RegExp | undefined,
  unordered = false,
): [string[], string[]] {
  const compared = ({ lines }: Outcome) => {
    const kept = lines.filter((line) => !unlike?.test(line));
    return unordered ? kept.map((line) => line.replace(/^\d+ of /, "n of ")).sort() : kept;
  };
  const [expected, said] = [compared(dbt), compared(tsdbt)];
  if (dbt.code === 0) return [expected, said];
  let from = 0;
  const found = expected.filter((line) => {
    const at = said.findIndex((own, i) => i >= from && own.trim() === line.trim());
    if (at >= 0 && !unordered) from = at + 1;
    return at >= 0;
  });
  return [expected, found.length === expected.length ? found : said];
}
