import type { EventTimeFilter } from "../../../adapters/relation-parts.ts";
import { pyGreater, pyLess } from "../../jinja/runtime/compare.ts";
import type { HostObject } from "../../jinja/runtime/values.ts";
import type { ColumnInfo, Node, SourceDefinition } from "../../manifest/resources.ts";
import type { ExecutionEnvironment } from "./environment.ts";
import type { Asking } from "./refs.ts";

/**
 * Which rows of a node or source are read: those of the batch being built, or with `--sample` those of the window asked for.
 * `null` where all are, as for whatever has no `event_time`.
 */
export function eventTimeFilter(
  env: ExecutionEnvironment,
  asking: Asking,
  target: Node | SourceDefinition,
): EventTimeFilter | null {
  const field = (target.config as { event_time?: unknown } | undefined)?.event_time;
  if (!field || (asking.resource_type !== "model" && asking.resource_type !== "snapshot")) return null;
  const batch = (asking as Partial<Node>).batch;
  const sample = env.shared.sample;
  const fieldName = quoted(env, target, String(field));
  if (batch && sample) {
    return {
      fieldName,
      start: later(sample.start, batch.event_time_start),
      end: earlier(sample.end, batch.event_time_end),
    };
  }
  if (batch) return { fieldName, start: batch.event_time_start, end: batch.event_time_end };
  return sample ? { fieldName, start: sample.start, end: sample.end } : null;
}

function quoted(env: ExecutionEnvironment, target: Node | SourceDefinition, field: string): string {
  const column = Object.values(target.columns ?? {}).find(({ name }: ColumnInfo) => name === field);
  const ofTarget = (target as Partial<SourceDefinition>).quoting?.column ?? null;
  return (column?.quote ?? ofTarget) === true ? env.adapter.quote(field) : field;
}

const later = (a: HostObject, b: HostObject): HostObject => (pyGreater(a, b) ? a : b);
const earlier = (a: HostObject, b: HostObject): HostObject => (pyLess(a, b) ? a : b);
