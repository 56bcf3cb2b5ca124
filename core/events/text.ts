import type { TsdbtEvent } from "./event.ts";
import { clock, PRINTER_WIDTH, paint, preciseClock, RESET, renderLine, withoutColors } from "./format.ts";
import { isPrinted } from "./levels.ts";

export interface TextStyle {
  colors: boolean;
  width?: number;
}

/** The message with its status word coloured, padded to the width asked for. */
export function styledMessage(event: TsdbtEvent, style: TextStyle): string {
  const { line, status } = event;
  const color = style.colors && status ? status.color : null;
  if (line) {
    const shown = color && status ? { ...line, status: paint(line.status, color) } : line;
    if (shown === line && (style.width ?? PRINTER_WIDTH) === PRINTER_WIDTH) return event.message;
    return renderLine(shown, style.width);
  }
  if (!color || !status) return event.painted && !style.colors ? withoutColors(event.message) : event.message;
  const at = event.message.indexOf(status.text);
  if (at < 0) return event.message;
  return event.message.slice(0, at) + paint(status.text, color) + event.message.slice(at + status.text.length);
}

/** `03:24:30  1 of 5 START …`; printed values stand alone. */
export function plainText(event: TsdbtEvent, style: TextStyle): string {
  const message = styledMessage(event, style);
  if (isPrinted(event)) return message;
  return `${style.colors ? RESET : ""}${clock(event.time)}  ${message}`;
}

/** `03:24:30.123000 [info ] [MainThread]: …`, with a rule before the first line of an invocation. */
export function debugText(event: TsdbtEvent, style: TextStyle, invocationId: string): string {
  const time = preciseClock(event.time);
  const thread = (event.thread ?? "MainThread").slice(0, 10).padEnd(10);
  const rule = "=".repeat(30);
  const head = event.name === "MainReportVersion" ? `\n\n${rule} ${time} | ${invocationId} ${rule}\n` : "";
  const level = event.level.padEnd(5);
  return `${head}${style.colors ? RESET : ""}${time} [${level}] [${thread}]: ${styledMessage(event, style)}`;
}
