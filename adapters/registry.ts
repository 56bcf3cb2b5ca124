import { nearest } from "../core/config/nearest.ts";
import { TsdbtError } from "../core/errors.ts";
import type { AdapterPlugin } from "./adapter.ts";

/** Each engine is loaded when a profile names it, so that `tsdbt ls` never loads a driver it does not need. */
const PLUGINS: { readonly [type: string]: () => Promise<{ plugin: AdapterPlugin }> } = {
  duckdb: () => import("./duckdb/index.ts"),
  clickhouse: () => import("./clickhouse/index.ts"),
  athena: () => import("./athena/index.ts"),
};

/** Types of profiles that there are plugins for. */
export const ADAPTER_TYPES: readonly string[] = Object.keys(PLUGINS);

/** Engines that Python dbt has an adapter for: named to say that it is not the profile that is wrong. */
const ELSEWHERE = new Set([
  "bigquery",
  "databricks",
  "fabric",
  "materialize",
  "mysql",
  "oracle",
  "postgres",
  "redshift",
  "snowflake",
  "spark",
  "sqlite",
  "sqlserver",
  "starrocks",
  "teradata",
  "trino",
  "vertica",
]);

/**
 * The adapter for a profile's `type`: `(await loadAdapterPlugin("duckdb")).parseCredentials(output, place)`.
 * Throws a TsdbtError of kind "Profile Error" for a type that there is none for.
 */
export async function loadAdapterPlugin(type: string): Promise<AdapterPlugin> {
  const load = Object.hasOwn(PLUGINS, type) ? PLUGINS[type] : undefined;
  if (load) return (await load()).plugin;
  const supported = `tsdbt runs on ${ADAPTER_TYPES.slice(0, -1).join(", ")} and ${ADAPTER_TYPES.at(-1)}`;
  if (ELSEWHERE.has(type)) {
    throw new TsdbtError("TD5102", "Profile Error", `There is no adapter for '${type}' in tsdbt.`, {
      hint: `${supported}; for ${type} use Python dbt.`,
    });
  }
  const near = nearest(type, ADAPTER_TYPES);
  throw new TsdbtError("TD5103", "Profile Error", `Could not find adapter type ${type}!`, {
    hint: near ? `Did you mean '${near}'?` : `${supported}.`,
  });
}
