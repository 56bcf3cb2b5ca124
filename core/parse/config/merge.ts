import { pyStr } from "../python-text.ts";
import { type Dict, isDict, listed, mergedDicts } from "./dicts.ts";
import type { Merge } from "./fields.ts";
import { ConfigProblem } from "./problem.ts";

/**
 * The value of a key that two places set, the second more specific.
 * https://docs.getdbt.com/reference/configs-and-properties#combining-configs
 */
export function mergeValues(key: string, merge: Merge, base: unknown, value: unknown): unknown {
  switch (merge) {
    case "clobber":
      return value;
    case "append":
      return [...listed(base), ...listed(value)];
    case "update":
    case "object":
      requireDict(key, base);
      requireDict(key, value);
      return mergedDicts(base as Dict, value as Dict);
    case "dictKeyAppend": {
      requireDict(key, base);
      requireDict(key, value);
      const out: { [key: string]: unknown[] } = {};
      for (const [name, items] of Object.entries(base as Dict)) out[name] = [...listed(items)];
      for (const [name, items] of Object.entries(value as Dict)) {
        const plain = name.replace(/^\++/, "");
        if (plain !== name && out[plain]) out[plain] = [...out[plain], ...listed(items)];
        else out[plain] = [...listed(items)];
      }
      return out;
    }
  }
}

const APPENDED = new Set(["pre-hook", "pre_hook", "post-hook", "post_hook", "tags", "packages"]);
const UPDATED = new Set(["quoting", "column_types", "meta", "docs", "contract"]);

/** Adds one `config(...)` call's arguments to those of earlier calls in the same file, in place. */
export function addConfigCall(calls: Dict, call: Dict): void {
  if (Object.keys(calls).length === 0) {
    Object.assign(calls, call);
    return;
  }
  for (const [key, value] of Object.entries(call)) {
    if (APPENDED.has(key)) {
      calls[key] = key in calls ? [...listed(calls[key]), ...listed(value)] : [...listed(value)];
    } else if (UPDATED.has(key)) {
      requireDict(key, value);
      calls[key] = isDict(calls[key]) ? mergedDicts(calls[key], value as Dict) : value;
    } else if (key === "grants") {
      requireDict(key, value);
      calls[key] = mergedGrants(isDict(calls[key]) ? calls[key] : {}, value as Dict);
    } else if (key === "snapshot_meta_column_names") {
      requireDict(key, value);
      calls[key] = isDict(calls[key]) ? mergedDicts(calls[key], value as Dict) : { ...(value as Dict) };
    } else {
      calls[key] = value;
    }
  }
}

/** Unlike when places are merged, a `+` stays in the key: it still has to speak to the project's grants. */
function mergedGrants(base: Dict, value: Dict): Dict {
  const out: { [key: string]: unknown[] } = {};
  for (const [name, items] of Object.entries(base)) out[name] = [...listed(items)];
  for (const [name, items] of Object.entries(value)) {
    out[name] = name.startsWith("+") && out[name] ? [...out[name], ...listed(items)] : [...listed(items)];
  }
  return out;
}

function requireDict(key: string, value: unknown): void {
  if (!isDict(value)) throw new ConfigProblem(`expected dict, got ${pyStr(value)}`, [key], false);
}
