import { didYouMean } from "../../manifest/nearest.ts";
import type { FreshnessThreshold } from "../../manifest/resources.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyRepr } from "../python-text.ts";
import { onlyKeys } from "./entries.ts";
import { type KeyPath, Shape, ShapeProblem } from "./shape.ts";

type Time = FreshnessThreshold["warn_after"] | null;

/** A threshold of which parts may be unset (`null` inside) or switched off (`null` as a whole). */
export interface Threshold {
  warn_after: Time;
  error_after: Time;
  filter: string | null;
}

const PERIODS = ["minute", "hour", "day"];
const NO_TIME = { count: null, period: null };

/** A `freshness:` as written; all unset where there is none, `null` where it says null. @throws ShapeProblem */
export function readFreshness(owner: Dict, path: KeyPath): Threshold | null {
  if (!Object.hasOwn(owner, "freshness")) return { warn_after: NO_TIME, error_after: NO_TIME, filter: null };
  const value = owner.freshness;
  if (value === null) return null;
  if (!isDict(value)) {
    throw new ShapeProblem(`${pyRepr(value)} is not valid under any of the given schemas`, [...path, "freshness"], {
      hint: "freshness takes `warn_after` and `error_after`, each with `count` and `period`",
    });
  }
  const shape = new Shape(value, [...path, "freshness"]);
  onlyKeys(shape, ["warn_after", "error_after", "filter"]);
  return {
    warn_after: readTime(shape, "warn_after"),
    error_after: readTime(shape, "error_after"),
    filter: shape.optionalString("filter"),
  };
}

function readTime(threshold: Shape, key: string): Time {
  if (!threshold.has(key)) return NO_TIME;
  const value = threshold.raw(key);
  if (value === null) return null;
  if (!isDict(value)) throw threshold.notAny(key, value, "write `{count: 12, period: hour}`");
  const shape = new Shape(value, [...threshold.path, key]);
  onlyKeys(shape, ["count", "period"]);
  const count = shape.raw("count") ?? null;
  if (count !== null && typeof count !== "number") {
    throw shape.notAny("count", count, "`count` is a whole number");
  }
  const period = shape.raw("period") ?? null;
  if (period !== null && !PERIODS.includes(period as string)) {
    const near = typeof period === "string" ? didYouMean(period, PERIODS) : undefined;
    throw new ShapeProblem(`${pyRepr(period)} is not one of ${pyRepr(PERIODS)}`, [...shape.path, "period"], {
      hint: near ?? "`period` is minute, hour or day",
    });
  }
  return { count, period: period as "minute" | "hour" | "day" | null };
}

function isSet(time: Time): boolean {
  return time !== null && time.count !== null && time.period !== null;
}

/** Whether anything would be checked. */
export function hasFreshness(threshold: Threshold | null): boolean {
  return threshold !== null && (isSet(threshold.warn_after) || isSet(threshold.error_after));
}

/**
 * A table's freshness from its source's, the source's config, its own and its config's, each refining the one before;
 * `null` at a level switches it off. https://docs.getdbt.com/reference/resource-properties/freshness
 */
export function mergeFreshness(levels: (Threshold | null)[]): Threshold | null {
  let merged = levels[0] ?? null;
  for (const next of levels.slice(1)) {
    if (merged !== null && next !== null) {
      merged = {
        warn_after: mergeTime(merged.warn_after, next.warn_after),
        error_after: mergeTime(merged.error_after, next.error_after),
        filter: next.filter ?? merged.filter,
      };
    } else merged = merged === null && hasFreshness(next) ? next : null;
  }
  return merged;
}

function mergeTime(base: Time, next: Time): Time {
  if (next === null) return null;
  return isSet(next) ? next : base;
}
