import { JinjaError } from "../jinja/errors.ts";
import { sortBy } from "../jinja/runtime/compare.ts";

/** A dict's entries by key as Python's `sorted` has them; as they are where the keys do not compare. */
export function sortedEntries(entries: [unknown, unknown][]): [unknown, unknown][] {
  try {
    return sortBy(
      entries,
      entries.map(([key]) => key),
    );
  } catch (error) {
    if (error instanceof JinjaError && error.is("TypeError")) return entries;
    throw error;
  }
}
