import type { Span } from "../errors.ts";

export interface Wanted {
  /** The model's own file, with its Jinja. */
  source: string;
  compiled: string;
  name: string;
  /** Where the name stands in the compiled SQL, in characters; null where it is a ref's. */
  start: number | null;
}

/**
 * Where a name of the compiled SQL stands in the model's own file: of the places that have it the one with the most alike
 * around it. Undefined where the file does not have it, as what a macro writes.
 */
export function placeInModel({ source, compiled, name, start }: Wanted): Span | undefined {
  const places = occurrences(source, name);
  if (places.length === 0) return undefined;
  if (start === null) {
    const quoted = places.find((place) => /['"]/.test(source[place - 1] ?? ""));
    return spanAt(source, quoted ?? places[0]!, name.length);
  }
  const at = offsetOf(compiled, start);
  const others = occurrences(compiled, name);
  const index = others.findIndex((place) => Math.abs(place - at) <= 1);
  const likeness = places.map((place) => alike(source, place, compiled, others[index] ?? at, name.length));
  const best = Math.max(...likeness);
  const same = places.filter((_, i) => likeness[i] === best);
  // Of places that are alike in all, the one that comes as the same number.
  const chosen = places.length === others.length && index >= 0 ? places[index]! : same[0]!;
  return spanAt(source, same.includes(chosen) ? chosen : same[0]!, name.length);
}

/** The parser counts code points. */
function offsetOf(text: string, characters: number): number {
  if (!/[\ud800-\udbff]/.test(text)) return characters;
  let offset = 0;
  for (let i = 0; i < characters && offset < text.length; i++) offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  return offset;
}

const WORD = /[\p{L}\p{N}_$]/u;

function occurrences(text: string, name: string): number[] {
  const found: number[] = [];
  const [where, wanted] = [text.toLowerCase(), name.toLowerCase()];
  if (wanted === "") return found;
  for (let at = where.indexOf(wanted); at >= 0; at = where.indexOf(wanted, at + 1)) {
    const before = at > 0 && WORD.test(text[at - 1]!);
    const after = WORD.test(text[at + wanted.length] ?? "");
    if (!before && !after) found.push(at);
  }
  return found;
}

const NEAR = 60;

/** How many characters around two places are the same. */
function alike(a: string, i: number, b: string, j: number, length: number): number {
  let before = 0;
  while (before < NEAR && i - before > 0 && j - before > 0 && a[i - before - 1] === b[j - before - 1]) before++;
  let after = 0;
  const [endA, endB] = [i + length, j + length];
  while (after < NEAR && endA + after < a.length && endB + after < b.length && a[endA + after] === b[endB + after])
    after++;
  return before + after;
}

function spanAt(text: string, offset: number, length: number): Span {
  const lines = text.slice(0, offset).split("\n");
  const column = lines.at(-1)!.length + 1;
  return { line: lines.length, column, endLine: lines.length, endColumn: column + length };
}
