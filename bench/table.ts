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

/** Puts the table into the README of the benchmarks, between its marks. */
export function recordTable(path: string, lines: readonly Line[], about: string): void {
  const rows = lines.map(
    ({ what, ours, theirs, ratio, target, met }) =>
      `| ${[what, ours, theirs, ratio, target, met === null ? "" : met ? "yes" : "**no**"].join(" | ")} |`,
  );
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const table = [
    `${date}, commit ${commit}, Node ${process.version}, ${cpus().length} cores, ${about}.`,
    "",
    "| what | tsdbt | Python dbt | ratio | target | met |",
    "| --- | --: | --: | --: | --- | --- |",
    ...rows,
  ].join("\n");
  const readme = readFileSync(path, "utf8");
  const [before, rest] = readme.split(START) as [string, string];
  writeFileSync(path, `${before}${START}\n${table}\n${END}${rest.split(END)[1]}`);
}
