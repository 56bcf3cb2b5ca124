import type { Outcome } from "./run.ts";

/**
 * The lines that dbt says in a step and ours to compare them with. Our errors say more than dbt's: what dbt says must be in
 * there, in its order.
 */
export function expectedLines(dbt: Outcome, tsdbt: Outcome, unlike: RegExp | undefined): [string[], string[]] {
  const expected = dbt.lines.filter((line) => !unlike?.test(line));
  if (dbt.code === 0) return [expected, tsdbt.lines.filter((line) => !unlike?.test(line))];
  let from = 0;
  const found = expected.filter((line) => {
    const at = tsdbt.lines.findIndex((own, i) => i >= from && own.trim() === line.trim());
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
  return [expected, found.length === expected.length ? found : tsdbt.lines];
}
