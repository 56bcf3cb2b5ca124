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
  // The only letter with a longer upper case that does not begin with a letter.
  const upper = c.toUpperCase();
  if (c === "ŉ") return upper;
  const first = String.fromCodePoint(upper.codePointAt(0) as number);
  return upper.length > first.length ? first + upper.slice(first.length).toLowerCase() : upper;
}

/** The lower case of the code point at `i`; a sigma at the end of a word has its own. */
function lowerAt(points: readonly string[], i: number): string {
  const c = points[i] as string;
  if (c !== "Σ") return c.toLowerCase();
  const skip = (from: number, step: number) => {
    let k = from;
    while (k >= 0 && k < points.length && IGNORABLE.test(points[k] as string)) k += step;
    return points[k] ?? "";
  };
  return CASED.test(skip(i - 1, -1)) && !CASED.test(skip(i + 1, 1)) ? "ς" : "σ";
}

const IGNORABLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Lm}\p{Sk}'.:·’]$/u;

export function capitalize(s: string): string {
  if (s === "") return s;
  const points = Array.from(s);
  return points.map((c, i) => (i === 0 ? titleChar(c) : lowerAt(points, i))).join("");
}

export function title(s: string): string {
  let out = "";
  let previousCased = false;
  const points = Array.from(s);
  for (const [i, c] of points.entries()) {
    out += previousCased ? lowerAt(points, i) : titleChar(c);
    previousCased = CASED.test(c);
  }
  return out;
}

export function swapCase(s: string): string {
  const points = Array.from(s);
  return points
    .map((c, i) => (/\p{Lu}/u.test(c) ? lowerAt(points, i) : /\p{Ll}/u.test(c) ? c.toUpperCase() : c))
    .join("");
}

export function caseFold(s: string): string {
  return (
    s
      .toLowerCase()
      .replace(/ß/g, "ss")
      .replace(/ſ/g, "s")
      .replace(/ς/g, "σ")
      // What has a longer upper case folds to the lower case of that.
      .replace(/[\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9a\u1f50-\u1ffcﬀ-ﬗ]/g, (c) =>
        c.toUpperCase().length > 1 ? c.toUpperCase().toLowerCase() : c,
      )
  );
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
