import { TsdbtError } from "../../core/errors.ts";
import { hidePasswords } from "../credentials.ts";

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

/** That servers cannot be reached yet. */
export function noServerYet(host: string): TsdbtError {
  return new TsdbtError("TD5314", "Profile Error", `Connecting to a ClickHouse server (${host}) is not there yet.`, {
    hint: "Add `embedded: true` to the profile's output to run ClickHouse within the process.",
  });
}
