import { PyDict } from "../core/jinja/index.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";

/** `x.name` of a dict or an object as templates would find it; null where there is none. */
export function lookUp(value: unknown, name: string): unknown {
  if (value instanceof PyDict) return value.get(name) ?? null;
  return value instanceof HostObject ? (value.attr(name) ?? value.item(name) ?? null) : null;
}
