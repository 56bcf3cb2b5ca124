import { sortBy } from "../jinja/runtime/compare.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import { floatRepr } from "../jinja/runtime/numbers.ts";
import { textOf } from "../jinja/runtime/str-object.ts";
import { float, HostObject, PyFloat, Tuple } from "../jinja/runtime/values.ts";
import { int, raise, typeName } from "./support.ts";

const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

/** A string as Python's `json` writes it: ASCII alone, the rest escaped. */
export function jsonString(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (!NEEDS_ESCAPE.test(c)) out += c;
    else out += ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  }
  return `${out}"`;
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return floatRepr(value);
}

/** An object that JSON cannot hold is named by its class alone. */
const className = (value: unknown): string => typeName(value).replace(/^.*\./, "");

/**
 * `json.dumps(value)` with Python's formatting: `{"a": [1, 2.0]}`.
 * With `indent` each item stands on a line of its own. Throws a TypeError for values that JSON does not know, and a ValueError for ones that contain themselves.
 */
export function dumpJson(value: unknown, sortKeys = false, indent = 0): string {
  const active = new Set<object>();
  const write = (item: unknown): string => {
    switch (typeof item) {
      case "string":
        return jsonString(item);
      case "number":
        return Number.isInteger(item) ? String(item) : jsonFloat(item);
      case "boolean":
      case "bigint":
        return String(item);
    }
    if (item === null || item === undefined) return "null";
    if (item instanceof PyFloat) return jsonFloat(item.value);
    const text = textOf(item);
    if (text !== undefined) return jsonString(text);
    if (active.has(item)) raise("ValueError", "Circular reference detected");
    active.add(item);
    const written = writeContainer(item);
    active.delete(item);
    return written;
  };
  const wrap = (open: string, parts: readonly string[], close: string): string => {
    if (parts.length === 0) return open + close;
    if (indent === 0) return open + parts.join(", ") + close;
    const pad = `\n${" ".repeat(indent * active.size)}`;
    return open + pad + parts.join(`,${pad}`) + pad.slice(0, pad.length - indent) + close;
  };
  const writeContainer = (item: object): string => {
    if (Array.isArray(item)) return wrap("[", item.map(write), "]");
    if (item instanceof Tuple) return wrap("[", item.items.map(write), "]");
    const entries = entriesOf(item);
    if (!entries) return raise("TypeError", `Object of type ${className(item)} is not JSON serializable`);
    const keys = entries.map(([key]) => key);
    const ordered = sortKeys ? sortBy(entries, keys) : entries;
    return wrap(
      "{",
      ordered.map(([key, inner]) => `${jsonString(keyText(key))}: ${write(inner)}`),
      "}",
    );
  };
  return write(value);
}

function entriesOf(value: object): [unknown, unknown][] | undefined {
  if (value instanceof PyDict) return [...value.entries()];
  if (value instanceof HostObject) {
    const keys = value.typeName === "dict" ? value.iterate() : undefined;
    return keys && Array.from(keys, (key) => [key, value.item(key)]);
  }
  return Object.getPrototypeOf(value) === Object.prototype ? Object.entries(value) : undefined;
}

function keyText(key: unknown): string {
  if (typeof key === "string") return key;
  if (key === null) return "null";
  if (typeof key === "boolean" || typeof key === "bigint") return String(key);
  if (typeof key === "number") return Number.isInteger(key) ? String(key) : jsonFloat(key);
  if (key instanceof PyFloat) return jsonFloat(key.value);
  return raise("TypeError", `keys must be str, int, float, bool or None, not ${className(key)}`);
}

/** Reads JSON into Python values as `json.loads` does; throws a ValueError where the text is no JSON. */
export function loadJson(text: string): unknown {
  const reader = new Reader(text);
  return reader.document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const PLAIN_TEXT = /[^"\\\x00-\x1f]*/y;
const UNESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const WORDS: readonly [string, unknown][] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    if (this.text.startsWith("\ufeff")) this.fail("Unexpected UTF-8 BOM (decode using utf-8-sig)");
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail("Extra data");
    return value;
  }

  private fail(message: string): never {
    const before = this.text.slice(0, this.at);
    const line = before.split("\n").length;
    const column = this.at - before.lastIndexOf("\n");
    return raise("ValueError", `${message}: line ${line} column ${column} (char ${this.at})`);
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }

  private value(): unknown {
    const { text } = this;
    switch (text[this.at]) {
      case '"':
        return this.string();
      case "{":
        return this.object();
      case "[":
        return this.array();
    }
    NUMBER.lastIndex = this.at;
    const m = NUMBER.exec(text);
    if (m) {
      this.at += m[0].length;
      if (m[1] !== undefined || m[2] !== undefined) return float(Number(m[0]));
      return m[0].length < 16 ? Number(m[0]) + 0 : int(BigInt(m[0]));
    }
    for (const [word, value] of WORDS) {
      if (!text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.fail("Expecting value");
  }

  private string(): string {
    const { text } = this;
    let out = "";
    this.at++;
    for (;;) {
      PLAIN_TEXT.lastIndex = this.at;
      const plain = PLAIN_TEXT.exec(text)![0];
      out += plain;
      this.at += plain.length;
      const c = text[this.at];
      if (c === '"') {
        this.at++;
        return out;
      }
      if (c === undefined) this.fail("Unterminated string starting at");
      if (c !== "\\") this.fail("Invalid control character at");
      const letter = text[this.at + 1] ?? "";
      if (letter === "u") {
        const digits = text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("Invalid \\uXXXX escape");
        out += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += 6;
      } else {
        const simple = Object.hasOwn(UNESCAPES, letter) ? UNESCAPES[letter] : undefined;
        if (simple === undefined) this.fail("Invalid \\escape");
        out += simple;
        this.at += 2;
      }
    }
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === "]") {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value());
      this.skipSpace();
      const c = this.text[this.at];
      if (c === "]") {
        this.at++;
        return items;
      }
      if (c !== ",") this.fail("Expecting ',' delimiter");
      this.at++;
      this.skipSpace();
    }
  }

  private object(): PyDict {
    const dict = new PyDict();
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === "}") {
      this.at++;
      return dict;
    }
    for (;;) {
      if (this.text[this.at] !== '"') this.fail("Expecting property name enclosed in double quotes");
      const key = this.string();
      this.skipSpace();
      if (this.text[this.at] !== ":") this.fail("Expecting ':' delimiter");
      this.at++;
      this.skipSpace();
      dict.set(key, this.value());
      this.skipSpace();
      const c = this.text[this.at];
      if (c === "}") {
        this.at++;
        return dict;
      }
      if (c !== ",") this.fail("Expecting ',' delimiter");
      this.at++;
      this.skipSpace();
    }
  }
}
