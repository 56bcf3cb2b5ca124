import { entryText, hiddenKeys, type SectionName, shownOf } from "../manifest.ts";
import { isPlain } from "../plain.ts";
import { marked, unmarked } from "./values.ts";

/** An entry of the manifest as the cache keeps it: what the artifact says, and what it does not. */
export interface KeptEntry {
  text: string;
  rest: string;
  /** Which of the {@link Shapes} it has; -1 where `rest` says everything. */
  shape: number;
}

/** The orders of keys that resources have, each once: an artifact leaves out some, and their places matter to templates. */
export class Shapes {
  readonly all: string[][];

  constructor(all: string[][] = []) {
    this.all = all;
  }
  of(keys: string[]): number {
    const known = this.all.findIndex((shape) => isSame(shape, keys));
    return known >= 0 ? known : this.all.push(keys) - 1;
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = one.length - 1; i >= 0; i--) if (one[i] !== other[i]) return false;
  return true;
}

type Loose = { [key: string]: unknown };

/** @throws NotKeepable for values that are no data */
export function keep(section: SectionName, value: object, shapes: Shapes): KeptEntry {
  if (section === "disabled" || !isPlain(value))
    return { text: entryText(section, value), rest: JSON.stringify(marked(value)), shape: -1 };
  const shape = shapes.of(Object.keys(value));
  const hidden = hiddenKeys(section, value);
  if (hidden === undefined) {
    const shown = shownOf(section, value);
    const rest = Object.entries(value).filter(([key, item]) => shown[key] !== item || !Object.hasOwn(shown, key));
    return { text: JSON.stringify(shown), rest: JSON.stringify(Object.fromEntries(rest)), shape };
  }
  // JSON leaves out what is undefined: quicker than a copy without these keys.
  const loose = value as Loose;
  const rest: Loose = {};
  for (const key of hidden) {
    rest[key] = loose[key];
    loose[key] = undefined;
  }
  const text = JSON.stringify(value);
  Object.assign(value, rest);
  return { text, rest: hidden.length > 0 ? JSON.stringify(rest) : "", shape };
}

/** The value that {@link keep} was given, of equal content. */
export function restore(kept: KeptEntry, shapes: Shapes): unknown {
  if (kept.shape < 0) return unmarked(JSON.parse(kept.rest));
  const shown = JSON.parse(kept.text) as { [key: string]: unknown };
  if (kept.rest === "") return shown;
  const rest = JSON.parse(kept.rest) as { [key: string]: unknown };
  const value: { [key: string]: unknown } = {};
  for (const key of shapes.all[kept.shape]!) {
    const item = Object.hasOwn(rest, key) ? rest[key] : shown[key];
    if (item !== undefined) value[key] = item;
  }
  return value;
}
