import { z } from "zod";

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
export const bytes = unit("a size such as 64MiB", BYTES, "");
/** `500ms`, `10s`, `5m`, `2h`, `1d`. */
export const duration = unit("a time such as 500ms, 10s, 5m, 2h or 1d", MS, "ms");

function unit(what: string, units: { [unit: string]: number }, bare: string) {
  return z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(given));
      const factor = match && units[(match[2] || bare).toLowerCase()];
      if (factor) return Math.round(Number(match[1]) * factor);
      context.addIssue({ code: "custom", message: `expected ${what}, got ${JSON.stringify(given)}` });
      return z.NEVER;
    })
    .describe(what);
}

/** A whole number, also as the text that an environment variable is. */
export function count(least: number, most = Number.MAX_SAFE_INTEGER) {
  return z.preprocess(
    (given) => (typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given),
    z.int().min(least).max(most),
  );
}

/** true or false, also as text. */
export function flag() {
  return z.preprocess((given) => (given === "true" ? true : given === "false" ? false : given), z.boolean());
}
