import type { Span } from "../../core/errors.ts";
import { TsdbtError } from "../../core/errors.ts";
import { hidePasswords } from "../credentials.ts";

/**
 * The driver's error with the place in the statement that it points at. DuckDB says `LINE 3: …` and a caret: they become
 * line and column of the statement, and the message stays alone. `linesBefore` were sent before the statement, as its comment.
 */
export function describeError(error: unknown, sql: string, linesBefore = 0): TsdbtError {
  if (error instanceof TsdbtError) return error;
  const text = hidePasswords(error instanceof Error ? error.message : String(error));
  const pointer = /\n+LINE (\d+): ([^\n]*)\n( *)\^[\s\S]*$/.exec(text);
  const message = pointer ? text.slice(0, pointer.index) : text;
  const span = pointer
    ? spanOf(sql, Number(pointer[1]) - linesBefore, pointer[2]!, pointer[3]!.length - `LINE ${pointer[1]}: `.length)
    : undefined;
  // Python dbt's adapter raises what DuckDB says of a statement as a Runtime Error.
  return new TsdbtError("TD5210", "Runtime Error", message, {
    engineText: text,
    span,
    source: span ? sql : undefined,
    hint: hintOf(message),
    cause: error,
  });
}

/** DuckDB cuts long lines: `...'::bit b, 1::hugeint…`; the excerpt is found again in its line. */
function spanOf(sql: string, line: number, excerpt: string, caret: number): Span {
  const full = sql.split("\n")[line - 1] ?? "";
  const shown = excerpt.replace(/^\.\.\./, "").replace(/\.\.\.$/, "");
  const start = excerpt.startsWith("...") ? full.indexOf(shown) - 3 : 0;
  return { line, column: Math.max(1, start + caret + 1) };
}

function hintOf(message: string): string | undefined {
  if (message.startsWith("Catalog Error") && /Table with name .* does not exist/.test(message)) {
    return "Use ref() or source() for tables of the project, so that they are built first.";
  }
  if (/write-write conflict|Conflict on/i.test(message)) {
    return "Two nodes changed the same table at once: let one depend on the other, or run with --threads 1.";
  }
  return undefined;
}

/** What is wrong when a database file cannot be opened. */
export function describeOpenError(error: unknown, path: string): TsdbtError {
  const text = hidePasswords(error instanceof Error ? error.message : String(error));
  const holder = /Conflicting lock is held in (.*?) \(PID (\d+)\)/.exec(text);
  if (holder) {
    return new TsdbtError(
      "TD5211",
      "Database Error",
      `IO Error: Could not set lock on file "${path}": another process (${holder[1]}, PID ${holder[2]}) holds it.`,
      {
        hint: "DuckDB lets one process write to a file. Close the other one, or give the profile `retries: {connect_attempts: 5}` to wait for it.",
        cause: error,
      },
    );
  }
  const missing = /Cannot open file|No such file or directory/.test(text);
  return new TsdbtError("TD5212", "Database Error", text, {
    hint: missing ? `The folder of ${path} must exist: it is the profile's \`path\`.` : undefined,
    cause: error,
  });
}
