import { hash } from "node:crypto";
import { isDict } from "../config/index.ts";
import { entriesOf, pyRepr, pyStr } from "../python-text.ts";

export function md5(text: string): string {
  return hash("md5", text);
}

/**
 * The names of a generic test without one of its own: made of the test, what it tests and its arguments' values.
 * The full one goes into the unique id; the short one, below 64 characters, names file and alias.
 */
export function testNames(
  testType: string,
  target: string,
  args: { [name: string]: unknown },
): { short: string; full: string } {
  const parts: string[] = [];
  for (const name of Object.keys(args).sort()) {
    if (name === "model") continue;
    const value = args[name];
    const values = Array.isArray(value)
      ? value
      : isDict(value)
        ? [...entriesOf(value)].map(([, item]) => item)
        : [value];
    for (const item of values) parts.push(pyStr(item).replace(/[^0-9a-zA-Z_]+/g, "_"));
  }
  const identifier = `${testType}_${target}`;
  const full = `${identifier}_${parts.join("__")}`;
  if (full.length < 64 || (SURROGATE.test(full) && [...full].length < 64)) return { short: full, full };
  const start = SURROGATE.test(identifier) ? [...identifier].slice(0, 30).join("") : identifier.slice(0, 30);
  return { short: `${start}_${md5(full)}`, full };
}

/** Half of a character: there, JavaScript counts otherwise than Python. */
const SURROGATE = /[\ud800-\udfff]/;

/** The last part of a test's unique id: tells tests of one name apart by what they are called with. */
export function testHash(name: string, metadata: { namespace: string | null; name: string; kwargs: unknown }): string {
  const { kwargs, name: macro, namespace } = metadata;
  return md5(
    `${name}{'kwargs': ${sortedRepr(kwargs)}, 'name': ${sortedRepr(macro)}, 'namespace': ${sortedRepr(namespace)}}`,
  ).slice(-10);
}

/** As Python shows the value once keys are sorted and everything else is made text. */
function sortedRepr(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedRepr).join(", ")}]`;
  if (!isDict(value)) return pyRepr(pyStr(value));
  const entries = [...entriesOf(value)] as [string, unknown][];
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${pyRepr(key)}: ${sortedRepr(item)}`).join(", ")}}`;
}
