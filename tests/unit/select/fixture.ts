import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../../core/manifest/resources.ts";

export const FIXTURE = join(import.meta.dirname, "../../fixtures/selection");

/** A manifest of what Python dbt said of the fixture project. */
export function fixtureManifest(): Manifest {
  const data = JSON.parse(readFileSync(join(FIXTURE, "project.json"), "utf8")) as { [table: string]: object };
  const manifest: { [table: string]: unknown } = { metadata: { project_name: "market" }, selectors: {} };
  for (const [table, entries] of Object.entries(data)) manifest[table] = new Map(Object.entries(entries));
  manifest.macros = new Map();
  manifest.docs = new Map();
  return manifest as unknown as Manifest;
}
