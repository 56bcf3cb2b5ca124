import { writeFileSync } from "node:fs";
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

/** Writes the page that says what was compared last and what came of it. */
export function recordResult(file: string, table: Line[]): void {
  const row = (texts: string[]) => `| ${texts.join(" | ")} |`;
  const sum = (key: "nodes" | "fields" | "known" | "failed") => table.reduce((total, line) => total + line[key], 0);
  const lines = [
    "# Public projects compared with Python dbt",
    "",
    "`npm run parity:public -- CHECKOUTS` runs Python dbt 1.12.6 and tsdbt on the same commit of each project below and compares",
    "them node by node and field by field. `build` compares the manifest, `ls` answers, compiled SQL, statuses, messages and the rows",
    "of every table; `compile` the manifest and the compiled SQL; `parse` the manifest. Projects for other warehouses are parsed with a DuckDB profile. Packages are taken",
    "from their repositories at a recorded commit (`scripts/public-parity/projects.ts`).",
    "",
    `Last whole result: ${table.length} projects, ${sum("nodes")} nodes, ${sum("fields")} fields, ${sum("failed")} different,`,
    `${sum("known")} that [COMPATIBILITY.md](../COMPATIBILITY.md) gives the reason for.`,
    "",
    row(HEAD),
    row(HEAD.map((_, i) => (i < 5 ? "---" : "--:"))),
    ...table.map((line) => row(cells(line))),
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
}
