import type { Flags } from "../../project/types.ts";

/** Whether `--warn-error` or `--warn-error-options` make errors of warnings of this name: such a result counts as failed. */
export function warningsAreErrors(flags: Flags, eventName: string): boolean {
  const { warn_error: all, warn_error_options: options } = flags;
  if (all) return true;
  const lists = options as { error?: unknown; include?: unknown; warn?: unknown; exclude?: unknown };
  const named = [lists.error ?? lists.include].flat();
  const spared = [lists.warn ?? lists.exclude].flat();
  if (spared.includes(eventName)) return false;
  return named.includes("all") || named.includes("*") || named.includes(eventName);
}
