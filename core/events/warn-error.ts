import { TsdbtError } from "../errors.ts";
import type { WarnPolicy } from "./event.ts";

/** `--warn-error-options`: which warnings are errors, which stay warnings, which are not shown. Both spellings of dbt's keys. */
export interface WarnErrorOptions {
  error?: unknown;
  include?: unknown;
  warn?: unknown;
  exclude?: unknown;
  silence?: unknown;
}

/**
 * What `--warn-error` and `--warn-error-options` make of warnings; null where nothing was asked for.
 * https://docs.getdbt.com/reference/global-configs/warnings
 */
export function warnPolicy(warnError: boolean, options: WarnErrorOptions): WarnPolicy | null {
  const errors = options.error ?? options.include;
  const warns = names(options.warn ?? options.exclude);
  const silent = names(options.silence);
  const all = warnError || errors === "all" || errors === "*" || names(errors).some((n) => n === "all" || n === "*");
  const some = new Set(names(errors));
  if (!all && some.size === 0 && silent.length === 0) return null;
  return (event) => {
    if (silent.includes(event.name)) return null;
    const isError = (all || some.has(event.name)) && !warns.includes(event.name);
    if (!isError) return event;
    throw new TsdbtError("TD0001", "Compilation Error", event.message, {
      hint: `warnings are errors here (--warn-error); the event is ${event.name}`,
    });
  };
}

function names(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.map(String) : [];
}
