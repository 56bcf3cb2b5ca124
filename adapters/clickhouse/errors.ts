import { TsdbtError } from "../../core/errors.ts";
import { hidePasswords } from "../credentials.ts";
import type { ClickHouseCredentials } from "./credentials.ts";

/** By the engine's codes. https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
const HINTS: { readonly [code: string]: string } = {
  "56": "Check `engine` in the model's config: the server knows no such table engine.",
  "60": "Use ref() or source() for tables of the project, so that they are built first.",
  "81": "The database (dbt's schema) does not exist.",
  "115":
    "Check `settings` and `query_settings` in the model's config, and `custom_settings` of the profile: the server knows no such setting.",
  "159":
    "The server's `max_execution_time` was reached: raise it in the model's `query_settings` or the profile's `custom_settings`.",
  "164":
    "The profile's `user` may only read, or `custom_settings` says `readonly`: dbt makes tables, so it needs a user that may write.",
  "241":
    "The server's `max_memory_usage` was reached: raise it in the model's `query_settings`, or build the model in batches.",
  "243": "The server's disk is full: make room on it, then run `tsdbt retry`.",
  "252": "More parts than the table may have: insert less often, or a coarser `partition_by` in the model's config.",
  "394": "Somebody stopped the query on the server (KILL QUERY): run `tsdbt retry` to go on.",
  "497": "GRANT the profile's `user` what the message names.",
  "701": "Check `cluster` of the profile: the server's configuration has no such cluster.",
};

/** What the code alone does not tell. */
const HINTS_BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/, HINTS["243"]!],
  [
    /ORDER BY or PRIMARY KEY/,
    "This engine needs a sorting key: set `order_by` in the model's config, `tuple()` for none.",
  ],
];

function hintOf(message: string): string | undefined {
  const code = /^Code: (\d+)\./.exec(message)?.[1] ?? "";
  return HINTS_BY_TEXT.find(([text]) => text.test(message))?.[1] ?? HINTS[code];
}

/**
 * The engine's error with the place in the statement that it names: `(line 3, col 8)`. `linesBefore` were sent before the
 * statement, as its comment.
 */
export function describeError(error: unknown, sql: string, linesBefore = 0): TsdbtError {
  if (error instanceof TsdbtError) return error;
  const raw = error instanceof Error ? error.message : String(error);
  const message = hidePasswords(raw.replace(/^Query failed: /, "").trim());
  const place = /\(line (\d+), col (\d+)\)/.exec(message);
  return new TsdbtError("TD5310", "Database Error", message, {
    span: place ? { line: Number(place[1]) - linesBefore, column: Number(place[2]) } : undefined,
    source: place ? sql : undefined,
    hint: hintOf(message),
    cause: error,
  });
}

/** What is wrong when the data folder cannot be opened. */
export function describeOpenError(error: unknown, folder: string): TsdbtError {
  const message = error instanceof Error ? error.message : String(error);
  const other = /only one active data directory per process; close the current session \(path='([^']*)'\)/.exec(
    message,
  );
  if (other) {
    return new TsdbtError(
      "TD5311",
      "Database Error",
      `Embedded ClickHouse has ${other[1]} open and cannot open ${folder} as well.`,
      { hint: "One process works in one data folder: close the other adapter first.", cause: error },
    );
  }
  return new TsdbtError(
    "TD5312",
    "Database Error",
    `Embedded ClickHouse cannot open its data folder ${folder}: ${message}`,
    {
      hint: "Another process may hold it: one process at a time works in a data folder. Close the other one, or give this profile a `path` of its own.",
      cause: error,
    },
  );
}

/** That the optional package is not there. */
export function missingPackage(error: unknown): TsdbtError {
  return new TsdbtError(
    "TD5313",
    "Profile Error",
    "Embedded ClickHouse needs the package chdb, which is not installed.",
    {
      hint: "Install it beside tsdbt: npm install chdb",
      cause: error,
    },
  );
}

/** The code of a connection that was not made in time. */
export const CONNECT_TIMEOUT = "CONNECT_TIMEOUT";

/** Why the server cannot be reached, and which key of the profile to look at. */
export function describeConnectError(error: unknown, credentials: ClickHouseCredentials, port: number): TsdbtError {
  const { host, secure, user } = credentials;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const where = `${host}:${port}`;
  const refused = (text: string, hint: string) =>
    new TsdbtError(
      "TD5314",
      "Database Error",
      `Could not connect to ClickHouse at ${where}: ${hidePasswords(text.trim())}`,
      {
        hint,
        cause: error,
      },
    );
  const engine = /^Code: (\d+)\./.exec(message)?.[1];
  if (engine === "516" || engine === "192" || engine === "194")
    return refused(message, `Check \`user\` (${user}) and \`password\` of the profile.`);
  if (engine === "164" || engine === "497") return refused(message, HINTS[engine]!);
  if (engine === "115")
    return refused(message, "Check `custom_settings` of the profile: the server knows no such setting.");
  if (code === CONNECT_TIMEOUT)
    return refused(
      message,
      "Check `host` and `port` of the profile and what lies between (a firewall, a VPN); `connect_timeout` is how long is waited.",
    );
  if (code === "ECONNREFUSED")
    return refused(
      message,
      "Check `host` and `port` of the profile, and that the server runs: this is its HTTP port, 8123 or, with `secure: true`, 8443.",
    );
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return refused(message, "Check `host` of the profile: no such name is known.");
  if (/alert (?:bad |unknown )?certificate|certificate required|alert number (?:42|48|116)/i.test(message))
    return refused(
      message,
      "The server wants a certificate of its clients: name it in `client_cert`, and its key in `client_cert_key`.",
    );
  if (/certificate|CERT_|self-signed|altname/i.test(`${code} ${message}`))
    return refused(
      message,
      /altname/i.test(`${code} ${message}`)
        ? "The server's certificate is for another name: check `host`, or say it in `server_host_name`."
        : "The server's certificate is not trusted: name its authority in `ca`, or set `verify: false` to do without.",
    );
  if (/wrong version number|EPROTO|SSL|packet length/i.test(`${code} ${message}`) || (secure && code === "ECONNRESET"))
    return refused(message, "The port does not speak TLS: check `port`, or leave `secure` out.");
  if (!secure && /port|HTTP|socket hang up|ECONNRESET|Parse Error/i.test(`${code} ${message}`) && engine === undefined)
    return refused(
      message,
      "The port does not answer plain HTTP: it may want `secure: true`, or be the port of the native protocol.",
    );
  return refused(message, "Check `host`, `port`, `user` and `password` of the profile.");
}

/** That a file of the profile's cannot be read. */
export function unreadableCertificate(path: string, error: unknown): TsdbtError {
  const { message } = error as Error;
  return new TsdbtError("TD5315", "Profile Error", `The certificate ${path} cannot be read: ${message}`, {
    hint: "Paths of certificates are taken from where tsdbt runs: check `ca`, `client_cert` and `client_cert_key`.",
    cause: error,
  });
}
