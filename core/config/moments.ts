import { TsdbtError } from "../errors.ts";
import { pyStr } from "../jinja/runtime/repr.ts";
import { parseYamlOption } from "./vars.ts";

/** A span of time: milliseconds since 1970, UTC, the end exclusive. */
export interface TimeWindow {
  start: number;
  end: number;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?))?(?:Z|\+00:00)?$/;

/** `2024-09-01`, `2024-09-01T10:00:00` or with a space between, in UTC; NaN where it is none of these. */
export function parseMoment(text: string): number {
  const found = MOMENT.exec(text.trim());
  return found ? Date.parse(`${found[1]}T${found[2] ?? "00:00:00"}Z`) : Number.NaN;
}

/** The value of `--event-time-start` or `--event-time-end`. @throws TsdbtError in the words of dbt's command line */
export function parseMomentOption(option: string, text: string): number {
  const moment = parseMoment(text);
  if (!Number.isNaN(moment)) return moment;
  const formats = "'%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'";
  throw invalid(
    option,
    `'${text}' does not match the formats ${formats}.`,
    "for example 2024-09-01 or 2024-09-01T10:00:00",
  );
}

const GRAINS = ["hour", "day", "month", "year"] as const;
export type Grain = (typeof GRAINS)[number];

/**
 * The value of `--sample`: `3 days`, or `{start: 2024-09-01, end: 2024-09-08}`.
 * https://docs.getdbt.com/docs/build/sample-flag
 * @throws TsdbtError
 */
export function parseSample(
  text: string,
  now: number,
  back: (moment: number, grain: Grain, by: number) => number,
): TimeWindow {
  if (text.trimStart().startsWith("{")) {
    const { start, end } = parseYamlOption(text, "--sample");
    return { start: edge("start", start), end: edge("end", end) };
  }
  const words = text.split(" ");
  if (words.length !== 2) {
    throw invalid("sample", `Cannot load SAMPLE_WINDOW from '${text}'. Must be of form 'DAYS_INT GRAIN_SIZE'.`, HINT);
  }
  const [count, unit] = words as [string, string];
  if (!/^[+-]?\d+$/.test(count)) throw invalid("sample", `Unable to convert '${count}' to an integer.`, HINT);
  const grain = GRAINS.find((name) => name === unit.toLowerCase().replace(/s+$/, ""));
  if (!grain) {
    const all = [...GRAINS, ...GRAINS.map((name) => `${name}s`)].map((name) => `'${name}'`).join(", ");
    throw invalid("sample", `Invalid grain size '${unit}'. Must be one of [${all}].`, HINT);
  }
  return { start: back(now, grain, -Number(count)), end: now };
}

const HINT = "for example '3 days' or '{start: 2024-09-01, end: 2024-09-08}'";

function edge(name: string, value: unknown): number {
  const text = pyStr(value);
  const moment = parseMoment(text);
  if (Number.isNaN(moment)) throw invalid("sample", `${name} is not a date or time: ${text}`, HINT);
  return moment;
}

function invalid(name: string, why: string, hint: string): TsdbtError {
  return new TsdbtError("TD2102", "Usage Error", `Invalid value for '--${name}': ${why}`, { hint });
}
