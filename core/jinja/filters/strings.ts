import { argumentError, JinjaError, typeError, valueError } from "../errors.ts";
import { pyAdd, pyMod, pyMul } from "../runtime/arith.ts";
import { PyDict } from "../runtime/dict.ts";
import { pyLength } from "../runtime/iterate.ts";
import { toIndex } from "../runtime/numbers.ts";
import { pyStr } from "../runtime/repr.ts";
import { capitalize } from "../runtime/str-case.ts";
import { center, replaceText } from "../runtime/str-methods.ts";
import { Markup, StrObject, textOf } from "../runtime/str-object.ts";
import { splitLines, strip, strLength, strSlice } from "../runtime/text.ts";
import { pyTruth } from "../runtime/truth.ts";
import { typeName } from "../runtime/types.ts";
import { UndefinedValue } from "../runtime/undefined.ts";
import { Tuple } from "../runtime/values.ts";
import { noAttribute } from "./attribute.ts";
import { defineFilter, type FilterFunction } from "./define.ts";
import { wrapText } from "./wrap.ts";

/** MarkupSafe's `soft_str`: the text of a string, else `str(v)`. */
function soft(v: unknown): string {
  return textOf(v) ?? pyStr(v);
}

/** The result of a method of Markup is Markup. */
function like(v: unknown, text: string): unknown {
  return v instanceof Markup ? new Markup(text) : text;
}

const replace = defineFilter(
  "do_replace(s, old, new, count=None)",
  (_env, s: unknown, old: unknown, by: unknown, count: unknown) =>
    replaceText(pyStr(s), pyStr(old), pyStr(by), count === null ? -1 : toIndex(count)),
);

const title = defineFilter("do_title(s)", (_env, s: unknown) =>
  soft(s)
    .split(/([-\s({[<]+)/)
    .map((item) => {
      if (item === "") return "";
      const first = String.fromCodePoint(item.codePointAt(0) as number);
      return first.toUpperCase() + item.slice(first.length).toLowerCase();
    })
    .join(""),
);

const trim = defineFilter("do_trim(value, chars=None)", (_env, v: unknown, chars: unknown) => {
  if (chars === null) return like(v, strip(soft(v)));
  const set = textOf(chars);
  if (set === undefined) throw typeError("strip arg must be None or str");
  return like(v, strip(soft(v), set));
});

const format: FilterFunction = (_env, args, kwargs) => {
  const [value, ...rest] = args;
  const named = kwargs !== undefined && kwargs.size > 0;
  if (rest.length > 0 && named) throw argumentError("can't handle positional and keyword arguments at the same time");
  return pyMod(value instanceof StrObject ? value : soft(value), named ? PyDict.from(kwargs) : new Tuple(rest));
};

const indent = defineFilter(
  "do_indent(s, width=4, first=False, blank=False)",
  (_env, s: unknown, width: unknown, first: unknown, blank: unknown) => {
    const by = textOf(width) ?? (pyMul(" ", toIndex(width)) as string);
    if (Array.isArray(s)) {
      // `s += newline` extends a list before it turns out to be none of the filter's business.
      s.push("\n");
      throw noAttribute(s, "splitlines");
    }
    const text = pyAdd(s, "\n");
    const whole = textOf(text);
    if (whole === undefined) throw noAttribute(text, "splitlines");
    const lines = splitLines(whole);
    let out: string;
    if (pyTruth(blank)) out = lines.join(`\n${by}`);
    else out = lines.map((line, i) => (i > 0 && line !== "" ? by + line : line)).join("\n");
    return like(s, pyTruth(first) ? by + out : out);
  },
);

const truncate = defineFilter(
  "do_truncate(s, length=255, killwords=False, end='...', leeway=None)",
  (_env, s: unknown, length: unknown, killwords: unknown, end: unknown, leeway: unknown) => {
    if (length instanceof UndefinedValue) length.fail();
    const max = toIndex(length);
    const suffix = soft(end);
    const slack = leeway === null ? 5 : toIndex(leeway);
    const tail = strLength(suffix);
    if (max < tail) throw new JinjaError("AssertionError", `expected length >= ${tail}, got ${max}`);
    if (slack < 0) throw new JinjaError("AssertionError", `expected leeway >= 0, got ${slack}`);
    if (pyLength(s) <= max + slack) return s;
    const text = textOf(s);
    if (text === undefined) {
      if (!(Array.isArray(s) || s instanceof Tuple)) throw typeError(`'${typeName(s)}' object is not subscriptable`);
      if (pyTruth(killwords)) throw typeError(`can only concatenate ${typeName(s)} (not "str") to ${typeName(s)}`);
      throw noAttribute(s, "rsplit");
    }
    const cut = strSlice(text, 0, max - tail);
    if (pyTruth(killwords)) return like(s, cut + suffix);
    const space = cut.lastIndexOf(" ");
    return like(s, (space < 0 ? cut : cut.slice(0, space)) + suffix);
  },
);

const wordwrap = defineFilter(
  "do_wordwrap(s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True)",
  (_env, s: unknown, width: unknown, breakLong: unknown, wrapstring: unknown, onHyphens: unknown) => {
    const by = wrapstring === null ? "\n" : textOf(wrapstring);
    if (by === undefined) throw noAttribute(wrapstring, "join");
    const text = textOf(s);
    if (text === undefined) throw noAttribute(s, "splitlines");
    const wrap = (line: string) => {
      const max = toIndex(width);
      if (max <= 0) throw valueError(`invalid width ${max} (must be > 0)`);
      return wrapText(line, max, pyTruth(breakLong), pyTruth(onHyphens)).join(by);
    };
    return splitLines(text).map(wrap).join(by);
  },
);

const wordcount = defineFilter(
  "do_wordcount(s)",
  (_env, s: unknown) => (soft(s).match(/[\p{L}\p{N}_]+/gu) ?? []).length,
);

/** `urllib.parse.quote`. */
function quoteUrl(v: unknown, query: boolean): string {
  const text = textOf(v) ?? pyStr(v);
  let out = "";
  for (const b of new TextEncoder().encode(text)) {
    const c = String.fromCharCode(b);
    if (/[A-Za-z0-9_.~-]/.test(c) || (c === "/" && !query)) out += c;
    else if (c === " " && query) out += "+";
    else out += `%${b.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

export const stringFilters: Record<string, FilterFunction> = {
  upper: defineFilter("do_upper(s)", (_env, s: unknown) => like(s, soft(s).toUpperCase())),
  lower: defineFilter("do_lower(s)", (_env, s: unknown) => like(s, soft(s).toLowerCase())),
  capitalize: defineFilter("do_capitalize(s)", (_env, s: unknown) => like(s, capitalize(soft(s)))),
  center: defineFilter("do_center(value, width=80)", (_env, v: unknown, width: unknown) =>
    like(v, center(soft(v), toIndex(width))),
  ),
  string: defineFilter("soft_str(s, /)", (_env, s: unknown) => (textOf(s) === undefined ? pyStr(s) : s)),
  replace,
  title,
  trim,
  format,
  indent,
  truncate,
  wordwrap,
  wordcount,
};

export { quoteUrl };
