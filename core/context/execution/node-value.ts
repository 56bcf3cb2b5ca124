import { PyDict, toPython } from "../../jinja/index.ts";
import type { GraphResource } from "../../manifest/resources.ts";

/** Parts of a node whose keys belong to users: an empty one of these is kept. */
const OPEN = new Set([
  "meta",
  "unrendered_config",
  "config_call_dict",
  "unrendered_config_call_dict",
  "kwargs",
  "column_types",
]);

/**
 * A resource as the dict that templates see: `model` (without what is None) and the nodes of `graph` (with).
 * Nothing of tsdbt's own is in it.
 */
export function resourceValue(resource: GraphResource, options: { omitNone: boolean }): PyDict {
  const value = new PyDict();
  for (const [key, part] of Object.entries(resource)) {
    if (key.startsWith("$") || part === undefined) continue;
    if (part === null && options.omitNone) continue;
    value.set(key, options.omitNone && !OPEN.has(key) ? withoutNone(part, key) : toPython(part));
  }
  return value;
}

function withoutNone(part: unknown, key: string): unknown {
  if (Array.isArray(part)) return part.map((item) => withoutNone(item, key));
  if (part === null || typeof part !== "object" || OPEN.has(key)) return toPython(part);
  const prototype = Object.getPrototypeOf(part);
  if (prototype !== Object.prototype && prototype !== null) return toPython(part);
  const value = new PyDict();
  for (const [name, item] of Object.entries(part)) {
    if (item !== null && item !== undefined) value.set(name, withoutNone(item, name));
  }
  return value;
}
