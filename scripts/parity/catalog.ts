import type { Report } from "./report.ts";

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
          .map((key) => report.check(`${place}: catalog ${id}.${key}`, a[key], b[key]))
          .every(Boolean);
      });
    }
  }
}

function union(a: object, b: object): Set<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)]);
}
