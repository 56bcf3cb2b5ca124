import { typeError } from "../errors.ts";
import { toBigInt } from "./numbers.ts";
import { compareStrings, strLength } from "./text.ts";
import { typeName as typeNameOf } from "./types.ts";
import { HostObject, Tuple } from "./values.ts";

/** What a string object's operations need from the rest of the runtime; set once by `attributes.ts`. */
interface StringOperations {
  attr(text: string, name: string): unknown;
  item(object: unknown, key: unknown): unknown;
  binary(op: string, a: unknown, b: unknown): unknown;
  toInt(v: unknown): number | bigint;
  toFloat(v: unknown): number;
  str(v: unknown): string;
  contains(text: string, item: unknown): boolean;
  repr(v: unknown): string;
}

let operations: StringOperations | undefined;

/** Lets the runtime say what plain strings do, without a circular import. */
export function setStringOperations(ops: StringOperations): void {
  operations = ops;
}

/** Whether any string object was made yet: until then nothing needs to look for one. */
export const stringObjects = { seen: false };

/** An instance of a subclass of Python's `str`: a string in every respect, with a class of its own. */
export class StrObject extends HostObject {
  readonly typeName: string = "str";
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
    stringObjects.seen = true;
  }
  override attr(name: string): unknown {
    return operations?.attr(this.text, name);
  }
  override item(key: unknown): unknown {
    return operations?.item(this.text, key);
  }
  override iterate(): Iterable<unknown> {
    return this.text;
  }
  override length(): number {
    return strLength(this.text);
  }
  override contains(item: unknown): boolean | undefined {
    return operations?.contains(this.text, item);
  }
  override str(): string {
    return this.text;
  }
  override repr(): string {
    return operations?.repr(this.text) ?? this.text;
  }
  override equals(other: unknown): boolean {
    return textOf(other) === this.text;
  }
  override hashKey(): string {
    return this.text;
  }
  override compare(other: unknown): number | undefined {
    const text = textOf(other);
    return text === undefined ? undefined : compareStrings(this.text, text);
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    const text = other instanceof StrObject ? other.text : other;
    if (reflected && typeof other !== "string" && op !== "*") return undefined;
    if (op !== "+" && op !== "*" && op !== "%") return undefined;
    return reflected ? operations?.binary(op, text, this.text) : operations?.binary(op, this.text, text);
  }
}

/** The text of a string or string object; `undefined` for anything else. */
export function textOf(v: unknown): string | undefined {
  if (typeof v === "string") return v;
  return v instanceof StrObject ? v.text : undefined;
}

/** Replaces string objects by plain strings, for callees outside of templates. Shares the array where there is none. */
export function plainArguments(args: unknown[]): unknown[] {
  return args.some((a) => a instanceof StrObject) ? args.map((a) => (a instanceof StrObject ? a.text : a)) : args;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** HTML-escapes text as MarkupSafe does. */
export function escapeHtml(text: string): string {
  return /[&<>'"]/.test(text) ? text.replace(/[&<>'"]/g, (c) => ESCAPES[c] as string) : text;
}

/** MarkupSafe's Markup: text that counts as escaped; what is joined to it is escaped. */
export class Markup extends StrObject {
  override readonly typeName = "Markup";
  readonly pyModule = "markupsafe";
  override item(key: unknown): unknown {
    const v = super.item(key);
    return typeof v === "string" ? new Markup(v) : v;
  }
  override repr(): string {
    return `Markup(${super.repr()})`;
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    const text = textOf(other);
    if (op === "+") {
      if (text === undefined) return undefined;
      const safe = other instanceof Markup ? text : escapeHtml(text);
      return new Markup(reflected ? safe + this.text : this.text + safe);
    }
    if (op === "*" && toBigInt(other) === undefined)
      throw typeError(`'${typeNameOf(other)}' object cannot be interpreted as an integer`);
    const v = super.binary(op, op === "%" && !reflected ? escapedValues(other) : other, reflected);
    return typeof v === "string" ? new Markup(v) : v;
  }
}

/** The values of `Markup % values`: each is escaped where it is printed. */
function escapedValues(values: unknown): unknown {
  if (values instanceof Tuple) return new Tuple(values.items.map((v) => new EscapedValue(v)));
  const value = new EscapedValue(values);
  return textOf(values) === undefined && value.isSubscriptable ? value : new Tuple([value]);
}

class EscapedValue extends HostObject {
  readonly typeName = "_MarkupEscapeHelper";
  private readonly value: unknown;
  constructor(value: unknown) {
    super();
    this.value = value;
  }
  get isSubscriptable(): boolean {
    const { value } = this;
    if (value instanceof HostObject) return value.item !== HostObject.prototype.item;
    return typeof value === "object" && value !== null && (Array.isArray(value) || "get" in value);
  }
  override item(key: unknown): unknown {
    const v = operations?.item(this.value, key);
    return v === undefined ? undefined : new EscapedValue(v);
  }
  override str(): string {
    return this.value instanceof Markup ? this.value.text : escapeHtml(operations?.str(this.value) ?? "");
  }
  override repr(): string {
    return escapeHtml(operations?.repr(this.value) ?? "");
  }
  toInt(): number | bigint {
    return operations?.toInt(this.value) ?? 0;
  }
  toFloat(): number {
    return operations?.toFloat(this.value) ?? 0;
  }
}

/** dbt's markers of native rendering: the result of `as_text`, `as_native`, `as_bool` and `as_number`. */
export class TextMarker extends StrObject {
  override readonly typeName = "TextMarker";
}
export class NativeMarker extends StrObject {
  override readonly typeName: string = "NativeMarker";
}
export class BoolMarker extends NativeMarker {
  override readonly typeName = "BoolMarker";
}
export class NumberMarker extends NativeMarker {
  override readonly typeName = "NumberMarker";
}
