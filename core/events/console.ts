import type { Listener } from "./event.ts";
import { customEnv, jsonLine } from "./json.ts";
import { isShown, type Threshold } from "./levels.ts";
import { Progress } from "./progress.ts";
import { envScrubber } from "./scrub.ts";
import { debugText, plainText } from "./text.ts";

/** Where lines go: process.stdout fits. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface ConsoleOptions {
  format: "default" | "text" | "json" | "debug";
  threshold: Threshold;
  colors: boolean;
  printerWidth: number;
  invocationId: string;
  env: { [key: string]: string | undefined };
  /** Shows the running nodes in a line that is rewritten; only on a terminal. */
  progress: boolean;
}

/** A reporter for the screen: dbt's lines, or JSON lines. Call `close` at the end, so that the progress line is wiped. */
export function consoleReporter(output: Output, options: ConsoleOptions): { listener: Listener; close(): void } {
  const scrub = envScrubber(options.env);
  const style = { colors: options.colors, width: options.printerWidth };
  const context = { invocationId: options.invocationId, extra: customEnv(options.env) };
  const live = options.progress && output.isTTY === true && options.format !== "json" && options.threshold === "info";
  const progress = live ? new Progress(output, options.colors) : null;
  const listener: Listener = (event) => {
    progress?.observe(event);
    if (!isShown(event, options.threshold)) return;
    if (event.name === "CacheAction") return;
    let line: string;
    if (options.format === "json") line = jsonLine(event, context, style);
    else if (options.format === "debug") line = debugText(event, style, options.invocationId);
    else line = plainText(event, style);
    progress?.wipe();
    output.write(`${scrub(line)}\n`);
    progress?.draw();
  };
  return { listener, close: () => progress?.close() };
}

/** Whether to colour: what the flags say, else only on a terminal, and never where NO_COLOR is set. */
export function wantsColors(o: {
  asked: boolean | null;
  isTTY: boolean;
  env: { [key: string]: string | undefined };
}): boolean {
  if (o.asked !== null) return o.asked;
  if (o.env.NO_COLOR) return false;
  if (o.env.FORCE_COLOR && o.env.FORCE_COLOR !== "0") return true;
  return o.isTTY && o.env.TERM !== "dumb";
}
