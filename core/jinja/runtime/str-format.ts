import { indexError, keyError, typeError, valueError } from "../errors.ts";
import { pyRepr, pyStr } from "./repr.ts";
import { escapeCodePoint } from "./text.ts";

/** How fields such as `{0.name[key]:spec}` are looked up and formatted. */
export interface FieldLookup {
  attr(object: unknown, name: string): unknown;
  item(object: unknown, key: unknown): unknown;
  /** What a field's value becomes: `format(value, spec)`. */
  format(value: unknown, spec: string): string;
}

interface State {
  args: readonly unknown[];
  kwargs: (key: string) => unknown;
  lookup: FieldLookup;
  /** Next automatic index, or "manual" once a number was written. */
  auto: number | "manual";
}

/**
 * `format.format(*args, **kwargs)`, https://docs.python.org/3/library/string.html#format-string-syntax, with the
 * sandbox's lookup of attributes.
 */
export function strFormat(
  format: string,
  args: readonly unknown[],
  kwargs: { get(key: string): unknown } | undefined,
  lookup: FieldLookup,
): string {
  return render(format, { args, kwargs: (k) => kwargs?.get(k), lookup, auto: 0 }, 2);
}

/** `format.format_map(mapping)`. */
export function strFormatMap(format: string, get: (key: string) => unknown, lookup: FieldLookup): string {
  return render(format, { args: [], kwargs: get, lookup, auto: 0 }, 2);
}

function render(format: string, state: State, depth: number): string {
  if (depth < 0) throw valueError("Max string recursion exceeded");
  let out = "";
  let i = 0;
  while (i < format.length) {
    const c = format[i] as string;
    if (c !== "{" && c !== "}") {
      const next = nextBrace(format, i);
      out += format.slice(i, next);
      i = next;
      continue;
    }
    if (format[i + 1] === c) {
      out += c;
      i += 2;
      continue;
    }
    if (c === "}") throw valueError("Single '}' encountered in format string");
    if (i + 1 >= format.length) throw valueError("Single '{' encountered in format string");
    const end = fieldEnd(format, i + 1);
    out += field(format.slice(i + 1, end), state, depth);
    i = end + 1;
  }
  return out;
}

function nextBrace(format: string, from: number): number {
  for (let i = from; i < format.length; i++) if (format[i] === "{" || format[i] === "}") return i;
  return format.length;
}

/** The index of the brace that closes a field. */
function fieldEnd(format: string, from: number): number {
  let depth = 1;
  let bracket = false;
  for (let i = from; i < format.length; i++) {
    const c = format[i];
    if (bracket) {
      if (c === "]") bracket = false;
    } else if (c === "[" && depth === 1) bracket = true;
    else if (c === "{") depth++;
    else if (c === "}" && --depth === 0) return i;
  }
  throw valueError(
    from >= format.length ? "Single '{' encountered in format string" : "expected '}' before end of string",
  );
}

function field(text: string, state: State, depth: number): string {
  let name = text;
  let conversion = "";
  let spec = "";
  let bracket = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (bracket) {
      if (c === "]") bracket = false;
      continue;
    }
    if (c === "[") bracket = true;
    else if (c === "{") throw valueError("unexpected '{' in field name");
    else if (c === "!" || c === ":") {
      name = text.slice(0, i);
      let rest = text.slice(i);
      if (c === "!") {
        if (rest.length < 2) throw valueError("end of string while looking for conversion specifier");
        conversion = rest[1] as string;
        rest = rest.slice(2);
        if (rest !== "" && rest[0] !== ":") throw valueError("expected ':' after conversion specifier");
      }
      spec = rest.slice(1);
      break;
    }
  }
  let value = lookUp(name, state);
  if (conversion === "r") value = pyRepr(value);
  else if (conversion === "s") value = pyStr(value);
  else if (conversion === "a")
    value = pyRepr(value).replace(/[^\x00-\x7f]/gu, (c) => escapeCodePoint(c.codePointAt(0) as number));
  else if (conversion !== "") throw valueError(`Unknown conversion specifier ${conversion}`);
  return state.lookup.format(value, spec.includes("{") || spec.includes("}") ? render(spec, state, depth - 1) : spec);
}

function lookUp(name: string, state: State): unknown {
  // Fields are numbered as Python's string.Formatter does it: only by an empty name, checked only for a bare number.
  const written = name === "" ? automatic(state) : name;
  if (name !== "" && /^\d+$/.test(name)) {
    if (typeof state.auto === "number" && state.auto > 0)
      throw valueError("cannot switch from manual field specification to automatic field numbering");
    state.auto = "manual";
  }
  const first = /^[^.[]*/.exec(written)?.[0] ?? "";
  let value: unknown;
  if (/^\d+$/.test(first)) {
    if (first.length > 18) throw valueError("Too many decimal digits in format string");
    value = positional(Number(first), state);
  } else {
    value = state.kwargs(first);
    if (value === undefined) throw keyError(pyRepr(first));
  }
  let i = name === "" ? 0 : first.length;
  while (i < name.length) {
    if (name[i] === ".") {
      const part = /^[^.[]*/.exec(name.slice(i + 1))?.[0] ?? "";
      if (part === "") throw valueError("Empty attribute in format string");
      value = state.lookup.attr(value, part);
      i += 1 + part.length;
    } else if (name[i] === "[") {
      const end = name.indexOf("]", i);
      if (end < 0) throw valueError("Missing ']' in format string");
      const key = name.slice(i + 1, end);
      if (key === "") throw valueError("Empty attribute in format string");
      value = state.lookup.item(value, /^\d+$/.test(key) ? Number(key) : key);
      i = end + 1;
    } else {
      throw valueError("Only '.' or '[' may follow ']' in format field specifier");
    }
  }
  return value;
}

/** The index of a field without a name. */
function automatic(state: State): string {
  if (state.auto === "manual")
    throw valueError("cannot switch from manual field specification to automatic field numbering");
  return String(state.auto++);
}

function positional(i: number, state: State): unknown {
  if (i >= state.args.length) throw indexError("tuple index out of range");
  return state.args[i];
}

/** The TypeError of a wrong `format_map` call. */
export const formatMapArguments = (given: number) =>
  typeError(`format_map() takes exactly one argument (${given} given)`);
