import { z } from "zod";

/** What docs/sink.md tells of an option that JSON Schema cannot tell. */
interface Told {
  kind: string;
  standard: string;
  description: string;
}

const BYTES: { [unit: string]: number } = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const MS: { [unit: string]: number } = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/** `64MiB`, `10 MB`, or a number of bytes. */
export function bytes(standard: string, description = "") {
  return measure({ kind: "a size such as 64MiB", standard, description }, BYTES, "");
}

/** `500ms`, `10s`, `5m`, `2h`, `1d`, or a number of milliseconds. */
export function duration(standard: string, description = "") {
  return measure({ kind: "a time such as 500ms, 10s, 5m, 2h or 1d", standard, description }, MS, "ms");
}

function measure(told: Told, units: { [unit: string]: number }, bare: string) {
  return z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(given));
      const factor = match && units[(match[2] || bare).toLowerCase()];
      if (factor) return Math.round(Number(match[1]) * factor);
      context.addIssue({ code: "custom", message: `expected ${told.kind}, got ${JSON.stringify(given)}` });
      return z.NEVER;
    })
    .prefault(told.standard)
    .meta({ ...told });
}

/** A whole number, also as the text that an environment variable is. */
export function count(standard: number, range: [least: number, most?: number], description = "") {
  const number = z
    .int()
    .min(range[0])
    .max(range[1] ?? Number.MAX_SAFE_INTEGER);
  return z
    .preprocess((given) => (typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given), number)
    .prefault(standard)
    .meta({ kind: "a whole number", standard: String(standard), description } satisfies Told);
}

/** true or false, also as text. */
export function flag(standard: boolean, description = "") {
  return z
    .preprocess((given) => (given === "true" ? true : given === "false" ? false : given), z.boolean())
    .prefault(standard)
    .meta({ kind: "true or false", standard: String(standard), description } satisfies Told);
}
