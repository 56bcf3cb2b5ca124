/** What became of the parse that an earlier command kept. */
import type { NewEvent } from "../event.ts";

const told = (name: string, code: string, message: string, data: { [field: string]: unknown }): NewEvent => ({
  name,
  code,
  level: "debug",
  message,
  data,
});

/** It is used: this many files say something else than before. */
export function partialParsing(changed: number): NewEvent[] {
  const counts = `0 files deleted, 0 files added, ${changed} files changed`;
  const data = { deleted: 0, added: 0, changed };
  const enabled = told("PartialParsingEnabled", "I040", `Partial parsing enabled: ${counts}.`, data);
  if (changed > 0) return [enabled];
  const skipping = "Partial parsing enabled, no changes found, skipping parsing";
  return [enabled, told("PartialParsingSkipParsing", "I017", skipping, {})];
}

/** All is read again, and why. */
export function fullParse(reason: string): NewEvent {
  return told("UnableToPartialParse", "I024", `Unable to do partial parsing because ${reason}`, { reason });
}

/** `--no-partial-parse`. */
export function partialParsingOff(): NewEvent {
  return told("PartialParsingNotEnabled", "I028", "Partial parsing not enabled", {});
}
