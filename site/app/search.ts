import type { SiteIndex } from "../data/format.ts";

/** A resource that was found. */
export interface Hit {
  place: number;
  /** Where it was found: name, tag, column, description or code. */
  field: string;
  /** The piece of text around what was found, for all but names. */
  excerpt: string;
}

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
/** What a resource can get beside the weights of fields where its name does not hold the word: the best of {@link KIND_WEIGHT}. */
const MOST_WITHOUT_NAME = 6;
/** So few are looked at one by one. */
const FEW = 2000;

/**
 * Search over all resources. Each field is one long text that `indexOf` runs through, which takes milliseconds for tens of
 * megabytes and needs no index to be built. The fields are looked through from the weightiest on, until what the others hold
 * could no longer come among the best.
 */
export class Search {
  private readonly index: SiteIndex;
  private readonly fields: Field[];
  private readonly names: string[];
  private readonly texts: Field[] = [];
  /** By place: how many words were found, the score of that, and where to show it. */
  private readonly found: Uint8Array;
  private readonly scores: Float64Array;
  private readonly shown: { field: Int16Array; at: Int32Array };

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
    const size = nodes.name.length;
    this.found = new Uint8Array(size);
    this.scores = new Float64Array(size);
    this.shown = { field: new Int16Array(size), at: new Int32Array(size) };
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
      .filter((word) => word !== "")
      .slice(0, 50);
    if (words.length === 0 || limit < 1) return [];
    this.found.fill(0);
    this.scores.fill(0);
    const fields = [...this.fields, ...this.texts];
    const best = new Best(limit);
    // Longer words are rarer, and leave less to look through for the others.
    const rarestFirst = [...words].sort((a, b) => b.length - a.length);
    let among: number[] | null = null;
    for (const [round, word] of rarestFirst.entries()) {
      const isLast = round === words.length - 1;
      const next: number[] = [];
      const visit = (place: number, at: number, number: number) => {
        if (this.found[place] !== round) return;
        const { weight } = fields[number]!;
        this.found[place] = round + 1;
        this.scores[place]! += weight;
        // What is shown is where the least of the words stands: names are shown anyway.
        if (round === 0 || fields[this.shown.field[place]!]!.weight >= weight) {
          this.shown.field[place] = number;
          this.shown.at[place] = at;
        }
        if (isLast) best.offer(place, this.scores[place]! + this.bonus(place, words));
        else next.push(place);
      };
      for (const [number, field] of fields.entries()) {
        if (words.length === 1 && best.least > field.weight + MOST_WITHOUT_NAME) break;
        if (among && among.length < FEW) eachAmong(field, word, among, (place, at) => visit(place, at, number));
        else eachMatch(field, word, (place, at) => visit(place, at, number));
      }
      among = next;
    }
    return best.places.map((place) => {
      const field = fields[this.shown.field[place]!]!;
      return { place, field: field.name, excerpt: excerptOf(field, this.shown.at[place]!, words) };
    });
  }

  /** Whole names come first, then beginnings of names and of their words, shorter ones before longer ones. */
  private bonus(place: number, words: readonly string[]): number {
    const name = this.names[place]!;
    const whole = words.length === 1 ? words[0]! : words.join(" ");
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

/** The best few of many, without sorting the rest. */
class Best {
  readonly places: number[] = [];
  /** What the last of them has; nothing less comes in once they are enough. */
  least = Number.NEGATIVE_INFINITY;
  private readonly scores: number[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  offer(place: number, score: number): void {
    const { places, scores, limit } = this;
    const isFull = places.length === limit;
    if (isFull && (score < this.least || (score === this.least && place > places.at(-1)!))) return;
    let at = isFull ? limit - 1 : places.length;
    while (at > 0 && (scores[at - 1]! < score || (scores[at - 1] === score && places[at - 1]! > place))) {
      places[at] = places[at - 1]!;
      scores[at] = scores[at - 1]!;
      at--;
    }
    places[at] = place;
    scores[at] = score;
    if (places.length === limit) this.least = scores[limit - 1]!;
  }
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
function eachMatch(field: Field, word: string, visit: (place: number, at: number) => void): void {
  const { text, starts, first } = field;
  let part = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, starts[part + 1]!)) {
    part = partAt(starts, at, part);
    visit(first + part, at);
    if (part + 1 >= starts.length - 1) return;
  }
}

/** The first match in the parts of some resources. */
function eachAmong(
  field: Field,
  word: string,
  places: readonly number[],
  visit: (place: number, at: number) => void,
): void {
  const { text, starts, first } = field;
  for (const place of places) {
    const part = place - first;
    if (part < 0 || part >= starts.length - 1) continue;
    const at = text.slice(starts[part]!, starts[part + 1]! - 1).indexOf(word);
    if (at >= 0) visit(place, starts[part]! + at);
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
