/** Categories of characters by Python's `str` methods, or by ASCII alone. */
export type Category = "digit" | "space" | "word";

const NOT_ASCII: Readonly<Record<Category, RegExp>> = {
  digit: /^\p{Nd}$/u,
  space: /^[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/,
  word: /^[\p{L}\p{N}]$/u,
};

/** Is the character in the category? */
export function isInCategory(category: Category, code: number, ascii: boolean): boolean {
  if (code < 128) {
    switch (category) {
      case "digit":
        return code >= 48 && code <= 57;
      case "space":
        return code === 32 || (code >= 9 && code <= 13) || (!ascii && code >= 28 && code <= 31);
      case "word":
        return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
    }
  }
  return !ascii && NOT_ASCII[category].test(String.fromCodePoint(code));
}

/** A member of `[…]`. */
export type SetItem = { from: number; to: number } | { category: Category; negated: boolean };

/** A set of characters, as `[…]`, `\d` or a letter without regard to case make it. */
export class CharSet {
  readonly items: readonly SetItem[];
  readonly negated: boolean;
  readonly ignoreCase: boolean;
  readonly ascii: boolean;
  /** The answers for ASCII, each 0 (not asked yet), 1 (in) or 2 (out). */
  private readonly known = new Uint8Array(128);

  constructor(items: readonly SetItem[], negated: boolean, ignoreCase: boolean, ascii: boolean) {
    this.items = items;
    this.negated = negated;
    this.ignoreCase = ignoreCase;
    this.ascii = ascii;
  }

  has(code: number): boolean {
    if (code >= 128) return this.compute(code);
    const known = this.known[code]!;
    if (known !== 0) return known === 1;
    const answer = this.compute(code);
    this.known[code] = answer ? 1 : 2;
    return answer;
  }

  private compute(code: number): boolean {
    let inside = this.holds(code);
    if (!inside && this.ignoreCase) inside = otherCases(code, this.ascii).some((other) => this.holds(other));
    return inside !== this.negated;
  }

  private holds(code: number): boolean {
    for (const item of this.items) {
      if ("from" in item) {
        if (code >= item.from && code <= item.to) return true;
      } else if (isInCategory(item.category, code, this.ascii) !== item.negated) {
        return true;
      }
    }
    return false;
  }
}

/** Letters that Python's IGNORECASE takes for one another although neither is the other's upper or lower case. */
const EQUIVALENT: readonly (readonly number[])[] = [
  [0x69, 0x131],
  [0x73, 0x17f],
  [0xb5, 0x3bc],
  [0x345, 0x3b9, 0x1fbe],
  [0x3b2, 0x3d0],
  [0x3b5, 0x3f5],
  [0x3b8, 0x3d1],
  [0x3ba, 0x3f0],
  [0x3c0, 0x3d6],
  [0x3c1, 0x3f1],
  [0x3c2, 0x3c3],
  [0x3c6, 0x3d5],
  [0x1e61, 0x1e9b],
  [0xfb05, 0xfb06],
];

/** The characters that differ from this one in case alone. */
export function otherCases(code: number, ascii: boolean): number[] {
  if (ascii) {
    if (code >= 65 && code <= 90) return [code + 32];
    return code >= 97 && code <= 122 ? [code - 32] : [];
  }
  const found = new Set<number>();
  const add = (text: string): void => {
    const other = text.codePointAt(0)!;
    if (String.fromCodePoint(other).length === text.length) found.add(other);
  };
  const character = String.fromCodePoint(code);
  const lower = character.toLowerCase();
  add(lower);
  add(character.toUpperCase());
  add(lower.toUpperCase());
  const base = lower.codePointAt(0)!;
  for (const group of EQUIVALENT) {
    if (!group.includes(base)) continue;
    for (const other of group) {
      found.add(other);
      add(String.fromCodePoint(other).toUpperCase());
    }
  }
  found.delete(code);
  return [...found];
}
