import { entryText, type SectionName, shownOf } from "../manifest.ts";
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
  private readonly known = new Map<string, number>();

  constructor(all: string[][] = []) {
    this.all = all;
    all.forEach((keys, index) => {
      this.known.set(keys.join("\n"), index);
    });
  }
  of(keys: string[]): number {
    const name = keys.join("\n");
    let index = this.known.get(name);
    if (index === undefined) {
      index = this.all.push(keys) - 1;
      this.known.set(name, index);
    }
    return index;
  }
}

/** @throws NotKeepable for values that are no data */
export function keep(section: SectionName, value: object, shapes: Shapes): KeptEntry {
  if (section === "disabled" || !isPlain(value))
    return { text: entryText(section, value), rest: JSON.stringify(marked(value)), shape: -1 };
  const shown = shownOf(section, value);
  const rest: { [key: string]: unknown } = {};
  let hasRest = false;
  const keys = Object.keys(value);
  for (const key of keys) {
    const item = (value as { [key: string]: unknown })[key];
    if (shown[key] === item && Object.hasOwn(shown, key)) continue;
    rest[key] = item;
    hasRest = true;
  }
  return { text: JSON.stringify(shown), rest: hasRest ? JSON.stringify(rest) : "", shape: shapes.of(keys) };
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
