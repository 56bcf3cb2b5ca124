import { TsdbtError } from "../errors.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { NewEvent, WarnPolicy } from "./event.ts";

/** `--warn-error-options`: which warnings are errors, which stay warnings, which are not shown. Both spellings of dbt's keys. */
export interface WarnErrorOptions {
  error?: unknown;
  include?: unknown;
  warn?: unknown;
  exclude?: unknown;
  silence?: unknown;
}

/** The code of a warning that `--warn-error` made an error. */
export const WARNING_AS_ERROR = "TD0001";
/** Stands for every deprecation. */
const DEPRECATIONS = "Deprecations";

/** Warnings that were none to `--warn-error` before `require_all_warnings_handled_by_warn_error`. */
const ONCE_LEFT_ALONE = new Set([
  "FreshnessConfigProblem",
  "LogTestResult",
  "MicrobatchModelNoEventTimeInputs",
  "RunResultWarning",
  "RunResultWarningMessage",
  "SelectExcludeIgnoredWithSelectorWarning",
  "SemanticValidationFailure",
  "SpacesInResourceNameDeprecation",
  "WarnStateTargetEqual",
]);

/**
 * What `--warn-error` and `--warn-error-options` make of warnings; null where nothing was asked for. What is named counts
 * for more than `Deprecations`, that for more than `all`; then silence goes before warn, and warn before error. Not
 * `handlesAll`: some warnings are left alone.
 * https://docs.getdbt.com/reference/global-configs/warnings
 */
export function warnPolicy(warnError: boolean, options: WarnErrorOptions, handlesAll = true): WarnPolicy | null {
  const errors = options.error ?? options.include;
  const error = new Set(names(errors));
  const warn = new Set(names(options.warn ?? options.exclude));
  const silence = new Set(names(options.silence));
  const all = warnError || error.has("all") || error.has("*");
  if (!all && error.size === 0 && silence.size === 0) return null;
  const has = (set: ReadonlySet<string>, event: NewEvent): "name" | "group" | undefined =>
    set.has(event.name) ? "name" : event.code.startsWith("D") && set.has(DEPRECATIONS) ? "group" : undefined;
  return (event) => {
    if (!handlesAll && ONCE_LEFT_ALONE.has(event.name)) return event;
    const [asError, asWarn, asSilent] = [has(error, event), has(warn, event), has(silence, event)];
    if (asSilent === "name" || (asSilent === "group" && asWarn !== "name" && asError !== "name")) return null;
    const isError = asError === "name" ? asWarn !== "name" : (asError === "group" || all) && asWarn === undefined;
    if (!isError) return event;
    throw new TsdbtError(WARNING_AS_ERROR, "Compilation Error", event.message, {
      hint: `warnings are errors here (--warn-error); the event is ${event.name}`,
    });
  };
}

/** Refuses names that no event has, and `warn` where nothing is an error. @throws TsdbtError */
export async function checkWarnErrorOptions(options: WarnErrorOptions): Promise<void> {
  const errors = options.error ?? options.include;
  const [error, warn, silence] = [names(errors), names(options.warn ?? options.exclude), names(options.silence)];
  if (error.length + warn.length + silence.length === 0) return;
  const all = ["all", "*"];
  if (warn.length > 0 && !error.some((name) => all.includes(name)) && ![...error, ...silence].includes(DEPRECATIONS)) {
    const message =
      "`warn` can only be specified if `error` is one of ('all', '*') or Deprecations is in `error` or silence.";
    throw new TsdbtError("TD0002", "Runtime Error", message, { hint: "say `error: all` beside it" });
  }
  const { EVENT_NAMES, SUCCESSOR_NAMES } = await import("./known-names.ts");
  for (const name of [...error, ...warn, ...silence]) {
    if (all.includes(name) || name === DEPRECATIONS || EVENT_NAMES.has(name) || SUCCESSOR_NAMES.has(name)) continue;
    const hint = didYouMean(name, [...EVENT_NAMES, DEPRECATIONS]);
    throw new TsdbtError("TD0003", "Runtime Error", `${name} is not a valid dbt error name.`, hint ? { hint } : {});
  }
}

function names(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.map(String) : [];
}
