import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** A line of the table; figures are text, with their units. */
export interface Line {
  what: string;
  ours: string;
  theirs: string;
  ratio: string;
  target: string;
  /** Null where there is no target, or nothing to compare with. */
  met: boolean | null;
}

const HEAD: Line = { what: "what", ours: "tsdbt", theirs: "Python dbt", ratio: "ratio", target: "target", met: null };

export function printHead(): void {
  console.log(text(HEAD, ""));
}

export function printLine(line: Line): void {
  console.log(text(line, line.met === null ? "" : line.met ? "met" : "NOT MET"));
}

function text({ what, ours, theirs, ratio, target }: Line, met: string): string {
  return `${what.padEnd(44)}${ours.padStart(12)}${theirs.padStart(12)}${ratio.padStart(9)}  ${target.padEnd(16)}${met}`;
}

const START = "<!-- results -->";
const END = "<!-- end of results -->";

/** Puts the rows into the table of the benchmarks' README, each in the place of the one of its name, new ones at the end. */
export function recordTable(path: string, lines: readonly Line[], runs: string): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const measured = `${new Date().toISOString().slice(0, 10)}, ${commit}`;
  const [before, rest] = readFileSync(path, "utf8").split(START) as [string, string];
  const [old, after] = rest.split(END) as [string, string];
  const rows = old.split("\n").filter((line) => line.startsWith("| ") && !/^\| (---|what) /.test(line));
  const table = new Map(withNames(rows, (line) => line.slice(2).split(" | ")[0]!));
  for (const [name, line] of withNames(lines, ({ what }) => what)) {
    const verdict = line.met === null ? "" : line.met ? "yes" : "**no**";
    const cells = [line.what, line.ours, line.theirs, line.ratio, line.target, verdict, runs, measured];
    table.set(name, `| ${cells.join(" | ")} |`);
  }
  const head = [
    `Node ${process.version}, ${cpus().length} cores; medians of as many runs as stand behind them, of tsdbt and of Python dbt.`,
    "",
    "| what | tsdbt | Python dbt | ratio | target | met | runs | measured |",
    "| --- | --: | --: | --: | --- | --- | --- | --- |",
  ];
  writeFileSync(path, `${before}${START}\n${[...head, ...table.values()].join("\n")}\n${END}${after}`);
}

/** Names the rows; one that is set in belongs to the one above it. */
function withNames<T>(rows: readonly T[], whatOf: (row: T) => string): [name: string, row: T][] {
  let above = "";
  return rows.map((row) => {
    const what = whatOf(row);
    if (!what.startsWith(" ")) above = what;
    return [what.startsWith(" ") ? `${above}: ${what}` : what, row];
  });
}
