/** Counts what was compared and remembers each difference with its place. */
export class Report {
  passed = 0;
  failed = 0;
  nodes = 0;
  fields = 0;
  readonly differences: { place: string; dbt: unknown; tsdbt: unknown }[] = [];
  readonly known: { place: string; reason: string }[] = [];
  private readonly expected: { place: RegExp; reason: string }[];
  private readonly volatile: RegExp[];

  constructor(known: { place: string; reason: string }[] = [], volatile: string[] = []) {
    this.volatile = volatile.map((place) => new RegExp(place));
    this.expected = known.map((k) => ({ place: new RegExp(k.place), reason: k.reason }));
  }

  /** One thing compared: answers whether it was equal. */
  check(place: string, dbt: unknown, tsdbt: unknown): boolean {
    if (this.volatile.some((field) => field.test(place))) return true;
    this.fields++;
    if (same(dbt, tsdbt)) return true;
    const known = this.expected.find((k) => k.place.test(place));
    if (known) {
      this.known.push({ place, reason: known.reason });
      return true;
    }
    this.differences.push({ place, dbt, tsdbt });
    return false;
  }

  /** A group of checks that passes or fails as one. */
  group(run: () => boolean): void {
    if (run()) this.passed++;
    else this.failed++;
  }
}

/** Deep equality; keys in any order, numbers by value, absent and null alike only at the top of a field (callers decide). */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  const x = a as Record<string, unknown>;
  const y = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(x), ...Object.keys(y)]);
  for (const key of keys) if (!(key in x) || !(key in y) || !same(x[key], y[key])) return false;
  return true;
}
