import type { NewEvent } from "../events/event.ts";
import { toPython } from "../jinja/runtime/convert.ts";
import { pyStr } from "../jinja/runtime/repr.ts";
import { findResource } from "../manifest/maps.ts";
import type { Manifest } from "../manifest/resources.ts";

/** The events that say whose a node is. */
const GROUPED = new Set([
  "LogModelResult",
  "LogSeedResult",
  "LogSkipBecauseError",
  "LogSnapshotResult",
  "LogTestResult",
  "RunResultError",
  "RunResultFailure",
  "RunResultWarning",
  "SkippingDetails",
]);

/** A node's event with the node's group and its owner, for programs that read JSON logs and tell the owner. */
export function withGroup(manifest: Manifest, event: NewEvent): NewEvent {
  if (!event.node || manifest.groups.size === 0 || !GROUPED.has(event.name)) return event;
  const name = (findResource(manifest, event.node.unique_id) as { group?: string | null } | undefined)?.group;
  const group = [...manifest.groups.values()].find((one) => one.name === name);
  if (!group) return event;
  const owner = Object.entries(group.owner as { [key: string]: unknown }).filter(([, value]) => value != null);
  const data = {
    name: group.name,
    package_name: group.package_name,
    owner: Object.fromEntries(owner.map(([key, value]) => [key, pyStr(toPython(value))])),
  };
  return { ...event, data: { ...event.data, group: data } };
}
