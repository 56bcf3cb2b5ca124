/**
 * The names most like `name`, best first: for the hint `did you mean …?`.
 * Compares without regard to case; only names within a third of the length (at least two edits) count.
 */
export function nearestNames(name: string, candidates: Iterable<string>, count = 3): string[] {
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const scored: { name: string; distance: number }[] = [];
  const seen = new Set<string>();
  for (const candidate of candidates) {
    if (candidate === name || seen.has(candidate)) continue;
    seen.add(candidate);
    const other = candidate.toLowerCase();
    let distance = other === wanted ? 0.5 : editDistance(wanted, other, limit);
    if (
      distance > limit &&
      wanted.length >= 4 &&
      (other.includes(wanted) || wanted.includes(other)) &&
      other.length >= 4
    )
      distance = limit + 0.5;
    if (distance <= limit + 0.5) scored.push({ name: candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, count).map((s) => s.name);
}

/** `did you mean 'a' or 'b'?`, or `undefined` when nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = nearestNames(name, candidates);
  if (near.length === 0) return undefined;
  const quoted = near.map((n) => `'${n}'`);
  const last = quoted.pop()!;
  return `did you mean ${quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`}?`;
}

/** The known name that a longer word is a slip of the pen away from: one letter, from eight letters on two. */
export function typoOf(word: string, known: Iterable<string>): string | undefined {
  if (word.length < 5) return undefined;
  const limit = word.length < 8 ? 1 : 2;
  for (const name of known) if (editDistance(word.toLowerCase(), name, limit) <= limit) return name;
  return undefined;
}

/** Levenshtein distance with neighbouring letters swapped counted once; anything beyond `limit` is `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
      let value = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) value = Math.min(value, before[j - 2]! + 1);
      current.push(value);
      if (value < best) best = value;
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
