import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const made: string[] = [];

const PROFILES = {
  duckdb: "type: duckdb, path: shop.duckdb, threads: 2",
  clickhouse: "type: clickhouse, embedded: true, schema: shop, threads: 2",
};

/** A project `shop` of these files, in a folder of its own; on DuckDB, `shop.duckdb` is its database. */
export function makeProject(files: { [path: string]: string }, engine: keyof typeof PROFILES = "duckdb"): string {
  const root = mkdtempSync(join(tmpdir(), "tsdbt-made-"));
  made.push(root);
  writeFiles(root, {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
    "profiles.yml": `shop:\n  target: dev\n  outputs:\n    dev: {${PROFILES[engine]}}\n`,
    ...files,
  });
  return root;
}

/** Writes files below a folder, making the folders they need. */
export function writeFiles(root: string, files: { [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Removes what {@link makeProject} made. */
export function discardProjects(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
