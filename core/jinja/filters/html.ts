import { argumentError, JinjaError, valueError } from "../errors.ts";
import { PyDict } from "../runtime/dict.ts";
import { pyIterate, pyList } from "../runtime/iterate.ts";
import { jsonDumps } from "../runtime/json.ts";
import { escaped, stripTags } from "../runtime/markup.ts";
import { toIndex } from "../runtime/numbers.ts";
import { pyRepr, pyStr } from "../runtime/repr.ts";
import { escapeHtml, Markup, textOf } from "../runtime/str-object.ts";
import { splitWhitespace, strLength, strSlice } from "../runtime/text.ts";
import { pyTruth } from "../runtime/truth.ts";
import { typeName } from "../runtime/types.ts";
import { UndefinedValue } from "../runtime/undefined.ts";
import { noAttribute } from "./attribute.ts";
import { defineFilter, type FilterFunction } from "./define.ts";
import { quoteUrl } from "./strings.ts";

const escapeFilter = defineFilter("escape(s, /)", (_env, s: unknown) =>
  s instanceof Markup ? s : new Markup(escaped(s)),
);

const striptags = defineFilter("do_striptags(value)", (_env, v: unknown) => stripTags(pyStr(v)));

const xmlattr = defineFilter("do_xmlattr(d, autospace=True)", (_env, d: unknown, autospace: unknown) => {
  if (!(d instanceof PyDict)) throw noAttribute(d, "items");
  const items: string[] = [];
  for (const [key, value] of d.entries()) {
    if (value === null || value instanceof UndefinedValue) continue;
    const text = textOf(key);
    if (text === undefined)
      throw new JinjaError("TypeError", `expected string or bytes-like object, got '${typeName(key)}'`);
    if (/[ \t\n\r\f\v/>=]/.test(text)) throw valueError(`Invalid character in attribute name: ${pyRepr(text)}`);
    items.push(`${escaped(key)}="${escaped(value)}"`);
  }
  const joined = items.join(" ");
  return pyTruth(autospace) && joined !== "" ? ` ${joined}` : joined;
});

const urlencode = defineFilter("do_urlencode(value)", (_env, value: unknown) => {
  if (textOf(value) !== undefined || !isIterable(value)) return quoteUrl(value, false);
  const parts: string[] = [];
  for (const item of value instanceof PyDict ? value.entries() : pyIterate(value)) {
    const pair = pyList(item);
    if (pair.length !== 2)
      throw valueError(
        pair.length > 2
          ? "too many values to unpack (expected 2)"
          : `not enough values to unpack (expected 2, got ${pair.length})`,
      );
    parts.push(`${quoteUrl(pair[0], true)}=${quoteUrl(pair[1], true)}`);
  }
  return parts.join("&");
});

function isIterable(v: unknown): boolean {
  if (v === null || typeof v !== "object") return false;
  try {
    pyIterate(v);
    return true;
  } catch {
    return false;
  }
}

const tojson = defineFilter("do_tojson(value, indent=None)", (_env, value: unknown, indent: unknown) => {
  // Python writes a text by itself, before it looks at the indent.
  const ignored = indent === null || textOf(value) !== undefined;
  const by = ignored ? undefined : (textOf(indent) ?? toIndex(indent));
  const text = jsonDumps(value, { sortKeys: true, indent: by });
  return new Markup(text.replace(/[<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`));
});

const HTTP =
  /^((https?:\/\/|www\.)(([\p{L}\p{N}_%-]+\.)+)?([a-z]{2,63}|xn--[\p{L}\p{N}_%]{2,59})|([\p{L}\p{N}_%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?:\/\/)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(?::[\d]{1,5})?(?:[/?#]\S*)?$/iu;
const EMAIL = /^\S+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$/u;

const urlize = defineFilter(
  "do_urlize(value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None)",
  (_env, value: unknown, limit: unknown, nofollow: unknown, target: unknown, rel: unknown, extra: unknown) => {
    const rels = new Set(splitWhitespace(rel === null ? "" : pyStr(rel), -1));
    if (pyTruth(nofollow)) rels.add("nofollow");
    rels.add("noopener");
    const attributes =
      ` rel="${escapeHtml([...rels].sort().join(" "))}"` +
      (pyTruth(target) ? ` target="${escapeHtml(pyStr(target))}"` : "");
    const schemes = extra === null ? [] : pyList(extra).map(pyStr);
    for (const scheme of schemes)
      if (!/^[\p{L}\p{N}_.+-]{2,}:\/{0,2}$/u.test(scheme))
        throw argumentError(`${pyRepr(scheme)} is not a valid URI scheme prefix.`);
    const shorten = (url: string) => {
      if (limit === null) return url;
      const max = toIndex(limit);
      return strLength(url) > max ? `${strSlice(url, 0, max)}...` : url;
    };
    const text = escaped(value);
    return text
      .split(/(\s+)/)
      .map((word) => linkWord(word, attributes, shorten, schemes))
      .join("");
  },
);

function linkWord(word: string, attributes: string, shorten: (url: string) => string, schemes: string[]): string {
  const head = /^([(<]|&lt;)+/.exec(word)?.[0] ?? "";
  let middle = word.slice(head.length);
  let tail = /([)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? "";
  if (tail !== "") middle = middle.slice(0, -tail.length);
  for (const [open, close] of [
    ["(", ")"],
    ["<", ">"],
    ["&lt;", "&gt;"],
  ] as const) {
    const opened = middle.split(open).length - 1;
    if (opened <= middle.split(close).length - 1) continue;
    const moves = Math.min(opened, tail.split(close).length - 1);
    for (let i = 0; i < moves; i++) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  if (HTTP.test(middle)) {
    const url = middle.startsWith("https://") || middle.startsWith("http://") ? middle : `https://${middle}`;
    middle = `<a href="${url}"${attributes}>${shorten(middle)}</a>`;
  } else if (middle.startsWith("mailto:") && EMAIL.test(middle.slice(7))) {
    middle = `<a href="${middle}">${middle.slice(7)}</a>`;
  } else if (
    middle.includes("@") &&
    !middle.startsWith("www.") &&
    !middle.startsWith("@") &&
    !middle.includes(":") &&
    EMAIL.test(middle)
  ) {
    middle = `<a href="mailto:${middle}">${middle}</a>`;
  } else {
    for (const scheme of schemes)
      if (middle !== scheme && middle.startsWith(scheme)) middle = `<a href="${middle}"${attributes}>${middle}</a>`;
  }
  return head + middle + tail;
}

export const htmlFilters: Record<string, FilterFunction> = {
  escape: escapeFilter,
  e: escapeFilter,
  forceescape: defineFilter("do_forceescape(value)", (_env, v: unknown) => new Markup(escapeHtml(pyStr(v)))),
  safe: defineFilter("do_mark_safe(value)", (_env, v: unknown) => (v instanceof Markup ? v : new Markup(pyStr(v)))),
  striptags,
  xmlattr,
  urlencode,
  tojson,
  urlize,
};
