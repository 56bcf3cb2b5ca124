import type { ComponentChildren, VNode } from "preact";
import { useShared } from "./context.ts";
import type { Place } from "./project.ts";
import { hrefTo } from "./route.ts";

const TITLES: { [kind: string]: [one: string, many: string] } = {
  model: ["Model", "Models"],
  source: ["Source", "Sources"],
  seed: ["Seed", "Seeds"],
  snapshot: ["Snapshot", "Snapshots"],
  exposure: ["Exposure", "Exposures"],
  metric: ["Metric", "Metrics"],
  semantic_model: ["Semantic model", "Semantic models"],
  saved_query: ["Saved query", "Saved queries"],
  function: ["Function", "Functions"],
  analysis: ["Analysis", "Analyses"],
  test: ["Data test", "Data tests"],
  unit_test: ["Unit test", "Unit tests"],
  group: ["Group", "Groups"],
  macro: ["Macro", "Macros"],
};
/** The kinds in the order in which they are listed. */
export const KINDS = Object.keys(TITLES);

export function kindTitle(kind: string, count = 1): string {
  return TITLES[kind]?.[count === 1 ? 0 : 1] ?? kind;
}

/** A link to a resource's page. */
export function NodeLink({ place, withKind = false }: { place: Place; withKind?: boolean }): VNode {
  const { project } = useShared();
  return (
    <a href={hrefTo("node", project.id(place))} class="node-link">
      {withKind ? <Kind kind={project.kind(place)} /> : null}
      <span>{project.name(place)}</span>
    </a>
  );
}

export function Kind({ kind }: { kind: string }): VNode {
  return <span class={`kind kind-${kind}`}>{kindTitle(kind).toLowerCase()}</span>;
}

/** Something that may be wider than the page: it scrolls, by keys too. https://www.w3.org/WAI/WCAG22/Understanding/keyboard */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }): VNode {
  return (
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

const GOOD = new Set(["success", "pass", "no-op"]);
const BAD = new Set(["error", "fail", "runtime error"]);

/** What a status means, for colours. */
export function mood(status: string): "good" | "bad" | "warn" | "none" {
  if (GOOD.has(status)) return "good";
  if (BAD.has(status)) return "bad";
  return status === "warn" ? "warn" : "none";
}

export function Status({ status }: { status: string }): VNode | null {
  return status === "" ? null : <span class={`status ${mood(status)}`}>{status}</span>;
}

export function seconds(value: number): string {
  if (value >= 100) return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
  return value >= 1 ? `${value.toFixed(1)} s` : `${Math.round(value * 1000)} ms`;
}

/** A moment as people write it, to the minute; what it is exactly stands in the tooltip. */
export function Moment({ at }: { at: string }): VNode | null {
  const date = new Date(at);
  if (at === "" || Number.isNaN(date.getTime())) return null;
  return (
    <time dateTime={at} title={at}>
      {date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
    </time>
  );
}
