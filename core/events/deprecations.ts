import type { NewEvent, WarnPolicy } from "./event.ts";
import { type DeprecationCount, deprecationsSummary } from "./messages/general.ts";

/** Each of these is shown and none is counted: a model's `deprecation_date` is the project's own matter, names come before their sum. */
const UNCOUNTED = new Set(["SpacesInResourceNameDeprecation", "UpcomingReferenceDeprecation"]);
/** Deprecations whose names do not say so. */
const ALSO_COUNTED = new Set(["EnvironmentVariableRenamed", "SourceFreshnessProjectHooksNotRun"]);

/**
 * Shows the first deprecation of each name, counts the rest, and sums up at the end, as dbt does. `then` is what happens to
 * those shown.
 */
export class Deprecations {
  private readonly counts = new Map<string, DeprecationCount>();
  private readonly showAll: boolean;
  constructor(showAll: boolean) {
    this.showAll = showAll;
  }

  policy(then: WarnPolicy | null): WarnPolicy {
    return (event) => {
      if (!isCounted(event.name)) return then ? then(event) : event;
      const key = `${event.name} ${event.name === "EnvironmentVariableRenamed" ? event.data?.old_name : ""}`;
      const seen = this.counts.get(key)?.occurrences ?? 0;
      this.counts.set(key, { event_name: event.name, event_code: event.code, occurrences: seen + 1 });
      if (seen > 0 && !this.showAll) return null;
      return then ? then(event) : event;
    };
  }

  /** The summary; null where nothing was deprecated. */
  summary(): NewEvent | null {
    if (this.counts.size === 0) return null;
    return { ...deprecationsSummary([...this.counts.values()], !this.showAll), enforced: false };
  }
}

function isCounted(name: string): boolean {
  return (name.endsWith("Deprecation") && !UNCOUNTED.has(name)) || ALSO_COUNTED.has(name);
}
