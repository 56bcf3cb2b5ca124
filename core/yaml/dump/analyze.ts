/** What a text allows: in which styles it can be written, and whether it is one line. */
export interface Analysis {
  empty: boolean;
  multiline: boolean;
  plain: boolean;
  singleQuoted: boolean;
  block: boolean;
}

const INDICATORS = new Set("#,[]{}&*!|>'\"%@`");
const BREAKS = new Set("\n\x85\u2028\u2029");
const SPACES = new Set("\0 \t\r\n\x85\u2028\u2029");

export const isBreakCharacter = (c: string | undefined): boolean => c !== undefined && BREAKS.has(c);

/** Decides by PyYAML's rules which styles can hold a text; `characters` are its code points. */
export function analyze(characters: readonly string[]): Analysis {
  const count = characters.length;
  if (count === 0) return { empty: true, multiline: false, plain: true, singleQuoted: true, block: false };
  const start = characters.slice(0, 3).join("");
  let indicators = start === "---" || start === "...";
  let multiline = false;
  let special = false;
  let breakThenSpace = false;
  let spaceThenBreak = false;
  const first = characters[0]!;
  const last = characters[count - 1]!;
  for (let i = 0; i < count; i++) {
    const c = characters[i]!;
    const spaceFollows = i + 1 >= count || SPACES.has(characters[i + 1]!);
    const previous = i > 0 ? characters[i - 1] : undefined;
    if (i === 0) {
      if (INDICATORS.has(c) || ((c === "?" || c === ":" || c === "-") && spaceFollows)) indicators = true;
    } else if ((c === ":" && spaceFollows) || (c === "#" && SPACES.has(previous!))) {
      indicators = true;
    }
    if (BREAKS.has(c)) {
      multiline = true;
      if (previous === " ") spaceThenBreak = true;
    } else if (c === " " && isBreakCharacter(previous)) {
      breakThenSpace = true;
    }
    // Without `allow_unicode`, whatever is not printable ASCII needs escapes.
    if (c !== "\n" && (c < " " || c > "~")) special = true;
  }
  const edges = first === " " || BREAKS.has(first) || last === " " || BREAKS.has(last);
  const simple = !spaceThenBreak && !special;
  return {
    empty: false,
    multiline,
    plain: simple && !edges && !breakThenSpace && !multiline && !indicators,
    singleQuoted: simple && !breakThenSpace,
    block: simple && last !== " ",
  };
}
