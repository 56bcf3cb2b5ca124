/** What a function that may look at parts of a thing answered, by what it saw there. */
type Answers<T> = { looked: string; byValue: Map<unknown, Answers<T>> } | { answer: T };

/**
 * Remembers answers of a function that is told one thing and looks at parts of it, one after the other: where the parts
 * are the same, so is the answer, however different the rest. What it looks at next may depend on what it saw.
 */
export class RememberedAnswers<T> {
  private readonly roots = new Map<unknown, Answers<T>>();

  /** The answer for what `look` shows, if one is known; `key` is what the function was given besides. */
  find(key: unknown, look: (part: string) => unknown): { answer: T } | undefined {
    let found = this.roots.get(key);
    while (found && "looked" in found) found = found.byValue.get(keyOf(look(found.looked)));
    return found;
  }

  /** Notes an answer with the parts that were looked at for it, in order. */
  note(key: unknown, looks: readonly string[], look: (part: string) => unknown, answer: T): void {
    let level = this.roots;
    let at = key;
    for (const looked of new Set(looks)) {
      let next = level.get(at);
      if (next === undefined) {
        next = { looked, byValue: new Map() };
        level.set(at, next);
      }
      if (!("looked" in next) || next.looked !== looked) return;
      level = next.byValue;
      at = keyOf(look(looked));
    }
    if (!level.has(at)) level.set(at, { answer });
  }
}

/** Scalars stand for themselves, everything else for its text. */
function keyOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? `json ${JSON.stringify(value)}` : value;
}
