import type { Line } from "./event.ts";

/** dbt's default width of the numbered lines. */
export const PRINTER_WIDTH = 80;

/**
 * A node's line as dbt writes it: `1 of 5 OK created sql view model main.x ...... [OK in 0.05s]`.
 * The text is padded with dots to `width`; a longer one stands as it is, or is cut where the line says so.
 */
export function renderLine(line: Line, width: number = PRINTER_WIDTH): string {
  let justified = `${line.text} `.padEnd(width, ".");
  if (line.truncate && justified.length > width - 3) justified = `${justified.slice(0, width - 3)}...`;
  const time = line.seconds === undefined ? "" : ` in ${line.seconds.toFixed(2)}s`;
  return `${line.prefix ?? ""}${justified} [${line.status}${time}]`;
}

const PLURALS: { [type: string]: string } = {
  analysis: "analyses",
  saved_query: "saved queries",
  test: "data tests",
};

/** `1 model`, `2 models`, `3 data tests`: a count and a resource type in dbt's words. */
export function pluralize(count: number, type: string): string {
  const word = count === 1 ? type : (PLURALS[type] ?? `${type}s`);
  return `${count} ${word.replaceAll("_", " ")}`;
}

/** ` in 0 hours 0 minutes and 1.78 seconds`. */
export function humanizeSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(2);
  return ` in ${Math.floor(minutes / 60)} hours ${minutes % 60} minutes and ${rest} seconds`;
}

const two = (n: number) => String(n).padStart(2, "0");

/** `03:24:30`, in UTC as dbt logs. */
export function clock(time: Date): string {
  return `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
}

/** `03:24:30.123000`: JavaScript's clock has milliseconds, dbt's format six digits. */
export function preciseClock(time: Date): string {
  return `${clock(time)}.${String(time.getUTCMilliseconds()).padStart(3, "0")}000`;
}

/** `2026-11-24T03:24:25.879000Z`. */
export function timestamp(time: Date): string {
  return `${time.toISOString().slice(0, -1)}000Z`;
}

/**
 * Paragraphs filled to a width as Python's textwrap does it, words never broken at hyphens; the empty lines between
 * paragraphs are left out, as dbt leaves them out.
 */
export function wrapText(text: string, width: number = PRINTER_WIDTH): string {
  return text
    .split("\n\n")
    .map((paragraph) => {
      const lines: string[] = [];
      let line = "";
      for (const word of paragraph.split(/\s+/).filter((w) => w !== "")) {
        let rest = word;
        if (line !== "" && line.length + 1 + rest.length <= width) {
          line += ` ${rest}`;
          continue;
        }
        if (line !== "") lines.push(line);
        for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
        line = rest;
      }
      return [...lines, line].join("\n");
    })
    .join("\n");
}

const COLORS = { red: "\u001b[31m", green: "\u001b[32m", yellow: "\u001b[33m" };
export const RESET = "\u001b[0m";

/** The text between the codes of a colour. */
export function paint(text: string, color: keyof typeof COLORS): string {
  return `${COLORS[color]}${text}${RESET}`;
}

const ESCAPE_CODE = /\u001b(?:[@-Z\\-_]|\[[0-?]*[ -/]*[@-~])/g;

/** A text without its colours. */
export function withoutColors(text: string): string {
  return text.replace(ESCAPE_CODE, "");
}
