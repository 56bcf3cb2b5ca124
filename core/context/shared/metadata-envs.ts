import { PyDict } from "../../jinja/index.ts";

const PREFIX = "DBT_ENV_CUSTOM_ENV_";

/** Environment variables that artifacts and templates show: those named `DBT_ENV_CUSTOM_ENV_x`, under `x`. */
export function customEnv(env: { readonly [key: string]: string | undefined }): { [key: string]: string } {
  const found: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(env)) {
    if (key.startsWith(PREFIX) && value !== undefined) found[key.slice(PREFIX.length)] = value;
  }
  return found;
}

/** `dbt_metadata_envs` of templates. */
export function createMetadataEnvs(env: { readonly [key: string]: string | undefined }): PyDict {
  return PyDict.from(Object.entries(customEnv(env)));
}
