import type { TsdbtEvent } from "./event.ts";
import { timestamp } from "./format.ts";
import { styledMessage, type TextStyle } from "./text.ts";

export interface JsonContext {
  invocationId: string;
  /** `DBT_ENV_CUSTOM_ENV_*` of the environment, without the prefix. */
  extra: { [key: string]: string };
}

/**
 * One line of `--log-format json`: `{"data": {…}, "info": {…}}` with dbt's names, keys sorted.
 * https://docs.getdbt.com/reference/events-logging#structured-logging
 */
export function jsonLine(event: TsdbtEvent, context: JsonContext, style: TextStyle = { colors: false }): string {
  const data: { [key: string]: unknown } = { ...event.data };
  if (event.node) {
    const { name, ...rest } = event.node;
    data.node_info = { ...rest, node_name: name };
  }
  if (event.error) data.tsdbt_code = event.error.code;
  return JSON.stringify(
    sorted({
      data,
      info: {
        category: "",
        code: event.code,
        extra: context.extra,
        invocation_id: context.invocationId,
        level: event.level,
        msg: styledMessage(event, style),
        name: event.name,
        pid: process.pid,
        thread: event.thread ?? "MainThread",
        ts: timestamp(event.time),
      },
    }),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value === "bigint") return Number(value);
  if (value === null || typeof value !== "object") return value;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return sorted(toJSON.call(value));
  if (value instanceof Map) return sorted(Object.fromEntries(value));
  const out: { [key: string]: unknown } = {};
  for (const key of Object.keys(value).sort()) out[key] = sorted((value as { [key: string]: unknown })[key]);
  return out;
}

/** `DBT_ENV_CUSTOM_ENV_TEAM=x` as `{ TEAM: "x" }`, for `extra` of JSON logs and manifest metadata. */
export function customEnv(env: { [key: string]: string | undefined }): { [key: string]: string } {
  const out: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(env)) {
    const match = /^DBT_(?:ENGINE_)?ENV_CUSTOM_ENV_(.+)$/.exec(key);
    if (match && value !== undefined) out[match[1]!] = value;
  }
  return out;
}
