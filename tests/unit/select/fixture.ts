import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../../core/manifest/resources.ts";

export const FIXTURE = join(import.meta.dirname, "../../fixtures/selection");

/** A manifest of what Python dbt said of the fixture project. */
export function fixtureManifest(): Manifest {
  return toManifest(JSON.parse(readFileSync(join(FIXTURE, "project.json"), "utf8")));
}

export function toManifest(data: { [table: string]: object }): Manifest {
  const manifest: { [table: string]: unknown } = {
    metadata: { project_name: "market", adapter_type: "duckdb" },
    selectors: {},
    macros: new Map(),
    docs: new Map(),
  };
  for (const [table, entries] of Object.entries(data)) manifest[table] = new Map(Object.entries(entries));
  return manifest as unknown as Manifest;
}
