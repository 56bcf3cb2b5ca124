/** Upper, lower and title case as Python's `str` has them. */

const TITLE: Record<string, string> = {
  Ǆ: "ǅ",
  ǅ: "ǅ",
  ǆ: "ǅ",
  Ǉ: "ǈ",
  ǈ: "ǈ",
  ǉ: "ǈ",
  Ǌ: "ǋ",
  ǋ: "ǋ",
  ǌ: "ǋ",
  Ǳ: "ǲ",
  ǲ: "ǲ",
  ǳ: "ǲ",
};
const CASED = /[\p{Lu}\p{Ll}\p{Lt}]/u;

/** The title case of one code point. */
function titleChar(c: string): string {
  const known = TITLE[c];
  if (known !== undefined) return known;
  const upper = c.toUpperCase();
  const first = String.fromCodePoint(upper.codePointAt(0) as number);
  return upper.length > first.length ? first + upper.slice(first.length).toLowerCase() : upper;
}

export function capitalize(s: string): string {
  if (s === "") return s;
  const first = String.fromCodePoint(s.codePointAt(0) as number);
  return titleChar(first) + s.slice(first.length).toLowerCase();
}

export function title(s: string): string {
  let out = "";
  let previousCased = false;
  for (const c of s) {
    out += previousCased ? c.toLowerCase() : titleChar(c);
    previousCased = CASED.test(c);
  }
  return out;
}

export function swapCase(s: string): string {
  let out = "";
  for (const c of s) out += /\p{Lu}/u.test(c) ? c.toLowerCase() : /\p{Ll}/u.test(c) ? c.toUpperCase() : c;
  return out;
}

export function caseFold(s: string): string {
  return s
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/ſ/g, "s")
    .replace(/ς/g, "σ")
    .replace(/[ﬀ-ﬆ]/g, (c) => c.toUpperCase().toLowerCase());
}

/** Are all cased characters lower (upper), and is there one? */
export function isLower(s: string): boolean {
  return /\p{Lowercase}/u.test(s) && !/[\p{Uppercase}\p{Lt}]/u.test(s);
}
export function isUpper(s: string): boolean {
  return /\p{Uppercase}/u.test(s) && !/[\p{Lowercase}\p{Lt}]/u.test(s);
}

export function isTitle(s: string): boolean {
  let cased = false;
  let previousCased = false;
  for (const c of s) {
    if (/[\p{Lu}\p{Lt}]/u.test(c)) {
      if (previousCased) return false;
      previousCased = cased = true;
    } else if (/\p{Ll}/u.test(c)) {
      if (!previousCased) return false;
      previousCased = cased = true;
    } else previousCased = false;
  }
  return cased;
}
