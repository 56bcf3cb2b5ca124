import { typeError } from "../errors.ts";
import { PyDict } from "./dict.ts";
import { float, type Kwargs, PyCallable } from "./values.ts";

/** One parameter of a function. */
interface Parameter {
  name: string;
  /** Is there a default? */
  optional: boolean;
  default: unknown;
  keywordOnly: boolean;
}

/** The parameters of a Python function, as `parseSignature` reads them. */
export interface Signature {
  name: string;
  parameters: Parameter[];
  /** How many of them may be given by position. */
  positional: number;
  /** How many of the first ones may be given by position only (`/`). */
  positionalOnly: number;
  varargs: boolean;
  kwargs: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the arguments are whatever the signature says
type Implementation = (...bound: any[]) => unknown;

/**
 * A function for templates with Python's binding of arguments.
 *
 *     defineFunction("env_var(var, default=None)", (name, dflt) => …)
 *     defineFunction("zip(*args, **kwargs)", (args, kwargs) => …) // an array and a PyDict
 *
 * Defaults are literals (None, True, numbers, strings); `...` means `undefined` (not given). `*` starts keyword-only
 * parameters, `/` ends positional-only ones. Wrong calls throw Python's TypeError.
 */
export function defineFunction(signature: string, impl: Implementation): PyCallable {
  const s = parseSignature(signature);
  return new PyCallable(s.name, (args, kwargs) => impl(...bindArguments(s, args, kwargs)));
}

/** Reads `name(a, b=1, *args, k=None, **kwargs)`. */
export function parseSignature(text: string): Signature {
  const open = text.indexOf("(");
  const name = text.slice(0, open).trim();
  const s: Signature = { name, parameters: [], positional: 0, positionalOnly: 0, varargs: false, kwargs: false };
  let keywordOnly = false;
  for (const part of splitParameters(text.slice(open + 1, text.lastIndexOf(")")))) {
    if (part === "/") {
      s.positionalOnly = s.parameters.length;
    } else if (part.startsWith("**")) {
      s.kwargs = true;
    } else if (part.startsWith("*")) {
      keywordOnly = true;
      s.varargs = part.length > 1;
    } else {
      const eq = part.indexOf("=");
      s.parameters.push({
        name: eq < 0 ? part : part.slice(0, eq).trim(),
        optional: eq >= 0,
        default: eq < 0 ? undefined : literal(part.slice(eq + 1).trim()),
        keywordOnly,
      });
      if (!keywordOnly) s.positional++;
    }
  }
  return s;
}

function splitParameters(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quote = "";
  for (const c of text) {
    if (quote !== "") {
      if (c === quote) quote = "";
    } else if (c === "'" || c === '"') {
      quote = c;
    } else if (c === ",") {
      parts.push(part.trim());
      part = "";
      continue;
    }
    part += c;
  }
  if (part.trim() !== "") parts.push(part.trim());
  return parts;
}

function literal(text: string): unknown {
  if (text === "None") return null;
  if (text === "True") return true;
  if (text === "False") return false;
  if (text === "...") return undefined;
  if (text.startsWith("'") || text.startsWith('"')) return text.slice(1, -1);
  const n = Number(text);
  if (Number.isNaN(n)) throw new Error(`not a literal default: ${text}`);
  return /[.e]/.test(text) ? float(n) : n;
}

/**
 * The arguments of a call in the order of the parameters, then `*args` (an array) and `**kwargs` (a PyDict) where the
 * signature has them. Throws Python's TypeError where the call does not fit.
 */
export function bindArguments(s: Signature, args: unknown[], kwargs: Kwargs): unknown[] {
  const { parameters } = s;
  const n = parameters.length;
  if (args.length > s.positional && !s.varargs) throw tooMany(s, args.length);
  const bound = new Array<unknown>(n);
  let missing = false;
  for (let i = 0; i < n; i++) {
    const p = parameters[i] as Parameter;
    if (i < args.length && !p.keywordOnly) bound[i] = args[i];
    else if (p.optional) bound[i] = p.default;
    else missing = true;
  }
  let rest: PyDict | undefined;
  let given: Set<string> | undefined;
  if (kwargs !== undefined && kwargs.size > 0) {
    given = new Set();
    for (const [key, value] of kwargs) {
      const i = parameters.findIndex((p) => p.name === key);
      if (i >= s.positionalOnly) {
        if (i < args.length && i < s.positional)
          throw typeError(`${s.name}() got multiple values for argument '${key}'`);
        bound[i] = value;
        given.add(key);
      } else if (s.kwargs) {
        rest ??= new PyDict();
        rest.set(key, value);
      } else if (n === 0 && !s.varargs) {
        throw typeError(`${s.name}() takes no keyword arguments`);
      } else {
        throw typeError(`${s.name}() got an unexpected keyword argument '${key}'`);
      }
    }
  }
  if (missing) {
    const absent = parameters.filter(
      (p, i) => !p.optional && (p.keywordOnly || i >= args.length) && !given?.has(p.name),
    );
    if (absent.length > 0) throw missingArguments(s, absent);
  }
  if (s.varargs) bound.push(args.slice(s.positional));
  if (s.kwargs) bound.push(rest ?? new PyDict());
  return bound;
}

function tooMany(s: Signature, given: number): Error {
  const required = s.parameters.filter((p) => !p.keywordOnly && !p.optional).length;
  const takes = required === s.positional ? `${s.positional}` : `from ${required} to ${s.positional}`;
  const plural = s.positional === 1 && required === 1 ? "" : "s";
  return typeError(
    `${s.name}() takes ${takes} positional argument${plural} but ${given} ${given === 1 ? "was" : "were"} given`,
  );
}

function missingArguments(s: Signature, absent: Parameter[]): Error {
  const names = absent.map((p) => `'${p.name}'`);
  const list =
    names.length === 1
      ? names[0]
      : names.length === 2
        ? names.join(" and ")
        : `${names.slice(0, -1).join(", ")}, and ${names.at(-1)}`;
  const kind = absent[0]?.keywordOnly === true ? "keyword-only" : "positional";
  return typeError(
    `${s.name}() missing ${names.length} required ${kind} argument${names.length > 1 ? "s" : ""}: ${list}`,
  );
}

/** A method of a built-in type, called with the object it belongs to. */
export type Method = (self: never, args: unknown[], kwargs: Kwargs) => unknown;

/**
 * A method of a built-in type, bound as Python binds arguments:
 * `defineMethod("str", "split(sep=None, maxsplit=-1)", (self, sep, max) => …)`. Wrong calls get CPython's messages.
 */
export function defineMethod<T>(
  type: string,
  signature: string,
  impl: (self: T, ...bound: never[]) => unknown,
): Method {
  const s = parseSignature(signature);
  const call = impl as (self: T, ...bound: unknown[]) => unknown;
  const n = s.parameters.length;
  const required = s.parameters.filter((p) => !p.optional).length;
  const simple = !s.varargs && !s.kwargs && s.positional === n;
  const bound = (self: T, args: unknown[], kwargs: Kwargs): unknown => {
    if (kwargs === undefined || kwargs.size === 0) {
      if (simple && args.length <= n && args.length >= required) {
        if (n === 0) return call(self);
        if (args.length === n) return n === 1 ? call(self, args[0]) : call(self, ...args);
      } else if (simple) {
        throw wrongCount(type, s, required, args.length);
      }
    } else if (simple && s.positionalOnly === n) {
      throw typeError(`${type}.${s.name}() takes no keyword arguments`);
    }
    return call(self, ...bindArguments(s, args, kwargs));
  };
  return bound as Method;
}

/** What CPython says about a wrong number of arguments, which depends on how a method is declared. */
function wrongCount(type: string, s: Signature, required: number, given: number): Error {
  const n = s.parameters.length;
  const arguments_ = (k: number) => `${k} argument${k === 1 ? "" : "s"}`;
  if (n === 0) return typeError(`${type}.${s.name}() takes no arguments (${given} given)`);
  if (s.positionalOnly === n) {
    if (n === 1 && required === 1) return typeError(`${type}.${s.name}() takes exactly one argument (${given} given)`);
    return given < required
      ? typeError(`${s.name} expected ${n === required ? "" : "at least "}${arguments_(required)}, got ${given}`)
      : typeError(`${s.name} expected ${n === required ? "" : "at most "}${arguments_(n)}, got ${given}`);
  }
  return typeError(`${s.name}() takes at most ${arguments_(n)} (${given} given)`);
}
