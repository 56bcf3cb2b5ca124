/** A place in a template: one-based line and column, the end exclusive. */
export interface Span {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** One call on the way to an error, innermost first. */
export interface MacroFrame {
  /** `macro cents`, `caller`, `template`. */
  name: string;
  /** Name of the template in which the frame runs, as given to `compile`. */
  template: string | undefined;
  span: Span;
}

/** Where an error came up: the innermost template position and the calls that led there. */
export interface Location {
  template: string | undefined;
  /** The text of the innermost template, from which an excerpt can be cut. */
  source: string;
  span: Span;
  frames: MacroFrame[];
}

/** The classes of Python's and Jinja2's errors that templates can raise. */
export type PythonType =
  | "TemplateSyntaxError"
  | "TemplateAssertionError"
  | "TemplateRuntimeError"
  | "UndefinedError"
  | "SecurityError"
  | "FilterArgumentError"
  | "TypeError"
  | "ValueError"
  | "KeyError"
  | "IndexError"
  | "AttributeError"
  | "AssertionError"
  | "ZeroDivisionError"
  | "OverflowError"
  | "MemoryError"
  | "RecursionError"
  | "RuntimeError"
  | "StopIteration"
  | "LookupError"
  | "UnicodeError"
  | (string & {});

const PARENTS: Record<string, PythonType | undefined> = {
  TemplateAssertionError: "TemplateSyntaxError",
  UndefinedError: "TemplateRuntimeError",
  SecurityError: "TemplateRuntimeError",
  FilterArgumentError: "TemplateRuntimeError",
  KeyError: "LookupError",
  IndexError: "LookupError",
  RecursionError: "RuntimeError",
  UnicodeError: "ValueError",
  UnicodeEncodeError: "UnicodeError",
  UnicodeDecodeError: "UnicodeError",
};

/**
 * An error that Python's Jinja2 would raise too: `pythonType` is its class there, `message` its text.
 * Where it happened is in `location`, filled in while the error travels outwards.
 */
export class JinjaError extends Error {
  readonly pythonType: PythonType;
  /** What would be right: never part of what Python says. */
  hint?: string;
  constructor(pythonType: PythonType, message: string) {
    super(message);
    this.name = pythonType;
    this.pythonType = pythonType;
  }
  /** Like Python's `isinstance(error, cls)`. */
  is(cls: PythonType): boolean {
    for (let t: PythonType | undefined = this.pythonType; t !== undefined; t = PARENTS[t]) if (t === cls) return true;
    return false;
  }
  get location(): Location | undefined {
    return locations.get(this);
  }
  get span(): Span | undefined {
    return locations.get(this)?.span;
  }
  get template(): string | undefined {
    return locations.get(this)?.template;
  }
  get frames(): MacroFrame[] {
    return locations.get(this)?.frames ?? [];
  }
}

const locations = new WeakMap<object, Location>();

/** The place a thrown error (of any class) came up in, if it came through a template. */
export function locationOf(error: unknown): Location | undefined {
  return typeof error === "object" && error !== null ? locations.get(error) : undefined;
}

/** Records where an error came up; a later (outer) record adds a frame only. `frame` undefined: not a call of its own. */
export function recordLocation(error: object, at: Omit<Location, "frames">, frame: string | undefined): void {
  let known = locations.get(error);
  if (known === undefined) {
    known = { ...at, frames: [] };
    locations.set(error, known);
  }
  if (frame !== undefined && known.frames.length < 100)
    known.frames.push({ name: frame, template: at.template, span: at.span });
}

/** Thrown by dbt's `return()`: carries a value up to the macro that is being left. Not an error. */
export class MacroReturn {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

export const typeError = (message: string) => new JinjaError("TypeError", message);
export const valueError = (message: string) => new JinjaError("ValueError", message);
export const keyError = (message: string) => new JinjaError("KeyError", message);
export const indexError = (message: string) => new JinjaError("IndexError", message);
export const overflowError = (message: string) => new JinjaError("OverflowError", message);
export const runtimeError = (message: string) => new JinjaError("TemplateRuntimeError", message);
export const argumentError = (message: string) => new JinjaError("FilterArgumentError", message);
