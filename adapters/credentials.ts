import type { $ZodIssue, $ZodType, output } from "zod/v4/core";
import { nearest } from "../core/config/nearest.ts";
import { TsdbtError } from "../core/errors.ts";
import type { NewEvent } from "../core/events/event.ts";
import { toPython } from "../core/jinja/index.ts";
import { pyRepr } from "../core/jinja/runtime/repr.ts";

/** Where credentials stand, for messages. */
export interface ProfilePlace {
  profile: string;
  target: string;
  projectRoot: string;
}

/** A schema of zod or of zod/mini. */
type Schema = $ZodType & {
  safeParse(value: unknown): { success: true; data: unknown } | { success: false; error: { issues: $ZodIssue[] } };
};

const TYPE_NAMES: { readonly [zod: string]: string } = {
  string: "string",
  number: "number",
  int: "integer",
  boolean: "boolean",
  array: "array",
  record: "object",
  object: "object",
};

/**
 * A profile's output as the adapter's schema reads it. Throws a TsdbtError of kind "Profile Error" that names the key, the
 * profile and the target. Keys that the schema does not know are left alone, as dbt leaves them.
 */
export function parseOutput<S extends Schema>(
  schema: S,
  values: { [key: string]: unknown },
  place: ProfilePlace,
): output<S> {
  const result = schema.safeParse(values);
  if (result.success) return result.data as output<S>;
  const issue = result.error.issues[0]!;
  const keys = issue.path.map((key) => (typeof key === "number" ? `${key}` : `'${String(key)}'`));
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as { [k: PropertyKey]: unknown } | undefined)?.[key],
    values,
  );
  const missing = value === undefined;
  const name = String(issue.path.at(-1) ?? "");
  throw profileError(
    place,
    missing
      ? `'${name}' is a required property`
      : `at path [${keys.join("][")}]: ${pyRepr(toPython(value))} ${expected(issue)}`,
    missing ? didYouMean(name, Object.keys(values)) : wanted(name, issue),
  );
}

function expected(issue: $ZodIssue): string {
  if (issue.code === "invalid_type") return `is not of type '${TYPE_NAMES[issue.expected] ?? issue.expected}'`;
  return "is not valid under any of the given schemas";
}

function wanted(name: string, issue: $ZodIssue): string {
  const type = issue.code === "invalid_type" ? TYPE_NAMES[issue.expected] : undefined;
  return type ? `${name} must be ${/^[aeiou]/.test(type) ? "an" : "a"} ${type}` : `${name} has a wrong type`;
}

function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  return near ? `the profile has '${near}': did you mean '${name}'?` : undefined;
}

/** An error in a profile's output. */
export function profileError(place: ProfilePlace, message: string, hint?: string): TsdbtError {
  return new TsdbtError(
    "TD5110",
    "Profile Error",
    `Credentials in profile "${place.profile}", target "${place.target}" invalid: ${message}`,
    { hint },
  );
}

/** Keys of an output that an adapter does not know, each with the one that was probably meant. */
export function unknownKeys(
  values: { [key: string]: unknown },
  known: readonly string[],
): { key: string; near?: string }[] {
  return Object.keys(values)
    .filter((key) => !known.includes(key))
    .map((key) => ({ key, near: nearest(key, known) }));
}

/** Says, once, what in the profile is not as it was meant. */
export function emitNotices(notices: string[], emit: ((event: NewEvent) => void) | undefined): void {
  for (const message of notices.splice(0))
    emit?.({ name: "AdapterEventWarning", code: "E003", level: "warn", message });
}

const SECRET = /token|secret|password|passwd|\bkey\b|access_key|api_key|credential/i;

/** The same data without what must not be shown: values of keys such as `password`, and passwords within connection strings. */
export function withoutSecrets(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner, name)]));
  }
  if (typeof value !== "string") return value;
  return SECRET.test(key) ? "********" : hidePasswords(value);
}

/** `password=…` and `://user:…@` of a connection string, and MotherDuck's token, made unreadable. */
export function hidePasswords(text: string): string {
  return text
    .replace(/((?:password|passwd|motherduck_token|token|secret)\s*=\s*)('[^']*'|[^\s&;,)]+)/gi, "$1********")
    .replace(/(:\/\/[^\s:/@]+:)[^\s@/]+@/g, "$1********@");
}
