import { valueError } from "../errors.ts";
import { unescapeHtml } from "./entities.ts";
import { formatValue } from "./format-spec.ts";
import { pyIterate } from "./iterate.ts";
import { pyStr } from "./repr.ts";
import { escapeHtml, Markup } from "./str-object.ts";
import { splitWhitespace } from "./text.ts";
import { Tuple } from "./values.ts";

/** MarkupSafe's `escape(v)` as a plain string. */
export function escaped(v: unknown): string {
  return v instanceof Markup ? v.text : escapeHtml(pyStr(v));
}

/** The text without tags and with its character references resolved. */
export function stripTags(text: string): string {
  let value = text;
  const kept: string[] = [];
  let position = 0;
  for (;;) {
    const start = value.indexOf("<", position);
    if (start < 0) break;
    const comment = value.startsWith("<!--", start);
    const end = comment ? value.indexOf("-->", start + 4) : value.indexOf(">", start);
    if (end < 0) break;
    kept.push(value.slice(position, start));
    position = end + (comment ? 3 : 1);
  }
  if (position > 0) value = kept.join("") + value.slice(position);
  return unescapeHtml(splitWhitespace(value, -1).join(" "));
}

/** Which argument of a method of Markup is escaped before the method of `str` sees it. */
const ESCAPED_ARGUMENT: Readonly<Record<string, number>> = { replace: 1, ljust: 1, rjust: 1, center: 1 };

/** The arguments of a method of Markup as the method of `str` takes them. */
export function markupArguments(name: string, args: readonly unknown[]): unknown[] {
  if (name === "join" && args.length === 1) return [Array.from(pyIterate(args[0]), escaped)];
  const at = ESCAPED_ARGUMENT[name];
  return args.map((a, i) => (i === at ? escaped(a) : a instanceof Markup ? a.text : a));
}

/** What a method of Markup gives back: its strings are Markup again. */
export function wrapMarkup(v: unknown): unknown {
  if (typeof v === "string") return new Markup(v);
  if (Array.isArray(v)) return v.map(wrapMarkup);
  return v instanceof Tuple ? new Tuple(v.items.map(wrapMarkup)) : v;
}

/** A field of `Markup.format`: escaped unless it is Markup. */
export function formatEscaped(value: unknown, spec: string): string {
  if (!(value instanceof Markup)) return escapeHtml(formatValue(value, spec));
  if (spec !== "") throw valueError("Unsupported format specification for Markup.");
  return value.text;
}
