import type { NewEvent, WarnPolicy } from "./event.ts";
import { deprecationsSummary } from "./messages/general.ts";

/** Each of these is shown and none is counted: a model's `deprecation_date` is the project's own matter, names come before their sum. */
const UNCOUNTED = new Set(["SpacesInResourceNameDeprecation", "UpcomingReferenceDeprecation"]);

/**
 * Shows the first deprecation of each name, counts the rest, and sums up at the end, as dbt does. `then` is what happens to
 * those shown.
 */
export class Deprecations {
  private readonly counts = new Map<string, number>();
  private readonly showAll: boolean;
  constructor(showAll: boolean) {
    this.showAll = showAll;
  }

  policy(then: WarnPolicy | null): WarnPolicy {
    return (event) => {
      if (!event.name.endsWith("Deprecation") || UNCOUNTED.has(event.name)) return then ? then(event) : event;
      const seen = this.counts.get(event.name) ?? 0;
      this.counts.set(event.name, seen + 1);
      if (seen > 0 && !this.showAll) return null;
      return then ? then(event) : event;
    };
  }

  /** The summary; null where nothing was deprecated. */
  summary(): NewEvent | null {
    if (this.counts.size === 0) return null;
    return { ...deprecationsSummary(this.counts, !this.showAll), enforced: false };
  }
}
