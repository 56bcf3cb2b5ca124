import { PyDict } from "../../core/jinja/index.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { lookUp } from "../look-up.ts";
import type { ClickHouseAdapter } from "./adapter.ts";

/** Settings that tables of the MergeTree family alone have. */
const MERGE_TREE_ONLY = new Set(["replicated_deduplication_window"]);

/** Materializations whose tables would drop blocks inserted twice. */
const DEDUPLICATED = new Set(["table", "incremental", "ephemeral", "materialized_view"]);

function dictOf(model: unknown, name: string): PyDict {
  const value = lookUp(lookUp(model, "config"), name);
  return value instanceof PyDict ? value.copy() : new PyDict();
}

/** A model's `settings` and those that its materialization needs. */
export function modelSettings(adapter: ClickHouseAdapter, model: unknown): PyDict {
  const settings = dictOf(model, "settings");
  const materialized = lookUp(lookUp(model, "config"), "materialized");
  const [name] = MERGE_TREE_ONLY;
  if (
    !adapter.credentials.allowAutomaticDeduplication &&
    DEDUPLICATED.has(String(materialized)) &&
    !settings.has(name)
  ) {
    settings.set(name, "0");
  }
  return settings;
}

/** A model's `query_settings`. */
export function querySettings(model: unknown): PyDict {
  return dictOf(model, "query_settings");
}

/** The settings that an engine has; says which it leaves out. */
export function settingsForEngine(settings: PyDict, engine: string, warn: (message: string) => void): PyDict {
  const kept = new PyDict();
  for (const [key, value] of settings.entries()) {
    if (!engine.includes("MergeTree") && MERGE_TREE_ONLY.has(String(key))) {
      warn(`Setting ${key} not available for engine ${engine}, ignoring.`);
    } else kept.set(key, value);
  }
  return kept;
}

/** `SETTINGS a=1, b='x'`; nothing where there are none. Texts that are quoted already stay as they are. */
export function settingsText(settings: PyDict): string {
  const parts = [...settings.entries()].map(([key, value]) =>
    typeof value === "string" && !value.startsWith("'") ? `${key}='${value}'` : `${key}=${pyStr(value)}`,
  );
  return parts.length === 0 ? "" : `SETTINGS ${parts.join(", ")}\n`;
}
