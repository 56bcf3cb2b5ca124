import { createHash } from "node:crypto";
import type { Adapter } from "../../adapters/adapter.ts";
import type { RuntimeConfig } from "../../project/types.ts";
import { DBT_VERSION } from "../context/base.ts";
import { customEnv } from "../context/shared/index.ts";
import type { ManifestMetadata } from "../manifest/resources.ts";

/** `metadata` of manifest.json: who wrote it, when, for which project. */
export function manifestMetadata(config: RuntimeConfig, adapter: Adapter): ManifestMetadata {
  const { quoting, name } = config.project;
  const { defaultQuoting } = adapter;
  const started = config.startedAt.toISOString();
  return {
    dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
    dbt_version: DBT_VERSION,
    generated_at: new Date().toISOString(),
    invocation_id: config.invocationId,
    invocation_started_at: started,
    env: customEnv(config.env),
    project_name: name,
    project_id: createHash("md5").update(name, "utf8").digest("hex"),
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: adapter.type,
    quoting: {
      database: quoting.database ?? defaultQuoting.database,
      schema: quoting.schema ?? defaultQuoting.schema,
      identifier: quoting.identifier ?? defaultQuoting.identifier,
      column: null,
    },
    run_started_at: started.replace("Z", "+00:00"),
  };
}
