import type { RuntimeConfig } from "../../../project/types.ts";
import { PyDict, toPython } from "../../jinja/index.ts";
import type { Data } from "../../jinja/runtime/values.ts";

/**
 * `target` of templates: the connection's visible parts, `name`, `target_name`, `profile_name` and `threads`; no secrets.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/target
 */
export function createTarget(config: Pick<RuntimeConfig, "profile">): PyDict {
  const { profile } = config;
  const visible = profile.credentials.visible();
  const all: { [key: string]: unknown } = {
    ...visible,
    type: profile.credentials.type,
    threads: profile.threads,
    name: profile.targetName,
    target_name: profile.targetName,
    profile_name: profile.profileName,
  };
  return PyDict.from(Object.entries(all).map(([key, value]): [unknown, unknown] => [key, toPython(value as Data)]));
}
