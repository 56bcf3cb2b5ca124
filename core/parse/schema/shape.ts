import { PyFloat } from "../../jinja/runtime/values.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyRepr } from "../python-text.ts";

export type KeyPath = readonly (string | number)[];

/** A value in a properties file that is not of the kind it must be, in the words of a JSON schema's check. */
export class ShapeProblem extends Error {
  readonly path: KeyPath;
  /** Whether the key itself is at fault rather than its value. */
  readonly onKey: boolean;
  readonly hint: string | undefined;
  constructor(message: string, path: KeyPath, options: { onKey?: boolean; hint?: string } = {}) {
    super(message);
    this.path = path;
    this.onKey = options.onKey ?? false;
    this.hint = options.hint;
  }

  /** `at path ['columns'][0]['name']: 12 is not of type 'string'`; `from` is the length of the path dbt does not show. */
  text(from: number): string {
    const parts = this.path.slice(from).map((part) => (typeof part === "number" ? String(part) : pyRepr(part)));
    return `at path [${parts.join("][")}]: ${this.message}`;
  }
}

/**
 * Reads the keys of one mapping of a properties file, each of the type it must have.
 * Every method throws a {@link ShapeProblem} with the path of the wrong value.
 */
export class Shape {
  readonly data: Dict;
  readonly path: KeyPath;
  constructor(data: Dict, path: KeyPath) {
    this.data = data;
    this.path = path;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.data, key);
  }

  raw(key: string): unknown {
    return this.has(key) ? this.data[key] : undefined;
  }

  required(key: string): string {
    if (!this.has(key)) throw new ShapeProblem(`'${key}' is a required property`, this.path, { onKey: true });
    return this.string(key, "");
  }

  string(key: string, otherwise: string): string {
    const value = this.raw(key);
    if (value === undefined) return otherwise;
    if (typeof value === "string") return value;
    throw this.wrong(key, value, "string", quoteHint(key, value));
  }

  optionalString(key: string): string | null {
    const value = this.raw(key);
    if (value === undefined || value === null) return null;
    if (typeof value === "string") return value;
    throw this.notAny(key, value, quoteHint(key, value));
  }

  optionalBool(key: string): boolean | null {
    const value = this.raw(key);
    if (value === undefined || value === null) return null;
    if (typeof value === "boolean") return value;
    throw this.notAny(key, value, `\`${key}\` is true or false`);
  }

  bool(key: string, otherwise: boolean): boolean {
    const value = this.raw(key);
    if (value === undefined) return otherwise;
    if (typeof value === "boolean") return value;
    throw this.wrong(key, value, "boolean", `\`${key}\` is true or false`);
  }

  dict(key: string): Dict {
    const value = this.raw(key);
    if (value === undefined) return {};
    if (isDict(value)) return value;
    throw this.wrong(key, value, "object", `\`${key}\` takes keys and values`);
  }

  optionalDict(key: string): Dict | null {
    const value = this.raw(key);
    if (value === undefined || value === null) return null;
    if (isDict(value)) return value;
    throw this.notAny(key, value, `\`${key}\` takes keys and values`);
  }

  list(key: string): unknown[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.wrong(key, value, "array", `\`${key}\` takes a list: put a \`-\` before each item`);
  }

  optionalList(key: string): unknown[] | null {
    const value = this.raw(key);
    if (value === undefined || value === null) return null;
    if (Array.isArray(value)) return value;
    throw this.notAny(key, value, `\`${key}\` takes a list: put a \`-\` before each item`);
  }

  strings(key: string): string[] {
    const list = this.list(key);
    for (let i = 0; i < list.length; i++) {
      if (typeof list[i] !== "string") {
        throw new ShapeProblem(`${pyRepr(list[i])} is not of type 'string'`, [...this.path, key, i], {
          hint: quoteHint(key, list[i]),
        });
      }
    }
    return list as string[];
  }

  /** The mappings of a list. */
  shapes(key: string): Shape[] {
    return this.shapesOf(key, this.list(key));
  }

  shapesOf(key: string, list: unknown[]): Shape[] {
    return list.map((item, i) => {
      const path = [...this.path, key, i];
      if (isDict(item)) return new Shape(item, path);
      throw new ShapeProblem(`${pyRepr(item)} is not of type 'object'`, path, { hint: nameHint(item) });
    });
  }

  oneOf(key: string, values: readonly string[], otherwise: string | null): string | null {
    const value = this.raw(key);
    if (value === undefined || (value === null && otherwise === null)) return otherwise;
    if (typeof value === "string" && values.includes(value)) return value;
    throw new ShapeProblem(`${pyRepr(value)} is not one of ${pyRepr([...values])}`, [...this.path, key]);
  }

  /** A number, text or null, as versions are. */
  version(key: string): string | number | null {
    const value = this.raw(key);
    if (value === undefined || value === null) return null;
    if (typeof value === "string" || typeof value === "number") return value;
    if (value instanceof PyFloat) return value as unknown as number;
    throw this.notAny(key, value);
  }

  wrong(key: string, value: unknown, type: string, hint?: string): ShapeProblem {
    return new ShapeProblem(`${pyRepr(value)} is not of type '${type}'`, [...this.path, key], hint ? { hint } : {});
  }

  notAny(key: string, value: unknown, hint?: string): ShapeProblem {
    const path = [...this.path, key];
    return new ShapeProblem(`${pyRepr(value)} is not valid under any of the given schemas`, path, hint ? { hint } : {});
  }
}

function quoteHint(key: string, value: unknown): string {
  if (value === null) return `\`${key}\` is empty: write its text behind the colon, or leave the key out`;
  if (typeof value === "number" || typeof value === "boolean" || value instanceof PyFloat)
    return `put it in quotes: \`${key}: "${pyRepr(value)}"\``;
  return `\`${key}\` takes text`;
}

function nameHint(item: unknown): string {
  return typeof item === "string"
    ? `write \`- name: ${item}\``
    : "each item takes keys and values, the first being `name`";
}
