import { hashKey } from "../jinja/runtime/hash.ts";

/** The names of columns (or rows), with their places. Rows of a table share one. */
export class Names {
  readonly list: readonly unknown[];
  private places: Map<unknown, number> | undefined;

  constructor(list: readonly unknown[]) {
    this.list = list;
  }
  /** The place of a name; -1 where there is none. */
  indexOf(name: unknown): number {
    if (!this.places) {
      this.places = new Map();
      this.list.forEach((known, i) => {
        this.places!.set(hashKey(known), i);
      });
    }
    return this.places.get(hashKey(name)) ?? -1;
  }
}

/** The name of a column that has none: a, b, …, z, aa, bb, … */
export function letterName(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return letter.repeat(Math.floor(index / 26) + 1);
}

/** Makes names unique as agate does: `a, a` becomes `a, a_2`. `warn` is told of each change. */
export function uniqueNames(names: readonly (string | null)[], warn?: (message: string) => void): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => {
    let base = name;
    if (!base) {
      base = letterName(i);
      warn?.(`Column ${i} has no name. Using "${base}".`);
    }
    let unique = base;
    for (let count = 2; taken.has(unique); count++) unique = `${base}_${count}`;
    if (unique !== base) {
      warn?.(`Column name "${base}" already exists in Table. Column will be renamed to "${unique}".`);
    }
    taken.add(unique);
    return unique;
  });
}
