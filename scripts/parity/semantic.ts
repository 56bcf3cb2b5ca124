import type { Report } from "./report.ts";

type Json = Record<string, unknown>;

/** semantic_manifest.json: each semantic model, metric and saved query by name, and the time spines. */
export function compareSemanticManifests(report: Report, project: string, dbt: Json | null, tsdbt: Json | null): void {
  const place = `${project}: semantic_manifest.json`;
  report.group(() => report.check(place, dbt && Object.keys(dbt).sort(), tsdbt && Object.keys(tsdbt).sort()));
  report.group(() => report.check(`${place} project_configuration`, configuration(dbt), configuration(tsdbt)));
  for (const section of ["semantic_models", "metrics", "saved_queries"]) {
    const byName = (artifact: Json | null) =>
      Object.fromEntries(((artifact?.[section] ?? []) as Json[]).map((part) => [String(part.name), part]));
    const [theirs, ours] = [byName(dbt), byName(tsdbt)];
    for (const name of union(theirs, ours)) {
      report.group(() => report.check(`${place} ${section}.${name}`, theirs[name], ours[name]));
    }
  }
}

/** With the time spines by name: Python dbt lists them as their files lie on the disk. */
function configuration(artifact: Json | null): Json | undefined {
  const found = artifact?.project_configuration as (Json & { time_spines?: Json[] }) | undefined;
  const spines = found?.time_spines?.map((spine) => [JSON.stringify(spine.node_relation), spine] as const);
  return found && { ...found, time_spines: spines?.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, spine]) => spine) };
}

function union(a: object, b: object): Set<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)]);
}
