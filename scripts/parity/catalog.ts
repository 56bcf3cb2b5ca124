import type { Report } from "./report.ts";

/** Statistics that tsdbt alone asks for. */
const ADDED: ReadonlySet<string> = new Set(["row_count", "bytes"]);

type Json = Record<string, unknown>;

/** Tables, columns, statistics and errors that the warehouse told of, field by field. */
export function compareCatalogs(report: Report, place: string, dbt: Json | null, tsdbt: Json | null): void {
  report.group(() =>
    report.check(`${place}: catalog.json`, dbt && Object.keys(dbt).sort(), tsdbt && Object.keys(tsdbt).sort()),
  );
  report.group(() => report.check(`${place}: errors`, dbt?.errors, tsdbt?.errors));
  for (const section of ["nodes", "sources"]) {
    const theirs = (dbt?.[section] ?? {}) as Record<string, Json>;
    const ours = (tsdbt?.[section] ?? {}) as Record<string, Json>;
    for (const id of union(theirs, ours)) {
      report.group(() => {
        report.nodes++;
        const a = theirs[id];
        const b = ours[id];
        if (!a || !b) return report.check(`${place}: catalog ${id}`, a ? "there" : "missing", b ? "there" : "missing");
        return [...union(a, b)]
          .map((key) =>
            report.check(`${place}: catalog ${id}.${key}`, a[key], key === "stats" ? shared(a[key], b[key]) : b[key]),
          )
          .every(Boolean);
      });
    }
  }
}

/** Statistics without those that Python dbt does not ask for: its own say whether there are any by their number. */
function shared(theirs: unknown, ours: unknown): unknown {
  const [a, b] = [theirs, ours] as (Record<string, Json> | undefined)[];
  if (!a || !b) return ours;
  const kept = Object.fromEntries(Object.entries(b).filter(([id]) => !ADDED.has(id) || id in a));
  const hasStats = { ...b.has_stats, value: Object.keys(kept).some((id) => id !== "has_stats") };
  return { ...kept, ...(b.has_stats ? { has_stats: hasStats } : {}) };
}

function union(a: object, b: object): Set<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)]);
}
