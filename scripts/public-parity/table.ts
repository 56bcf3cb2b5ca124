import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { PublicProject } from "./projects.ts";

/** What came of one project. */
export interface Line {
  project: PublicProject;
  commit: string;
  nodes: number;
  fields: number;
  /** Differences that COMPATIBILITY.md gives the reason for. */
  known: number;
  passed: number;
  failed: number;
}

const HEAD = ["project", "repository", "commit", "mode", "profile", "nodes", "fields", "known", "different"];

function cells({ project, commit, nodes, fields, known, failed }: Line): string[] {
  const place = project.folder ? `${project.repository}/${project.folder}` : project.repository;
  const counts = [nodes, fields, known, failed].map(String);
  return [project.name, place, commit.slice(0, 12), project.mode, project.profile ?? "duckdb", ...counts];
}

export function printTable(table: Line[]): void {
  const rows = [HEAD, ...table.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    );
}

/** Writes what came of these projects into the page that holds the last result of each; `names` is the order of its rows. */
export function recordResults(file: string, table: Line[], names: string[]): void {
  const rows = new Map(existsSync(file) ? rowsOf(readFileSync(file, "utf8")) : []);
  for (const line of table) rows.set(line.project.name, cells(line));
  const kept = names.filter((name) => rows.has(name));
  const row = (texts: string[]) => `| ${texts.join(" | ")} |`;
  const sum = (heading: string) =>
    kept.reduce((total, name) => total + Number(rows.get(name)![HEAD.indexOf(heading)]), 0);
  const lines = [
    "# Public projects compared with Python dbt",
    "",
    "`npm run parity:public -- CHECKOUTS` runs Python dbt 1.12.6 and tsdbt on the same commit of each project below and compares",
    "them node by node and field by field. `build` compares the manifest, `ls` answers, compiled SQL, statuses, messages and the rows",
    "of every table; `compile` the manifest and the compiled SQL; `parse` the manifest. Projects for other warehouses are parsed with a",
    "DuckDB profile. Packages are taken from their repositories at a recorded commit (`scripts/public-parity/commits.ts`).",
    "",
    `Last result: ${kept.length} projects, ${sum("nodes")} nodes, ${sum("fields")} fields, ${sum("different")} different,`,
    `${sum("known")} that [COMPATIBILITY.md](../COMPATIBILITY.md) gives the reason for.`,
    "",
    row(HEAD),
    row(HEAD.map((_, i) => (i < 5 ? "---" : "--:"))),
    ...kept.map((name) => row(rows.get(name)!)),
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** The rows of the page's table, by the name of their project. */
function rowsOf(page: string): [string, string[]][] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.slice(2, -2).split(" | "))
    .map((texts) => [texts[0]!, texts]);
}
