/** A place in a file the user wrote: one-based line and column, the end exclusive. */
export interface Span {
  line: number;
  column: number;
  endLine?: number;
  endColumn?: number;
}

/** One macro call on the way to an error, innermost first. */
export interface Frame {
  /** What was running, e.g. `macro cents (macros/money.sql)`. */
  name: string;
  file?: string;
  line?: number;
  /** A macro that comes with tsdbt: of no help to find the fault. */
  builtIn?: boolean;
}

export interface ErrorDetails {
  /** Path relative to the project, as the user knows it. */
  file?: string;
  span?: Span;
  /** The text of the file, from which the excerpt is cut; never shown whole. */
  source?: string;
  /** The source is no part of the file as it stands there: its lines are not the file's. */
  detached?: boolean;
  /** What to do about it. */
  hint?: string;
  frames?: Frame[];
  /** A warehouse's error: the message as the driver worded it, its own excerpt of the statement included. */
  engineText?: string;
  /** The node being handled, e.g. `model.shop.orders`. */
  nodeId?: string;
  /** The selector of selectors.yml that is at fault. */
  selector?: string;
  /** What names the node in the heading, where the error's place is in another file. */
  node?: { resource_type: string; name: string; original_file_path: string };
  cause?: unknown;
}

/**
 * The kinds of error as dbt announces them on the screen (`Compilation Error in model …`).
 * Exit codes follow from where an error is raised: a node's failure is 1, anything else 2.
 */
export type ErrorKind =
  | "Compilation Error"
  | "Parsing Error"
  | "Database Error"
  | "Dependency Error"
  | "Runtime Error"
  | "Usage Error"
  | "Project Error"
  | "Profile Error"
  | "Env Var Missing Error"
  | "Breaking change to contract Error"
  | "FailFast Error"
  | "Internal Error";

/**
 * Every error that a user can cause. It is data: a code (`TD1001`), dbt's kind, a message, a place and a hint.
 * Rendering (excerpt, caret, colours) is the reporters' job, see `core/events/render-error.ts`.
 */
export class TsdbtError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  details: ErrorDetails;
  constructor(code: string, kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "TsdbtError";
    this.code = code;
    this.kind = kind;
    this.details = details;
  }

  /** The same error with details filled in where they were missing: outer callers know file and node, inner ones the line. */
  locate(more: ErrorDetails): this {
    const own = withoutUndefined(this.details);
    const { span: _span, source: _source, ...rest } = more;
    // A line belongs to its file: another file's is no place in this one.
    const elsewhere = own.file !== undefined && own.span === undefined && own.file !== more.file;
    this.details = { ...(elsewhere ? rest : more), ...own };
    return this;
  }
}

function withoutUndefined(details: ErrorDetails): ErrorDetails {
  return Object.fromEntries(Object.entries(details).filter(([, v]) => v !== undefined)) as ErrorDetails;
}
