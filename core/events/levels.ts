import type { Level, TsdbtEvent } from "./event.ts";

/** A threshold; `none` shows nothing. */
export type Threshold = Level | "none";

const ORDER: { [level in Level]: number } = { debug: 10, info: 20, warn: 30, error: 40 };
const PRINTED = new Set(["PrintEvent", "ShowNode", "CompiledNode"]);

/** What a command was asked to print: shown without a time, and also where `--quiet` silences the rest. */
export function isPrinted(event: TsdbtEvent): boolean {
  return PRINTED.has(event.name);
}

/** Whether an event is shown at a threshold. */
export function isShown(event: TsdbtEvent, threshold: Threshold): boolean {
  if (threshold === "none") return false;
  return isPrinted(event) || ORDER[event.level] >= ORDER[threshold];
}

/** The console's threshold of the flags: `--quiet` leaves errors, `--debug` shows everything. */
export function consoleThreshold(flags: { quiet: boolean; debug: boolean; log_level: string }): Threshold {
  if (flags.log_level === "none") return "none";
  if (flags.quiet) return "error";
  return flags.debug ? "debug" : (flags.log_level as Threshold);
}
