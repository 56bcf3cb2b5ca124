import daff from "daff";
import { paint, withoutColors } from "../events/format.ts";

/** The header and the rows of one side, each cell as its text; `null` for nothing. */
export type Grid = (string | null)[][];

/**
 * How actual rows differ from expected ones, as dbt prints it; `null` where they do not. Both sides must be sorted.
 * https://docs.getdbt.com/docs/build/unit-tests
 */
export function gridDiff(expected: Grid, actual: Grid, colors: boolean): string | null {
  const flags = new daff.CompareFlags();
  flags.ordered = false;
  const tables = [expected, actual].map((grid) => new daff.TableView(grid));
  const diff = new daff.TableDiff(daff.compareTables(tables[0], tables[1], flags).align(), flags);
  const output = new daff.TableView([]);
  diff.hilite(output);
  if (!diff.hasDifference()) return null;
  const rendered = new daff.TerminalDiffRender().render(output);
  const text = `\n\n${paint("actual", "green")} differs from ${paint("expected", "red")}:\n\n${rendered}\n`;
  return colors ? text : withoutColors(text);
}
