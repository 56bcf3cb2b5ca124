import { isoMoment, type Moment } from "./time.ts";

/** What the artifacts of one invocation have in common. */
export interface Invocation {
  id: string;
  startedAt: Moment;
  /** The dbt version whose artifacts these are. */
  dbtVersion: string;
  /** `DBT_ENV_CUSTOM_ENV_x` variables, under `x`. */
  env: { [key: string]: string };
}

/** The `metadata` of an artifact, e.g. of `run-results/v6`. */
export function artifactMetadata(schema: string, invocation: Invocation, generatedAt: Moment): object {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json`,
    dbt_version: invocation.dbtVersion,
    generated_at: isoMoment(generatedAt),
    invocation_id: invocation.id,
    invocation_started_at: isoMoment(invocation.startedAt),
    env: invocation.env,
  };
}

/** JSON as artifacts have it: integers beyond 2^53 are written as the nearest number. */
export function artifactJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? Number(item) : item));
}
