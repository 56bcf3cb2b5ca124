import { basename, isAbsolute, resolve } from "node:path";
import * as z from "zod/mini";
import type { Credentials } from "../adapter.ts";
import { type ProfilePlace, parseOutput, profileError, unknownKeys, withoutSecrets } from "../credentials.ts";
import { type Attachment, attachSql, secretSql } from "./statements.ts";

const text = z.optional(z.nullable(z.string()));
const flag = z.optional(z.nullable(z.boolean()));
const mapping = z.optional(z.nullable(z.record(z.string(), z.unknown())));
const mappings = z.optional(z.nullable(z.array(z.record(z.string(), z.unknown()))));

/** Keys of a profile's output. https://github.com/duckdb/dbt-duckdb#configuring-your-profile */
const SCHEMA = z.object({
  type: z.string(),
  path: text,
  database: text,
  schema: text,
  config_options: mapping,
  extensions: z.optional(z.nullable(z.array(z.union([z.string(), z.record(z.string(), z.string())])))),
  settings: mapping,
  secrets: mappings,
  external_root: text,
  use_credential_provider: text,
  attach: z.optional(
    z.nullable(
      z.array(
        z.object({
          path: z.string(),
          alias: text,
          type: text,
          secret: text,
          read_only: flag,
          options: mapping,
          is_ducklake: flag,
        }),
      ),
    ),
  ),
  filesystems: mappings,
  remote: mapping,
  plugins: mappings,
  disable_transactions: flag,
  keep_open: flag,
  module_paths: z.optional(z.nullable(z.array(z.string()))),
  retries: z.optional(
    z.nullable(
      z.object({
        connect_attempts: z.optional(z.number()),
        query_attempts: z.optional(z.nullable(z.number())),
        retryable_exceptions: z.optional(z.array(z.string())),
      }),
    ),
  ),
  flights: mapping,
  is_ducklake: flag,
  motherduck_token: text,
});

const KNOWN = [...Object.keys(SCHEMA.shape), "threads"];

/** `connection_info` of dbt-duckdb: what `target` shows. */
const SHOWN = [
  "database",
  "schema",
  "path",
  "config_options",
  "extensions",
  "settings",
  "external_root",
  "use_credential_provider",
  "attach",
  "filesystems",
  "remote",
  "plugins",
  "disable_transactions",
] as const;

/** A profile's output for DuckDB, checked. */
export interface DuckDBCredentials extends Credentials {
  database: string;
  /** As the profile says it: `:memory:`, a file, or a URL of an extension (`md:`, `ducklake:`). */
  path: string;
  /** What is opened: a file's absolute path. */
  file: string;
  configOptions: { [name: string]: string };
  extensions: (string | { name: string; repo: string })[];
  settings: { [name: string]: string };
  /** `create secret` statements. */
  secretStatements: string[];
  attachStatements: string[];
  ducklakeDatabases: ReadonlySet<string>;
  externalRoot: string;
  isMotherduck: boolean;
  disableTransactions: boolean;
  retries: { connectAttempts: number; queryAttempts: number | null; exceptions: string[] } | null;
  /** What the profile asks for and is not there: said once, when the database is opened. */
  notices: string[];
  projectRoot: string;
}

const MOTHERDUCK = new Set(["md", "motherduck"]);

function schemeOf(path: string): string {
  return /^([a-zA-Z][a-zA-Z0-9+.-]+):/.exec(path)?.[1]?.toLowerCase() ?? "";
}

/**
 * The name DuckDB gives to the database of a file: `data/shop.v2.duckdb` is `shop`.
 * https://duckdb.org/docs/stable/sql/statements/attach
 */
export function databaseOfPath(path: string): string {
  if (path === ":memory:") return "memory";
  const scheme = schemeOf(path);
  const local = path.slice(scheme ? scheme.length + 1 : 0).replace(/[?#].*$/, "");
  const file = basename(local);
  if (MOTHERDUCK.has(scheme)) return file.replace(/(?<=.)\.[^.]*$/, "") || "my_db";
  if (scheme === "ducklake") return (/:(.*)$/.exec(file)?.[1] ?? file).replace(/(?<=.)\.[^.]*$/, "");
  return file.replace(/^\.+/, "").split(".")[0]!;
}

/** Checks a profile's output for DuckDB. Throws a TsdbtError of kind "Profile Error". */
export function parseCredentials(output: { [key: string]: unknown }, place: ProfilePlace): DuckDBCredentials {
  const given = parseOutput(SCHEMA, output, place);
  const path = given.path ?? ":memory:";
  const attachments = (given.attach ?? []) as Attachment[];
  const database = checkedDatabase(
    path,
    "database" in output ? (given.database ?? null) : undefined,
    attachments,
    place,
  );
  const isMotherduck = MOTHERDUCK.has(schemeOf(path)) || attachments.some((a) => MOTHERDUCK.has(schemeOf(a.path)));
  const settings = settingsOf(given.settings ?? {}, given.motherduck_token ?? undefined, place);
  const shown: { [key: string]: unknown } = {
    ...Object.fromEntries(SHOWN.map((key) => [key, given[key] ?? null])),
    database,
    schema: given.schema ?? "main",
    path,
    settings,
    external_root: given.external_root ?? ".",
    disable_transactions: given.disable_transactions ?? false,
  };
  const visible = withoutSecrets(shown) as { [key: string]: unknown };
  return {
    type: "duckdb",
    database,
    schema: given.schema ?? "main",
    threads: 1,
    path,
    file: fileOf(path, place.projectRoot),
    configOptions: strings(given.config_options ?? {}),
    extensions: (given.extensions ?? []).map((extension) => checkedExtension(extension, place)),
    settings,
    secretStatements: secretsOf(given.secrets ?? [], given.use_credential_provider ?? null, place),
    attachStatements: attachments.map((attachment) => attachSql(fromProject(attachment, place.projectRoot), place)),
    ducklakeDatabases: ducklakesOf(path, given.is_ducklake === true, attachments),
    externalRoot: given.external_root ?? ".",
    isMotherduck,
    disableTransactions: given.disable_transactions ?? false,
    retries: given.retries
      ? {
          connectAttempts: given.retries.connect_attempts ?? 1,
          queryAttempts: given.retries.query_attempts ?? null,
          exceptions: given.retries.retryable_exceptions ?? ["IOException"],
        }
      : null,
    notices: noticesOf(output),
    projectRoot: place.projectRoot,
    visible: () => visible,
    uniqueField: () => path + (given.external_root ?? "."),
  };
}

function fileOf(path: string, root: string): string {
  if (path === ":memory:" || isAbsolute(path) || schemeOf(path).length > 1) return path;
  return resolve(root, path);
}

/** An attached file is named from the project, wherever the process runs. */
function fromProject(attachment: Attachment, root: string): Attachment {
  const { path, type } = attachment;
  const isFile = !type || /^(?:duckdb|sqlite)$/i.test(type);
  if (root === process.cwd() || !isFile || path.includes("=")) return attachment;
  return { ...attachment, path: fileOf(path, root) };
}

function checkedDatabase(
  path: string,
  named: string | null | undefined,
  attachments: readonly Attachment[],
  place: ProfilePlace,
): string {
  const derived = databaseOfPath(path);
  if (!derived) throw profileError(place, "Unable to determine target database name from 'path' field in profile");
  if (named === undefined || named === null || named === derived) return derived;
  if (attachments.some((attachment) => attachment.alias === named)) return named;
  throw profileError(
    place,
    "Inconsistency detected between 'path' and 'database' fields in profile; " +
      `the 'database' property must be set to '${derived}' to match the 'path'`,
    "Leave 'database' out: it follows from the path.",
  );
}

function settingsOf(
  settings: { [name: string]: unknown },
  token: string | undefined,
  place: ProfilePlace,
): { [name: string]: string } {
  const all = strings(settings);
  if (token === undefined) return all;
  if (all.motherduck_token !== undefined && all.motherduck_token !== token) {
    throw profileError(
      place,
      "Conflicting values for motherduck_token found in the profile; please set it in only one place",
    );
  }
  return { ...all, motherduck_token: token };
}

/** Python's `str` of YAML's scalars: settings are sent as strings, and DuckDB casts them. */
function strings(values: { [name: string]: unknown }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "boolean" ? (value ? "True" : "False") : `${value}`,
    ]),
  );
}

function checkedExtension(
  extension: string | { [key: string]: string },
  place: ProfilePlace,
): string | { name: string; repo: string } {
  if (typeof extension === "string") return extension;
  const { name, repo } = extension;
  if (name !== undefined && repo !== undefined) return { name, repo };
  throw profileError(
    place,
    "Failed to parse extension: it needs 'name' and 'repo'",
    "extensions: [httpfs, {name: h3, repo: community}]",
  );
}

function secretsOf(
  secrets: readonly { [key: string]: unknown }[],
  provider: string | null,
  place: ProfilePlace,
): string[] {
  const all = [...secrets];
  if (provider === "aws") all.push({ type: "s3", provider: "credential_chain" });
  else if (provider) throw profileError(place, `Unsupported value for use_credential_provider: ${provider}`);
  return all.map((secret, index) => secretSql(secret, index, place));
}

function ducklakesOf(path: string, isDucklake: boolean, attachments: readonly Attachment[]): ReadonlySet<string> {
  const names = new Set<string>();
  if (isDucklake || path.toLowerCase().includes("ducklake:")) names.add(databaseOfPath(path));
  for (const attachment of attachments) {
    if (attachment.is_ducklake || attachment.path.toLowerCase().includes("ducklake:")) {
      names.add(attachment.alias ?? databaseOfPath(attachment.path));
    }
  }
  return names;
}

/** Parts of dbt-duckdb that are Python, and keys that are probably misspelt. */
function noticesOf(output: { [key: string]: unknown }): string[] {
  const notices: string[] = [];
  for (const key of ["plugins", "filesystems", "remote", "module_paths", "flights"]) {
    const value = output[key];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    notices.push(`The profile's '${key}' is not used: it needs Python. ${INSTEAD[key] ?? ""}`.trim());
  }
  for (const { key, near } of unknownKeys(output, KNOWN)) {
    if (near) notices.push(`The profile's key '${key}' is not known: did you mean '${near}'?`);
  }
  return notices;
}

const INSTEAD: { readonly [key: string]: string } = {
  plugins: "Read files with SQL (read_csv, read_parquet, st_read) and other databases with `attach`.",
  filesystems: "Use the extensions httpfs, aws or azure and `secrets`.",
};
