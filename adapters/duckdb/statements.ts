import { type ProfilePlace, profileError } from "../credentials.ts";

/** An entry of the profile's `attach`. */
export interface Attachment {
  path: string;
  alias?: string | null;
  type?: string | null;
  secret?: string | null;
  read_only?: boolean | null;
  options?: { [name: string]: unknown } | null;
  is_ducklake?: boolean | null;
}

/** A value for use between single quotes. */
export function escapeString(value: string): string {
  return value.replaceAll("'", "''");
}

/** `ATTACH` of a profile's entry. Throws a TsdbtError where an option is given twice. */
export function attachSql(attachment: Attachment, place: ProfilePlace): string {
  const { alias, type, secret, read_only: readOnly } = attachment;
  const options = attachment.options ?? {};
  const direct: { [name: string]: unknown } = { type, secret, read_only: readOnly };
  const twice = Object.keys(direct).filter((name) => direct[name] && name in options);
  if (twice.length > 0) {
    throw profileError(
      place,
      `Attachment option(s) [${twice.map((name) => `'${name}'`).join(", ")}] specified in both direct fields and ` +
        "options dict. Please specify each option in only one location.",
    );
  }
  const path = /^(md|motherduck):/i.test(attachment.path) ? attachment.path.split("?", 1)[0]! : attachment.path;
  const clauses: string[] = [];
  if (type || options.type) clauses.push(`TYPE ${type || options.type}`);
  if (secret || options.secret) clauses.push(`SECRET ${secret || options.secret}`);
  if (readOnly || options.read_only) clauses.push("READ_ONLY");
  for (const [name, value] of Object.entries(options)) {
    if (name in direct || value === null || value === undefined || value === false) continue;
    clauses.push(value === true ? name.toUpperCase() : `${name.toUpperCase()} ${literal(value)}`);
  }
  const as = alias ? ` AS ${alias}` : "";
  return `ATTACH IF NOT EXISTS '${escapeString(path)}'${as}${clauses.length > 0 ? ` (${clauses.join(", ")})` : ""}`;
}

/** Strings are quoted unless they are already. */
function literal(value: unknown): string {
  if (typeof value !== "string") return `${value}`;
  const bare = value.trim();
  const quoted = bare.length >= 2 && (bare[0] === "'" || bare[0] === '"') && bare.endsWith(bare[0]);
  return quoted ? value : `'${escapeString(value)}'`;
}

const UNQUOTED = new Set(["type", "provider", "extra_http_headers"]);

/** `CREATE SECRET` of a profile's entry; those without a name get `_dbt_secret_1` and so on. */
export function secretSql(secret: { [key: string]: unknown }, index: number, place: ProfilePlace): string {
  const { type, name = `_dbt_secret_${index + 1}`, persistent, provider, scope, ...rest } = secret;
  if (typeof type !== "string") throw profileError(place, "'type' is a required property of each of the secrets");
  const params: string[] = [`type ${type}`];
  if (provider) params.push(`provider ${provider}`);
  for (const [key, value] of Object.entries(rest)) {
    if (value !== null && value !== undefined) params.push(secretParameter(key, value));
  }
  for (const one of Array.isArray(scope) ? scope : scope ? [scope] : [])
    params.push(`scope '${escapeString(`${one}`)}'`);
  const replace = name ? " OR REPLACE" : "";
  return `CREATE${replace}${persistent === true ? " PERSISTENT" : ""} SECRET${name ? ` ${name}` : ""} (\n    ${params.join(",\n    ")}\n)`;
}

function secretParameter(key: string, value: unknown): string {
  const quoted = (inner: unknown) => `'${escapeString(`${inner}`)}'`;
  if (Array.isArray(value)) return `${key} array [${value.map(quoted).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value as object).map(([k, v]) => `${quoted(k)}: ${quoted(v)}`);
    return `${key} map {${entries.join(", ")}}`;
  }
  return UNQUOTED.has(key) ? `${key} ${value}` : `${key} ${quoted(value)}`;
}
