/** What `docs generate` says: dbt's events E040 to E044. */
import type { NewEvent } from "../event.ts";
import { pluralize } from "../format.ts";
import { warning } from "./general.ts";

export function buildingCatalog(): NewEvent {
  return { name: "BuildingCatalog", code: "E044", level: "info", message: "Building catalog", data: {} };
}

/** One database could not be asked; the catalog goes on without it. */
export function catalogError(exc: string): NewEvent {
  return warning(`Encountered an error while generating catalog: ${exc}`, {
    name: "CatalogGenerationError",
    code: "E040",
    data: { exc },
  });
}

export function catalogFailures(count: number): NewEvent {
  return {
    name: "WriteCatalogFailure",
    code: "E041",
    level: "error",
    message: `dbt encountered ${pluralize(count, "failure")} while writing the catalog`,
    data: { num_exceptions: count },
  };
}

export function catalogWritten(path: string): NewEvent {
  return {
    name: "CatalogWritten",
    code: "E042",
    level: "info",
    message: `Catalog written to ${path}`,
    data: { path },
  };
}
