import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TsdbtError } from "../errors.ts";

/** What an earlier run came to, as far as later ones want to know it. */
export interface RunResults {
  args: { readonly [name: string]: unknown };
  /** When the run began, where it says so: a time as `Date.parse` takes it. */
  startedAt: string | null;
  results: readonly { unique_id: string; status: string; [key: string]: unknown }[];
}

const SCHEMA = "https://schemas.getdbt.com/dbt/run-results/v6.json";
/** Older versions that say the same in what is read here. */
const READABLE = /\/run-results\/v[456]\.json$/;

/** run_results.json of a folder, `null` where there is none. Throws for one that is no JSON or of another version. */
export function readRunResults(folder: string): RunResults | null {
  const path = join(folder, "run_results.json");
  if (!existsSync(path)) return null;
  let data: { metadata?: { [key: string]: unknown }; args?: unknown; results?: unknown } | null;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TsdbtError("TD5010", "Runtime Error", `${path} is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  const found = data?.metadata?.dbt_schema_version;
  if (typeof found !== "string" || !READABLE.test(found))
    throw new TsdbtError(
      "TD5022",
      "Runtime Error",
      `Expected a schema version of "${SCHEMA}" in ${path}, but found "${String(found ?? "None")}".  Are you running with a different version of dbt?`,
    );
  const { args, results, metadata } = data!;
  const began = metadata?.invocation_started_at ?? metadata?.generated_at;
  return {
    startedAt: typeof began === "string" ? began : null,
    args: args !== null && typeof args === "object" ? (args as RunResults["args"]) : {},
    results: Array.isArray(results) ? results.filter((each) => typeof each?.unique_id === "string") : [],
  };
}
