import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import type { ColumnLineageFile } from "./column-lineage.ts";

/** A resource as an artifact has it; which fields are there depends on its type. */
export interface Resource {
  unique_id: string;
  name: string;
  resource_type: string;
  package_name: string;
  original_file_path: string;
  [field: string]: unknown;
}

export interface ManifestFile {
  metadata: { generated_at?: string; project_name?: string; adapter_type?: string; dbt_version?: string };
  parent_map?: { [id: string]: string[] };
  [table: string]: unknown;
}

export interface CatalogTable {
  metadata: { type?: string; owner?: string | null; comment?: string | null };
  columns: { [name: string]: { name: string; type: string; index: number; comment: string | null } };
  stats: { [id: string]: { id: string; label: string; value: unknown; include: unknown } };
}

export interface RunResultsFile {
  metadata: { invocation_id?: string | null; generated_at?: string };
  args?: { which?: string };
  elapsed_time?: number;
  results: RunResult[];
}

export interface RunResult {
  unique_id: string;
  status: string;
  execution_time: number;
  thread_id: string;
  failures: number | null;
  message: string | null;
  adapter_response: { rows_affected?: number | string };
  timing: { name: string; started_at: string | null; completed_at: string | null }[];
}

export interface SourcesFile {
  results: {
    unique_id: string;
    status: string;
    max_loaded_at?: string;
    snapshotted_at?: string;
    max_loaded_at_time_ago_in_s?: number;
  }[];
}

/** All that the site is made of. */
export interface Artifacts {
  manifest: ManifestFile;
  catalog: { nodes: { [id: string]: CatalogTable }; sources: { [id: string]: CatalogTable } } | null;
  sources: SourcesFile | null;
  /** Newest first. */
  runs: RunResultsFile[];
  columnLineage: ColumnLineageFile | null;
}

/** Reads an artifact; null where it is not there. Throws a Runtime Error that names the file where it is no JSON. */
export function readArtifact<T>(path: string): T | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new TsdbtError("TD6001", "Runtime Error", `${basename(path)} cannot be read: ${(error as Error).message}`, {
      file: path,
      hint: "It is written anew by the command that makes it: delete it and run that again.",
      cause: error,
    });
  }
}

/** The artifacts of a target folder. Throws a Runtime Error where it has no manifest. */
export function readArtifacts(target: string, runs: RunResultsFile[]): Artifacts {
  const manifest = readArtifact<ManifestFile>(join(target, "manifest.json"));
  if (!manifest) {
    throw new TsdbtError("TD6002", "Runtime Error", `There is no manifest.json in ${target}`, {
      hint: "`tsdbt docs generate` writes it, and the catalog",
    });
  }
  return {
    manifest,
    catalog: readArtifact(join(target, "catalog.json")),
    sources: readArtifact(join(target, "sources.json")),
    runs,
    columnLineage: readArtifact(join(target, "column_lineage.json")),
  };
}
