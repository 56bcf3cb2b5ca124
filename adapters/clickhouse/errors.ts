import { TsdbtError } from "../../core/errors.ts";
import { hidePasswords } from "../credentials.ts";
import type { ClickHouseCredentials } from "./credentials.ts";

const HINTS: { readonly [code: string]: string } = {
  "60": "Use ref() or source() for tables of the project, so that they are built first.",
  "81": "The database (dbt's schema) does not exist.",
};

/**
 * The engine's error with the place in the statement that it names: `(line 3, col 8)`. `linesBefore` were sent before the
 * statement, as its comment.
 */
export function describeError(error: unknown, sql: string, linesBefore = 0): TsdbtError {
  if (error instanceof TsdbtError) return error;
  const raw = error instanceof Error ? error.message : String(error);
  const message = hidePasswords(raw.replace(/^Query failed: /, "").trim());
  const place = /\(line (\d+), col (\d+)\)/.exec(message);
  const code = /^Code: (\d+)\./.exec(message)?.[1];
  return new TsdbtError("TD5310", "Database Error", message, {
    span: place ? { line: Number(place[1]) - linesBefore, column: Number(place[2]) } : undefined,
    source: place ? sql : undefined,
    hint: code ? HINTS[code] : undefined,
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
  if (engine === "115")
    return refused(message, "Check `custom_settings` of the profile: the server knows no such setting.");
  if (code === "ECONNREFUSED")
    return refused(
      message,
      "Check `host` and `port` of the profile, and that the server runs: this is its HTTP port, 8123 or, with `secure: true`, 8443.",
    );
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return refused(message, "Check `host` of the profile: no such name is known.");
  if (/certificate|CERT_|self-signed|altname/i.test(`${code} ${message}`))
    return refused(
      message,
      "The server's certificate is not trusted: name its authority in `ca`, or set `verify: false` to do without.",
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
