import type { Report } from "./report.ts";

type Json = Record<string, unknown>;

const TIMING = /\d+(\.\d+)?s\b/g;

/** Statuses, failures and messages of a run, by unique id. */
export function compareResults(report: Report, place: string, dbt: Json | null, tsdbt: Json | null): void {
  const index = (artifact: Json | null) =>
    new Map(((artifact?.results ?? []) as Json[]).map((r) => [String(r.unique_id), r]));
  const theirs = index(dbt);
  const ours = index(tsdbt);
  for (const id of new Set([...theirs.keys(), ...ours.keys()])) {
    report.group(() => {
      const a = theirs.get(id);
      const b = ours.get(id);
      if (!a || !b) return report.check(`${place}: ${id}`, a ? "there" : "missing", b ? "there" : "missing");
      const pass = [
        "status",
        "failures",
        "relation_name",
        "compiled",
        "compiled_code",
        "criteria",
        "max_loaded_at",
        "batch_results",
      ]
        .filter((key) => key in a || key in b)
        .map((key) => report.check(`${place}: ${id}.${key}`, a[key], b[key]));
      const failed = a.status === "error";
      if (!failed) pass.push(report.check(`${place}: ${id}.message`, untimed(a.message), untimed(b.message)));
      return pass.every(Boolean);
    });
  }
}

function untimed(message: unknown): unknown {
  return typeof message === "string" ? message.replace(TIMING, "Ns") : message;
}
