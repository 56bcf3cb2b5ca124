import type { SiteIndex } from "../data/format.ts";
import type { Hit } from "./protocol.ts";

/** One text of all resources, lower case, with where each one's part begins. */
interface Field {
  name: string;
  text: string;
  original: string;
  starts: Int32Array;
  weight: number;
  /** The resource of the first part. */
  first: number;
}

const KIND_WEIGHT: { [kind: string]: number } = {
  model: 6,
  source: 5,
  seed: 5,
  snapshot: 5,
  exposure: 4,
  metric: 4,
  test: -80,
  macro: -8,
};
const EXCERPT = 40;

/**
 * Search over all resources. Each field is one long text that `indexOf` runs through, which takes milliseconds for tens of
 * megabytes and needs no index to be built.
 */
export class Search {
  private readonly index: SiteIndex;
  private readonly fields: Field[];
  private readonly names: string[];
  private readonly texts: Field[] = [];

  constructor(index: SiteIndex) {
    this.index = index;
    const { nodes } = index;
    this.names = nodes.name.map((name) => name.toLowerCase());
    this.fields = [
      field("name", nodes.name, 60),
      field(
        "tag",
        nodes.tags.map((tags) => index.tagSets[tags]!.join(" ")),
        40,
      ),
      field("column", nodes.columns, 30),
      field("description", nodes.about, 20),
      field("path", nodes.path, 15),
    ];
  }

  /** Adds longer texts: full descriptions and code of the resources from `from` on. */
  addTexts(from: number, texts: readonly string[]): void {
    this.texts.push(field("code", texts, 5, from));
  }

  /** The best resources that hold every word, best first. */
  find(query: string, limit: number): Hit[] {
    const words = query
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return [];
    let found: Map<number, Found> | null = null;
    for (const word of words) found = this.findWord(word, found);
    const hits = [...found!].map(([place, { score, field, at }]) => ({
      place,
      field,
      at,
      score: score + this.bonus(place, words),
    }));
    hits.sort((a, b) => b.score - a.score || a.place - b.place);
    return hits
      .slice(0, limit)
      .map(({ place, field, at }) => ({ place, field: field.name, excerpt: excerptOf(field, at, words) }));
  }

  private findWord(word: string, among: Map<number, Found> | null): Map<number, Found> {
    const found = new Map<number, Found>();
    for (const field of [...this.fields, ...this.texts]) {
      for (const [place, at] of matches(field, word)) {
        const before = among?.get(place);
        if ((among && !before) || found.has(place)) continue;
        const score = field.weight + (before?.score ?? 0);
        found.set(place, before && before.field.weight < field.weight ? { ...before, score } : { score, field, at });
      }
    }
    return found;
  }

  /** Whole names come first, then beginnings of names and of their words, shorter ones before longer ones. */
  private bonus(place: number, words: readonly string[]): number {
    const name = this.names[place]!;
    const whole = words.join(" ");
    let bonus = KIND_WEIGHT[this.index.kinds[this.index.nodes.kind[place]!]!] ?? 0;
    if (name === whole) bonus += 200;
    for (const word of words) {
      const at = name.indexOf(word);
      if (at === 0) bonus += 40;
      else if (at > 0 && /[^a-z0-9]/.test(name[at - 1]!)) bonus += 20;
    }
    return bonus - Math.min(20, name.length / 4);
  }
}

interface Found {
  score: number;
  field: Field;
  at: number;
}

function field(name: string, parts: readonly string[], weight: number, first = 0): Field {
  const starts = new Int32Array(parts.length + 1);
  let length = 0;
  parts.forEach((part, i) => {
    starts[i] = length;
    length += part.length + 1;
  });
  starts[parts.length] = length;
  const original = parts.join("\0");
  const lower = original.toLowerCase();
  // A few letters grow in lower case, which would shift what follows.
  const text = lower.length === original.length ? lower : parts.map((part) => sameLength(part)).join("\0");
  return { name, text, original, starts, weight, first };
}

function sameLength(text: string): string {
  return [...text].map((c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join("");
}

/** The first match in each part. */
function* matches(field: Field, word: string): Generator<[place: number, at: number]> {
  const { text, starts, first } = field;
  let part = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, starts[part + 1]!)) {
    part = partAt(starts, at, part);
    yield [first + part, at];
    if (part + 1 >= starts.length - 1) return;
  }
}

/** The part that holds an offset, looked for from `from` on by doubling steps. */
function partAt(starts: Int32Array, at: number, from: number): number {
  let step = 1;
  while (from + step < starts.length - 1 && starts[from + step]! <= at) step *= 2;
  let [low, high] = [from + (step >> 1), Math.min(from + step, starts.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text around what was found: around all words as they were typed, where they stand like that. */
function excerptOf(field: Field, found: number, words: readonly string[]): string {
  if (field.name === "name") return "";
  const { original, text } = field;
  const start = original.lastIndexOf("\0", found) + 1;
  const next = original.indexOf("\0", found);
  const end = next < 0 ? original.length : next;
  const phrase = text.slice(start, end).indexOf(words.join(" "));
  const at = phrase < 0 ? found : start + phrase;
  const length = phrase < 0 ? Math.max(...words.map((word) => word.length)) : words.join(" ").length;
  return original
    .slice(Math.max(start, at - EXCERPT), Math.min(end, at + length + EXCERPT))
    .replace(/\s+/g, " ")
    .trim();
}
